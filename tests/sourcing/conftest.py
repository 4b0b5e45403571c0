"""The clock, for what sourcing does in time."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone


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
