from datetime import date

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone

# Raised by one whenever a sentence below changes: a consent is to the words that were read.
CONSENT_TEXT_VERSION = "2026-11-3"
# Nobody can have read it before.
CONSENT_TEXT_SINCE = date(2026, 11, 29)

# The first version whose sentence about the photo names the CV: an older consent shows it on the fiche alone.
PHOTO_ON_CV_SINCE = "2026-11-2"
# The first that names the lists of the catalogue: an older one shows initials there.
PHOTO_ON_CARDS_SINCE = "2026-11-3"

CONSENT_TEXTS = {
    "phone": "J’accepte que mon numéro de téléphone professionnel soit montré sur ma fiche publique.",
    "website": "J’accepte que l’adresse de mon site soit montrée sur ma fiche publique.",
    "photo": "J’accepte que ma photo soit montrée sur ma fiche publique, en petit dans les listes du catalogue, "
    "et sur mon CV.",
    "portfolio": "J’accepte que les images de mes réalisations soient montrées sur ma fiche publique, et sur mon CV "
    "celles que j’y choisis ; j’en ai les droits, et nul n’y est reconnaissable sans son accord.",
}
# What a request to be listed asks for; the rest is given in one’s space.
ASKED_WITH_LISTING = ["phone", "website", "photo"]


class ConsentQuerySet(models.QuerySet):
    def active(self):
        return self.filter(withdrawn_at__isnull=True)

    def of_photo_on_cv(self):
        """Those whose words let the photo stand on the CV."""
        return self.active().filter(item=Consent.Item.PHOTO, text_version__gte=PHOTO_ON_CV_SINCE)

    def of_photo_on_cards(self):
        """Those whose words let the photo stand in the lists of the catalogue."""
        return self.active().filter(item=Consent.Item.PHOTO, text_version__gte=PHOTO_ON_CARDS_SINCE)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Consent(models.Model):
    """What a co-entrepreneur accepts to show, item by item; revocable at any time."""

    class Item(models.TextChoices):
        PHONE = "phone", "Téléphone"
        WEBSITE = "website", "Site"
        PHOTO = "photo", "Photo"
        PORTFOLIO = "portfolio", "Réalisations"

    co_entrepreneur = models.ForeignKey(
        "CoEntrepreneur", on_delete=models.CASCADE, related_name="consents", verbose_name="co-entrepreneur"
    )
    item = models.CharField("élément", max_length=20, choices=Item)
    text_version = models.CharField("version du texte", max_length=20, default=CONSENT_TEXT_VERSION)
    given_at = models.DateTimeField("donné le", default=timezone.now)
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = "consentement"
        verbose_name_plural = "consentements"
        ordering = ["item", "-given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["co_entrepreneur", "item"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_one_active_per_item",
                violation_error_message="Ce consentement est déjà donné.",
            )
        ]

    def __str__(self):
        return f"{self.get_item_display()} – {self.co_entrepreneur}"
