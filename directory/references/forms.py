"""What a co-entrepreneur fills in of a reference, by the charter."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from directory.forms.amounts import AmountField
from directory.forms.clients import ClientForm
from directory.forms.cpv import MOST_CPV_CODES, CpvCodesField
from directory.forms.days import PeriodBoundField
from directory.forms.files import keep, kept
from directory.forms.text import Textarea
from directory.models import Participation, Reference

from .colleague_forms import ColleagueFormSet

FIRST_YEAR = 1980
NOT_A_PERIOD = "Écrivez un jour, un mois ou une année : 15/03/2024, mars 2024, 2024."


class AttestationInput(forms.ClearableFileInput):
    """An upload whose present file is reached by the address that asks who is looking."""

    template_name = "references/widgets/attestation.html"


class ReferenceForm(forms.ModelForm):
    """All but the client and the colleagues, which have forms of their own.

    Args:
        member: who keeps the reference, and fills the form.
    """

    own_part = forms.CharField(
        label="Votre part",
        required=False,
        max_length=Participation.part.field.max_length,
        help_text="Ce que vous avez fait dans cette prestation : « animatrice », « rédacteur du rapport »…",
    )
    own_codes = forms.MultipleChoiceField(
        label="Codes CPV de votre fiche", required=False, widget=forms.CheckboxSelectMultiple
    )
    other_codes = CpvCodesField(
        label="D’autres codes CPV, si vous les connaissez",
        required=False,
        max_length=400,
        help_text="Par exemple : 80511000-9, 79822500.",
    )
    starts_on = PeriodBoundField(
        label="Début",
        help_text="Un jour, un mois ou une année : 15/03/2024, mars 2024, 2024.",
        error_messages={"required": "Quand la prestation a-t-elle commencé ?", "invalid": NOT_A_PERIOD},
    )
    ends_on = PeriodBoundField(
        label="Fin",
        last=True,
        required=False,
        help_text="De même. Laissez vide si la prestation est en cours.",
        error_messages={"invalid": NOT_A_PERIOD},
    )
    amount = AmountField(
        label="Montant HT",
        required=False,
        max_digits=12,
        decimal_places=2,
        min_value=0,
        help_text="En euros. Le montant exact reste privé : le public n’en lit que la tranche, ou rien.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": "Un montant s’écrit en chiffres : 12 500 ou 12 500,50.",
            "min_value": "Un montant ne peut pas être négatif.",
        },
    )
    # What finds again a file that came with a form that wasn't right yet.
    attestation_ticket = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Reference
        fields = [
            "subject",
            "starts_on",
            "ends_on",
            "place",
            "role",
            "context",
            "mission",
            "deliverables",
            "results",
            "amount",
            "amount_shown",
            "attestation",
            "contact_name",
            "contact_role",
            "contact_email",
            "contact_phone",
            "publishable",
        ]
        labels = {
            "place": "Lieu",
            "role": "Votre rôle dans le marché",
            "publishable": "Cette référence peut être montrée au public : j’en suis d’accord, et le client aussi",
            "contact_name": "Nom du contact",
        }
        help_texts = {
            "subject": "Ce que vous avez fait, en une ligne : « Formation de vingt agents d’accueil ».",
            "place": "La commune, l’intercommunalité, le site.",
            "role": "Au nom de la coopérative, qui est seule partie au marché.",
            "amount_shown": "",
            "contact_name": "",
            "publishable": "Sans cette case, elle ne sert qu’à vos réponses aux consultations.",
        }
        widgets = {
            "amount_shown": forms.RadioSelect,
            "attestation": AttestationInput,
            # Not the phone of who writes.
            "contact_phone": forms.TelInput(attrs={"autocomplete": "off"}),
            **{
                name: Textarea(attrs={"rows": rows})
                for name, rows in {"context": 4, "mission": 6, "deliverables": 4, "results": 4}.items()
            },
        }
        error_messages = {
            "subject": {"required": "Dites en une ligne ce que vous avez fait."},
            "role": {"required": "Choisissez le rôle de la coopérative dans le marché."},
            "amount_shown": {"required": "Dites ce que le public lit du montant."},
        }

    def __init__(self, data=None, files=None, *, instance, member):
        self.member = member
        if data is not None and not files.get("attestation"):
            waiting = kept(data.get("attestation_ticket", ""), member=member)
            files = {"attestation": waiting} if waiting else files
        super().__init__(data, files, instance=instance)
        self.fields["contact_email"].needed = "ou un téléphone, si vous nommez un contact"
        self.fields["attestation"].max_length = None  # the sender's name for it isn't kept
        held = list(instance.cpv_codes.all()) if instance.pk else []
        listed = list(member.cpv_codes.all())
        self.fields["own_codes"].choices = [(code.pk, str(code)) for code in listed]
        self.initial |= self.split_codes(held)
        self.initial["version"] = instance.version
        if instance.pk:
            own = instance.participations.filter(co_entrepreneur=member).first()
            self.initial["own_part"] = own.part if own else ""

    def split_codes(self, codes):
        """Codes as the two fields hold them: those of the member's fiche, and the others."""
        own = {key for key, _ in self.fields["own_codes"].choices}
        return {
            "own_codes": [code.pk for code in codes if code.pk in own],
            "other_codes": ", ".join(code.pk for code in codes if code.pk not in own),
        }

    def clean_starts_on(self):
        day = self.cleaned_data["starts_on"]
        if day.year < FIRST_YEAR:
            raise ValidationError(f"Une référence ne remonte pas avant {FIRST_YEAR}.")
        if day > timezone.localdate():
            raise ValidationError("Ce début est à venir : une référence est une prestation commencée.")
        return day

    def clean(self):
        data = super().clean()
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "La fin doit venir après le début.")
        reachable = data.get("contact_email") or data.get("contact_phone") or "contact_email" in self.errors
        if data.get("contact_name") and not reachable:
            self.add_error("contact_email", "Comment joindre ce contact ? Une adresse, ou un téléphone.")
        if len(self.cpv_codes) > MOST_CPV_CODES:
            self.add_error("other_codes", f"Gardez {MOST_CPV_CODES} codes CPV au plus, en tout.")
        return data

    @property
    def cpv_codes(self):
        """The keys of the codes chosen and typed."""
        typed = self.cleaned_data.get("other_codes") or []
        return {*self.cleaned_data.get("own_codes", []), *(code.pk for code in typed)}

    @property
    def changes(self):
        """The fields that differ from what is recorded."""
        return set(self.changed_data) - {"version", "attestation_ticket"}

    def keep_attestation(self):
        """Keep the file of a form that isn't right yet, so that it needn't be chosen again."""
        file = self.files.get("attestation")
        if file and "attestation" not in self.errors:
            ticket = keep(file, member=self.member)
            self.data = self.data.copy()
            self.data[self.add_prefix("attestation_ticket")] = ticket
            self.kept_attestation = file.name

    kept_attestation = ""


def of_won(consultation, member):
    """The reference that a won consultation may give, unsaved, with what is known of it."""
    limit = Reference._meta.get_field("subject").max_length  # noqa: SLF001 the public face of a model's fields
    return Reference(
        co_entrepreneur=member,
        client=consultation.buyer,
        subject=consultation.subject[:limit],
        starts_on=consultation.outcome_on,
        ends_on=consultation.contract_ends_on,
        place=", ".join(str(department) for department in consultation.departments.all())[:120],
    )


def parts_of_won(consultation):
    """What those who accepted were to do, as unsaved participations."""
    seats = consultation.team.accepted().select_related("co_entrepreneur")
    most = Participation.part.field.max_length
    return [Participation(co_entrepreneur=seat.co_entrepreneur, part=seat.mission[:most]) for seat in seats]


class Entry:
    """The forms of one reference, read together; valid only once it is sure that it isn't entered already.

    Attributes:
        twins: the references that look the same, when the person hasn't said yet that they are others.
    """

    def __init__(self, member, reference, data=None, files=None, won=None):
        self.member, self.reference, self.data = member, reference, data
        present = reference.client if reference.pk or won else None
        participations = list(reference.participations.select_related("co_entrepreneur")) if reference.pk else []
        if won:
            participations = parts_of_won(won)
        others = [participation for participation in participations if participation.co_entrepreneur_id != member.pk]
        self.before = [getattr(reference, name) for name in ("client_id", "subject", "starts_on", "ends_on")]
        self.client = ClientForm(data, client=present)
        self.form = ReferenceForm(data, files, instance=reference, member=member)
        if won:
            own = next((part for part in participations if part.co_entrepreneur_id == member.pk), None)
            codes = self.form.split_codes(won.cpv_codes.all())
            self.form.initial |= {"own_part": own.part if own else "", **codes}
        self.colleagues = ColleagueFormSet(
            data,
            prefix="collegues",
            initial=[
                {
                    "name": str(participation.co_entrepreneur),
                    "asked": str(participation.co_entrepreneur),
                    "member": participation.co_entrepreneur_id,
                    "part": participation.part,
                }
                for participation in others
            ],
            form_kwargs={
                "keeper": member,
                "known": {str(part.co_entrepreneur_id): part.co_entrepreneur for part in others},
            },
        )
        self.twins = []

    @property
    def is_bound(self):
        return self.data is not None

    def is_valid(self):
        valid = all([self.client.is_valid(), self.form.is_valid(), self.colleagues.is_valid()])
        if valid:
            self.twins = self._unsettled_twins()
        if not valid or self.twins:
            self.form.keep_attestation()
        return valid and not self.twins

    def has_changed(self):
        """Whether anything differs from what is recorded."""
        reference, client = self.reference, self.client.chosen
        if not reference.pk or client.pk != self.before[0] or self.form.changes:
            return True
        recorded = dict(reference.participations.values_list("co_entrepreneur_id", "part"))
        return recorded != {member.pk: part for member, part in self.parts.items()}

    @property
    def parts(self):
        """What each did, by co-entrepreneur, the keeper first."""
        return {self.member: self.form.cleaned_data["own_part"], **self.colleagues.parts}

    @property
    def errors(self):
        """What is to be corrected: [(id of the field, its label, sentence)]."""
        rows = [("", row) for row in (self.client, self.form)]
        rows += [(f"Participant {number}, ", row) for number, row in enumerate(self.colleagues, 1)]
        return [
            *(("", "", sentence) for form in (self.client, self.form) for sentence in form.non_field_errors()),
            *(("", "", sentence) for sentence in self.colleagues.non_form_errors()),
            *(
                (bound.auto_id, f"{where}{bound.label}", sentence)
                for where, form in rows
                for bound in form
                for sentence in bound.errors
            ),
        ]

    @property
    def twin_keys(self):
        return ",".join(str(twin.pk) for twin in self.twins)

    def refuse_stale(self, error):
        """Say that someone else saved meanwhile; the next click saves, the person having been told."""
        self.form.add_error(None, str(error))
        self.form.data = self.form.data.copy()
        self.form.data["version"] = error.current.version
        self.form.keep_attestation()

    def _unsettled_twins(self):
        client, data = self.client.chosen, self.form.cleaned_data
        now = [client.pk, data["subject"], data["starts_on"], data["ends_on"]]
        if client.pk is None or now == self.before:
            return []
        alike = (
            Reference.objects.alike(
                client=client, subject=data["subject"], starts_on=data["starts_on"], ends_on=data["ends_on"]
            )
            .exclude(pk=self.reference.pk)
            .select_related("client", "co_entrepreneur")
            .order_by("-starts_on", "pk")[:5]
        )
        for twin in alike:
            twin.is_own = twin.co_entrepreneur == self.member
            twin.other_keeper = None if twin.is_own else twin.co_entrepreneur
        settled = self.data.get("not_the_same", "").split(",")
        return list(alike) if any(str(twin.pk) not in settled for twin in alike) else []
