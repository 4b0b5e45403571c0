"""Whether the site works, for the program that watches it: no cookie, no redirect, no session."""

import logging

from django.db import Error, connection
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)

# A worker signs every ten seconds; procrastinate takes it for dead after thirty.
LATE_SECONDS = 30


@never_cache
@require_safe
def healthz(_request):
    """200 when the database answers and a worker is alive, 503 otherwise.

    `database`: ok, down. `worker`: ok, late (its last sign is over 30 s old), absent, unknown (the database is down).
    """
    try:
        state = {"database": "ok", "worker": _worker()}
    except Error as error:
        logger.error("database down", exc_info=error)  # noqa: TRY400
        state = {"database": "down", "worker": "unknown"}
    return JsonResponse(state, status=200 if set(state.values()) == {"ok"} else 503)


def _worker():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT now() - max(last_heartbeat) < make_interval(secs => %s) FROM procrastinate_workers", [LATE_SECONDS]
        )
        return {True: "ok", False: "late", None: "absent"}[cursor.fetchone()[0]]
