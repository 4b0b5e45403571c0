from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from crealead.words import moment

from .author import name_of

# What has waited for so many days, by the calendar, is late: it stands out wherever it is listed, and who decides on it
# is reminded.
LATE_AFTER_DAYS = 7
# Days after which the référent is reminded of a request: first when it becomes late.
REMINDED_AFTER_DAYS = (LATE_AFTER_DAYS, 21)
# Nothing is closed for want of an answer unless that was announced so many days before.
ANNOUNCED_BEFORE = timedelta(days=14)


class DecidedQuerySet(models.QuerySet):
    def awaiting(self):
        """Those that wait for a person of the team, oldest first."""
        return self.filter(state=self.model.AWAITING).order_by(self.model.SINCE, "pk")


class LapsingQuerySet(DecidedQuerySet):
    """Of a `Lapsing`: what nobody has moved for so long that it is closed, or about to be."""

    def to_announce(self):
        """Those whose end is near and hasn't been announced."""
        announced = Q(closing_told_at__gte=F("moved_at"))
        return self._unmoved(but=ANNOUNCED_BEFORE).exclude(announced)

    def to_close(self):
        """Those whose time is over, and whose end was announced long enough ago."""
        announced_by = timezone.now() - ANNOUNCED_BEFORE
        return self._unmoved().filter(closing_told_at__gte=F("moved_at"), closing_told_at__lte=announced_by)

    def _unmoved(self, *, but=timedelta(0)):
        pending = self.filter(state__in=self.model.PENDING).alias(moved_at=Greatest(*self.model.MOVES))
        return pending.filter(self.model.unmoved_for(but=but))


class Decided(models.Model):
    """Mixin of what waits until a person of the team decides, once. Whatever has it has a `state` too.

    Attributes:
        AWAITING: the state in which it waits.
        SINCE: the field that says since when.
        OUTCOMES: by state, how it reads; « {decided} » stands for who decided, and when.
    """

    SINCE = "submitted_at"

    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="décidée par",
    )
    decided_at = models.DateTimeField("décidée le", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_awaiting(self):
        return self.state == self.AWAITING

    @property
    def waiting_days(self):
        """For how many whole days it has waited."""
        return (timezone.localdate() - timezone.localdate(getattr(self, self.SINCE))).days

    @property
    def is_late(self):
        return self.is_awaiting and self.waiting_days >= LATE_AFTER_DAYS

    @property
    def decider(self):
        """The name of who decided, or an empty string. Reads `decided_by` and its référent."""
        return name_of(self.decided_by) if self.decided_by else ""

    @property
    def outcome(self):
        """What became of it, as a sentence: who decided what, and when. Reads what `decider` reads."""
        who = f"par {self.decider} " if self.decided_by else ""
        when = moment(self.decided_at) if self.decided_at else ""
        return self.OUTCOMES[self.state].format(decided=f"{who}le {when}")

    def decide(self, state, *, by):
        """Set who decided what, and when; what else is decided, and saving it, is the caller's.

        Returns:
            list[str]: the fields that were set.
        """
        self.state, self.decided_by, self.decided_at = state, by, timezone.now()
        return ["state", "decided_by", "decided_at"]


class Lapsing(Decided):
    """Mixin of what is closed when nobody decides on it, or completes it. It has a state « closed ».

    Attributes:
        PENDING: the states in which it waits for somebody.
        MOVES: the moments at which somebody last did something of it.
    """

    PENDING = ()
    MOVES = ("submitted_at", "decided_at")

    closing_told_at = models.DateTimeField("clôture annoncée le", null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def unmoved_for(cls, *, but):
        """The condition under which `moved_at` is so old that it is closed, or will be within `but`."""
        return Q(moved_at__lte=timezone.now() - timedelta(days=settings.UNDECIDED_DAYS) + but)

    @property
    def is_closed(self):
        return self.state == self.State.CLOSED

    def close(self):
        """End it without any decision; what else goes, and saving it, is the caller's.

        Returns:
            list[str]: the fields that were set.
        """
        return self.decide(self.State.CLOSED, by=None)
