"""The walk is made once, by a browser; each property is then read off what it noted."""

import asyncio

import pytest
from django.db import transaction

from .server import serving
from .visits import visits
from .walker import walk
from .world import World


@pytest.fixture(scope="module")
def world(on_demonstration, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def seen(world):
    """Every page, in each of its states."""
    with serving() as url:
        return asyncio.run(walk(url, list(visits(world)), world.browsers))
