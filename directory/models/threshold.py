import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from crealead.words import thousands

from .website import NOT_A_WEBSITE, WebsiteField, is_website

LEAST, MOST = 1_000, 100_000_000


class ThresholdQuerySet(models.QuerySet):
    def of(self, day):
        """The thresholds of a day, by kind; a kind of which nothing is known on that day isn't there."""
        started = self.filter(starts_on__lte=day).order_by("kind", "-starts_on").distinct("kind")
        return {threshold.kind: threshold for threshold in started if threshold.is_known_on(day)}

    def ending(self, *, by):
        """Those that are known until that day at most, and that nothing is written to follow, soonest first."""
        following = Threshold.objects.filter(kind=OuterRef("kind"), starts_on__gt=OuterRef("starts_on"))
        return self.filter(ends_on__lte=by).exclude(Exists(following)).order_by("ends_on", "pk")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Threshold(models.Model):
    """An amount that the law sets from a day on: what a buyer may do depends on it, and it often changes."""

    class Kind(models.TextChoices):
        SERVICES = "services", "Fournitures et services, sans publicité ni mise en concurrence"
        WORKS = "works", "Travaux, sans publicité ni mise en concurrence"
        FORMAL_STATE = "formal_state", "Procédure formalisée, fournitures et services : autorités publiques centrales"
        FORMAL_OTHERS = "formal_others", "Procédure formalisée, fournitures et services : autres pouvoirs adjudicateurs"

    kind = models.CharField("seuil", max_length=20, choices=Kind)
    starts_on = models.DateField("en vigueur à partir du")
    ends_on = models.DateField(
        "connu jusqu’au",
        null=True,
        blank=True,
        help_text="Vide : jusqu’au suivant. Passé ce jour, la page ne dit rien de ce seuil tant que le suivant manque.",
    )
    amount = models.IntegerField(
        "montant, en euros hors taxes",
        validators=[
            MinValueValidator(LEAST, f"Il faut {thousands(LEAST)} € au moins."),
            MaxValueValidator(MOST, f"Il faut {thousands(MOST)} € au plus."),
        ],
    )
    article = models.CharField(
        "article", max_length=60, help_text="Du code de la commande publique : R2122-8, par exemple."
    )
    source = models.CharField("texte qui le fixe", max_length=200)
    source_url = WebsiteField("adresse de ce texte", blank=True)

    objects = ThresholdQuerySet.as_manager()

    class Meta:
        verbose_name = "seuil"
        verbose_name_plural = "seuils"
        ordering = ["kind", "-starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "starts_on"],
                name="threshold_once_a_day",
                violation_error_message="Ce seuil a déjà un montant à partir de ce jour : corrigez-le plutôt.",
            ),
            models.CheckConstraint(condition=Q(amount__range=(LEAST, MOST)), name="threshold_amount_sensible"),
            models.CheckConstraint(
                condition=is_website("source_url"),
                name="threshold_source_on_the_web",
                violation_error_message=NOT_A_WEBSITE,
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="threshold_ends_after_start",
                violation_error_message="Le dernier jour ne peut pas précéder le premier.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} – {self.starts_on:%d/%m/%Y}"

    def is_known_on(self, day):
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def is_over(self):
        """Whether nothing is known of it today."""
        return self.ends_on is not None and self.ends_on < timezone.localdate()

    @property
    def in_euros(self):
        """« 60 000 € HT »."""
        return f"{thousands(self.amount)}\N{NO-BREAK SPACE}€\N{NO-BREAK SPACE}HT"
