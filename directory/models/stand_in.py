from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .referent import Referent


class StandInQuerySet(models.QuerySet):
    def current(self):
        """Those whose days include today."""
        today = timezone.localdate()
        return self.filter(starts_on__lte=today, ends_on__gte=today)


class StandIn(models.Model):
    """Who acts for a référent from a day to a day, both included: sees what they see, and decides what they decide.

    A row that has begun stays, with its beginning: the history reads from it for whom a person acted.
    """

    referent = models.ForeignKey(
        Referent, on_delete=models.PROTECT, related_name="stand_ins", verbose_name="référent absent"
    )
    stand_in = models.ForeignKey(
        Referent, on_delete=models.PROTECT, related_name="stands_in_for", verbose_name="remplacé par"
    )
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", help_text="Ce jour compris.")

    objects = StandInQuerySet.as_manager()

    class Meta:
        verbose_name = "remplacement"
        verbose_name_plural = "remplacements"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="stand_in_ends_after_it_starts",
                violation_error_message="Un remplacement finit le jour où il commence, ou après.",
            ),
            models.CheckConstraint(
                condition=~Q(referent=F("stand_in")),
                name="stand_in_is_somebody_else",
                violation_error_message="Choisissez quelqu’un d’autre que la personne absente.",
            ),
        ]

    def __str__(self):
        return f"{self.stand_in} pour {self.referent}"

    @property
    def has_begun(self):
        return self.starts_on <= timezone.localdate()

    @property
    def is_over(self):
        return self.ends_on < timezone.localdate()

    def covers(self, day):
        return self.starts_on <= day <= self.ends_on
