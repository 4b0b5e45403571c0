"""What is typed of a consultation and its team."""

from datetime import timedelta
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone

from crealead.words import day, moment, with_example
from directory.forms.clients import ClientForm
from directory.forms.cpv import CpvCodesField
from directory.forms.days import DayInput, MomentField
from directory.forms.folded import FoldedChoiceField
from directory.forms.places import departments_by_region
from directory.forms.text import Textarea
from directory.models import CoEntrepreneur, Consultation, Department, Skill

from .duplicates import ANSWERS

MOST_NEEDS = 20
# What is dated outside of these is a slip of the keyboard.
FIRST_YEAR = 2000
FURTHEST = timedelta(days=20 * 366)
BAD_LINK = "Un lien commence par https:// ou http://."
SLIP = "Cette date est trop lointaine pour être la bonne."


class RegisterForm(forms.Form):
    """What is looked for in the register; a value that it doesn't know is as good as none."""

    q = forms.CharField(
        label="Acheteur, objet ou référence",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    etat = forms.ChoiceField(
        label="Montrer",
        required=False,
        choices=[
            ("", "Toutes les consultations"),
            ("ouvertes", "Celles qui sont ouvertes"),
            ("passees", "Celles dont la date est passée"),
            *[(outcome.value, f"{outcome.label}s") for outcome in Consultation.Outcome],
            ("miennes", "Les miennes"),
        ],
    )


class BuyerForm(ClientForm):
    """Which buyer: one of the shared directory of public clients, or a new one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in (("client_name", "Acheteur"), ("client_type", "Type d’acheteur")):
            self.fields[name].label = self[name].label = label
        self.fields["client_name"].error_messages["required"] = "Qui est l’acheteur ?"


class ConsultationForm(forms.Form):
    """A consultation; its buyer is typed in a `BuyerForm` beside it.

    Args:
        consultation: the one that is changed; None when it is opened.
    """

    subject = forms.CharField(
        label="Objet de la consultation", max_length=300, error_messages={"required": "Quel est l’objet ?"}
    )
    reference = forms.CharField(
        label="Référence de l’acheteur",
        max_length=80,
        required=False,
        help_text="Le numéro de la consultation, tel qu’il l’écrit : c’est par lui qu’un doublon se voit.",
    )
    lot = forms.CharField(label="Lot", max_length=60, required=False, help_text="Vide si le marché n’a qu’un lot.")
    deadline = MomentField(
        label="Date limite de remise des offres",
        help_text="Jour et heure de Paris.",
        error_messages={
            "required": "Quelle est la date limite ?",
            "invalid": "Écrivez une date et une heure : 31/12/2026 12h00.",
        },
    )
    contract_ends_on = forms.DateField(
        label="Fin prévue du marché",
        required=False,
        help_text="Reconductions comprises : c’est jusque-là que chacun doit être couvert.",
        widget=DayInput,
        error_messages={"invalid": "Écrivez une date : 31/12/2026."},
    )
    link = forms.URLField(
        label="Lien vers la consultation",
        required=False,
        help_text=with_example("", "https://www.exemple.fr"),
        assume_scheme="https",
        max_length=200,
        validators=[URLValidator(schemes=["http", "https"], message=BAD_LINK)],
        error_messages={"invalid": BAD_LINK},
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    skills = FoldedChoiceField(
        Skill.objects.select_related("domain").order_by("domain__position", "domain__name", "name__unaccent", "pk"),
        group_of=lambda skill: skill.domain.name,
        most=MOST_NEEDS,
        required=False,
        label="Compétences demandées",
        help_text="Ce que l’équipe doit réunir : la page « Équipe » dira qui l’apporte et ce qui manque.",
    )
    cpv_codes = CpvCodesField(
        label="Codes CPV",
        required=False,
        max_length=400,
        help_text="Tels que l’avis les donne, séparés par des espaces : 80500000-9 79411000.",
    )
    departments = FoldedChoiceField(
        Department.objects.none(),
        group_of=lambda department: department.region.name,
        most=MOST_NEEDS,
        required=False,
        label="Lieux d’exécution",
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # Of this very form, so that a second click opens nothing more.
    opened_with = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, consultation=None):
        super().__init__(data, initial=self._initial_of(consultation) if consultation else {"opened_with": uuid4()})
        self.is_new = consultation is None
        if not self.is_new:
            del self.fields["opened_with"]
        self.fields["departments"].queryset = departments_by_region()

    @staticmethod
    def _initial_of(consultation):
        names = ["subject", "reference", "lot", "deadline", "contract_ends_on", "link", "version"]
        return {name: getattr(consultation, name) for name in names} | {
            "cpv_codes": " ".join(code.code for code in consultation.cpv_codes.all()),
            "skills": [skill.pk for skill in consultation.skills.all()],
            "departments": [department.pk for department in consultation.departments.all()],
        }

    def clean_deadline(self):
        deadline = self.cleaned_data["deadline"]
        if deadline.year < FIRST_YEAR or deadline > timezone.now() + FURTHEST:
            raise ValidationError(SLIP)
        if self.is_new and deadline <= timezone.now():
            raise ValidationError("Cette date est déjà passée.")
        return deadline

    def clean(self):
        cleaned = super().clean()
        ends_on, deadline = cleaned.get("contract_ends_on"), cleaned.get("deadline")
        if ends_on and ends_on > timezone.localdate() + FURTHEST:
            self.add_error("contract_ends_on", SLIP)
        elif ends_on and deadline and ends_on < timezone.localdate(deadline):
            self.add_error("contract_ends_on", "Le marché ne peut pas finir avant la date limite des offres.")
        return cleaned

    def differing(self, consultation):
        """What is saved of the consultation and differs from what is typed, as (label, words)."""
        return [
            (self.fields[name].label, _words(consultation, name)) for name in self.changed_data if name != "version"
        ]


class ConsultationWithLeadForm(ConsultationForm):
    """The same, opened by a référent: they say who leads."""

    lead = forms.ModelChoiceField(
        CoEntrepreneur.objects.none(),
        label="Pilote",
        empty_label="Choisissez",
        help_text="La personne reçoit une invitation : elle accepte ou décline.",
        error_messages={"required": "Qui piloterait la réponse ?"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = CoEntrepreneur.objects.present()


class SettleForm(forms.Form):
    """What a team makes of a likeness."""

    settlement = forms.ChoiceField(
        label="Ce qu’il en est",
        choices=[(answer.value, answer.label) for answer in ANSWERS],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites ce qu’il en est."},
    )
    word = forms.CharField(
        label="Un mot pour l’autre équipe",
        max_length=900,
        required=False,
        widget=Textarea(attrs={"rows": 3}),
    )


def _words(consultation, name):
    """What is saved under a name of the form, as it is read."""
    if name in {"cpv_codes", "skills", "departments"}:
        return ", ".join(map(str, getattr(consultation, name).all())) or "rien"
    value = getattr(consultation, name)
    if name == "deadline":
        return moment(value)
    if name == "contract_ends_on" and value:
        return day(value)
    return value or "rien"
