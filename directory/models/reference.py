from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format

from crealead.words import years

from .decision import Lapsing, LapsingQuerySet
from .email import EmailField
from .files import PROOF_LIMITS, BareFileField, attestation_path, validate_proof
from .phone import PhoneField
from .public_client import PublicClient
from .taxonomy import CpvCode

# Upper bounds in euros before tax, and how each band reads.
AMOUNT_BANDS = [
    (Decimal(5_000), "moins de 5 000 € HT"),
    (Decimal(15_000), "de 5 000 à 15 000 € HT"),
    (Decimal(40_000), "de 15 000 à 40 000 € HT"),
    (Decimal(90_000), "de 40 000 à 90 000 € HT"),
]
HIGHEST_BAND = "plus de 90 000 € HT"
# What a candidate is asked for: the main services of the last three years.
RECENT_YEARS = 3
# As it is read: « trois ans ».
RECENT = years(RECENT_YEARS)
# How long one that was closed waits to be taken up again.
CLOSED_KEPT = timedelta(days=365)


def years_before(day, years):
    """The same day, that many years earlier; 28 February for a 29th that the year hasn't."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


class ReferenceQuerySet(LapsingQuerySet):
    def published(self):
        """Those that may be shown to the public: their référent validated them, and publishing is agreed."""
        return self.validated().filter(publishable=True)

    def validated(self):
        return self.filter(state=Reference.State.VALIDATED)

    def recent(self):
        """Those of the last `RECENT_YEARS`: under way, or ended within that time."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=years_before(timezone.localdate(), RECENT_YEARS)))

    def alike(self, *, client, subject, starts_on, ends_on):
        """What may be the same service entered before: same client, overlapping period, an object that looks alike."""
        overlapping = self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), client=client)
        if ends_on:
            overlapping = overlapping.filter(starts_on__lte=ends_on)
        return overlapping.filter(subject__unaccent__trigram_similar=subject)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    # A third person's: nothing of it outlives the reference.
    exclude=["contact_name", "contact_role", "contact_email", "contact_phone", "contact_told_at"],
)
class Reference(Lapsing):
    """A service delivered to a public client, described by the charter, by one co-entrepreneur or several."""

    class Role(models.TextChoices):
        SOLE = "titulaire", "Titulaire"
        LEAD = "mandataire", "Mandataire du groupement"
        PARTNER = "cotraitant", "Cotraitant"
        SUBCONTRACTOR = "sous-traitant", "Sous-traitant"

    class State(models.TextChoices):
        TO_VALIDATE = "to_validate", "À valider"
        CHANGES_ASKED = "changes_asked", "À compléter"
        VALIDATED = "validated", "Validée"
        CLOSED = "closed", "Close sans suite"

    AWAITING = State.TO_VALIDATE
    PENDING = (State.TO_VALIDATE, State.CHANGES_ASKED)
    OUTCOMES = {
        State.TO_VALIDATE: "Cette référence attend une décision.",
        State.VALIDATED: "Cette référence a été validée {decided} : rien n’a changé.",
        State.CHANGES_ASKED: "Des compléments ont été demandés {decided} : rien n’a changé.",
        State.CLOSED: "Cette référence a été close sans suite {decided} : rien n’a changé.",
    }

    class AmountShown(models.TextChoices):
        BAND = "band", "La tranche"
        HIDDEN = "hidden", "Rien"

    co_entrepreneur = models.ForeignKey(
        "CoEntrepreneur",
        on_delete=models.SET_NULL,
        null=True,
        related_name="kept_references",
        verbose_name="tenue par",
        help_text="Qui tient cette référence à jour ; les autres participants la partagent.",
    )
    participants = models.ManyToManyField(
        "CoEntrepreneur", through="Participation", related_name="references", verbose_name="participants"
    )
    client = models.ForeignKey(
        PublicClient, on_delete=models.PROTECT, related_name="references", verbose_name="client public"
    )
    subject = models.CharField("objet", max_length=200)
    cpv_codes = models.ManyToManyField(CpvCode, blank=True, related_name="+", verbose_name="codes CPV")
    context = models.TextField(
        "contexte", max_length=1500, blank=True, help_text="La situation et le besoin du client, en quelques phrases."
    )
    mission = models.TextField("mission", max_length=1500, blank=True, help_text="Ce qui a été fait, étape par étape.")
    deliverables = models.TextField(
        "livrables", max_length=1500, blank=True, help_text="Ce qui a été remis au client, un par ligne."
    )
    results = models.TextField("résultats", max_length=1500, blank=True, help_text="Ce qui a changé pour le client.")
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin", null=True, blank=True, help_text="Laisser vide si la prestation est en cours.")
    place = models.CharField("lieu", max_length=120, blank=True)
    role = models.CharField("rôle", max_length=20, choices=Role, default=Role.SOLE)
    amount = models.DecimalField(
        "montant HT (€)",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="Jamais montré : le public ne lit qu’une tranche.",
    )
    amount_shown = models.CharField(
        "ce que le public lit du montant",
        max_length=10,
        choices=AmountShown,
        default=AmountShown.BAND,
        db_default=AmountShown.BAND,
    )
    attestation = BareFileField(
        "attestation",
        upload_to=attestation_path,
        validators=[validate_proof],
        blank=True,
        help_text=f"Certificat de capacité ou de bonne exécution : {PROOF_LIMITS} Jamais publiée.",
    )
    contact_name = models.CharField(
        "contact chez le client", max_length=120, blank=True, help_text="Privé : jamais montré au public."
    )
    contact_role = models.CharField("fonction du contact", max_length=120, blank=True)
    contact_email = EmailField("adresse du contact", blank=True)
    contact_phone = PhoneField("téléphone du contact", blank=True)
    contact_told_at = models.DateTimeField("contact prévenu le", null=True, blank=True, editable=False)
    publishable = models.BooleanField(
        "publiable", default=False, help_text="Le client et le co-entrepreneur acceptent que la référence soit montrée."
    )

    state = models.CharField(
        "état", max_length=20, choices=State, default=State.TO_VALIDATE, db_default=State.TO_VALIDATE
    )
    submitted_at = models.DateTimeField("proposée le", default=timezone.now)
    comment = models.TextField("commentaire du référent", max_length=2000, blank=True)
    # What a form gives back, to tell that another saved since.
    version = models.PositiveIntegerField("version", default=1, db_default=1, editable=False)

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
            models.CheckConstraint(
                condition=Q(state="to_validate") | Q(decided_at__isnull=False), name="reference_decision_has_date"
            ),
            models.CheckConstraint(
                condition=~Q(state="changes_asked") | Q(comment__regex=r"\S"),
                name="reference_changes_are_told",
                violation_error_message="Dites ce qu’il faut compléter.",
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
    def dates(self):
        """The days, or the months and the years whose bounds they are: « mars 2024 – juin 2024 », « 2024 »."""
        starts_month, start = self.starts_on.day == 1, date_format(self.starts_on, "F Y")
        if self.ends_on is None:
            return f"depuis {start}" if starts_month else f"depuis le {date_format(self.starts_on)}"
        if not starts_month or self.ends_on.day != monthrange(self.ends_on.year, self.ends_on.month)[1]:
            return f"{date_format(self.starts_on)} – {date_format(self.ends_on)}"
        if (self.starts_on.month, self.ends_on.month) == (1, 12):
            return self.period
        end = date_format(self.ends_on, "F Y")
        return start if start == end else f"{start} – {end}"

    @property
    def amount_band(self):
        """The band that the public reads in place of the amount, or an empty string."""
        if self.amount is None or self.amount_shown == self.AmountShown.HIDDEN:
            return ""
        return next((label for bound, label in AMOUNT_BANDS if self.amount < bound), HIGHEST_BAND)

    @property
    def facts(self):
        """What the public reads of it in a line: the role, the place, the band of the amount or that it isn't told."""
        amount = self.amount_band or "montant non communiqué"
        return ", ".join(filter(None, [self.get_role_display(), self.place, amount]))

    @property
    def is_recent(self):
        """Whether it is of the last `RECENT_YEARS`: under way, or ended within that time."""
        return self.ends_on is None or self.ends_on > years_before(timezone.localdate(), RECENT_YEARS)

    @property
    def age(self):
        """« Moins de trois ans », « Plus de trois ans »."""
        return f"{'Moins' if self.is_recent else 'Plus'} de {RECENT}"

    @property
    def publicity(self):
        """Who may read it, in a few words, for those who took part."""
        if not self.publishable:
            return "Réservée à vos réponses"
        return "Publique" if self.state == self.State.VALIDATED else "Pas encore publique"

    @property
    def has_contact(self):
        return bool(self.contact_name or self.contact_email)

    @property
    def is_to_complete(self):
        """Whether it waits for its keeper, who was asked for more."""
        return self.state == self.State.CHANGES_ASKED


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Participation(models.Model):
    """Who took part in a reference, and as what. Who keeps the reference always does: a trigger sees to it."""

    reference = models.ForeignKey(
        Reference, on_delete=models.CASCADE, related_name="participations", verbose_name="référence"
    )
    co_entrepreneur = models.ForeignKey(
        "CoEntrepreneur", on_delete=models.CASCADE, related_name="participations", verbose_name="co-entrepreneur"
    )
    part = models.CharField(
        "en tant que", max_length=120, blank=True, db_default="", help_text="« Animatrice », « rédacteur du rapport »…"
    )

    class Meta:
        verbose_name = "participation"
        verbose_name_plural = "participations"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "co_entrepreneur"],
                name="participation_unique",
                violation_error_message="Cette personne est déjà parmi les participants.",
            )
        ]

    def __str__(self):
        return f"{self.co_entrepreneur.name}, {self.part}" if self.part else self.co_entrepreneur.name
