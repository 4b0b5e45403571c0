"""What is decided of a contract of the open data, and what is read to decide it."""

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from stdnum.fr import siret

from crealead.words import clipped
from directory.forms.clients import ClientForm
from directory.models import CoEntrepreneur, PublicClient, Reference
from directory.references.decp import actions
from directory.rights import contracts_decided_by, fiches_followed_by

from .corrections import error_lines
from .decisions import DecisionForm, OnlyDecided
from .reference_decision import LONGEST_SUBJECT, keeper_told

# How many references of the same buyer are shown.
SAME_BUYER = 10


class ContractDecisionForm(DecisionForm):
    """Who carried a contract out, and for which client; or that it is set aside, which says neither.

    Attributes:
        client: the form of the client.
    """

    co_entrepreneur = forms.ModelChoiceField(
        CoEntrepreneur.objects.none(),
        label="Réalisé par",
        empty_label="Choisir un co-entrepreneur",
        error_messages={"required": "Dites qui a réalisé ce marché."},
    )

    def __init__(self, data=None, *, row, by):
        self.decision = data.get("decision") if data is not None else None
        data = data if self.decision == "attribute" else None
        super().__init__(data, row=row, by=by)
        self.fields["co_entrepreneur"].queryset = fiches_followed_by(by).present()
        self.client = ClientForm(data, initial=_buyer(row))

    def is_valid(self):
        return self.decision == "dismiss" or all([super().is_valid(), self.client.is_valid()])

    def lines(self):
        return super().lines() + error_lines(self.client)

    def apply(self):
        said = {"suggestion_pk": self.row.pk, "by": self.by}
        if self.decision == "dismiss":
            actions.dismiss(**said)
            return "Marché écarté."
        fiche, client = self.cleaned_data["co_entrepreneur"], self.client.chosen
        reference = actions.attribute(**said, co_entrepreneur=fiche, client=client)
        return f"Marché attribué : {reference.co_entrepreneur.name} le complète, puis vous le validez."


class ContractDecision(OnlyDecided):
    """Mixin of the admin of contracts."""

    decision_form = ContractDecisionForm
    rows_decided_by = staticmethod(contracts_decided_by)
    gone = "Ce marché est attribué par quelqu’un d’autre, ou n’existe plus."
    read_with = ["reference__co_entrepreneur"]
    tells_age = False

    def page_title(self, suggestion):
        return f"Marché {suggestion.contract_id} : {clipped(suggestion.subject, LONGEST_SUBJECT)}"

    def facts(self, suggestion):
        buyer = f"{suggestion.buyer_name}, " if suggestion.buyer_name else ""
        procedure = f", {suggestion.procedure.lower()}" if suggestion.procedure else ""
        lot = f", lot n° {suggestion.lot} sous cet identifiant" if suggestion.lot > 1 else ""
        duration = f", pour {suggestion.duration_months} mois" if suggestion.duration_months else ""
        several = f"{suggestion.holders_count}, dont la coopérative"
        imported_on = date_format(timezone.localtime(suggestion.imported_at), "j F Y")
        return [
            ("Objet", format_html("<b>{}</b>", suggestion.subject)),
            ("Acheteur", f"{buyer}SIRET {siret.format(suggestion.buyer_siret, ' ')}"),
            ("Marché", f"{suggestion.contract_id}{lot}{procedure}"),
            ("Notifié", f"le {date_format(suggestion.notified_on, 'j F Y')}{duration}"),
            ("Montant HT", suggestion.amount_told or "–"),
            ("Code CPV", suggestion.cpv_code or "–"),
            ("Titulaires", "la coopérative seule" if suggestion.holders_count == 1 else several),
            ("Lieu d’exécution", suggestion.place_code or "–"),
            ("Fichier", f"{suggestion.source}, importé le {imported_on}"),
        ]

    def outcome(self, suggestion):
        reference = suggestion.reference
        return [suggestion.outcome, *([reference_link(reference)] if reference else [])]

    def page_content(self, suggestion, form):
        return {"client": form.client, "same_buyer": same_buyer(suggestion) if suggestion.is_awaiting else []}

    def url_after(self, request):
        return reverse("admin:directory_contractsuggestion_changelist")


def reference_link(reference):
    """The reference that a contract became, and who keeps it."""
    url = reverse("admin:directory_reference_change", args=[reference.pk])
    return format_html('<a href="{}">Voir la référence</a>{}', url, keeper_told(reference))


def same_buyer(suggestion):
    """What we have for this buyer at that time, maybe this very contract: [(reference, what else there is to read)]."""
    references = Reference.objects.filter(client__siret=suggestion.buyer_siret).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=suggestion.notified_on)
    )
    references = references.select_related("co_entrepreneur").order_by("-starts_on", "pk")[:SAME_BUYER]
    return [(reference, f"{reference.period}{keeper_told(reference)}") for reference in references]


def _buyer(suggestion):
    """What the form says of the client at first: the buyer, found in the directory by its SIRET when it is there."""
    known = PublicClient.objects.filter(siret=suggestion.buyer_siret).first()
    if known:
        return {"client_name": known.name, "client_asked": known.name, "client": str(known.pk)}
    valid = siret.is_valid(suggestion.buyer_siret)
    return {"client_name": suggestion.buyer_name, "client_siret": suggestion.buyer_siret if valid else ""}
