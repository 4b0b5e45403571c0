"""One message of a public buyer to several co-entrepreneurs, and what each answers."""

import math
from datetime import datetime, time, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from .address import AddressedQuerySet
from .co_entrepreneur import CoEntrepreneur
from .consultation import Consultation
from .contact_message import ContactMessage
from .email import EmailField

# To how many one message goes.
FEWEST, MOST = 2, 6
# How long its author has to confirm it; what nobody confirms goes then.
TO_CONFIRM = timedelta(days=7)
# When an answer may be asked for, from the day of writing; until which hour of that day answers are taken.
SOONEST, FURTHEST = timedelta(days=2), timedelta(days=90)
ANSWER_HOUR = 17
# How long all of it is kept after that day.
KEPT = timedelta(days=180)
# Sooner after the sending, nobody is reminded.
REMINDED_AFTER = timedelta(days=2)


def first_open_day():
    """The first of the days by which answers are still taken."""
    now = timezone.localtime()
    return now.date() + timedelta(days=now.hour >= ANSWER_HOUR)


class GroupMessageQuerySet(AddressedQuerySet):
    def to_confirm(self):
        """Those that a click may still confirm."""
        return self.filter(confirmed_at=None, created_at__gt=timezone.now() - TO_CONFIRM)

    def confirmed(self):
        """Those that were sent."""
        return self.filter(confirmed_at__isnull=False)

    def open(self):
        """Those that answers are taken for."""
        return self.confirmed().filter(closed_at=None, answer_by__gte=first_open_day())

    def to_sum_up(self):
        """Those whose author is to be told what was answered: the hour has come, or nobody is awaited any more.

        What is told before the hour may change until then: it is looked at once more.
        """
        awaited = Exists(GroupRecipient.objects.awaited().filter(message=OuterRef("pk")))
        over = Q(answer_by__lt=first_open_day()) | Q(~awaited, fingerprint=None)
        return self.confirmed().filter(over, closed_at=None, summed_up_at=None)


class GroupMessage(models.Model):
    """What a buyer wrote once to several; it leaves when a click has confirmed their address."""

    LONGEST_SUBJECT = 120
    LONGEST_DETAIL = ContactMessage.LONGEST_DETAIL

    name = models.CharField("nom", max_length=120)
    organisation = models.CharField("organisme", max_length=200)
    email = EmailField("adresse de réponse")
    subject = models.CharField("objet", max_length=LONGEST_SUBJECT)
    message = models.TextField("message", max_length=5000)
    place = models.CharField("lieu", max_length=LONGEST_DETAIL, blank=True)
    answer_by = models.DateField("réponse attendue le")
    created_at = models.DateTimeField("écrit le", default=timezone.now)
    confirmed_at = models.DateTimeField("envoyé le", null=True, blank=True)
    closed_at = models.DateTimeField("clos le", null=True, blank=True)
    # When answers were summed up for good, at their date; and the fingerprint of what its author was last told of them.
    summed_up_at = models.DateTimeField("bilan fait le", null=True, blank=True)
    fingerprint = models.BigIntegerField("empreinte du bilan", null=True, blank=True)
    # What those interested opened together.
    consultation = models.ForeignKey(
        Consultation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="consultation"
    )

    objects = GroupMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message à plusieurs"
        verbose_name_plural = "messages à plusieurs"
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False) | Q(closed_at=None, summed_up_at=None),
                name="group_message_confirmed_before_all",
            )
        ]

    def __str__(self):
        return f"{self.organisation}, {self.created_at:%d/%m/%Y}"

    @property
    def deadline(self):
        """Until when answers are taken."""
        return timezone.make_aware(datetime.combine(self.answer_by, time(ANSWER_HOUR)))

    @property
    def is_past(self):
        return timezone.now() >= self.deadline

    @property
    def is_open(self):
        """Whether answers are taken."""
        return self.confirmed_at is not None and self.closed_at is None and not self.is_past

    @property
    def reminder_on(self):
        """The day half-way between the sending and the date; None when that is too soon after the one, or the other."""
        sent_on = timezone.localdate(self.confirmed_at)
        half = sent_on + timedelta(days=math.ceil((self.answer_by - sent_on).days / 2))
        return half if half - sent_on >= REMINDED_AFTER and half < self.answer_by else None

    @property
    def is_reminder_due(self):
        today, reminder_on = timezone.localdate(), self.reminder_on
        return self.is_open and reminder_on is not None and reminder_on <= today < self.answer_by


class GroupRecipientQuerySet(models.QuerySet):
    def written(self):
        """Those to whom it left."""
        return self.filter(sent_at__isnull=False)

    def in_catalogue(self):
        """Those who are in the catalogue still: no other is named, written to, or answers."""
        return self.filter(co_entrepreneur__in=CoEntrepreneur.objects.published())

    def awaited(self):
        """Those who may still answer, and haven't."""
        return self.written().in_catalogue().filter(answer="")

    def interested(self):
        return self.written().in_catalogue().filter(answer=GroupRecipient.Answer.INTERESTED)


class GroupRecipient(models.Model):
    """Someone to whom a message goes among several, and what they answer; nobody once they are erased."""

    class Answer(models.TextChoices):
        INTERESTED = "interested", "Intéressé"
        DECLINED = "declined", "Pas pour moi"
        KNOWS = "knows", "Connaît quelqu’un"

    class Reason(models.TextChoices):
        BUSY = "busy", "Pas disponible à ce moment"
        TRADE = "trade", "Ce n’est pas mon métier"
        PLACE = "place", "Trop loin de ma zone"
        SIZE = "size", "Trop grand ou trop petit pour moi"
        OTHER = "other", "Autre raison"

    LONGEST_WORD = 500

    message = models.ForeignKey(
        GroupMessage, on_delete=models.CASCADE, related_name="recipients", verbose_name="message"
    )
    co_entrepreneur = models.ForeignKey(
        CoEntrepreneur,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="group_recipients",
        verbose_name="co-entrepreneur",
    )
    sent_at = models.DateTimeField("écrit le", null=True, blank=True)
    opened_at = models.DateTimeField("lu le", null=True, blank=True)
    reminded_at = models.DateTimeField("rappelé le", null=True, blank=True)
    answer = models.CharField("réponse", max_length=10, choices=Answer, blank=True)
    reason = models.CharField("raison", max_length=10, choices=Reason, blank=True)
    # Of who knows somebody: whom.
    word = models.TextField("mot", max_length=LONGEST_WORD, blank=True)
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)

    objects = GroupRecipientQuerySet.as_manager()

    class Meta:
        verbose_name = "message reçu avec d’autres"
        verbose_name_plural = "messages reçus avec d’autres"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["message", "co_entrepreneur"], name="group_recipient_once"),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_at__isnull=False, sent_at__isnull=False),
                name="group_answer_has_date",
            ),
            models.CheckConstraint(condition=~Q(answer="declined") | ~Q(reason=""), name="group_decline_has_reason"),
        ]

    def __str__(self):
        return f"{self.co_entrepreneur or 'co-entrepreneur retiré'}, {self.message}"

    @property
    def is_interested(self):
        return self.answer == self.Answer.INTERESTED
