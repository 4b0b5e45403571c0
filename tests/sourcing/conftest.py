"""The clock, for what sourcing does in time."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone


@pytest.fixture
def later(monkeypatch):
    """Sets the clock to so many days after now; `more` is what `timedelta` takes."""

    def later(days=0, **more):
        now = timezone.now() + timedelta(days=days, **more)
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
