"""Two at the same instant."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection, transaction

# Long enough for a busy machine; a test that waits so long fails.
LONGEST_WAIT = 20

BLOCKED_SQL = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"


def at_once(*calls):
    """Run them together, each on a connection of its own; what each returned, or the exception that it raised."""
    start = Barrier(len(calls))

    def run(call):
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(_outcome_of, [lambda call=call: run(call) for call in calls]))


def behind(first, call, *, then=lambda: None):
    """Run `call` on a connection of its own while `first` is done and not committed; `then` ends its transaction.

    Returns:
        what `call` returned, or the exception that it raised, having waited for a lock that `first` took.
    """
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            waiting = pool.submit(_outcome_of, call)
            _wait_until_it_is_blocked()
            then()
        return waiting.result()


def _outcome_of(call):
    try:
        return call()
    except Exception as error:  # noqa: BLE001 whatever it is, the test reads it
        return error
    finally:
        connection.close()


def _wait_until_it_is_blocked():
    end = time.monotonic() + LONGEST_WAIT
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            # What another connection does is read once a transaction, unless it is asked anew.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(BLOCKED_SQL)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("nothing waits for these locks")
