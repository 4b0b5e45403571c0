"""The upkeep of the queue itself."""

import logging

from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="retry_stalled", aliases=["crealead.jobs.retry_stalled"], queueing_lock="retry_stalled", pass_context=True
)
async def retry_stalled(context, **_timestamp):
    """Give back to the queue the jobs of a worker that was killed: every job of ours may run twice without harm.

    Returns:
        int: how many.
    """
    stalled = list(await context.app.job_manager.get_stalled_jobs())
    for job in stalled:
        await context.app.job_manager.retry_job(job)
    if stalled:
        logger.warning("gave back %d jobs of a worker that was killed", len(stalled))
    return len(stalled)
