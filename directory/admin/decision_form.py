from django import forms
from django.db.models import Q, TextChoices
from django.utils import timezone

from directory.listing import actions
from directory.models import CoEntrepreneur, ListingRequest


class Decision(TextChoices):
    """The buttons of the page."""

    ACCEPT = "accept", "Accepter"
    ASK = "ask", "Demander des compléments"
    REFUSE = "refuse", "Refuser"
    CREATE = "create", "Créer la fiche"
    ATTACH = "attach", "Rattacher la fiche"


class DecisionForm(forms.Form):
    """What becomes of a request: the button that was pressed, and the words that go with it."""

    decision = forms.ChoiceField(choices=Decision)
    comment = forms.CharField(
        label="Commentaire pour le co-entrepreneur",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Joint au courriel. Obligatoire pour demander des compléments : dites ce qu’il faut compléter.",
    )
    reason = forms.ChoiceField(
        label="Raison du refus",
        required=False,
        choices=[("", "Seulement pour refuser"), *ListingRequest.RefusalReason.choices],
    )
    fiche = forms.ModelChoiceField(
        CoEntrepreneur.objects.none(), label="Fiche qui existe déjà", required=False, empty_label="Choisir une fiche"
    )

    def __init__(self, *args, asked, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = asked
        self.fields["fiche"].queryset = attachable(asked)

    def clean(self):
        cleaned = super().clean()
        decision, comment = cleaned.get("decision"), cleaned.get("comment")
        reason = cleaned.get("reason")
        if decision == Decision.ASK and not comment:
            self.add_error("comment", "Dites ce qu’il faut compléter.")
        if decision == Decision.REFUSE and not reason:
            self.add_error("reason", "Choisissez la raison du refus.")
        if decision == Decision.REFUSE and reason == ListingRequest.RefusalReason.OTHER and not comment:
            self.add_error("comment", "Dites en quelques mots l’autre raison.")
        if decision == Decision.ATTACH and not cleaned.get("fiche"):
            self.add_error("fiche", "Choisissez la fiche à rattacher.")
        return cleaned

    def apply(self, *, by):
        """Do what the button says.

        Returns:
            str: the sentence to show.

        Raises:
            NotYours, AlreadyDecided, Incomplete: see `directory.decisions`.
        """
        pk, data = self.asked.pk, self.cleaned_data
        name = self.asked.name
        match data["decision"]:
            case Decision.ACCEPT:
                actions.accept(request_pk=pk, by=by, comment=data["comment"])
                return f"Demande acceptée : la fiche de {name} est dans le catalogue, un courriel l’annonce."
            case Decision.ASK:
                actions.ask_for_changes(request_pk=pk, by=by, comment=data["comment"])
                return f"Compléments demandés à {name}."
            case Decision.REFUSE:
                actions.refuse(request_pk=pk, by=by, reason=data["reason"], comment=data["comment"])
                return f"Demande refusée, un courriel l’annonce à {name}."
            case Decision.CREATE:
                actions.create_fiche(request_pk=pk, by=by)
                return "Fiche créée, pas encore dans le catalogue. Décidez maintenant de la demande."
            case Decision.ATTACH:
                actions.attach_fiche(request_pk=pk, by=by, co_entrepreneur_pk=data["fiche"].pk)
                return "Fiche rattachée. Décidez maintenant de la demande."


def attachable(asked):
    """The fiches that may be attached: those of the request's référent or of nobody, present, without a request."""
    busy = ListingRequest.objects.open().filter(co_entrepreneur__isnull=False)
    return (
        CoEntrepreneur.objects.filter(Q(referent=asked.referent) | Q(referent__isnull=True))
        .exclude(departed_on__lte=timezone.localdate())
        .exclude(pk__in=busy.values("co_entrepreneur"))
    )
