from datetime import timedelta

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from .address import AddressedQuerySet
from .co_entrepreneur import CoEntrepreneur
from .consent import CONSENT_TEXT_VERSION
from .decision import REMINDED_AFTER_DAYS, Lapsing, LapsingQuerySet
from .email import EmailField
from .files import photo_path, validate_photo
from .phone import PhoneField
from .referent import Referent
from .taxonomy import CpvCode, Skill
from .territory import Department
from .website import NOT_A_WEBSITE, WebsiteField, is_website


class ListingRequestQuerySet(AddressedQuerySet, LapsingQuerySet):
    def open(self):
        """Those not ended yet: waiting for the référent, or for their author."""
        return self.filter(state__in=ListingRequest.OPEN_STATES)

    def of_fiche(self, fiche):
        """Those of a fiche: attached to it, or from its address and attached to none."""
        unattached = Q(co_entrepreneur=None, pk__in=self.with_address(fiche.email).values("pk"))
        return self.filter(Q(co_entrepreneur=fiche) | unattached)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class ListingRequest(Lapsing):
    """A co-entrepreneur's request to be listed: what they propose for their fiche, and what was decided."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Soumise"
        CHANGES_ASKED = "changes_asked", "Compléments demandés"
        ACCEPTED = "accepted", "Acceptée"
        REFUSED = "refused", "Refusée"
        WITHDRAWN = "withdrawn", "Retirée"
        CLOSED = "closed", "Close sans réponse"

    class RefusalReason(models.TextChoices):
        OFFER_NOT_PUBLIC = "offer_not_public", "L’offre ne s’adresse pas à des clients publics"
        OFFER_UNCLEAR = "offer_unclear", "L’offre n’est pas assez précise"
        NOT_MEMBER = "not_member", "La personne n’est pas membre de la coopérative"
        CONTRACT_ENDING = "contract_ending", "Le contrat prend fin"
        OTHER = "other", "Autre raison"

    OPEN_STATES = (State.SUBMITTED, State.CHANGES_ASKED)
    DECIDED_STATES = (State.ACCEPTED, State.REFUSED, State.CHANGES_ASKED)
    AWAITING = State.SUBMITTED
    PENDING = OPEN_STATES
    MOVES = ("submitted_at", "corrected_at", "decided_at")
    OUTCOMES = {
        State.SUBMITTED: "Cette demande attend une décision.",
        State.WITHDRAWN: "Cette demande a été retirée par son auteur : rien n’a changé.",
        State.ACCEPTED: "Cette demande a été acceptée {decided} : rien n’a changé.",
        State.REFUSED: "Cette demande a été refusée {decided} : rien n’a changé.",
        State.CHANGES_ASKED: "Des compléments ont été demandés {decided} : rien n’a changé.",
        State.CLOSED: "Cette demande a été close sans réponse {decided} : rien n’a changé.",
    }

    co_entrepreneur = models.ForeignKey(
        CoEntrepreneur,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="listing_requests",
        verbose_name="co-entrepreneur",
        help_text="Vide tant qu’aucune fiche n’est rattachée.",
    )
    referent = models.ForeignKey(
        Referent, on_delete=models.PROTECT, related_name="listing_requests", verbose_name="référent"
    )
    email = EmailField("adresse électronique")
    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    trade_name = models.CharField("marque", max_length=120, blank=True)

    headline = models.CharField("accroche", max_length=140)
    public_offer = models.TextField("offre aux clients publics", max_length=3000)
    skills = models.ManyToManyField(Skill, blank=True, related_name="+", verbose_name="compétences et savoir-faire")
    cpv_codes = models.ManyToManyField(CpvCode, blank=True, related_name="+", verbose_name="codes CPV")
    departments = models.ManyToManyField(
        Department, blank=True, related_name="+", verbose_name="départements d’intervention"
    )
    nationwide = models.BooleanField("intervient dans toute la France", default=False)
    served_clients = models.JSONField(
        "clients publics déjà servis",
        default=list,
        blank=True,
        help_text="Liste d’objets : name, type (PublicClient.Type), subject, year (facultatif).",
    )
    phone = PhoneField("téléphone", blank=True)
    website = WebsiteField("site", blank=True)
    photo = models.ImageField(
        "photo",
        upload_to=photo_path,
        validators=[validate_photo],
        blank=True,
        help_text="Une nouvelle photo ; vide : la fiche garde la sienne.",
    )
    consents = models.JSONField("consentements", default=list, blank=True, help_text="Éléments de Consent.Item.")
    consent_text_version = models.CharField("version du texte", max_length=20, default=CONSENT_TEXT_VERSION)
    word_to_referent = models.TextField("mot au référent", max_length=2000, blank=True)

    state = models.CharField("état", max_length=20, choices=State, default=State.SUBMITTED)
    submitted_at = models.DateTimeField("soumise le", default=timezone.now)
    corrected_at = models.DateTimeField(
        "corrigée le", null=True, blank=True, help_text="Par son auteur, avant toute décision."
    )
    refusal_reason = models.CharField("raison du refus", max_length=30, choices=RefusalReason, blank=True)
    comment = models.TextField("commentaire du référent", max_length=2000, blank=True)
    reminded_days = models.PositiveSmallIntegerField(
        "rappel envoyé à",
        default=0,
        help_text=f"{' ou '.join(map(str, REMINDED_AFTER_DAYS))} jours après la soumission ; 0 : aucun.",
    )

    objects = ListingRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de référencement"
        verbose_name_plural = "demandes de référencement"
        ordering = ["-submitted_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["co_entrepreneur"],
                condition=Q(state__in=["submitted", "changes_asked"]),
                name="request_one_open_per_fiche",
                violation_error_message="Une demande est déjà ouverte pour cette fiche.",
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(state__in=["submitted", "changes_asked"]),
                name="request_one_open_per_email",
                violation_error_message="Une demande est déjà ouverte pour cette adresse.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "refused", "changes_asked"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decision_has_author_and_date",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refusal_reason=""), name="refusal_has_reason"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(co_entrepreneur__isnull=False), name="accepted_has_fiche"
            ),
            models.CheckConstraint(
                condition=is_website("website"),
                name="request_website_on_the_web",
                violation_error_message=NOT_A_WEBSITE,
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.submitted_at:%d/%m/%Y}"

    @classmethod
    def unmoved_for(cls, *, but):
        """As for all that lapses, and sooner for who has no fiche: nobody says that they are a member."""
        stranger = timedelta(days=settings.UNDECIDED_STRANGER_DAYS)
        of_stranger = Q(co_entrepreneur=None, moved_at__lte=timezone.now() - stranger + but)
        return super().unmoved_for(but=but) | of_stranger

    @property
    def refusal_told(self):
        """The reason of a refusal, as its author reads it; empty for another one, which the comment tells."""
        if self.refusal_reason == self.RefusalReason.OTHER:
            return ""
        if self.refusal_reason == self.RefusalReason.NOT_MEMBER:
            return "Cette adresse n’est pas celle d’un membre de la coopérative"
        return self.get_refusal_reason_display()

    @property
    def name(self):
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def written_at(self):
        """When its author last said what it says: as it was sent, or corrected since."""
        return self.corrected_at or self.submitted_at

    @property
    def version(self):
        """What tells whether it is still what someone read: it changes whenever its author writes."""
        return self.written_at.isoformat()

    @property
    def is_open(self):
        return self.state in self.OPEN_STATES

    @property
    def is_to_complete(self):
        """Whether it waits for its author, who was asked for more."""
        return self.state == self.State.CHANGES_ASKED

    @property
    def is_accepted(self):
        return self.state == self.State.ACCEPTED

    @property
    def is_refused(self):
        return self.state == self.State.REFUSED

    @property
    def has_no_fiche(self):
        return self.co_entrepreneur_id is None
