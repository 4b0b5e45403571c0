"""Two consultations that may be one: all trade names are one bidder, so that two answers to a lot void each other."""

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from directory.decisions import Refused
from directory.models import Consultation, DuplicateNotice

from . import emails

Settlement = DuplicateNotice.Settlement
# What a team may answer; the others are what settles by itself.
ANSWERS = (Settlement.DIFFERENT, Settlement.TOGETHER, Settlement.DROPPED)


# Any number, of this lock alone.
REGISTER_LOCK = 8_190_501


class Unsettled(Refused):
    """Another team may be answering the same lot, and this one hasn't said what it makes of it."""


def unsettled(consultation):
    """The notices on which a team hasn't spoken: while there is one, it invites nobody, makes and sends nothing."""
    return consultation.duplicate_notices.filter(settled_at__isnull=True)


def refuse_unsettled(consultation):
    """Stop here while a notice isn't settled.

    Raises:
        Unsettled: with the sentence to show.
    """
    notice = unsettled(consultation).select_related("other__buyer").first()
    if notice:
        raise Unsettled(
            f"Une autre consultation ressemble à celle-ci : « {notice.other} ». Dites d’abord ce qu’il en est, sur la "
            "page de la consultation : deux réponses de la coopérative au même lot s’annuleraient."
        )


def hold_register():
    """Make whoever opens, changes or sends wait until the end of this transaction.

    The buyer's row wouldn't do: two consultations that look alike may have each its own.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REGISTER_LOCK])


def notice_likeness(consultation):
    """Compare a consultation with the others, once it is written, and tell both teams of what is new.

    What is no longer alike settles itself; what becomes alike again is open again, unless a team has spoken.
    Two teams at once don't miss each other, see `hold_register`.
    """
    hold_register()
    alike = []
    if consultation.outcome != Consultation.Outcome.DROPPED:
        alike = list(Consultation.objects.likely_same_as(consultation).select_related("buyer"))
    for other in alike:
        # Both, whatever the first one answers.
        if any([_open(consultation, other), _open(other, consultation)]):
            emails.tell_duplicate(consultation, other)
    both_ways = Q(consultation=consultation) & ~Q(other__in=alike) | Q(other=consultation) & ~Q(consultation__in=alike)
    _settle_by_itself(DuplicateNotice.objects.filter(both_ways), Settlement.NO_LONGER_ALIKE)


def settle_those_about(consultation):
    """Settle what others were asked about a consultation that is dropped."""
    _settle_by_itself(DuplicateNotice.objects.filter(other=consultation), Settlement.OTHER_DROPPED)


def answered_together(consultation):
    """The consultations that its team answers with another, under whose name an answer has left already."""
    joined = consultation.duplicate_notices.filter(settlement=Settlement.TOGETHER)
    return Consultation.objects.filter(pk__in=joined.values("other"), answers__isnull=False).exclude(
        outcome=Consultation.Outcome.DROPPED
    )


def _open(consultation, other):
    """Notice one way.

    Returns:
        bool: whether it wasn't open before.
    """
    notice, is_new = DuplicateNotice.objects.get_or_create(consultation=consultation, other=other)
    told = notice.settled_by and notice.settlement != Settlement.DROPPED
    if is_new or notice.settled_at is None or told:
        return is_new
    notice.settled_at, notice.settled_by, notice.settlement, notice.word = None, "", "", ""
    notice.save()
    return True


def _settle_by_itself(notices, settlement):
    """Nobody's name stands under what settled itself."""
    notices.filter(settled_at__isnull=True).update(settled_at=timezone.now(), settlement=settlement)
