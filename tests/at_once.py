"""Two at the same instant."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection


def at_once(*calls):
    """Run them together, each on a connection of its own; what each returned, or the exception that it raised."""
    start = Barrier(len(calls))

    def run(call):
        try:
            start.wait()
            return call()
        except Exception as error:  # noqa: BLE001 whatever it is, the test reads it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
