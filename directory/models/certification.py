from datetime import timedelta

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from .files import PROOF_LIMITS, BareFileField, proof_path, validate_proof


class Label(models.Model):
    """A label or certification that buyers look for, such as Qualiopi."""

    slug = models.SlugField("adresse", max_length=60)
    name = models.CharField("nom", max_length=100, unique=True)
    description = models.CharField("en une phrase", max_length=200, blank=True)

    class Meta:
        verbose_name = "label"
        verbose_name_plural = "labels"
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("slug"), name="label_slug_unique")]

    def __str__(self):
        return self.name


class CertificationQuerySet(models.QuerySet):
    def valid(self):
        """Proved and not expired: those that may be shown."""
        return self.exclude(proof="").filter(Q(expires_on__isnull=True) | Q(expires_on__gte=timezone.localdate()))

    def expiring(self, *, within_days):
        """Expired already, or about to, within that many days."""
        return self.filter(expires_on__lte=timezone.localdate() + timedelta(days=within_days))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Certification(models.Model):
    """A label held by a co-entrepreneur, with its proof; shown only while it is valid."""

    co_entrepreneur = models.ForeignKey(
        "CoEntrepreneur", on_delete=models.CASCADE, related_name="certifications", verbose_name="co-entrepreneur"
    )
    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="certifications", verbose_name="label")
    proof = BareFileField(
        "justificatif",
        upload_to=proof_path,
        validators=[validate_proof],
        blank=True,
        help_text=f"{PROOF_LIMITS} Sans justificatif, le label n’est pas montré.",
    )
    expires_on = models.DateField("valable jusqu’au", null=True, blank=True)

    objects = CertificationQuerySet.as_manager()

    class Meta:
        verbose_name = "label ou certification"
        verbose_name_plural = "labels et certifications"
        ordering = ["label__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["co_entrepreneur", "label"], name="certification_unique")]

    def __str__(self):
        return f"{self.label} – {self.co_entrepreneur}"

    @property
    def is_valid(self):
        """Whether it is proved and not expired; see `CertificationQuerySet.valid`."""
        return bool(self.proof) and (self.expires_on is None or self.expires_on >= timezone.localdate())
