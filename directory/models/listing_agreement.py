from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from .co_entrepreneur import CoEntrepreneur

# What isn't answered by then opens nothing any more.
LIFETIME = timedelta(days=30)


class ListingAgreementQuerySet(models.QuerySet):
    def open(self):
        """Those that the person may still answer."""
        return self.filter(answered_at__isnull=True, asked_at__gt=timezone.now() - LIFETIME)


class ListingAgreement(models.Model):
    """That somebody who had left the catalogue, or objected, was asked whether they agree to be there again."""

    co_entrepreneur = models.ForeignKey(
        CoEntrepreneur, on_delete=models.CASCADE, related_name="listing_agreements", verbose_name="co-entrepreneur"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="demandé par"
    )
    asked_at = models.DateTimeField("demandé le", default=timezone.now)
    reason = models.CharField("motif", max_length=500, blank=True)
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    agrees = models.BooleanField("est d’accord", null=True, blank=True)

    objects = ListingAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "accord demandé pour le catalogue"
        verbose_name_plural = "accords demandés pour le catalogue"
        ordering = ["-asked_at", "-pk"]

    def __str__(self):
        return f"accord demandé le {timezone.localtime(self.asked_at):%d/%m/%Y}"

    @property
    def is_open(self):
        return self.answered_at is None and self.asked_at > timezone.now() - LIFETIME
