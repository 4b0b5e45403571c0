from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from crealead.words import of

FIRST_YEAR, LAST_YEAR = 1950, 2100
# A CV untouched for longer is said to be out of date.
FRESH = timedelta(days=365)


class Cv(models.Model):
    """What a co-entrepreneur says of their career, for tenders: theirs to write, never on the public fiche."""

    co_entrepreneur = models.OneToOneField(
        "CoEntrepreneur", on_delete=models.CASCADE, related_name="cv", verbose_name="co-entrepreneur"
    )
    title = models.CharField("métier", max_length=140, blank=True, help_text="Tel qu’il se lit en tête du CV.")
    summary = models.TextField(
        "en quelques lignes", max_length=1200, blank=True, help_text="Ce que vous apportez à une équipe."
    )
    updated_at = models.DateTimeField("mis à jour le", default=timezone.now)
    # What a form gives back, to tell that another saved since.
    version = models.PositiveIntegerField("version", default=1, editable=False)

    class Meta:
        verbose_name = "CV"
        verbose_name_plural = "CV"

    def __str__(self):
        return f"CV {of(self.co_entrepreneur.name)}"

    @property
    def is_fresh(self):
        """Whether it was looked at within the year."""
        return self.updated_at > timezone.now() - FRESH


class CvEntry(models.Model):
    """A line of a CV: a post held, a diploma, a language; no birth date, no family, no home address."""

    class Kind(models.TextChoices):
        EXPERIENCE = "experience", "Expériences"
        QUALIFICATION = "qualification", "Diplômes, titres et habilitations"
        TRAINING = "training", "Formations suivies"
        LANGUAGE = "language", "Langues"
        TOOL = "tool", "Outils et méthodes"

    cv = models.ForeignKey(Cv, on_delete=models.CASCADE, related_name="entries", verbose_name="CV")
    kind = models.CharField("rubrique", max_length=20, choices=Kind)
    title = models.CharField("intitulé", max_length=200)
    organisation = models.CharField("organisme", max_length=200, blank=True)
    starts_year = models.PositiveSmallIntegerField(
        "de", null=True, blank=True, validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    ends_year = models.PositiveSmallIntegerField(
        "à", null=True, blank=True, validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    description = models.TextField("précisions", max_length=1000, blank=True)
    position = models.PositiveSmallIntegerField("rang", default=0)

    class Meta:
        verbose_name = "ligne de CV"
        verbose_name_plural = "lignes de CV"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_year__isnull=True) | Q(ends_year__isnull=True) | Q(ends_year__gte=F("starts_year")),
                name="cv_entry_ends_after_it_starts",
                violation_error_message="La fin doit venir après le début.",
            )
        ]

    def __str__(self):
        return self.title

    @property
    def years(self):
        """« 2019–2023 », « depuis 2019 », « 2023 », or nothing."""
        if self.starts_year and self.ends_year and self.starts_year != self.ends_year:
            return f"{self.starts_year}–{self.ends_year}"
        if self.starts_year and not self.ends_year and self.kind == self.Kind.EXPERIENCE:
            return f"depuis {self.starts_year}"
        return str(self.ends_year or self.starts_year or "")
