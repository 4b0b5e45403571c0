from django import forms
from django.urls import reverse
from django.utils.html import format_html

from directory.forms.files import reencode_photo
from directory.listing.box import REASONS, foreseen
from directory.models import CoEntrepreneur, ListingRequest
from directory.models.files import validate_photo
from directory.rights import chooses_referent

from .stale import refuse_stale
from .suggestions import SuggestedInput

# Where each thing that `CoEntrepreneur.missing_for_listing` names is typed.
FIELD_OF = {
    "un référent": "referent",
    "l’offre aux clients publics": "public_offer",
    "une date de départ à venir, ou aucune": "departed_on",
}


class FicheForm(forms.ModelForm):
    """The fiche; the box is not written with the rest, it goes through the same actions as everywhere.

    Attributes:
        user: who fills the form (set on the class by the admin, for one request).
        box: once the form is valid, whether the box is to be ticked (True), unticked (False) or left alone (None).
    """

    user = None
    box = None

    client_public = forms.BooleanField(
        label="Client public",
        required=False,
        help_text="La case qui montre la fiche dans le catalogue public, dès la page suivante.",
    )
    reason = forms.CharField(
        label="Motif",
        required=False,
        max_length=500,
        strip=True,
        widget=SuggestedInput(REASONS),
        help_text="Obligatoire quand la case change : choisissez un motif tout prêt, ou écrivez le vôtre. "
        "Gardé dans l’historique ; quand la case tombe, la personne le lit dans le courriel qui la prévient.",
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and not chooses_referent(self.user):
            self.instance.referent = self.user.referent
        if self.instance.pk and "version" in self.fields:
            self.initial["version"] = version_of(self.instance)
        if self.instance.pk and "client_public" in self.fields:
            self._say_what_ticking_does()

    def _say_what_ticking_does(self):
        """Before it is done, beside the box."""
        fiche, field = self.instance, self.fields["client_public"]
        if fiche.client_public:
            field.help_text = f"Décocher retire la fiche du catalogue, et un courriel le dit à {fiche.email}."
            return
        field.help_text = foreseen(fiche, tick=True)
        if listing_request := ListingRequest.objects.open().of_fiche(fiche).first():
            field.help_text = format_html(
                '{} <a href="{}">Une demande de référencement est ouverte</a> : l’accepter écrit sur la fiche ce '
                "qu’elle propose ; cocher ici la clôt sans rien en reprendre.",
                field.help_text,
                reverse("admin:directory_listingrequest_decide", args=[listing_request.pk]),
            )

    def clean_photo(self):
        """The photo re-encoded here rather than when it is saved, so that a damaged one is an error of the form."""
        photo = self.cleaned_data["photo"]
        if not photo or "photo" not in self.changed_data:
            return photo
        validate_photo(photo)
        return reencode_photo(photo)

    @property
    def was_listed(self):
        """Whether the fiche stays ticked as it was."""
        return self.instance.client_public and self.box is None

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and "version" in self.fields:
            self._refuse_stale()
        # Taken out of the data: the fiche keeps its box until the action changes it.
        ticked = self.cleaned_data.pop("client_public", self.instance.client_public)
        if ticked != self.instance.client_public:
            self.box = ticked
            # A fiche that leaves the catalogue may lack what a listed one needs.
            self.instance.client_public = False
            if not self.cleaned_data.get("reason"):
                self.add_error("reason", "Dites pourquoi la case change.")
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        if self.box:
            for lack in self.instance.missing_for_listing():
                field = FIELD_OF.get(lack)
                self.add_error(
                    field if field in self.fields else "client_public",
                    f"Pour cocher « client public », il faut {lack}.",
                )

    def _get_validation_exclusions(self):
        """The box counts, though it left the data."""
        return super()._get_validation_exclusions() - {"client_public"}

    def _refuse_stale(self):
        """Hold the row to the end of the transaction, and refuse what was written over an older version of it."""
        version = version_of(CoEntrepreneur.objects.select_for_update().get(pk=self.instance.pk))
        if self.cleaned_data.get("version") == version:
            return
        sentence = format_html(
            "Cette fiche a changé pendant que vous l’écriviez, et rien n’est enregistré. Ce que vous avez tapé est "
            'toujours là : comparez avec l’<a href="{}">historique</a>, puis enregistrez de nouveau.',
            reverse("admin:directory_coentrepreneur_history", args=[self.instance.pk]),
        )
        refuse_stale(self, "version", version, sentence)


def version_of(fiche):
    """What changes whenever the fiche or one of its lists does, as text."""
    last_event = fiche.events.order_by("-pgh_id").values_list("pgh_id", flat=True).first()
    return f"{last_event}-{fiche.content_updated_at.timestamp()}"
