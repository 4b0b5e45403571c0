"""The clock, for what sourcing does in time; a record, and five people who answer its search."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from tests.factories import CoEntrepreneurFactory

from .records import open_record, served


@pytest.fixture
def later(monkeypatch):
    """Sets the clock to so many days after now, at the same hour here; `more` is what `timedelta` takes."""

    def later(days=0, **more):
        # Of the time here: in six months a day of the other season would be another, for an hour each night.
        now = (timezone.localtime() + timedelta(days=days, **more)).astimezone(UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)

    return later


@pytest.fixture
def at(monkeypatch):
    """Sets the clock to an hour of a day that is so many days after today, where the cooperative is."""
    today = timezone.localdate()

    def at(days, hour=9, minute=0):
        now = timezone.make_aware(datetime.combine(today + timedelta(days=days), time(hour, minute)))
        monkeypatch.setattr(timezone, "now", lambda: now)

    return at


@pytest.fixture
def people():
    """Five who answer « accueil »: two with a reference in an intercommunality, three without."""
    return [
        served(first_name="Lucie", last_name="Astruc", kind="intercommunalite"),
        served(first_name="Karim", last_name="Belaïd", kind="intercommunalite"),
        served(first_name="Nora", last_name="Cazal"),
        served(first_name="Yves", last_name="Dupin"),
        CoEntrepreneurFactory(listed=True, first_name="Zoé", last_name="Estève"),
    ]


@pytest.fixture
def record(people):
    return open_record(kept=people[:1])
