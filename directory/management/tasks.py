"""What happens by itself, and may run twice or late without harm: personal data goes when its time is over.

Hours are UTC.
"""

import logging

from django.core.management import call_command
from procrastinate.contrib.django import app

from directory.listing import actions as listing
from directory.models import FicheProposal, ListingRequest, Reference
from directory.my_space import actions as my_space
from directory.privacy import remembered
from directory.references import actions as references

logger = logging.getLogger(__name__)

# What is closed for want of an answer: the rows, how an action names one, what announces the end and what closes.
LAPSING = [
    (ListingRequest.objects, "request_pk", listing.announce_closing, listing.close),
    (FicheProposal.objects, "proposal_pk", my_space.announce_closing, my_space.close_proposal),
    (Reference.objects, "reference_pk", references.announce_closing, references.close),
]


@app.periodic(cron="50 3 * * *")
@app.task(
    name="purge_personal_data",
    aliases=[
        "directory.referencing.tasks.purge_personal_data",
        # What erased some of it by itself before.
        "purge_counters",
        "directory.referencing.tasks.purge_counters",
    ],
    queueing_lock="purge_personal_data",
    lock="purge_personal_data",
)
def purge_personal_data(**_when):
    """Erase the personal data whose time is over, as the page on privacy promises; see the command of that name."""
    call_command("purge_personal_data", yes=True, verbosity=0)


@app.periodic(cron="20 3 * * *")
@app.task(name="close_undecided", queueing_lock="close_undecided", lock="close_undecided")
def close_undecided(**_when):
    """Close what nobody has decided on or completed for too long, and announce it some days before.

    Returns:
        tuple[int, int]: how many were announced, and closed.
    """
    announced = closed = 0
    for rows, argument, announce, close in LAPSING:
        for pk in list(rows.to_announce().values_list("pk", flat=True)):
            announced += announce(**{argument: pk})
        for pk in list(rows.to_close().values_list("pk", flat=True)):
            closed += close(**{argument: pk})
    logger.info("announced %d closings, closed %d", announced, closed)
    return announced, closed


@app.periodic(cron="*/5 * * * *")
@app.task(name="remember_withdrawals", queueing_lock="remember_withdrawals", lock="remember_withdrawals")
def remember_withdrawals(**_when):
    """Keep, out of reach of the backups, the consents that were withdrawn and the fiches that left the catalogue.

    Returns:
        int: how many.
    """
    return remembered.remember_withdrawals()
