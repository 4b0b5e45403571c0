"""Two at the same instant: neither misses the other, and nothing is kept twice."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection

from directory.decisions import Refused
from directory.models import Answer, AnswerFile, Consultation, DuplicateNotice
from directory.tenders.answers import actions as answer_actions
from directory.tenders.answers import kit
from tests.factories import CoEntrepreneurFactory
from tests.tenders.cast import browser_of, lead_of, led, typed, viewer_of

AT_ONCE = 3


def at_once(*calls):
    """Run them together, each on a connection of its own."""
    start = Barrier(len(calls))

    def run(call):
        try:
            start.wait()
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_teams_that_open_the_same_consultation_at_once_see_each_other():
    browsers = [browser_of(CoEntrepreneurFactory()) for _ in range(AT_ONCE)]

    at_once(*[lambda browser=browser: browser.post("/consultations/ouvrir/", typed()) for browser in browsers])

    assert Consultation.objects.values("buyer").distinct().count() == 1
    assert DuplicateNotice.objects.count() == AT_ONCE * (AT_ONCE - 1)


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_keep_one_answer_and_no_file_of_another(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    consultation = led()
    made = kit.Made(files=[kit.MadeFile("memoire.docx", b"x")])

    def send():
        try:
            return answer_actions.send(
                consultation_pk=consultation.pk,
                by=viewer_of(lead_of(consultation)),
                made=made,
                attachments={},
                after=0,
            )
        except Refused:
            return None

    at_once(*[send] * AT_ONCE)

    assert Answer.objects.count() == 1
    assert [Path(AnswerFile.objects.get().file.path)] == [path for path in tmp_path.rglob("*") if path.is_file()]
