"""What a member writes in their space."""

from django import forms

from directory.forms.files import keep, kept, reencode_photo
from directory.forms.names import NamesForm
from directory.forms.offer import OfferForm
from directory.forms.phone import PhoneField
from directory.forms.text import Textarea
from directory.forms.website import WebsiteField
from directory.models import CoEntrepreneur, Consent, FicheProposal, PortfolioImage
from directory.models.files import PHOTO_LIMITS, validate_photo

from .proposals import WORDS, content_of, differences, in_words, keys_of, open_proposal, plain, version_of
from .visibility import DECLINABLE

# Wide enough for a desk, light enough for a phone.
PORTFOLIO_SIDE = 1200


class KeepsPhoto:
    """Mixin of a form with a `photo` and a `photo_ticket`: a photo that came with a form that isn’t right yet is kept.

    Attributes:
        photo_is_kept: whether the next click sends one again.
    """

    photo_is_kept = False

    @staticmethod
    def files_of(data, files, *, member):
        """The files sent, or the photo that was kept of the last sending."""
        if data is None or files.get("photo"):
            return files
        waiting = kept(data.get("photo_ticket", ""), member=member)
        return {"photo": waiting} if waiting else files

    def keep_photo_of(self, member):
        """Make what was typed ready to be shown again."""
        self.data = self.data.copy()
        if self.files.get("photo") and "photo" not in self.errors:
            self.data["photo_ticket"] = keep(self.files["photo"], member=member)
            self.photo_is_kept = True


class ProposalForm(KeepsPhoto, NamesForm, OfferForm):
    """What a member would change of their fiche, prefilled with what it says, or with what they propose already.

    What buyers look for can't be emptied once it is there. A photo chosen in a form that isn't right yet is kept.
    """

    first_name = forms.CharField(
        label="Votre prénom",
        max_length=80,
        error_messages={"required": "Votre prénom ?"},
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label="Votre nom",
        max_length=80,
        error_messages={"required": "Votre nom ?"},
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    trade_name = forms.CharField(
        label="Votre marque",
        max_length=120,
        required=False,
        help_text="Le nom commercial sous lequel vous travaillez.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    presentation = forms.CharField(
        label="Votre présentation",
        max_length=3000,
        required=False,
        help_text="Votre parcours, ce qui vous anime. 3 000 caractères au plus.",
        widget=Textarea(attrs={"rows": 8}),
    )
    city = forms.CharField(
        label="Votre ville",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    phone = PhoneField(
        label="Votre téléphone professionnel", required=False, help_text="Montré seulement avec votre accord."
    )
    website = WebsiteField(label="Votre site", required=False, help_text="Montré seulement avec votre accord.")
    photo = forms.FileField(
        label="Une nouvelle photo",
        required=False,
        validators=[validate_photo],
        help_text=f"{PHOTO_LIMITS} Montrée seulement avec votre accord.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    keep_photo = forms.BooleanField(label="Garder la photo que je propose déjà", required=False)
    # What finds again a photo that came with a form that wasn't right yet.
    photo_ticket = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, files=None, *, fiche, proposal, suggested=None):
        """`fiche` with its lists; `proposal` is the one that is open, or None.

        `suggested` is what is already added in the form, as `proposals.suggested` gives it.
        """
        self.fiche, self.proposal = fiche, proposal
        self.rows_added, self.words_added = suggested or ({}, "")
        self.present = content_of(fiche)
        initial = self._initial()
        # What is proposed already was asked about then.
        self.known_names = {fiche.name, f"{initial['first_name']} {initial['last_name']}"}
        super().__init__(data, self.files_of(data, files, member=fiche), initial=initial)
        for name in ("headline", "public_offer", "skills"):
            self.fields[name].required = bool(self.present[name])
        if not (proposal and proposal.photo):
            del self.fields["keep_photo"]

    def _initial(self):
        initial = {name: self.present[name] for name in (*WORDS, "nationwide", *FicheProposal.LISTS)}
        if self.proposal:
            initial |= {name: value for name, value in self.proposal.changes.items() if name != "photo"}
            initial |= {"word_to_referent": self.proposal.word_to_referent, "keep_photo": True}
        for name, rows in self.rows_added.items():
            initial[name] = [*initial[name], *(row.pk for row in rows if row.pk not in initial[name])]
        if self.words_added:
            sentence = f"Je peux aussi vous répondre pour : {self.words_added}."
            initial["public_offer"] = f"{initial['public_offer']}\n\n{sentence}".strip()
        return initial | {"version": version_of(self.present, self.proposal)}

    @property
    def added(self):
        """What the address of the form added to it, in words."""
        added = [str(row) for rows in self.rows_added.values() for row in rows]
        return [*added, *([f"une phrase sur « {self.words_added} »"] if self.words_added else [])]

    def clean_photo(self):
        photo = self.cleaned_data["photo"]
        return reencode_photo(photo) if photo else None

    def clean(self):
        data = super().clean()
        zone_lacks_already = not self.present["nationwide"] and not self.present["departments"]
        if zone_lacks_already and not self["departments"].value():
            self.errors.pop("departments", None)
        return data

    def proposed(self):
        """What `actions.propose` expects: the fields, as `proposals.content_of` gives them, the photo and the word."""
        data, offer = self.cleaned_data, self.offer()
        content = {name: plain(data[name]) for name in (*WORDS, "nationwide")}
        content |= {name: keys_of(offer[name]) for name in FicheProposal.LISTS}
        return {
            "content": content,
            "photo": data["photo"],
            "keep_photo": data.get("keep_photo", False),
            "word": data["word_to_referent"],
        }

    def tell_changed(self):
        """Say that the fiche or the proposal changed since the form was shown; the next click sends all the same.

        Returns:
            list[Said]: what the fiche says now, where the form says otherwise.
        """
        fiche = CoEntrepreneur.objects.get(pk=self.fiche.pk)
        now = content_of(fiche)
        self.show_again()
        self.data["version"] = version_of(now, open_proposal(fiche))
        self.add_error(
            None,
            "Votre fiche, ou votre proposition, a changé pendant que vous écriviez : rien n’est encore parti. Tout ce "
            "que vous avez tapé est là. Comparez, corrigez s’il le faut, puis envoyez de nouveau.",
        )
        return in_words({name: now[name] for name in differences(self.proposed()["content"], now)})

    def show_again(self):
        """Make what was typed ready to be shown again: a photo that came with it is kept for the next click."""
        self.keep_photo_of(self.fiche)


class PortfolioWordsForm(forms.ModelForm):
    """What is said of an image of the portfolio."""

    class Meta:
        model = PortfolioImage
        fields = ["alternative_text", "caption", "on_cv"]
        error_messages = {"alternative_text": {"required": "Dites ce que l’image montre, pour qui ne la voit pas."}}


class PortfolioImageForm(KeepsPhoto, PortfolioWordsForm):
    """A new image, with what is said of it."""

    photo = forms.FileField(
        label="L’image",
        validators=[validate_photo],
        help_text=PHOTO_LIMITS,
        error_messages={"required": "Choisissez une image."},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    photo_ticket = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ["photo", *PortfolioWordsForm.Meta.fields]

    def __init__(self, data=None, files=None, *, member):
        super().__init__(data, self.files_of(data, files, member=member))

    def clean_photo(self):
        return reencode_photo(self.cleaned_data["photo"], side=PORTFOLIO_SIDE)

    def _post_clean(self):
        """The image itself is the action’s to keep."""

    def content(self):
        """What `actions.add_image` expects."""
        return {name: self.cleaned_data[name] for name in self.field_order}


class ConsentForm(forms.Form):
    """An item that the person accepts to show, or no longer does."""

    item = forms.ChoiceField(choices=Consent.Item, error_messages={"required": "Dites de quel accord il s’agit."})
    given = forms.TypedChoiceField(
        choices=[("oui", "Oui"), ("non", "Non")],
        coerce=lambda text: text == "oui",
        error_messages={"required": "Dites si vous êtes d’accord, ou non."},
    )


class NotMyTradeForm(forms.Form):
    """What isn't one's trade, of a search that missed one's fiche."""

    kind = forms.ChoiceField(
        choices=[(kind, kind) for kind in sorted(DECLINABLE)],
        error_messages={"required": "Dites quel critère n’est pas votre métier."},
    )
    key = forms.CharField(max_length=200, error_messages={"required": "Dites ce qui n’est pas votre métier."})
    words = forms.CharField(max_length=300, error_messages={"required": "Dites les mots qui ne sont pas votre métier."})


class LeaveForm(forms.Form):
    """What one says when one leaves the catalogue."""

    word = forms.CharField(
        label="Un mot à votre référent",
        max_length=2000,
        required=False,
        help_text="Vous n’avez pas à vous justifier.",
        widget=Textarea(attrs={"rows": 3}),
    )
