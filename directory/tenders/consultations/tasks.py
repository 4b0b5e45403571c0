"""What happens by itself, each day: those who answer are reminded of their deadlines."""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from directory.models import TeamMember

from . import emails

logger = logging.getLogger(__name__)

# Days before the deadline at which who accepted is reminded, the furthest first.
REMINDERS = (7, 2)


@app.periodic(cron="20 5 * * *")
@app.task(name="remind_deadlines", queueing_lock="remind_deadlines", lock="remind_deadlines")
def remind_deadlines(**_when):
    """Remind teams whose answer hasn't left, seven then two days before; once for each, again if it is put off.

    Returns:
        int: how many mails.
    """
    sent = sum(_remind(pk) for pk in _due().values_list("pk", flat=True))
    logger.info("sent %d reminders of deadlines", sent)
    return sent


def _due():
    now = timezone.now()
    return TeamMember.objects.accepted().filter(
        consultation__outcome="",
        consultation__answers__isnull=True,
        consultation__deadline__gt=now,
        consultation__deadline__lte=now + timedelta(days=max(REMINDERS)),
    )


@transaction.atomic
def _remind(pk):
    """Send the reminder that is due, if one is."""
    seat = (
        TeamMember.objects.select_for_update(of=["self"], skip_locked=True)
        .select_related("co_entrepreneur", "consultation__buyer")
        .filter(pk=pk)
        .first()
    )
    if seat is None:
        return False
    deadline = seat.consultation.deadline
    step = min(days for days in REMINDERS if deadline - timezone.now() <= timedelta(days=days))
    if seat.reminded_of == deadline and seat.reminded_days <= step:
        return False
    seat.reminded_days, seat.reminded_of = step, deadline
    seat.save(update_fields=["reminded_days", "reminded_of"])
    left = timezone.localdate(deadline) - timezone.localdate()
    emails.remind(seat, days=left.days)
    return True
