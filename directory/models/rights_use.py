from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class RightsUseQuerySet(models.QuerySet):
    def about(self, fingerprints):
        """Those that looked for one of these marks, by their keyed fingerprints."""
        return self.filter(fingerprints__overlap=list(fingerprints))


class RightsUse(models.Model):
    """One use of the tool for a person's rights: who, when, which gesture, on how much; never whose nor what."""

    class Gesture(models.TextChoices):
        SEARCH = "search", "recherche"
        EXPORT = "export", "copie remise"
        REPLACE = "replace", "rectification"
        OBJECT = "object", "opposition"
        REHEARSE = "rehearse", "effacement essayé"
        ERASE = "erase", "effacement"

    at = models.DateTimeField("quand", default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="par"
    )
    gesture = models.CharField("geste", max_length=10, choices=Gesture)
    fingerprints = ArrayField(models.CharField(max_length=64), verbose_name="empreintes de ce qui fut cherché")
    counts = models.JSONField("combien", default=dict, help_text="Par ligne de la carte.")

    objects = RightsUseQuerySet.as_manager()

    class Meta:
        verbose_name = "usage des droits d’une personne"
        verbose_name_plural = "usages des droits des personnes"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.get_gesture_display()} du {timezone.localtime(self.at):%d/%m/%Y à %H h %M}"

    @property
    def total(self):
        return sum(self.counts.values())
