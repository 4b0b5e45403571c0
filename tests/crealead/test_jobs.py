from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync
from django.core import mail
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from crealead import jobs
from crealead.mail import send_mail
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db

MAIL = {
    "to": "camille@example.org",
    "subject": "Bonjour",
    "body": "Bonjour.\n",
    "reply_to": None,
    "message_id": "<1@example.org>",
    "date": "Sun, 22 Nov 2026 20:00:00 +0000",
}


def begin(seconds_ago):
    """A job that a worker began, whose last sign was that long ago."""
    send_mail.defer(**MAIL)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH worker AS (
                INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id
            )
            UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM worker)
            """,
            [seconds_ago],
        )


def retry_stalled():
    return async_to_sync(jobs.retry_stalled.func)(SimpleNamespace(app=app))


def test_a_mail_begun_by_a_worker_that_was_killed_is_sent_by_the_next():
    begin(seconds_ago=60)

    given_back = retry_stalled()
    with connection.cursor() as cursor:
        # « Now », which is later than the transaction of the test.
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    run_jobs()

    assert given_back == 1
    assert [message.to for message in mail.outbox] == [["camille@example.org"]]


def test_the_jobs_of_a_living_worker_are_left_to_it():
    begin(seconds_ago=5)

    assert retry_stalled() == 0
    assert ProcrastinateJob.objects.get().status == "doing"
