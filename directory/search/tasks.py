"""What happens each day by itself, and may run twice or late without harm: what expired is no longer searched.

Hours are UTC.
"""

import logging
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from directory.models import Certification

from . import rebuild

logger = logging.getLogger(__name__)


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
    for start in range(0, len(fiches), rebuild.STRETCH):
        rebuild.write(fiches[start : start + rebuild.STRETCH])
    logger.info("forgot the labels of %d fiches", len(fiches))
    return len(fiches)
