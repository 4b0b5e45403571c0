"""What a co-entrepreneur fills in to be listed."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from directory.forms.files import reencode_photo
from directory.forms.names import NamesForm
from directory.forms.offer import OfferForm
from directory.forms.phone import PhoneField
from directory.forms.website import WebsiteField
from directory.models import PublicClient, Referent
from directory.models.consent import ASKED_WITH_LISTING, CONSENT_TEXTS
from directory.models.files import PHOTO_LIMITS, validate_photo

SERVED_CLIENTS = 5
FIRST_YEAR = 1980


class RequestForm(OfferForm):
    """What is proposed for a fiche that has a référent.

    Attributes:
        who: the title of what it asks about people.
    """

    who = ""

    phone = PhoneField(label="Votre téléphone professionnel", required=False)
    website = WebsiteField(label="Votre site", required=False)
    photo = forms.FileField(
        label="Votre photo",
        required=False,
        validators=[validate_photo],
        help_text=PHOTO_LIMITS,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    drop_photo = forms.BooleanField(label="Retirer la photo que j’ai jointe", required=False)
    consents = forms.MultipleChoiceField(
        choices=[(item, CONSENT_TEXTS[item]) for item in ASKED_WITH_LISTING],
        required=False,
        label="Ce que vous acceptez de montrer",
        help_text="Rien n’est obligatoire, et chaque accord se retire quand vous voulez. Votre adresse électronique "
        "n’est jamais montrée.",
        widget=forms.CheckboxSelectMultiple,
    )
    # As the page has them: who it is about, the offer, what is shown; the word comes last.
    field_order = (
        *("first_name", "last_name", "names", "trade_name", "referent"),
        *(name for name in OfferForm.base_fields if name != "word_to_referent"),
        *("phone", "website", "photo", "drop_photo", "consents"),
    )

    def clean_photo(self):
        photo = self.cleaned_data["photo"]
        return reencode_photo(photo) if photo else None

    def shown(self):
        """What is shown with one's agreement alone: [(field, the box of its consent, whether it is the photo)]."""
        boxes = zip(ASKED_WITH_LISTING, self["consents"], strict=True)
        return [(self[item], consent, item == "photo") for item, consent in boxes]

    def content(self, served_clients):
        """What `actions.submit` expects."""
        data = self.cleaned_data
        return self.offer() | {
            "served_clients": served_clients,
            "phone": data["phone"],
            "website": data["website"],
            "consents": data["consents"],
            "word_to_referent": data["word_to_referent"],
        }


class RequestWithReferentForm(RequestForm):
    """The same, for a fiche that no référent follows yet."""

    who = "Votre référent"

    referent = forms.ModelChoiceField(
        Referent.objects.active(),
        label="Votre référent",
        empty_label="Choisissez",
        help_text="La personne de la coopérative qui suit votre parcours.",
        error_messages={"required": "Choisissez votre référent."},
    )


class RequestWithoutFicheForm(NamesForm, RequestWithReferentForm):
    """The same, for an address that the cooperative doesn't know: it says who writes."""

    who = "Vous"

    first_name = forms.CharField(
        label="Votre prénom",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": "Écrivez votre prénom."},
    )
    last_name = forms.CharField(
        label="Votre nom",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": "Écrivez votre nom."},
    )
    trade_name = forms.CharField(
        label="Votre marque",
        max_length=120,
        required=False,
        help_text="Le nom commercial sous lequel vous travaillez.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class ServedClientForm(forms.Form):
    """A public client already served: all of a row, or nothing of it."""

    name = forms.CharField(label="Nom du client", max_length=200, error_messages={"required": "Qui est ce client ?"})
    type = forms.ChoiceField(
        label="Type de client",
        choices=[("", "Choisissez"), *PublicClient.Type.choices],
        error_messages={"required": "Choisissez le type de ce client."},
    )
    subject = forms.CharField(
        label="Ce que vous avez fait",
        max_length=200,
        error_messages={"required": "Dites en quelques mots ce que vous avez fait."},
    )
    year = forms.IntegerField(
        label="Année",
        min_value=FIRST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": "En quelle année ?", "invalid": "Une année s’écrit en chiffres : 2024."},
    )

    def has_changed(self):
        """Whether anything stands in the row: one that was emptied is left out, whatever it held before."""
        return any(field.data for field in self)

    def clean_year(self):
        year = self.cleaned_data["year"]
        if year > timezone.localdate().year:
            raise ValidationError("Cette année est à venir.")
        return year


class ServedClientFormSet(
    forms.formset_factory(
        ServedClientForm, extra=SERVED_CLIENTS, max_num=SERVED_CLIENTS, absolute_max=SERVED_CLIENTS, validate_max=True
    )
):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.number = index + 1 if index is not None else None

    @property
    def other_rows(self):
        """All but the first: folded until they serve."""
        return self.forms[1:]

    @property
    def is_unfolded(self):
        return any(row.has_changed() or row.initial for row in self.forms[1:2])

    def get_form_kwargs(self, index):
        return super().get_form_kwargs(index) | {"empty_permitted": True}

    def served_clients(self):
        """The rows filled in, as `ListingRequest.served_clients` keeps them."""
        return [row.cleaned_data for row in self.forms if row.has_changed()]
