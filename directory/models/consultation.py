from datetime import timedelta

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils import timezone

from .author import Authored
from .co_entrepreneur import CoEntrepreneur
from .likeness import BuyerName, readings, same_reference
from .memo_trame import MemoTrame, mark
from .public_client import PublicClient
from .reference import Reference
from .taxonomy import CpvCode, Skill
from .territory import Department
from .website import WebsiteField, is_website

# Two deadlines this close, for the same buyer, may be the same consultation.
NEAR_DEADLINE = timedelta(days=10)


class ConsultationQuerySet(models.QuerySet):
    def likely_same_as(self, consultation):
        """Others that may be the same lot of the same consultation, hence the same bidder twice.

        Those of a buyer that may be the same with the same reference, and those of the same buyer with a near
        deadline; unless the same reference says plainly that these are two of its lots.
        """
        present = BuyerName(consultation.buyer.name, consultation.buyer.siret)
        buyers = {
            pk: BuyerName(name, siret)
            for pk, name, siret in PublicClient.objects.filter(consultations__isnull=False)
            .values_list("pk", "name", "siret")
            .distinct()
        }
        near = {pk for pk, buyer in buyers.items() if buyer.is_near(present)} | {consultation.buyer_id}
        same = {pk for pk in near if pk in buyers and buyers[pk].is_same(present)} | {consultation.buyer_id}
        present_readings = readings(consultation.reference, consultation.lot)
        others = self.filter(buyer__in=near).exclude(pk=consultation.pk).exclude(outcome=Consultation.Outcome.DROPPED)
        alike = []
        for pk, buyer, reference, lot, deadline in others.values_list("pk", "buyer", "reference", "lot", "deadline"):
            shared = same_reference(present_readings, readings(reference, lot))
            is_soon = buyer in same and abs(deadline - consultation.deadline) <= NEAR_DEADLINE
            if shared or (shared is None and is_soon):
                alike.append(pk)
        return self.filter(pk__in=alike)

    def won_without_reference(self, co_entrepreneur):
        """What someone's teams won and made no reference of yet, the latest first."""
        seats = TeamMember.objects.filter(co_entrepreneur=co_entrepreneur, state=TeamMember.State.ACCEPTED)
        return (
            self.filter(outcome=Consultation.Outcome.WON, won_reference=None, pk__in=seats.values("consultation"))
            .select_related("buyer")
            .order_by("-outcome_on", "-pk")
        )


class Consultation(Authored):
    """A tender, or one lot of it, that the cooperative may answer."""

    class Outcome(models.TextChoices):
        WON = "won", "Remportée"
        LOST = "lost", "Perdue"
        DROPPED = "dropped", "Abandonnée"

    class Standing(models.TextChoices):
        """Where one stands whose outcome isn't known."""

        OPEN = "open", "Ouverte"
        PAST = "past", "Date passée"

    buyer = models.ForeignKey(
        PublicClient, on_delete=models.PROTECT, related_name="consultations", verbose_name="acheteur"
    )
    subject = models.CharField("objet", max_length=300)
    reference = models.CharField(
        "référence de l’acheteur",
        max_length=80,
        blank=True,
        help_text="Le numéro de la consultation, tel qu’il l’écrit.",
    )
    lot = models.CharField("lot", max_length=60, blank=True, help_text="Vide si le marché n’a qu’un lot.")
    deadline = models.DateTimeField("date limite de remise des offres")
    contract_ends_on = models.DateField(
        "fin prévue du marché", null=True, blank=True, help_text="Pour savoir qui est couvert jusqu’au bout."
    )
    cpv_codes = models.ManyToManyField(CpvCode, blank=True, related_name="+", verbose_name="codes CPV")
    skills = models.ManyToManyField(Skill, blank=True, related_name="+", verbose_name="compétences demandées")
    departments = models.ManyToManyField(Department, blank=True, related_name="+", verbose_name="lieux d’exécution")
    link = WebsiteField("lien vers la consultation", blank=True)
    trame = models.ForeignKey(
        MemoTrame,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="consultations",
        verbose_name="trame du mémoire",
    )
    references = models.ManyToManyField(
        Reference,
        blank=True,
        related_name="+",
        verbose_name="références choisies",
        help_text="Vide : les plus proches.",
    )
    opened_at = models.DateTimeField("ouverte le", default=timezone.now)
    # What the form that opened it was given: a second click finds it.
    opened_with = models.UUIDField("formulaire", null=True, blank=True, unique=True, editable=False)
    # What a form gives back, to tell that another saved since.
    version = models.PositiveIntegerField("version", default=1, editable=False)
    updated_by = models.CharField("changée par", max_length=200, blank=True, editable=False)

    outcome = models.CharField("issue", max_length=10, choices=Outcome, blank=True)
    outcome_on = models.DateField("connue le", null=True, blank=True)
    price_score = models.DecimalField(
        "note de prix", max_digits=6, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    price_score_out_of = models.DecimalField(
        "sur", max_digits=6, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    technical_score = models.DecimalField(
        "note technique", max_digits=6, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    technical_score_out_of = models.DecimalField(
        "sur", max_digits=6, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    feedback = models.TextField("ce que l’acheteur a dit", max_length=3000, blank=True)
    # What the team made of a won answer; it is proposed to them until there is one.
    won_reference = models.ForeignKey(
        Reference,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name="référence qui en est née",
    )

    objects = ConsultationQuerySet.as_manager()

    class Meta(Authored.Meta):
        verbose_name = "consultation"
        verbose_name_plural = "consultations"
        ordering = ["-deadline", "-pk"]
        constraints = [
            *Authored.Meta.constraints,
            models.CheckConstraint(condition=is_website("link"), name="consultation_link_on_the_web"),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(outcome_on__isnull=False), name="consultation_outcome_has_date"
            ),
            models.CheckConstraint(
                condition=Q(price_score__isnull=True) | Q(price_score__gte=0, price_score__lte=F("price_score_out_of")),
                name="consultation_price_score_within_bounds",
                violation_error_message="La note de prix dépasse son maximum.",
            ),
            models.CheckConstraint(
                condition=Q(technical_score__isnull=True)
                | Q(technical_score__gte=0, technical_score__lte=F("technical_score_out_of")),
                name="consultation_technical_score_within_bounds",
                violation_error_message="La note technique dépasse son maximum.",
            ),
        ]

    def __str__(self):
        return f"{self.subject} ({self.buyer}{f', lot {self.lot}' if self.lot else ''})"

    def get_absolute_url(self):
        return reverse("tenders:detail", args=[self.pk])

    @property
    def is_past(self):
        return self.deadline <= timezone.now()

    @property
    def is_over(self):
        """Whether its team changes no more."""
        return self.is_past or bool(self.outcome)

    @property
    def standing(self):
        """Its outcome, or a `Standing` as long as there is none."""
        if self.outcome:
            return self.Outcome(self.outcome)
        return self.Standing.PAST if self.is_past else self.Standing.OPEN

    @property
    def numbers(self):
        """The buyer's reference and the lot, as one line; empty without any."""
        return self.reference + (f" lot {self.lot}" if self.lot else "")

    @property
    def price_mark(self):
        return mark(self.price_score, self.price_score_out_of)

    @property
    def technical_mark(self):
        return mark(self.technical_score, self.technical_score_out_of)


class DuplicateNotice(models.Model):
    """That a consultation looks the same as another: nobody goes on before its team has said what it is."""

    class Settlement(models.TextChoices):
        """What a team makes of the likeness; or what settled it by itself."""

        DIFFERENT = "different", "Ce n’est pas la même consultation."
        TOGETHER = "together", "Nous répondons ensemble."
        DROPPED = "dropped", "Nous renonçons."
        OTHER_DROPPED = "other_dropped", "L’autre équipe a renoncé."
        NO_LONGER_ALIKE = "no_longer_alike", "Les deux consultations ne se ressemblent plus."

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="duplicate_notices", verbose_name="consultation"
    )
    other = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+", verbose_name="l’autre")
    noticed_at = models.DateTimeField("signalé le", default=timezone.now)
    settled_at = models.DateTimeField("tranché le", null=True, blank=True)
    settled_by = models.CharField("tranché par", max_length=200, blank=True)
    settlement = models.CharField("ce qu’il en est", max_length=20, choices=Settlement, blank=True)
    word = models.TextField("mot à l’autre équipe", max_length=1000, blank=True)

    class Meta:
        verbose_name = "doublon possible"
        verbose_name_plural = "doublons possibles"
        ordering = ["noticed_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "other"], name="duplicate_notice_unique"),
            models.CheckConstraint(condition=~Q(consultation=F("other")), name="duplicate_notice_of_two"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | ~Q(settlement=""),
                name="duplicate_settlement_is_told",
                violation_error_message="Dites ce qu’il en est.",
            ),
        ]

    def __str__(self):
        return f"{self.consultation} / {self.other}"

    @property
    def told(self):
        """What was said of it, as a sentence or two."""
        return f"{self.get_settlement_display()} {self.word}".strip()


class TeamMemberQuerySet(models.QuerySet):
    def accepted(self):
        """Those who said yes and are still here."""
        present = CoEntrepreneur.objects.present()
        return self.filter(state=TeamMember.State.ACCEPTED, co_entrepreneur__in=present)

    def leading(self):
        """Those who lead, or are asked to: who declined leads nothing."""
        return self.filter(role=TeamMember.Role.LEAD).exclude(state=TeamMember.State.DECLINED)

    def by_role(self):
        """The lead first, stand-ins last, then in the order they were asked."""
        ranks = [When(role=role, then=Value(rank)) for rank, role in enumerate(TeamMember.Role)]
        return self.order_by(Case(*ranks), "invited_at", "pk")


class TeamMember(models.Model):
    """Someone asked into the team of a consultation, as what, and what they answered."""

    class Role(models.TextChoices):
        """In the order in which a team is read."""

        LEAD = "lead", "Pilote"
        MEMBER = "member", "Équipier"
        STAND_IN = "stand_in", "Suppléant"

    class State(models.TextChoices):
        INVITED = "invited", "Invitation envoyée"
        ACCEPTED = "accepted", "D’accord"
        DECLINED = "declined", "A décliné"

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="team", verbose_name="consultation"
    )
    co_entrepreneur = models.ForeignKey(
        "CoEntrepreneur", on_delete=models.PROTECT, related_name="team_seats", verbose_name="co-entrepreneur"
    )
    role = models.CharField("rôle", max_length=10, choices=Role, default=Role.MEMBER)
    mission = models.CharField("mission", max_length=200, blank=True, help_text="Ce que la personne ferait.")
    stands_in_for = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="stand_ins", verbose_name="supplée"
    )
    state = models.CharField("réponse", max_length=10, choices=State, default=State.INVITED)
    invited_at = models.DateTimeField("invité le", default=timezone.now)
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    answer_word = models.TextField("mot", max_length=1000, blank=True)
    message = models.TextField("message", max_length=1000, blank=True)
    answer_by = models.DateField("réponse souhaitée le", null=True, blank=True)
    # Which reminder was mailed, in days before the deadline, and of which deadline: it may be put off.
    reminded_days = models.PositiveSmallIntegerField("rappel, en jours", null=True, blank=True, editable=False)
    reminded_of = models.DateTimeField("échéance rappelée", null=True, blank=True, editable=False)

    objects = TeamMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "membre de l’équipe"
        verbose_name_plural = "membres de l’équipe"
        ordering = ["invited_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "co_entrepreneur"],
                name="team_member_unique",
                violation_error_message="Cette personne est déjà dans l’équipe.",
            ),
            models.UniqueConstraint(
                fields=["consultation"],
                condition=Q(role="lead") & ~Q(state="declined"),
                name="team_has_one_lead",
                violation_error_message="Une équipe a un seul pilote.",
            ),
            models.CheckConstraint(
                condition=Q(state="invited") | Q(answered_at__isnull=False), name="team_answer_has_date"
            ),
            models.CheckConstraint(
                condition=Q(stands_in_for__isnull=True) | Q(role="stand_in"), name="only_stand_ins_stand_in"
            ),
        ]

    def __str__(self):
        return f"{self.co_entrepreneur.name}, {self.get_role_display().lower()}"

    @property
    def is_lead(self):
        return self.role == self.Role.LEAD

    @property
    def is_stand_in(self):
        return self.role == self.Role.STAND_IN

    @property
    def is_invited(self):
        """Whether an answer is still awaited."""
        return self.state == self.State.INVITED

    @property
    def is_accepted(self):
        return self.state == self.State.ACCEPTED

    @property
    def is_declined(self):
        return self.state == self.State.DECLINED

    @property
    def in_state_since(self):
        return self.invited_at if self.is_invited else self.answered_at
