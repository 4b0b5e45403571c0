"""The session of the back office: it lasts from the last visit, and nothing typed is lost when it is over."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from directory.doors import staff_session
from tests.cast import admin_url, browser_of, led, text_of

pytestmark = pytest.mark.django_db
LIST = "/admin/directory/coentrepreneur/"


def visited_before(browser, delay):
    session = browser.session
    session[staff_session.KEY] = (timezone.now() - delay).isoformat()
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=1))


def test_it_lasts_twenty_hours_at_least():
    assert timedelta(seconds=settings.SESSION_COOKIE_AGE) >= timedelta(hours=20)


@pytest.mark.parametrize("path", [LIST, "/admin/", "/consultations/"])
def test_a_visit_renews_it(referent, path):
    led()
    browser = browser_of(referent)
    visited_before(browser, timedelta(hours=2))

    answer = browser.get(path)

    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == settings.SESSION_COOKIE_AGE
    assert Session.objects.get().expire_date > timezone.now() + timedelta(hours=19)


def test_it_is_written_down_once_an_hour(referent):
    browser = browser_of(referent)
    visited_before(browser, timedelta(minutes=50))

    assert settings.SESSION_COOKIE_NAME not in browser.get(LIST).cookies


def test_a_public_page_sets_no_cookie(referent):
    browser = browser_of(referent)
    visited_before(browser, timedelta(hours=2))

    assert not browser.get("/catalogue/").cookies


def test_what_is_sent_once_it_is_over_is_not_lost(waiting, referent):
    browser = browser_of(referent)
    Session.objects.all().delete()

    answer = browser.post(admin_url("reference_decide", waiting.pk), {"decision": "refuse", "comment": "Trop court"})

    assert answer.status_code == 403
    assert "rien n’est perdu" in text_of(answer)
    waiting.refresh_from_db()
    assert waiting.is_awaiting


def test_who_was_never_in_signs_in_as_before():
    assert Client().get(LIST).url.startswith("/admin/login/")
