from decimal import Decimal

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from .public_client import PublicClient

# Upper bounds in euros before tax, and how each band reads.
AMOUNT_BANDS = [
    (Decimal(5_000), "moins de 5 000 € HT"),
    (Decimal(15_000), "de 5 000 à 15 000 € HT"),
    (Decimal(40_000), "de 15 000 à 40 000 € HT"),
    (Decimal(90_000), "de 40 000 à 90 000 € HT"),
]
HIGHEST_BAND = "plus de 90 000 € HT"


class ReferenceQuerySet(models.QuerySet):
    def published(self):
        """Those that may be shown to the public."""
        return self.filter(publishable=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Reference(models.Model):
    """A service delivered to a public client."""

    class Role(models.TextChoices):
        SOLE = "titulaire", "Titulaire"
        LEAD = "mandataire", "Mandataire du groupement"
        PARTNER = "cotraitant", "Cotraitant"
        SUBCONTRACTOR = "sous-traitant", "Sous-traitant"

    co_entrepreneur = models.ForeignKey(
        "CoEntrepreneur", on_delete=models.CASCADE, related_name="references", verbose_name="co-entrepreneur"
    )
    client = models.ForeignKey(
        PublicClient, on_delete=models.PROTECT, related_name="references", verbose_name="client public"
    )
    subject = models.CharField("objet", max_length=200)
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin", null=True, blank=True, help_text="Laisser vide si la prestation est en cours.")
    role = models.CharField("rôle", max_length=20, choices=Role, default=Role.SOLE)
    results = models.TextField("résultats", max_length=1500, blank=True)
    amount = models.DecimalField(
        "montant HT (€)",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="Jamais montré : le public ne lit qu’une tranche.",
    )
    publishable = models.BooleanField(
        "publiable", default=False, help_text="Le client et le co-entrepreneur acceptent que la référence soit montrée."
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = "référence"
        verbose_name_plural = "références"
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="reference_amount_not_negative",
                violation_error_message="Un montant ne peut pas être négatif.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="reference_ends_after_it_starts",
                violation_error_message="La fin doit venir après le début.",
            ),
        ]

    def __str__(self):
        return f"{self.subject} ({self.client}, {self.period})"

    @property
    def period(self):
        """The years, as they are read: « 2024 », « 2023–2025 », « depuis 2025 »."""
        if self.ends_on is None:
            return f"depuis {self.starts_on.year}"
        if self.starts_on.year == self.ends_on.year:
            return str(self.starts_on.year)
        return f"{self.starts_on.year}–{self.ends_on.year}"

    @property
    def amount_band(self):
        """The band that the public reads in place of the amount, or an empty string."""
        if self.amount is None:
            return ""
        return next((label for bound, label in AMOUNT_BANDS if self.amount < bound), HIGHEST_BAND)
