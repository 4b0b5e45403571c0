from django import forms
from django.db.models import TextChoices

from directory.my_space import actions


class Verdict(TextChoices):
    """The buttons of the page."""

    ALL = "all", "Tout accepter"
    SOME = "some", "Accepter ce qui est coché"
    REFUSE = "refuse", "Refuser"


class ProposalDecisionForm(forms.Form):
    """What becomes of a proposal: the button that was pressed, the fields that are ticked and the words."""

    decision = forms.ChoiceField(choices=Verdict)
    fields_taken = forms.MultipleChoiceField(required=False)
    # The `version_of` the fiche that was compared.
    seen = forms.CharField(required=False)
    comment = forms.CharField(
        label="Mot pour le co-entrepreneur",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Joint au courriel. Obligatoire si tout n’est pas repris : dites pourquoi.",
    )

    def __init__(self, *args, proposal, **kwargs):
        super().__init__(*args, **kwargs)
        self.proposal = proposal
        self.fields["fields_taken"].choices = [(name, name) for name in proposal.changes]

    @property
    def ticked(self):
        """The fields whose box is ticked on the page: all of them at first."""
        return self["fields_taken"].value() if self.is_bound else list(self.proposal.changes)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("decision") == Verdict.REFUSE and not cleaned.get("comment"):
            self.add_error("comment", "Dites pourquoi vous refusez.")
        if cleaned.get("decision") == Verdict.SOME:
            taken = cleaned.get("fields_taken", [])
            if not taken:
                self.add_error(None, "Cochez au moins un champ, ou refusez la proposition.")
            elif len(taken) < len(self.proposal.changes) and not cleaned.get("comment"):
                self.add_error("comment", "Dites pourquoi le reste n’est pas repris.")
        return cleaned

    def apply(self, *, by):
        """Do what the button says.

        Returns:
            str: the sentence to show.

        Raises:
            NotYours, AlreadyDecided, Incomplete: see `directory.decisions`.
            Stale: see `directory.decisions`.
        """
        data, pk, name = self.cleaned_data, self.proposal.pk, self.proposal.co_entrepreneur.name
        if data["decision"] == Verdict.REFUSE:
            actions.refuse_proposal(proposal_pk=pk, by=by, comment=data["comment"])
            return f"Proposition refusée, un courriel l’annonce à {name}."
        taken = list(self.proposal.changes) if data["decision"] == Verdict.ALL else data["fields_taken"]
        decided = actions.accept_proposal(
            proposal_pk=pk, by=by, fields=taken, seen=data["seen"], comment=data["comment"]
        )
        part = " en partie" if decided.state == decided.State.PARTLY else ""
        return f"Proposition acceptée{part} : la fiche est à jour, un courriel l’annonce à {name}."
