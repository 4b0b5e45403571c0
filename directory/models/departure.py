from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from .co_entrepreneur import CoEntrepreneur

# How long the data of those who left stays, for them to read.
KEPT = timedelta(days=settings.DEPARTED_KEPT_DAYS)
# Nothing goes without a mail so long before.
NOTICE = timedelta(days=30)
# Where nobody reads: the address of the empty fiche of an erased person.
ERASED = "@erased.invalid"


class DepartureQuerySet(models.QuerySet):
    def of_today(self):
        """Of each fiche, that of its present day of departure: who came back, then left again, has another."""
        return self.filter(left_on=models.F("co_entrepreneur__departed_on"))

    def to_warn(self):
        """Those whose end is near, and who weren't told so."""
        return self.of_today().filter(warned_at__isnull=True, left_on__lte=timezone.localdate() - (KEPT - NOTICE))


class Departure(models.Model):
    """What somebody who left was told: that their data can be read until a day, then that this day comes."""

    co_entrepreneur = models.ForeignKey(
        CoEntrepreneur, on_delete=models.CASCADE, related_name="departures", verbose_name="co-entrepreneur"
    )
    left_on = models.DateField("parti le")
    told_at = models.DateTimeField("prévenu le", default=timezone.now)
    warned_at = models.DateTimeField("prévenu de la fin le", null=True, blank=True)

    objects = DepartureQuerySet.as_manager()

    class Meta:
        verbose_name = "départ"
        verbose_name_plural = "départs"
        ordering = ["-left_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["co_entrepreneur", "left_on"], name="departure_told_once")]

    def __str__(self):
        return f"départ du {self.left_on:%d/%m/%Y}"


def kept_until(fiche):
    """The day on which the data of someone who left goes: at the end of its term, and `NOTICE` after a mail says so."""
    warned_at = Departure.objects.of_today().filter(co_entrepreneur=fiche).values_list("warned_at", flat=True).first()
    warned_on = timezone.localdate(warned_at) if warned_at else timezone.localdate()
    return max(fiche.departed_on + KEPT, warned_on + NOTICE)


def untold():
    """Those who left, and whom nobody has told what becomes of their data."""
    told = Departure.objects.filter(co_entrepreneur=OuterRef("pk"), left_on=OuterRef("departed_on"))
    return CoEntrepreneur.objects.departed().exclude(Exists(told)).exclude(email__endswith=ERASED)


def past(kept):
    """Those who left so long ago, and who were told in time that their data goes."""
    warned = Departure.objects.of_today().filter(co_entrepreneur=OuterRef("pk"), warned_at__lte=timezone.now() - NOTICE)
    return CoEntrepreneur.objects.filter(Exists(warned), departed_on__lte=timezone.localdate() - kept)
