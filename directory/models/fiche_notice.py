from django.conf import settings
from django.db import models

from .co_entrepreneur import CoEntrepreneur


class FicheNotice(models.Model):
    """That a person whose fiche was made for them was told so, or is still to be."""

    co_entrepreneur = models.OneToOneField(
        CoEntrepreneur, on_delete=models.CASCADE, related_name="notice", verbose_name="co-entrepreneur"
    )
    sent_at = models.DateTimeField("prévenue le", null=True, blank=True, help_text="Vide : pas encore.")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="prévenue par",
    )

    class Meta:
        verbose_name = "avis de création d’une fiche"
        verbose_name_plural = "avis de création de fiches"
        ordering = ["pk"]

    def __str__(self):
        return f"avis à {self.co_entrepreneur}"
