from dataclasses import dataclass
from datetime import timedelta

import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from .files import PROOF_LIMITS, BareFileField, proof_path, validate_proof


class InsuranceQuerySet(models.QuerySet):
    def valid_on(self, day):
        begun = Q(starts_on__isnull=True) | Q(starts_on__lte=day)
        return self.filter(begun & (Q(expires_on__isnull=True) | Q(expires_on__gte=day)))

    def covering(self, members):
        """Those of these members, and those that the cooperative holds for all."""
        return self.filter(Q(co_entrepreneur__isnull=True) | Q(co_entrepreneur__in=members))

    def public(self):
        """Those that buyers are told of today: in force, their end known, their certificate held."""
        in_force = self.valid_on(timezone.localdate()).filter(kind__in=Insurance.PUBLIC, expires_on__isnull=False)
        return in_force.exclude(proof="")

    def expiring(self, *, within_days):
        """Those that end within that many days, or have ended, and that no later one takes over from."""
        last_day = timezone.localdate() + timedelta(days=within_days)
        # The cooperative is one holder too.
        holder = Coalesce("co_entrepreneur_id", 0)
        later = Insurance.objects.alias(holder=holder).filter(
            Q(expires_on__isnull=True) | Q(expires_on__gt=OuterRef("expires_on")),
            holder=OuterRef("holder"),
            kind=OuterRef("kind"),
        )
        return self.alias(holder=holder).filter(~Exists(later), expires_on__lte=last_day)


@dataclass(frozen=True)
class Cover:
    """What buyers are told of one kind of insurance: `held` is None where they must ask for the certificate."""

    kind: str
    held: "Insurance | None"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Insurance(models.Model):
    """What insures the cooperative as a whole, or one co-entrepreneur for a trade that asks for it."""

    class Kind(models.TextChoices):
        LIABILITY = "rc_pro", "Responsabilité civile professionnelle"
        TEN_YEAR = "decennale", "Garantie décennale"
        OTHER = "autre", "Autre assurance"

    # What buyers ask about.
    PUBLIC = (Kind.LIABILITY, Kind.TEN_YEAR)

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
    policy_number = models.CharField(
        "numéro de contrat", max_length=60, blank=True, help_text="Privé : jamais montré dans le catalogue."
    )
    starts_on = models.DateField(
        "valable depuis le", null=True, blank=True, help_text="Avant ce jour, elle n’est pas montrée."
    )
    expires_on = models.DateField(
        "valable jusqu’au",
        null=True,
        blank=True,
        help_text="Sans cette date, elle n’est pas montrée ; passé ce jour, elle ne l’est plus.",
    )
    proof = BareFileField(
        "attestation",
        upload_to=proof_path,
        validators=[validate_proof],
        blank=True,
        help_text=f"{PROOF_LIMITS} Jamais publiée ; sans elle, l’assurance n’est pas montrée.",
    )

    objects = InsuranceQuerySet.as_manager()

    class Meta:
        verbose_name = "assurance"
        verbose_name_plural = "assurances"
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(expires_on__isnull=True) | Q(expires_on__gte=F("starts_on")),
                name="insurance_ends_after_it_starts",
                violation_error_message="La fin doit venir après le début.",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} – {self.co_entrepreneur.name if self.co_entrepreneur else 'la coopérative'}"

    @property
    def is_over(self):
        return self.expires_on is not None and self.expires_on < timezone.localdate()

    @property
    def is_to_come(self):
        return self.starts_on is not None and self.starts_on > timezone.localdate()

    @property
    def is_valid(self):
        return not (self.is_over or self.is_to_come)

    @property
    def is_public(self):
        """Whether buyers are told of it; see `InsuranceQuerySet.public`."""
        return self.is_valid and self.kind in self.PUBLIC and self.expires_on is not None and bool(self.proof)

    @property
    def covers_all(self):
        """Whether it insures the whole cooperative today."""
        return self.co_entrepreneur_id is None and self.is_valid


def covers_of(fiche=None):
    """What buyers are told of the insurances of a co-entrepreneur, or of the cooperative alone, one `Cover` for each.

    Of several by one insurer, the one that lasts longest is told. The certificate is to be asked for where none of a
    kind that everyone needs is held: professional liability, and for a building trade the ten-year guarantee.

    Args:
        fiche: a `CoEntrepreneur`, its skills and CPV codes prefetched for a page that reads them; or None.
    """
    return covers_of_each([fiche])[0]


def covers_of_each(fiches):
    """The same of several, each or None, in one query."""
    people = [fiche for fiche in fiches if fiche]
    insurances = list(Insurance.objects.public().covering(people).order_by("expires_on", "pk"))
    return [_covers(fiche, insurances) for fiche in fiches]


def _covers(fiche, insurances):
    own = {None, fiche.pk if fiche else None}
    held = {(row.kind, row.insurer): row for row in insurances if row.co_entrepreneur_id in own}
    needed = [Insurance.Kind.LIABILITY]
    if fiche and fiche.is_building_trade:
        needed.append(Insurance.Kind.TEN_YEAR)
    covers = []
    for kind in Insurance.PUBLIC:
        of_kind = [insurance for insurance in held.values() if insurance.kind == kind]
        covers += [Cover(kind.label, insurance) for insurance in of_kind or [None] * (kind in needed)]
    return covers
