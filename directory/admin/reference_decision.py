"""What is decided of a reference that waits, and what is read to decide it."""

from django import forms
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst

from crealead.phones import tel
from crealead.words import clipped, file_told, of
from directory.decisions import Stale
from directory.models import Reference
from directory.references import actions
from directory.references.charter import lacks
from directory.rights import references_validated_by

from .decisions import DecisionForm, DecisionPage, comment_field, decision_field, fiche_link
from .stale import refuse_stale

# How many letters of what a reference or a contract is about a title holds.
LONGEST_SUBJECT = 80
# How many references that may be the same are shown.
ALIKE = 10


class ReferenceDecisionForm(DecisionForm):
    """What becomes of a reference: the button that was pressed, the words with it, the version that was read."""

    decision = decision_field(
        [("validate", "Valider"), ("publish", "Valider et publier"), ("ask", "Demander des compléments")]
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    comment = comment_field(
        "Commentaire pour qui la tient",
        "Joint au courriel. Obligatoire pour demander des compléments : dites ce qu’il faut compléter.",
    )

    def __init__(self, data=None, *, row, by):
        super().__init__(data, row=row, by=by, initial={"version": row.version})

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("decision") == "ask" and not cleaned.get("comment"):
            self.add_error("comment", "Dites ce qu’il faut compléter.")
        return cleaned

    def apply(self):
        data = self.cleaned_data
        said = {"reference_pk": self.row.pk, "by": self.by, "version": data["version"], "comment": data["comment"]}
        if data["decision"] != "ask":
            return _validated(actions.validate(**said, publish=data["decision"] == "publish"))
        actions.ask_for_changes(**said)
        return "Compléments demandés."

    def tell(self, refusal):
        if isinstance(refusal, Stale):
            refuse_stale(self, "version", refusal.current.version, f"{refusal} Relisez, puis décidez de nouveau.")
        else:
            super().tell(refusal)


def _validated(reference):
    if not reference.publishable:
        return "Référence validée. Elle n’est pas publique : l’accord pour la montrer n’est pas donné."
    return "Référence validée : elle se montre sur les fiches publiques de qui y a pris part."


class ReferenceDecision(DecisionPage):
    """Mixin of the admin of references."""

    decision_form = ReferenceDecisionForm
    rows_decided_by = staticmethod(references_validated_by)
    gone = "Cette référence est suivie par un autre référent, ou n’existe plus."
    read_with = ["client__department", "co_entrepreneur__referent"]

    def page_title(self, reference):
        keeper = f" {of(reference.co_entrepreneur.name)}" if reference.co_entrepreneur else ""
        return f"Référence{keeper} : {clipped(reference.subject, LONGEST_SUBJECT)}"

    def facts(self, reference):
        keeper = reference.co_entrepreneur
        codes = format_html_join(mark_safe("<br>"), "{}", ((code,) for code in reference.cpv_codes.all()))
        return [
            ("Objet", format_html("<b>{}</b>", reference.subject)),
            ("Tenue par", fiche_link(keeper, "au catalogue") if keeper else "personne"),
            ("Client", _client(reference.client)),
            ("Période", _period(reference)),
            ("Lieu", reference.place or "–"),
            ("Rôle", reference.get_role_display()),
            ("Codes CPV", codes or "–"),
            ("Montant exact", _amount(reference)),
            ("Attestation", attestation_link(reference) or "aucune"),
            ("Contact chez le client", _contact(reference)),
            ("Accord pour la montrer", _agreement(reference)),
        ]

    def page_content(self, reference, form):
        told_again = reference.is_awaiting and reference.comment
        return {
            "reference": reference,
            "comment": reference.comment,
            "said": [("Ce qui avait été dit", reference.comment)] if told_again else [],
            "people": people_of(reference),
            "alike": alike(reference),
            "lacks": lacks(reference),
            "texts": texts_of(reference),
        }


def texts_of(reference):
    """What the charter wants to be told of a reference, where it is: [(label, text)]."""
    fields = [Reference._meta.get_field(name) for name in ("context", "mission", "deliverables", "results")]
    texts = [(capfirst(field.verbose_name), getattr(reference, field.name)) for field in fields]
    return [(label, text) for label, text in texts if text]


def people_of(reference):
    """Who took part, and as what: [(fiche, what else there is to read)]."""
    participations = reference.participations.select_related("co_entrepreneur")
    return [(person.co_entrepreneur, f" : {person.part}" if person.part else "") for person in participations]


def alike(reference):
    """The references that may be the same one, entered before: [(reference, what else there is to read)]."""
    references = Reference.objects.alike(
        client=reference.client, subject=reference.subject, starts_on=reference.starts_on, ends_on=reference.ends_on
    ).exclude(pk=reference.pk)
    references = references.select_related("co_entrepreneur").order_by("-starts_on", "pk")[:ALIKE]
    return [(other, f"{other.period}, {other.get_state_display().lower()}{keeper_told(other)}") for other in references]


def keeper_told(reference):
    """Who keeps a reference, said after it; empty when nobody does."""
    return f", tenue par {reference.co_entrepreneur.name}" if reference.co_entrepreneur else ""


def _client(client):
    department = f", {client.department}" if client.department else ""
    number = f", SIRET {client.siret}" if client.siret else ""
    return f"{client.name} ({client.get_type_display()}{department}{number})"


def _period(reference):
    return f"{reference.dates} : {reference.age.lower()}"


def _amount(reference):
    if reference.amount is None:
        return "–"
    shown = f"lira « {reference.amount_band} »" if reference.amount_band else "n’en lira rien"
    return f"{floatformat(reference.amount, '-2g')} € HT ; le public {shown}"


def attestation_link(reference):
    """The way to what the client attests; empty when it attests nothing."""
    if not reference.attestation:
        return ""
    url = reverse("admin:directory_reference_attestation", args=[reference.pk])
    return format_html('<a href="{}">voir le fichier ({})</a>', url, file_told(reference.attestation))


def _contact(reference):
    if not (reference.contact_name or reference.contact_email):
        return "–"
    role = f", {reference.contact_role}" if reference.contact_role else ""
    phone = reference.contact_phone
    call = format_html('<a href="{}">{}</a>', tel(phone), phone) if phone else ""
    return format_html("{}{} {} {}", reference.contact_name, role, reference.contact_email, call)


def _agreement(reference):
    return mark_safe("<b>oui</b>") if reference.publishable else "non : elle ne servira qu’aux réponses"
