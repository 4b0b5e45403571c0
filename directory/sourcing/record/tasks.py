"""What records do by themselves. It may run twice, or late, without harm: it does what remains to be done."""

import logging

from procrastinate.contrib.django import app

from directory.privacy.actions import objections

from . import actions

logger = logging.getLogger(__name__)


# UTC: before the purge, which erases those whose end was said.
@app.periodic(cron="40 3 * * *")
@app.task(name="tend_records", queueing_lock="tend_records", lock="tend_records")
def tend_records(**_when):
    """Take out of closed records who left, say which end soon, ask what came of them.

    Returns:
        tuple[int, int, int]: how many of each.
    """
    masked = len(objections.retire_from_records())
    warned, outcomes = actions.warn(), actions.ask_outcomes()
    logger.info("masked %d records, warned of %d ends, asked %d outcomes", masked, warned, outcomes)
    return masked, warned, outcomes
