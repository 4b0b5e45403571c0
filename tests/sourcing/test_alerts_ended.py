"""Alerts kept and ended, by their readers or by themselves; addresses erased."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from crealead.words import day
from directory.doors import links
from directory.models import Alert
from directory.sourcing.alerts import actions as alerts
from directory.sourcing.alerts.tasks import tell_alerts
from tests.cast import text_of
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

from .alerting import BUYER, links_in, running

pytestmark = pytest.mark.django_db


def test_a_mailbox_ends_it_in_one_click_without_cookie_nor_token(mailoutbox, later):
    row = running()
    CoEntrepreneurFactory(listed=True)
    later(14)
    tell_alerts()
    run_jobs()
    [stop] = links_in(mailoutbox[-1], "arreter")
    mailbox = Client(enforce_csrf_checks=True)

    opened = mailbox.get(stop)
    row.refresh_from_db()
    still = row.ended_on
    posted = mailbox.post(stop, {"List-Unsubscribe": "One-Click"})
    row.refresh_from_db()

    assert opened.status_code == 200
    assert still is None
    assert (posted.status_code, row.ended_on) == (200, timezone.localdate())
    assert not opened.cookies
    assert not posted.cookies


def test_it_ends_after_twelve_months_unless_it_is_kept(client, mailoutbox, later):
    row = running()
    later(365 - 14)
    assert tell_alerts() == (0, 1, 0)
    assert tell_alerts() == (0, 0, 0)
    run_jobs()
    [path] = links_in(mailoutbox[-1], "suivi")

    opened = client.get(path)
    ends_on = row.ends_on
    kept = client.post(path, {"action": "keep"})
    row.refresh_from_db()

    assert "Garder un an de plus" in opened.text
    assert "continue" in text_of(kept)
    assert row.ends_on > ends_on
    later(14)
    assert tell_alerts()[2] == 0
    later(365)
    assert tell_alerts() == (0, 1, 0)
    later(14)
    assert tell_alerts() == (0, 0, 1)


def test_keeping_it_on_the_day_it_was_confirmed_is_said_too(client):
    row = running()

    kept = client.post(links.ALERT.path(row), {"action": "keep"})

    assert f"continue jusqu’au {day(row.ends_on)}" in kept.text


def test_an_address_goes_28_days_after_the_end_and_sooner_when_nobody_confirms(later):
    row = running()
    alerts.ask(email=BUYER, query="q=autre", rhythm=7)
    alerts.end(alert_pk=row.pk)
    later(8)
    call_command("purge_personal_data", yes=True, verbosity=0)
    assert list(Alert.objects.all()) == [row]
    later(20)
    call_command("purge_personal_data", yes=True, verbosity=0)
    assert list(Alert.objects.all()) == [row]
    later(1)

    call_command("purge_personal_data", yes=True, verbosity=0)

    assert not Alert.objects.exists()


@pytest.mark.parametrize("page", ["confirmer", "suivi", "arreter"])
def test_a_link_that_is_not_whole_opens_nothing(client, page):
    assert client.get(f"/alertes/{page}/1-5.faux/").status_code == 404
    assert client.post(f"/alertes/{page}/faux/").status_code == 404


def test_an_address_that_no_mail_is_made_out_to_stops_no_other_of_its_search(later):
    first, last = running("", email="a@valferrand.example"), running("", email="z@valferrand.example")
    bad = running("", email="b@valferrand.example")
    Alert.objects.filter(pk=bad.pk).update(email="b@valferrand.example\ninjected@example.org")
    CoEntrepreneurFactory(listed=True)
    later(14)

    with pytest.raises(ExceptionGroup):
        alerts.tell_news()

    told = {row.pk: row.news.exists() for row in Alert.objects.all()}
    assert told == {first.pk: True, last.pk: True, bad.pk: False}
