"""What messages to several do by themselves. It may run twice, or late, without harm: it does what remains."""

import logging

from procrastinate.contrib.django import app

from . import actions

logger = logging.getLogger(__name__)


# UTC: by day, where the cooperative is, and soon after the hour at which answers end, in summer as in winter.
@app.periodic(cron="5 6-18 * * *")
@app.task(name="tend_group_messages", queueing_lock="tend_group_messages", lock="tend_group_messages")
def tend_group_messages(**_when):
    """Remind who hasn't answered, half-way; tell authors what was answered, at the date.

    Returns:
        tuple[int, int]: how many of each.
    """
    reminded, told = actions.tend()
    logger.info("reminded %d of messages to several, told %d authors", reminded, told)
    return reminded, told
