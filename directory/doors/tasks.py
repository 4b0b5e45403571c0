"""What happens each day by itself, and may run twice or late without harm: what no longer opens anything goes.

Hours are UTC.
"""

import logging
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from directory.models import AccessLink, RateLimit

logger = logging.getLogger(__name__)

# A used or expired link is worth nothing; a day leaves time to answer « it didn't work ».
LINKS_KEPT = timedelta(days=1)


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
