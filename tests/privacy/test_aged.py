"""The demonstration, four years later: the purge tells beforehand, line by line, what it then erases."""

from datetime import timedelta

import pytest
from django.utils import timezone

from directory.management.tasks import close_undecided
from directory.privacy.purge import purge, rehearse
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_demonstration")]

AGE = timedelta(days=4 * 365)


def test_the_rehearsal_and_the_purge_tell_the_same(monkeypatch, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    for delay in (AGE, AGE + timedelta(days=15)):
        later = timezone.now() + delay
        monkeypatch.setattr(timezone, "now", lambda later=later: later)
        close_undecided()
    run_jobs()

    told, again = rehearse(), rehearse()
    # Read with `-s`: docs/privacy.md has them.
    print("", *(f"{count:>6} {words}" for words, count in told.items()), sep="\n")  # noqa: T201
    with django_capture_on_commit_callbacks(execute=True):
        erased = purge()

    assert told == again == erased
    assert sum(erased.values()) > 100
    assert sum(rehearse().values()) == 0
