"""What alerts do by themselves. Each job may run twice, or late, without harm: it does what remains to be done."""

import logging

from procrastinate.contrib.django import app

from crealead.mail import RETRY

from . import actions

logger = logging.getLogger(__name__)


@app.task(name="ask_alert", retry=RETRY)
def ask_alert(*, email, query, rhythm):
    """Mail to who asked for an alert what to do next; apart from the page, which tells nobody whose address it is."""
    actions.ask(email=email, query=query, rhythm=rhythm)


# UTC: the early morning of the cooperative, once the night has taken away what is over.
@app.periodic(cron="10 4 * * *")
@app.task(name="tell_alerts", queueing_lock="tell_alerts", lock="tell_alerts")
def tell_alerts(**_when):
    """Mail what is new to those whose turn has come, say which end soon, end those that nobody kept.

    Returns:
        tuple[int, int, int]: how many of each.
    """
    try:
        sent = actions.tell_news()
    finally:
        ended, warned = actions.end_those_over(), actions.warn()
    logger.info("sent %d alerts, warned of %d ends, ended %d", sent, warned, ended)
    return sent, warned, ended
