"""Search documents written anew by stretches, while the site goes on: whenever they are in doubt, or all missing."""

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from directory.models import CoEntrepreneur, SearchDocument

# Each stretch is a transaction: short enough that nobody waits long for its locks.
STRETCH = 500
# Less than PostgreSQL takes to break a deadlock: it is the rebuild that steps back, never somebody's save.
LOCK_WAIT = "500ms"
ATTEMPTS = 20

_columns = ", ".join(field.column for field in SearchDocument._meta.concrete_fields)
_DIFFERENT = f"""
WITH source AS (SELECT {_columns} FROM directory_searchsource WHERE co_entrepreneur_id = ANY (%(fiches)s)),
    kept AS (SELECT {_columns} FROM directory_searchdocument WHERE co_entrepreneur_id = ANY (%(fiches)s))
SELECT DISTINCT co_entrepreneur_id
FROM ((TABLE source EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE source)) AS different
"""


def stretches():
    """The keys of all fiches, listed or not, in lists of `STRETCH`."""
    fiches = CoEntrepreneur.objects.order_by("pk").values_list("pk", flat=True)
    last = 0
    while pks := list(fiches.filter(pk__gt=last)[:STRETCH]):
        yield pks
        last = pks[-1]


def write(pks):
    """Write the documents of these fiches, in a transaction of its own; erase those of fiches that aren't ticked."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic(durable=True), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
                cursor.execute("SELECT directory_search_refresh(%s)", [pks])
        except OperationalError as error:
            if attempt == ATTEMPTS or not isinstance(error.__cause__, LockNotAvailable):
                raise
        else:
            return


def repair(pks):
    """Write anew those documents that differ from their sources, and no other: pages kept elsewhere stay good.

    Returns:
        how many there were.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENT, {"fiches": pks})
        different = [pk for (pk,) in cursor.fetchall()]
    if different:
        write(different)
    return len(different)
