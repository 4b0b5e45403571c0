import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .co_entrepreneur import CoEntrepreneur
from .decision import Lapsing, LapsingQuerySet
from .files import photo_path, validate_photo


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class FicheProposal(Lapsing):
    """What a co-entrepreneur would change of their public fiche; their référent accepts all of it, a part, or none."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Proposée"
        ACCEPTED = "accepted", "Acceptée"
        PARTLY = "partly", "Acceptée en partie"
        REFUSED = "refused", "Refusée"
        WITHDRAWN = "withdrawn", "Retirée"
        CLOSED = "closed", "Close sans réponse"

    AWAITING = State.SUBMITTED
    PENDING = (State.SUBMITTED,)
    OUTCOMES = {
        State.SUBMITTED: "Cette proposition attend une décision.",
        State.WITHDRAWN: "Cette proposition a été retirée ou remplacée par son auteur : rien n’a changé.",
        State.ACCEPTED: "Cette proposition a déjà été acceptée {decided}.",
        State.PARTLY: "Cette proposition a déjà été acceptée en partie {decided}.",
        State.REFUSED: "Cette proposition a déjà été refusée {decided}.",
        State.CLOSED: "Cette proposition a été close sans réponse {decided} : rien n’a changé.",
    }

    # Fields of the fiche that can be proposed. Lists are kept as sorted keys.
    PLAIN = ("first_name", "last_name", "trade_name", "headline", "public_offer", "presentation", "nationwide", "city")
    PLAIN_CONTACT = ("phone", "website")
    LISTS = ("skills", "cpv_codes", "departments")
    FIELDS = (*PLAIN, *PLAIN_CONTACT, *LISTS, "photo")

    co_entrepreneur = models.ForeignKey(
        CoEntrepreneur, on_delete=models.CASCADE, related_name="proposals", verbose_name="co-entrepreneur"
    )
    changes = models.JSONField("propositions", help_text="Champ de la fiche : valeur proposée ; « photo » : true.")
    before = models.JSONField("avant", help_text="Les mêmes champs, tels que la fiche les disait alors.")
    photo = models.ImageField("photo", upload_to=photo_path, validators=[validate_photo], blank=True)
    word_to_referent = models.TextField("mot au référent", max_length=2000, blank=True)

    state = models.CharField("état", max_length=20, choices=State, default=State.SUBMITTED)
    submitted_at = models.DateTimeField("proposée le", default=timezone.now)
    accepted_fields = ArrayField(models.CharField(max_length=30), verbose_name="acceptés", default=list, blank=True)
    comment = models.TextField("commentaire du référent", max_length=2000, blank=True)

    objects = LapsingQuerySet.as_manager()

    class Meta:
        verbose_name = "proposition de modification"
        verbose_name_plural = "propositions de modification"
        ordering = ["-submitted_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["co_entrepreneur"],
                condition=Q(state="submitted"),
                name="proposal_one_open_per_fiche",
                violation_error_message="Une proposition est déjà ouverte pour cette fiche.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "partly", "refused"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="proposal_decision_has_author_and_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["partly", "refused"]) | Q(comment__regex=r"\S"),
                name="proposal_refusal_has_reason",
                violation_error_message="Dites pourquoi.",
            ),
        ]

    def __str__(self):
        return f"{self.co_entrepreneur.name}, {self.submitted_at:%d/%m/%Y}"
