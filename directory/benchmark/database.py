"""A database of the benchmark's own, made and dropped here: the project's data is never touched."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from tqdm import tqdm

from directory.models import PublicClient, Referent
from directory.search import rebuild

from .fiches import COLUMNS, REFERENTS, Cooperative, public_clients
from .words import Prose

WRITERS = 2
# The index of a million documents is made in memory, as it would be on a server set up for them.
INDEX_MEMORY = "512MB"


@contextlib.contextmanager
def own_database():
    """Make `connection` lead to an empty, migrated database, which goes away at the end.

    Raises:
        OperationalError: another benchmark runs on this server, or this account may not make a database.
    """
    usual = connection.settings_dict["NAME"]
    own = f"{usual}_bench"
    quoted = connection.ops.quote_name(own)
    with connection.cursor() as cursor:
        # One that was killed may have left it.
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")
        cursor.execute(f"CREATE DATABASE {quoted}")
    _lead_to(own)
    try:
        call_command("migrate", interactive=False, verbosity=0)
        yield
    finally:
        _lead_to(usual)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted} WITH (FORCE)")


def _lead_to(name):
    connection.close()
    connection.settings_dict["NAME"] = name


def fill(size, *, progress=True):
    """Write `size` listed fiches and their search documents; the same size gives the same fiches."""
    prose = Prose()
    users = get_user_model().objects.bulk_create(
        get_user_model()(username=f"referente{number}", email=f"referente{number}@example.org")
        for number in range(REFERENTS)
    )
    referents = Referent.objects.bulk_create(Referent(user=user, name=user.username) for user in users)
    clients = PublicClient.objects.bulk_create(public_clients(size, prose), batch_size=5000)
    cooperative = Cooperative(
        size=size,
        prose=prose,
        referents=[referent.pk for referent in referents],
        clients=[client.pk for client in clients],
        today=timezone.localdate(),
    )
    with tqdm(total=size, desc=f"{size} fiches", unit="fiche", disable=not progress) as bar:
        _copy(cooperative.rows(), bar)
    with tqdm(total=size, desc="Documents de recherche", unit="fiche", disable=not progress) as bar:
        _write_documents(bar)


def _copy(rows, bar):
    """Stream the rows, a connection for each table."""
    with contextlib.ExitStack() as open_until_the_end:
        copies = {}
        for table, columns in COLUMNS.items():
            own = connection.copy()
            open_until_the_end.callback(own.close)
            cursor = open_until_the_end.enter_context(own.cursor())
            _without_triggers(cursor)
            copies[table] = open_until_the_end.enter_context(cursor.copy(f"COPY {table} ({columns}) FROM STDIN"))
        for table, row in rows:
            copies[table].write_row(row)
            if table == "directory_coentrepreneur":
                bar.update()
    with connection.cursor() as cursor:
        _without_triggers(cursor)
        # As the trigger would have: who keeps a reference takes part in it.
        cursor.execute(
            "INSERT INTO directory_participation (reference_id, co_entrepreneur_id) "
            "SELECT id, co_entrepreneur_id FROM directory_reference"
        )
        cursor.execute("RESET session_replication_role")
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('directory_coentrepreneur', 'id'), max(id)) "
            "FROM directory_coentrepreneur"
        )


def _without_triggers(cursor):
    cursor.execute("SET session_replication_role = replica")


def _write_documents(bar):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes "
            "WHERE tablename = 'directory_searchdocument' AND indexdef LIKE '%% USING gin %%'"
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")

    pending = iter(list(rebuild.stretches()))

    def write():
        try:
            with connection.cursor() as cursor:
                _without_triggers(cursor)
            for pks in pending:
                rebuild.write(pks)
                bar.update(len(pks))
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as writers:
        for finished in [writers.submit(write) for _ in range(WRITERS)]:
            finished.result()
    with connection.cursor() as cursor:
        # As the trigger would have, document after document.
        cursor.execute(
            "INSERT INTO directory_searchword (word) "
            "SELECT DISTINCT word FROM directory_searchdocument, unnest(words) AS word ON CONFLICT DO NOTHING"
        )
        cursor.execute(f"SET maintenance_work_mem = '{INDEX_MEMORY}'")
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET maintenance_work_mem")
