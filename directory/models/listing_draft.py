from datetime import timedelta

from django.db import models
from django.utils import timezone

from .email import EmailField
from .files import photo_path, validate_photo

# A request that isn't sent by then is given up.
KEPT = timedelta(days=30)


class ListingDraftQuerySet(models.QuerySet):
    def with_address(self, email):
        """The one of this address, whatever its case."""
        return self.filter(email=email.lower())

    def kept(self):
        """Those whose time isn't over."""
        return self.filter(saved_at__gt=timezone.now() - KEPT)


class ListingDraft(models.Model):
    """A request to be listed as far as it is written: what was typed, as it was typed, by a verified address."""

    email = EmailField("adresse", unique=True, help_text="En minuscules.")
    typed = models.JSONField("saisie", default=dict, help_text="Champ du formulaire : liste des valeurs tapées.")
    photo = models.ImageField("photo", upload_to=photo_path, validators=[validate_photo], blank=True)
    saved_at = models.DateTimeField("enregistré le", default=timezone.now)

    objects = ListingDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "demande en préparation"
        verbose_name_plural = "demandes en préparation"
        ordering = ["-saved_at", "pk"]

    def __str__(self):
        return f"demande en préparation du {self.saved_at:%d/%m/%Y}"

    @property
    def version(self):
        """What tells whether it is still what someone read: it changes at each saving."""
        return self.saved_at.isoformat()

    @property
    def kept_until(self):
        return self.saved_at + KEPT
