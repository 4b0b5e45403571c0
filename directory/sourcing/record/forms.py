"""The forms of records. Each says what is wrong in French and keeps what was typed."""

from django import forms

from directory.doors.forms import AddressForm
from directory.forms.cpv import CpvCodesField
from directory.forms.text import Textarea
from directory.forms.trap import Trapped
from directory.models import Reference, SetAside, SourcingRecord
from directory.models.public_client import PublicClient

from . import bands, pasted
from .standing import MOST_LISTED, reason_of

WORDS = SourcingRecord.LONGEST_WORDS
TOO_LONG = "Cette recherche est trop longue\N{NO-BREAK SPACE}: retirez-lui des critères."
NAMES_OF_NOBODY = "Nommez le besoin, pas les personnes."
# Of what a page showed, and sends back.
NOT_SEEN = {"required": "Rouvrez cette page\N{NO-BREAK SPACE}: il manque ce qu’elle montrait."}


def need_field(*, help_text, rows):
    return forms.CharField(
        label="Objet du besoin",
        max_length=SourcingRecord.LONGEST_NEED,
        help_text=f"{help_text} {NAMES_OF_NOBODY}",
        error_messages={"required": "Dites en une phrase ce dont vous avez besoin."},
        widget=Textarea(attrs={"rows": rows}),
    )


def organisation_field(*, help_text="", **attrs):
    return forms.CharField(
        label="Organisme",
        required=False,
        max_length=200,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "organization"} | attrs),
    )


class NeedForm(forms.Form):
    """What is needed, by whom, for how much; `seen` is the version that the page showed."""

    need = need_field(help_text="Ce que vous cherchez, pour quoi, où et quand.", rows=5)
    organisation = organisation_field(
        help_text="Sa commune, son service\N{NO-BREAK SPACE}: ce qui dira de qui est ce dossier.", list="organismes"
    )
    cpv_codes = CpvCodesField(
        label="Codes CPV",
        required=False,
        max_length=400,
        help_text="Par exemple\N{NO-BREAK SPACE}: 80511000-9, 79822500.",
    )
    amount = forms.TypedChoiceField(
        label="Montant estimé",
        required=False,
        coerce=bands.read,
        empty_value=None,
        help_text="Entre deux seuils du jour\N{NO-BREAK SPACE}: le dossier n’a pas besoin de plus.",
        error_messages={"invalid_choice": "Choisissez un montant de la liste."},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, error_messages=NOT_SEEN)

    def __init__(self, data=None, *, initial=None):
        super().__init__(data, initial=initial)
        self.fields["amount"].choices = bands.choices(also=self.initial.get("amount", ""))

    @property
    def values(self):
        """What is written of a valid one, by column."""
        data, band = self.cleaned_data, self.cleaned_data["amount"]
        return {
            "need": data["need"],
            "organisation": data["organisation"],
            "cpv_codes": [code.code for code in data["cpv_codes"]],
            "amount_from": band.least if band else None,
            "amount_below": band.below if band else None,
        }

    @staticmethod
    def initial_of(record):
        band = bands.band_of(record)
        return {
            "need": record.need,
            "organisation": record.organisation,
            "cpv_codes": ", ".join(record.cpv_codes),
            "amount": band.value if band else "",
            "seen": record.need_version,
        }


class NewForm(Trapped):
    """The little that opens a record; the rest is written in it."""

    need = need_field(help_text="En une phrase\N{NO-BREAK SPACE}: vous la compléterez.", rows=3)
    organisation = organisation_field()


class LinkForm(forms.Form):
    """The link of a record that is there already."""

    link = forms.CharField(
        label="Le lien de votre dossier",
        max_length=500,
        error_messages={"required": "Collez le lien de votre dossier."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
    )


class AddForm(forms.Form):
    """The address of results, of a selection or of a fiche.

    Attributes:
        pasted: once valid, what it leads to.
    """

    address = forms.CharField(
        label="Adresse à ajouter",
        max_length=4200,
        help_text="Celle d’une page de résultats, d’une sélection ou d’une fiche\N{NO-BREAK SPACE}: copiez-la "
        "en haut de votre navigateur.",
        error_messages={"required": "Collez une adresse du catalogue."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
    )

    def clean_address(self):
        self.pasted = pasted.read(self.cleaned_data["address"])
        if self.pasted is None:
            raise forms.ValidationError(
                "Ce n’est pas l’adresse d’une page de résultats, d’une sélection ou d’une fiche de ce catalogue."
            )
        if self.pasted.is_too_long:
            raise forms.ValidationError(TOO_LONG)
        return self.cleaned_data["address"]


class KeptForm(forms.Form):
    """The order of those kept, and a note for each; who is unticked is kept no more.

    Args:
        places: `Place`s of the record.
    """

    LABELS = {"rang": "Rang", "note": "Note", "retirer": "Ne plus la garder"}

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, error_messages=NOT_SEEN)

    def __init__(self, data=None, *, places, seen):
        super().__init__(data, initial={"seen": seen})
        self.places = places
        for rank, place in enumerate(places, 1):
            self.fields[f"rang-{place.row.pk}"] = forms.IntegerField(
                label=self.LABELS["rang"],
                initial=rank,
                min_value=1,
                max_value=99,
                error_messages={
                    "required": "Donnez un rang.",
                    "invalid": "Un rang est un nombre.",
                    "min_value": "Le premier rang est 1.",
                    "max_value": "Le dernier rang est 99.",
                },
                widget=forms.NumberInput(attrs={"min": 1, "max": 99}),
            )
            self.fields[f"note-{place.row.pk}"] = forms.CharField(
                label=self.LABELS["note"],
                initial=place.row.note,
                required=False,
                max_length=WORDS,
                widget=Textarea(attrs={"rows": 3}),
            )
            self.fields[f"retirer-{place.row.pk}"] = forms.BooleanField(label=self.LABELS["retirer"], required=False)

    @property
    def lines(self):
        """Each place with its fields."""
        return [(place, *(self[f"{name}-{place.row.pk}"] for name in self.LABELS)) for place in self.places]

    @property
    def order(self):
        """The keys of those still kept: whose rank was changed comes to that rank, among the others as they were."""
        asked = {place.row.pk: self.cleaned_data[f"rang-{place.row.pk}"] for place in self.places}
        kept = [pk for pk in asked if not self.cleaned_data[f"retirer-{pk}"]]
        moved = [pk for former, pk in enumerate(asked, 1) if asked[pk] != former and pk in kept]
        order = [pk for pk in kept if pk not in moved]
        # The last first, of those that ask for the same rank: the first of them stays before the others.
        moved.reverse()
        for pk in sorted(moved, key=asked.get):
            order.insert(asked[pk] - 1, pk)
        return order

    @property
    def notes(self):
        return {place.row.pk: self.cleaned_data[f"note-{place.row.pk}"] for place in self.places}

    @property
    def typed(self):
        """The notes that were typed, by key, of those no more kept too."""
        return {
            int(name.partition("-")[2]): text
            for name, text in self.data.items()
            if name.startswith("note-") and name[5:].isdecimal() and len(name) < len("note-") + 19 and text.strip()
        }


class SetAsideForm(forms.Form):
    """Who is set aside: some, by a box each, or a group, by a criterion; and why, once for all of them.

    Args:
        standing: a `Standing`.
    """

    fiches = forms.MultipleChoiceField(
        label="Des fiches, une par une",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Une fiche cochée n’est plus à écarter\N{NO-BREAK SPACE}: voyez la liste."},
    )
    group = forms.ChoiceField(
        label="Un groupe, par ce qui lui manque",
        required=False,
        help_text="Le dossier garde le critère, pas la liste. Aucun de ceux-ci n’écarte une fiche gardée.",
        error_messages={
            "invalid_choice": "Ce critère n’écarte plus personne\N{NO-BREAK SPACE}: choisissez-en un autre."
        },
    )
    reason = forms.ChoiceField(
        label="Motif",
        required=False,
        choices=SetAside.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choisissez un motif de la liste."},
    )
    words = forms.CharField(
        label="Précisions",
        required=False,
        max_length=WORDS,
        help_text="Ce qu’un candidat écarté comprendrait en le lisant.",
        widget=Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data=None, *, standing, initial=None):
        super().__init__(data, initial=initial)
        offered = standing.offered()
        self.fields["reason"].needed = "facultatif si le critère le dit"
        self.fields["words"].needed = "facultatif, sauf pour un autre motif"
        self.fields["fiches"].choices = [(str(who.pk), who.title) for who in standing.without_reason[:MOST_LISTED]]
        self.fields["group"].choices = [
            ("", "Aucun"),
            *(
                (title, [(criterion.value, f"{criterion.label} – {criterion.count}") for criterion in criteria])
                for title, criteria in offered
            ),
        ]
        self.labels = {criterion.value: criterion.label for _, criteria in offered for criterion in criteria}

    def clean(self):
        data = super().clean()
        if not self.errors and not data["fiches"] and not data["group"]:
            self.add_error("fiches", "Cochez une fiche au moins, ou choisissez un groupe.")
        if data.get("reason") == "":
            data["reason"] = reason_of(data.get("group", ""))
            if not data["reason"]:
                self.add_error("reason", "Choisissez un motif.")
        if data.get("reason") == SetAside.Reason.OTHER and not data.get("words", "").strip():
            self.add_error("words", "Dites quel est ce motif.")
        return data

    @property
    def values(self):
        """As `actions.set_aside` takes them."""
        data = self.cleaned_data
        whom, _, query = data["group"].partition(":")
        return {
            "fiches": [int(pk) for pk in data["fiches"]],
            "query": query if whom == SetAside.Whom.WITHOUT else "",
            "label": self.labels.get(data["group"], "") if whom == SetAside.Whom.WITHOUT else "",
            "is_rest": whom == SetAside.Whom.REST,
            "reason": data["reason"],
            "words": data["words"],
        }


class EmailForm(AddressForm):
    """The address; `seen` is the state of the one that the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data=None, *, seen=""):
        super().__init__(
            data, help_text="Elle sert à vous envoyer ce lien, à prévenir de la fin et à demander une fois la suite."
        )
        self.fields["seen"].initial = seen


class CloseForm(forms.Form):
    years = forms.TypedChoiceField(
        label="Le garder ici pendant",
        choices=SourcingRecord.Years.choices,
        coerce=int,
        initial=SourcingRecord.Years.ONE,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez une durée.",
            "invalid_choice": "Choisissez une durée de la liste.",
        },
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, error_messages=NOT_SEEN)


class OutcomeForm(forms.Form):
    """What came of a record; `seen` is the state of what the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    outcome = forms.ChoiceField(
        label="Un marché a-t-il été passé\N{NO-BREAK SPACE}?",
        choices=SourcingRecord.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une réponse.", "invalid_choice": "Choisissez une réponse de la liste."},
    )
    why_none = forms.ChoiceField(
        label="Sinon, pourquoi",
        required=False,
        choices=[("", "Choisissez"), *SourcingRecord.WhyNone.choices],
        error_messages={"invalid_choice": "Choisissez une raison de la liste."},
    )
    words = forms.CharField(
        label="Ce que vous voulez ajouter",
        required=False,
        max_length=WORDS,
        help_text="Pas de nom, ni de montant.",
        widget=Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["why_none"].needed = "si c’est non"

    def clean(self):
        data = super().clean()
        if data.get("outcome") == SourcingRecord.Outcome.NONE and not data.get("why_none"):
            if "why_none" not in self.errors:
                self.add_error("why_none", "Dites pourquoi, en choisissant dans la liste.")
        elif data.get("outcome"):
            data["why_none"] = data["why_none"] if data["outcome"] == SourcingRecord.Outcome.NONE else ""
        return data


def row_key(text):
    """The key of a row as a form sends it; 0 for none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len(str(2**63)) else 0


def over(form, seen):
    """The same as it was typed, which now writes over what is there."""
    data = form.data.copy()
    data["seen"] = seen
    return type(form)(data, initial=form.initial) if form.initial else type(form)(data)


def public_clients():
    """The organisations that published references name: what the public reads of the directory already."""
    return PublicClient.objects.filter(references__in=Reference.objects.published()).distinct()
