"""Writers and readers at once: never a fiche that left, never a page older than the last commit.

`SECONDS=60 .venv/bin/pytest tests/catalogue/test_concurrency.py` runs it for a minute.
"""

import os
import random
import sys
import threading
import time
from contextlib import ExitStack

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from directory.listing import actions
from directory.models import CoEntrepreneur
from tests.factories import AdministratorFactory, CoEntrepreneurFactory

SECONDS = float(os.environ.get("SECONDS", "3"))
WRITERS, READERS = 2, 3


class Writing:
    """Stands for the state of a fiche while a transaction changes it."""


@pytest.mark.django_db(transaction=True)
def test_no_reader_ever_sees_a_fiche_that_left_or_a_page_older_than_the_last_commit():
    cache.clear()
    administrator = AdministratorFactory()
    fiches = CoEntrepreneurFactory.create_batch(19, listed=True)
    # What is committed of each fiche: whether it is listed, and its headline.
    committed = {fiche.pk: (True, fiche.headline) for fiche in fiches}
    slugs = {fiche.pk: fiche.slug for fiche in fiches}
    locks = {fiche.pk: threading.Lock() for fiche in fiches}
    end = time.monotonic() + SECONDS
    faults, done = [], {"writes": 0, "reads": 0}

    def by_action(pk, listed, _):
        act = actions.tick if listed else actions.untick
        act(co_entrepreneur_pk=pk, by=administrator, reason="essai")

    def by_sql(pk, listed, headline):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE directory_coentrepreneur SET client_public = %s, headline = %s WHERE id = %s",
                [listed, headline, pk],
            )

    def by_bulk(pk, listed, headline):
        CoEntrepreneur.objects.filter(pk=pk).update(client_public=listed, headline=headline)

    def write(seed):
        draw = random.Random(seed)
        while time.monotonic() < end and not faults:
            pk = draw.choice(fiches).pk
            with locks[pk]:
                _, headline = committed[pk]
                listed, act = draw.random() < 0.6, draw.choice([by_action, by_sql, by_bulk])
                headline = headline if act is by_action else f"Accroche-{draw.randrange(10**9)}"
                committed[pk] = Writing()
                act(pk, listed, headline)
                committed[pk] = (listed, headline)
                done["writes"] += 1

    def read(seed):
        draw, client = random.Random(seed), Client()
        while time.monotonic() < end and not faults:
            pk = draw.choice(fiches).pk
            address = f"/catalogue/{slugs[pk]}/"
            path = draw.choice([address, "/catalogue/", "/", "/sitemap.xml"])
            before = committed[pk]
            response = client.get(path)
            if isinstance(before, Writing) or committed[pk] is not before:
                continue
            listed, headline = before
            text = response.content.decode()
            shown = response.status_code == 200 and address in text
            if path == address:
                shown = response.status_code == 200
            if shown != listed and not (path == "/" and listed):
                faults.append(f"{path}: listed {listed}, status {response.status_code}")
            if shown and path in (address, "/catalogue/") and headline not in text:
                faults.append(f"{path}: {headline} isn't there")
            done["reads"] += 1

    def run(work, seed):
        try:
            work(seed)
        except Exception as error:  # noqa: BLE001 told by the test's own thread
            faults.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(write, n)) for n in range(WRITERS)]
    threads += [threading.Thread(target=run, args=(read, 100 + n)) for n in range(READERS)]
    with ExitStack() as stack:
        for thread in threads:
            thread.start()
            stack.callback(thread.join)

    assert faults == []
    assert done["writes"] > SECONDS
    assert done["reads"] > SECONDS
    sys.stdout.write(f"{done['writes']} writes and {done['reads']} reads in {SECONDS:g} s\n")
