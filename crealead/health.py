"""Whether the site works, for the program that watches it: no cookie, no redirect, no session."""

import logging
from datetime import timedelta

from django.db import Error, connection
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)

# A worker signs every ten seconds; procrastinate takes it for dead after thirty.
LATE_SECONDS = 30


# A mail server may be away for a while; a mail that waits for longer, or that was given up, wants someone.
MAIL_LATE = timedelta(hours=1)


@never_cache
@require_safe
def healthz(_request):
    """200 when the database answers and a worker is alive, 503 otherwise.

    `database`: ok, down. `worker`: ok, late (its last sign is over 30 s old), absent, unknown (the database is down).
    `mail`: ok, failed (one was given up, or has been tried for an hour), unknown; it changes nothing of the status: the
    site does what it is asked.
    """
    try:
        worker, mail = _worker_and_mail()
        state = {"database": "ok", "worker": worker, "mail": mail}
    except Error as error:
        logger.error("database down", exc_info=error)  # noqa: TRY400
        state = {"database": "down", "worker": "unknown", "mail": "unknown"}
    return JsonResponse(state, status=200 if state["worker"] == "ok" else 503)


def _worker_and_mail():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT now() - max(last_heartbeat) < make_interval(secs => %s) FROM procrastinate_workers),
                EXISTS (SELECT FROM procrastinate_jobs WHERE queue_name = 'mail' AND status = 'failed')
                OR EXISTS (SELECT FROM directory_failedmail WHERE failed_at < now() - %s)
            """,
            [LATE_SECONDS, MAIL_LATE],
        )
        signs, fails = cursor.fetchone()
    return {True: "ok", False: "late", None: "absent"}[signs], "failed" if fails else "ok"
