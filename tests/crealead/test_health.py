from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from crealead import health
from tests.jobs import failed_mail

pytestmark = pytest.mark.django_db


def sign(seconds_ago):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


def test_a_worker_that_signs_is_alive(client):
    sign(seconds_ago=3600)
    sign(seconds_ago=5)

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "worker": "ok", "mail": "ok"}


def test_a_worker_that_signs_no_more_is_late(client):
    sign(seconds_ago=60)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "worker": "late", "mail": "ok"}


def test_no_worker_at_all_is_said(client):
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "worker": "absent", "mail": "ok"}


def test_a_database_that_is_down_is_said_without_an_error_page(client, monkeypatch, caplog):
    broken = connections.create_connection("default")
    broken.settings_dict = broken.settings_dict | {"HOST": "/nowhere", "OPTIONS": {}}
    monkeypatch.setattr(health, "connection", broken)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "down", "worker": "unknown", "mail": "unknown"}
    assert "database down" in caplog.messages


def test_it_is_never_cached_sets_no_cookie_and_costs_one_query(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/healthz")

    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_it_only_answers_reading(client):
    assert client.post("/healthz").status_code == 405


@pytest.mark.parametrize(
    ("status", "failed_for", "mail"),
    [
        ("todo", timedelta(minutes=50), "ok"),
        ("todo", timedelta(minutes=70), "failed"),
        ("failed", timedelta(0), "failed"),
    ],
)
def test_a_mail_that_does_not_leave_is_said_and_changes_no_status(client, status, failed_for, mail):
    sign(seconds_ago=5)
    failed_mail(status=status, failed_at=timezone.now() - failed_for)

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "worker": "ok", "mail": mail}
