from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from pyroaring import BitMap

from .address import AddressedQuerySet
from .email import EmailField
from .query import LONGEST_QUERY

# How long who asked has to confirm; what nobody confirms goes then.
TO_CONFIRM = timedelta(days=7)
# How long it runs unless it is kept, how long before its end that is said, how long its address stays after it.
LASTS = timedelta(days=365)
WARNED_BEFORE = timedelta(days=14)
KEPT = timedelta(days=28)
# How many an address may have that aren't confirmed, and in all.
MOST_UNCONFIRMED, MOST = 3, 10


class AlertQuerySet(AddressedQuerySet):
    def running(self):
        return self.filter(confirmed_at__isnull=False, ended_on=None)

    def to_confirm(self):
        """Those that a click may still confirm."""
        return self.filter(confirmed_at=None, ended_on=None, created_at__gt=timezone.now() - TO_CONFIRM)

    def due(self):
        """Those whose turn has come to tell what is new."""
        return self.running().filter(next_on__lte=timezone.localdate())

    def to_warn(self):
        """Those that end soon, and of which nobody was told so."""
        return self.running().filter(ends_on__lte=timezone.localdate() + WARNED_BEFORE, warned_on=None)

    def over(self):
        """Those whose end was said, and has come."""
        return self.running().filter(ends_on__lte=timezone.localdate(), warned_on__isnull=False)


class Alert(models.Model):
    """A search whose new fiches are mailed to an address, at a rhythm, once a click has confirmed it."""

    class Rhythm(models.IntegerChoices):
        """How many days pass between two mails."""

        WEEK = 7, "toutes les semaines"
        TWO_WEEKS = 14, "toutes les deux semaines"
        MONTH = 30, "tous les mois"

    email = EmailField("adresse")
    # As `CatalogueFilter.question` writes it; empty for the whole catalogue.
    query = models.CharField("recherche", max_length=LONGEST_QUERY, blank=True)
    rhythm = models.PositiveSmallIntegerField("rythme", choices=Rhythm, default=Rhythm.TWO_WEEKS)
    created_at = models.DateTimeField("demandée le", default=timezone.now)
    confirmed_at = models.DateTimeField("confirmée le", null=True, blank=True)
    next_on = models.DateField("prochain envoi le", null=True, blank=True)
    ends_on = models.DateField("se termine le", null=True, blank=True)
    warned_on = models.DateField("fin annoncée le", null=True, blank=True)
    ended_on = models.DateField("terminée le", null=True, blank=True)
    # Keys of fiches, as a serialised bitmap: those that answered when it was last looked at.
    told = models.BinaryField("fiches connues", default=bytes)
    # Of the catalogue at that time; unknown of those looked at before it was kept.
    told_version = models.BigIntegerField("version du catalogue alors", null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte"
        verbose_name_plural = "alertes"
        ordering = ["-created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), "query", condition=Q(ended_on=None), name="alert_once_for_an_address"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(next_on__isnull=False, ends_on__isnull=False),
                name="alert_confirmed_has_its_days",
            ),
        ]
        indexes = [models.Index(F("next_on"), condition=Q(ended_on=None), name="alert_due")]

    def __str__(self):
        return f"alerte du {self.created_at:%d/%m/%Y}"

    @property
    def told_fiches(self):
        return _fiches(self.told)

    def news_on(self, day):
        """What had last been told on a day; where nothing had, what was told last; None where nothing was ever."""
        return self.news.filter(told_on__lte=day).last() or self.news.last()


class AlertNews(models.Model):
    """What one mail of an alert told: its link shows that, whatever was mailed since."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="news", verbose_name="alerte")
    told_on = models.DateField("envoyée le")
    # Keys of fiches, as a serialised bitmap.
    told = models.BinaryField("fiches", default=bytes)

    class Meta:
        verbose_name = "envoi d’une alerte"
        verbose_name_plural = "envois d’alertes"
        ordering = ["told_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["alert", "told_on"], name="alert_news_once_a_day")]

    def __str__(self):
        return f"envoi du {self.told_on:%d/%m/%Y}"

    @property
    def fiches(self):
        return _fiches(self.told)


def _fiches(serialised):
    return BitMap.deserialize(bytes(serialised)) if serialised else BitMap()
