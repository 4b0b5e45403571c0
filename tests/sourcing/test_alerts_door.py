"""Who opens which page of an alert: its link alone does, whoever holds it; and what each may write there."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from directory.doors import links
from directory.models import Alert
from directory.sourcing.alerts.actions import end
from tests import cast
from tests.factories import CoEntrepreneurFactory

from .alerting import BUYER, alert_of, ask

pytestmark = pytest.mark.django_db

PAGES = {"confirm": links.ALERT_CONFIRMATION, "alert": links.ALERT, "stop": links.ALERT}
# What is sent to each page, and what it writes there.
SENT = {"confirm": {}, "alert": {"action": "keep"}, "stop": {"List-Unsubscribe": "One-Click"}}
WRITTEN = {"confirm": "confirmed_at", "alert": "ends_on", "stop": "ended_on"}
VISITORS = {
    "anonymous": Client,
    "member": lambda: cast.browser_of(CoEntrepreneurFactory(listed=True)),
    "referent": lambda: cast.browser_of(cast.referent()),
    "administrator": lambda: cast.browser_of(cast.administrator()),
}


def as_it_is_for(page):
    """The alert that a page is made for."""
    return alert_of("q=accueil", is_confirmed=page != "confirm")


def state():
    return list(Alert.objects.order_by("pk").values())


def address(page, row):
    return reverse(f"alerts:{page}", args=[PAGES[page].token(row)])


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize("page", PAGES)
def test_its_link_opens_a_page_to_whoever_holds_it_and_reading_writes_nothing(page, visitor):
    row = as_it_is_for(page)
    browser, before = VISITORS[visitor](), state()

    answers = [browser.get(address(page, row)), browser.head(address(page, row))]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert state() == before
    assert all("no-store" in answer["Cache-Control"] for answer in answers)
    # Neither their account nor their space shows there.
    assert BUYER not in answers[0].text


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize("page", PAGES)
def test_its_click_writes_that_alert_and_no_other_whoever_clicks(page, visitor):
    row, other = as_it_is_for(page), alert_of("q=autre", is_confirmed=page != "confirm")
    before = getattr(row, WRITTEN[page])

    answer = VISITORS[visitor]().post(address(page, row), SENT[page])
    row.refresh_from_db()

    assert answer.status_code == 200
    assert getattr(row, WRITTEN[page]) != before
    assert Alert.objects.filter(pk=other.pk).values().get() == {
        field.attname: getattr(other, field.attname) for field in Alert._meta.fields
    }


@pytest.mark.parametrize("page", PAGES)
def test_a_click_without_the_token_of_forms_is_refused_but_that_of_a_mailbox(page):
    row = as_it_is_for(page)
    browser, before = Client(enforce_csrf_checks=True), state()
    url, origin = address(page, row), {"origin": "http://testserver"}

    without = browser.post(url, SENT[page], headers=origin)
    written = state() != before
    opened = browser.get(url)
    with_it = browser.post(url, SENT[page] | _token_of(opened), headers=origin)

    assert (without.status_code, written) == ((200, True) if page == "stop" else (403, False))
    assert with_it.status_code == 200
    assert state() != before


def _token_of(page):
    token = page.context.get("csrf_token")
    return {"csrfmiddlewaretoken": str(token)} if token else {}


def forged(page, row):
    return PAGES[page].token(row)[:-1] + "~"


def of_another_page(page, row):
    """One of these kinds of link opens no page of the other kind."""
    return (links.ALERT if page == "confirm" else links.ALERT_CONFIRMATION).token(row)


def of_another_row(page, row):
    """The signature of one alert under the key of another."""
    other = alert_of("q=autre", is_confirmed=page != "confirm")
    _, _, signature = PAGES[page].token(other).rpartition(".")
    return PAGES[page].token(row).rpartition(".")[0] + f".{signature}"


def erased(page, row):
    token = PAGES[page].token(row)
    row.delete()
    return token


def expired(page, row):
    token = PAGES[page].token(row)
    return token, PAGES[page].lasts + timedelta(seconds=1)


def to_confirm(page, row):
    """An alert that isn't confirmed has no other page yet."""
    Alert.objects.filter(pk=row.pk).update(confirmed_at=None, next_on=None, ends_on=None)
    return PAGES[page].token(row)


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize(
    ("kind", "page", "status"),
    [
        *((kind, page, 404) for kind in (forged, of_another_page, of_another_row) for page in PAGES),
        *((kind, page, 410) for kind in (erased, expired) for page in PAGES),
        *((to_confirm, page, 410) for page in ("alert", "stop")),
    ],
)
def test_any_other_link_opens_nothing_and_writes_nothing(kind, page, status, visitor, later):
    row, browser = as_it_is_for(page), VISITORS[visitor]()
    token = kind(page, row)
    if kind is expired:
        token, lasts = token
        later(seconds=lasts.total_seconds())
    url, before = reverse(f"alerts:{page}", args=[token]), state()

    answers = [browser.get(url), browser.head(url), browser.post(url, SENT[page])]

    assert [answer.status_code for answer in answers] == [status] * 3
    assert state() == before
    assert "accueil" not in answers[0].text


@pytest.mark.parametrize("page", PAGES)
def test_the_links_of_one_that_ended_say_so_and_write_nothing(page):
    row = alert_of("q=accueil", is_confirmed=True)
    end(alert_pk=row.pk)
    url, before = address(page, row), state()

    opened, posted = Client().get(url), Client().post(url, SENT[page])

    assert [opened.status_code, posted.status_code] == [410 if page == "confirm" else 200] * 2
    assert state() == before
    if page != "confirm":
        assert "arrêtée le" in opened.text


@pytest.mark.parametrize("visitor", VISITORS)
def test_anybody_asks_for_one_and_is_told_the_same(visitor):
    browser = VISITORS[visitor]()
    form, answer = browser.get("/alertes/nouvelle/?q=accueil"), browser.get("/alertes/demandee/")

    posted = ask("q=accueil", browser=browser)

    assert [form.status_code, answer.status_code] == [200, 200]
    assert (posted.status_code, posted.url) == (302, "/alertes/demandee/")
    assert ask("q=accueil", browser=Client(enforce_csrf_checks=True)).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_other_ways_of_asking_are_refused(page):
    row = as_it_is_for(page)
    before = state()

    statuses = {getattr(Client(), method)(address(page, row)).status_code for method in ("put", "patch", "delete")}

    assert statuses == {405}
    assert state() == before
