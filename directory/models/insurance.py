from django.db import models
from django.db.models import Q
from django.utils import timezone

from .files import PROOF_LIMITS, proof_path, validate_proof


class InsuranceQuerySet(models.QuerySet):
    def valid_on(self, day):
        return self.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=day))

    def covering(self, members):
        """Those of these members, and those that the cooperative holds for all."""
        return self.filter(Q(co_entrepreneur__isnull=True) | Q(co_entrepreneur__in=members))


class Insurance(models.Model):
    """What insures the cooperative as a whole, or one co-entrepreneur for a trade that asks for it."""

    class Kind(models.TextChoices):
        LIABILITY = "rc_pro", "Responsabilité civile professionnelle"
        TEN_YEAR = "decennale", "Garantie décennale"
        OTHER = "autre", "Autre assurance"

    co_entrepreneur = models.ForeignKey(
        "CoEntrepreneur",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="insurances",
        verbose_name="co-entrepreneur",
        help_text="Vide : toute la coopérative est couverte.",
    )
    kind = models.CharField("garantie", max_length=20, choices=Kind, default=Kind.LIABILITY)
    insurer = models.CharField("assureur", max_length=120)
    policy_number = models.CharField("numéro de contrat", max_length=60, blank=True)
    expires_on = models.DateField("valable jusqu’au", null=True, blank=True)
    proof = models.FileField(
        "attestation",
        upload_to=proof_path,
        validators=[validate_proof],
        blank=True,
        help_text=PROOF_LIMITS,
    )

    objects = InsuranceQuerySet.as_manager()

    class Meta:
        verbose_name = "assurance"
        verbose_name_plural = "assurances"
        ordering = ["kind", "pk"]

    def __str__(self):
        return f"{self.get_kind_display()} – {self.co_entrepreneur.name if self.co_entrepreneur else 'la coopérative'}"

    @property
    def is_valid(self):
        return self.expires_on is None or self.expires_on >= timezone.localdate()

    @property
    def covers_all(self):
        """Whether it insures the whole cooperative today."""
        return self.co_entrepreneur_id is None and self.is_valid
