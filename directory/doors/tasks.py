"""What happens each day by itself, and may run twice or late without harm: what no longer opens anything goes.

Hours are UTC.
"""

import logging

from procrastinate.contrib.django import app

from directory.models import AccessLink, RateLimit

logger = logging.getLogger(__name__)


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
    counters, _ = RateLimit.objects.past().delete()
    links, _ = AccessLink.objects.past().delete()
    logger.info("erased %d counters and %d links", counters, links)
    return {"counters": counters, "links": links}
