"""What is decided of a proposal, and what is read to decide it."""

from django import forms
from django.db.models import TextChoices

from crealead.words import moment
from directory.decisions import Stale
from directory.my_space import actions
from directory.my_space.proposals import content_of, version_of
from directory.rights import proposals_decided_by

from . import comparison
from .decisions import DecisionForm, OnlyDecided, comment_field, decision_field, fiche_link, word_to_referent

CHANGED = (
    "La fiche a changé pendant que vous lisiez, et rien n’est enregistré. La comparaison ci-dessous est à jour : "
    "relisez-la, puis décidez."
)


class Verdict(TextChoices):
    """The buttons of the page."""

    ALL = "all", "Tout accepter"
    SOME = "some", "Accepter ce qui est coché"
    REFUSE = "refuse", "Refuser"


class FicheProposalDecisionForm(DecisionForm):
    """What becomes of a proposal: the button that was pressed, the fields that are ticked and the words."""

    decision = decision_field(Verdict)
    fields_taken = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)
    # The `version_of` the fiche that was compared.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    comment = comment_field(
        "Mot pour le co-entrepreneur", "Joint au courriel. Obligatoire si tout n’est pas repris : dites pourquoi."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fields_taken"].choices = [(name, name) for name in self.row.changes]

    @property
    def ticked(self):
        """The fields whose box is ticked on the page: all of them at first."""
        return self["fields_taken"].value() if self.is_bound else list(self.row.changes)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("decision") == Verdict.REFUSE and not cleaned.get("comment"):
            self.add_error("comment", "Dites pourquoi vous refusez.")
        if cleaned.get("decision") == Verdict.SOME:
            taken = cleaned.get("fields_taken", [])
            if not taken:
                self.add_error(None, "Cochez au moins un champ, ou refusez la proposition.")
            elif len(taken) < len(self.row.changes) and not cleaned.get("comment"):
                self.add_error("comment", "Dites pourquoi le reste n’est pas repris.")
        return cleaned

    def apply(self):
        data, name = self.cleaned_data, self.row.co_entrepreneur.name
        said = {"proposal_pk": self.row.pk, "by": self.by, "comment": data["comment"]}
        if data["decision"] == Verdict.REFUSE:
            actions.refuse_proposal(**said)
            return f"Proposition refusée, un courriel l’annonce à {name}."
        taken = list(self.row.changes) if data["decision"] == Verdict.ALL else data["fields_taken"]
        proposal = actions.accept_proposal(**said, fields=taken, seen=data["seen"])
        part = " en partie" if proposal.state == proposal.State.PARTLY else ""
        return f"Proposition acceptée{part} : la fiche est à jour, un courriel l’annonce à {name}."

    def tell(self, refusal):
        if isinstance(refusal, Stale):
            self.add_error(None, CHANGED)
        else:
            super().tell(refusal)


class FicheProposalDecision(OnlyDecided):
    """Mixin of the admin of proposals."""

    decision_form = FicheProposalDecisionForm
    rows_decided_by = staticmethod(proposals_decided_by)
    gone = "Cette proposition attend un autre référent, ou n’existe plus."
    read_with = ["co_entrepreneur__referent"]

    def page_title(self, proposal):
        return f"Modification proposée par {proposal.co_entrepreneur.name}"

    def facts(self, proposal):
        fiche = proposal.co_entrepreneur
        return [
            ("Fiche", fiche_link(fiche)),
            ("Référent", fiche.referent or "aucun"),
            ("Proposée", f"le {moment(proposal.submitted_at)}"),
        ]

    def outcome(self, proposal):
        if proposal.state == proposal.State.WITHDRAWN:
            return ["Retirée par son auteur, ou remplacée par une autre."]
        return super().outcome(proposal)

    def page_content(self, proposal, form):
        return {
            "comment": proposal.comment,
            "said": word_to_referent(proposal),
            "rows": comparison.of_proposal(proposal, ticked=form.ticked),
            # What tells whether the fiche is still what this page compares.
            "seen": version_of(content_of(proposal.co_entrepreneur)),
        }
