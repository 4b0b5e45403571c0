"""What happens by itself, each day. Every job may run twice, or late, without harm: it does what remains to be done.

Hours are UTC, in the small hours of the cooperative's morning.
"""

import logging
from datetime import timedelta

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from directory.models import AccessLink, Certification, CoEntrepreneur, RateLimit, ReferencingRequest

from . import actions, emails

logger = logging.getLogger(__name__)

# Days after which the référent is reminded of a request.
REMINDERS = (7, 21)
# A used or expired link is worth nothing; a day leaves time to answer « it didn't work ».
LINKS_KEPT = timedelta(days=1)


@app.periodic(cron="5 3 * * *")
@app.task(
    name="untick_departed",
    aliases=["directory.referencing.tasks.untick_departed"],
    queueing_lock="untick_departed",
    lock="untick_departed",
)
def untick_departed(**_when):
    """Untick the fiches of those who left; public pages have left them out since midnight.

    Returns:
        int: how many.
    """
    departed = CoEntrepreneur.objects.departed().filter(client_public=True).values_list("pk", flat=True)
    for pk in list(departed):
        actions.untick(co_entrepreneur_pk=pk, by=None, reason=actions.DEPARTURE)
    logger.info("unticked %d departed", len(departed))
    return len(departed)


@app.periodic(cron="30 5 * * *")
@app.task(
    name="remind_referents",
    aliases=["directory.referencing.tasks.remind_referents"],
    queueing_lock="remind_referents",
    lock="remind_referents",
)
def remind_referents(**_when):
    """Remind référents of what has waited for 7, then for 21 days; once for each step.

    Returns:
        int: how many.
    """
    sent = 0
    for pk in ReferencingRequest.objects.awaiting_decision().values_list("pk", flat=True):
        sent += _remind(pk)
    logger.info("sent %d reminders", sent)
    return sent


@app.periodic(cron="35 3 * * *")
@app.task(
    name="purge_counters",
    aliases=["directory.referencing.tasks.purge_counters"],
    queueing_lock="purge_counters",
    lock="purge_counters",
)
def purge_counters(**_when):
    """Erase the counters of past windows, and the links that no longer open anything.

    Returns:
        dict: how many of each.
    """
    counters, _ = RateLimit.objects.filter(expires_at__lte=timezone.now()).delete()
    links, _ = AccessLink.objects.filter(created_at__lte=timezone.now() - LINKS_KEPT).delete()
    logger.info("erased %d counters and %d links", counters, links)
    return {"counters": counters, "links": links}


# Ten past midnight in Paris, in summer and in winter.
@app.periodic(cron="10 22,23 * * *")
@app.task(
    name="forget_expired_labels",
    aliases=["directory.referencing.tasks.forget_expired_labels"],
    queueing_lock="forget_expired_labels",
    lock="forget_expired_labels",
)
def forget_expired_labels(**_when):
    """Write anew the search documents of those whose certification expired this week: its name is no longer searched.

    Returns:
        int: how many.
    """
    today = timezone.localdate()
    expired = Certification.objects.filter(expires_on__range=(today - timedelta(days=7), today - timedelta(days=1)))
    fiches = list(expired.values_list("co_entrepreneur", flat=True).distinct())
    with connection.cursor() as cursor:
        cursor.execute("SELECT directory_search_refresh(%s::bigint[])", [fiches])
    logger.info("forgot the labels of %d fiches", len(fiches))
    return len(fiches)


@app.periodic(cron="50 3 * * *")
@app.task(
    name="purge_personal_data",
    aliases=["directory.referencing.tasks.purge_personal_data"],
    queueing_lock="purge_personal_data",
    lock="purge_personal_data",
)
def purge_personal_data(**_when):
    """Erase the personal data whose time is over, as the page on privacy promises; see the command of that name."""
    call_command("purge_personal_data", yes=True, verbosity=0)


@transaction.atomic
def _remind(pk):
    """Send the reminder that is due, if one is; a request that is being decided right now is left alone."""
    request = ReferencingRequest.objects.awaiting_decision().select_for_update(skip_locked=True).filter(pk=pk).first()
    if request is None:
        return False
    waited = (timezone.now() - request.submitted_at).days
    step = max((days for days in REMINDERS if days <= waited), default=0)
    if step <= request.reminded_days:
        return False
    request.reminded_days = step
    request.save(update_fields=["reminded_days"])
    emails.remind(request, days=step)
    return True
