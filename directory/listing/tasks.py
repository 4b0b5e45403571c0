"""What happens by itself, each day. Every job may run twice, or late, without harm: it does what remains to be done.

Hours are UTC, in the small hours of the cooperative's morning.
"""

import logging

from django.db import transaction
from procrastinate.contrib.django import app

from directory.models import CoEntrepreneur, Departure, FicheNotice, ListingRequest, departure
from directory.models.decision import REMINDED_AFTER_DAYS

from . import actions, emails, notices

logger = logging.getLogger(__name__)


@app.periodic(cron="5 3 * * *")
@app.task(
    name="untick_departed",
    aliases=["directory.referencing.tasks.untick_departed"],
    queueing_lock="untick_departed",
    lock="untick_departed",
)
def untick_departed(**_when):
    """Untick the fiches of those who left; public pages have left them out since midnight.

    Each of them is told, once, what becomes of their data, and again before it goes; their consents end.
    And who was never told that a fiche was made for them is.

    Returns:
        int: how many were unticked.
    """
    departed = CoEntrepreneur.objects.departed().filter(client_public=True).values_list("pk", flat=True)
    for pk in list(departed):
        actions.untick(co_entrepreneur_pk=pk, by=None, reason=actions.DEPARTURE)
    for pk in list(departure.untold().values_list("pk", flat=True)):
        actions.end_stay(co_entrepreneur_pk=pk)
    for pk in list(Departure.objects.to_warn().values_list("pk", flat=True)):
        actions.warn_departed(departure_pk=pk)
    for pk in list(FicheNotice.objects.filter(sent_at=None).values_list("co_entrepreneur", flat=True)):
        notices.tell(co_entrepreneur_pk=pk, by=None)
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
    """Remind référents of what has waited for each of `REMINDED_AFTER_DAYS`; once for each step.

    Returns:
        int: how many.
    """
    sent = 0
    for pk in ListingRequest.objects.awaiting().values_list("pk", flat=True):
        sent += _remind(pk)
    logger.info("sent %d reminders", sent)
    return sent


@transaction.atomic
def _remind(pk):
    """Send the reminder that is due, if one is; a request that is being decided right now is left alone."""
    listing_request = ListingRequest.objects.awaiting().select_for_update(skip_locked=True).filter(pk=pk).first()
    if listing_request is None:
        return False
    step = max((days for days in REMINDED_AFTER_DAYS if days <= listing_request.waiting_days), default=0)
    if step <= listing_request.reminded_days:
        return False
    listing_request.reminded_days = step
    listing_request.save(update_fields=["reminded_days"])
    emails.remind(listing_request, days=step)
    return True
