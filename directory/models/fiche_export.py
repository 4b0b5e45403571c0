from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from crealead.words import moment

# Then `purge_personal_data` erases it.
KEPT = timedelta(days=365)


class FicheExport(models.Model):
    """That fiches left in a spreadsheet: who took them, when, how many and what of them; not whose they are."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="qui",
    )
    exported_at = models.DateTimeField("quand", default=timezone.now)
    fiches = models.PositiveIntegerField("fiches", help_text="Combien le fichier en porte.")
    columns = ArrayField(models.CharField(max_length=40), verbose_name="colonnes")
    ending = models.CharField("format", max_length=10)

    class Meta:
        verbose_name = "export de fiches"
        verbose_name_plural = "exports de fiches"
        ordering = ["-exported_at", "-pk"]

    def __str__(self):
        return f"export du {moment(self.exported_at)}"
