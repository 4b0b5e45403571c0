"""The walk is made once, by a browser; each property is then read off what it noted."""

import asyncio
from datetime import timedelta

import pytest
from django.db import transaction

from directory.doors import confirmation

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
    # A slow machine walks for longer than a password holds: the page that asks for it again is visited apart.
    with pytest.MonkeyPatch.context() as patch, serving() as url:
        patch.setattr(confirmation, "CONFIRMED_FOR", timedelta(hours=2))
        return asyncio.run(walk(url, list(visits(world)), world.browsers))
