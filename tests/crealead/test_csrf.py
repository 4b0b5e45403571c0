"""A form whose token is no longer good: nothing that was typed is lost, and nothing that others send is shown."""

import html
import re
import signal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from directory.models import ListingDraft
from tests.cast import browser_of
from tests.factories import CoEntrepreneurFactory
from tests.listing.entering import FORM, enter, filled

pytestmark = pytest.mark.django_db
OURS = {"Origin": "http://testserver"}


def strict(person=None):
    browser = browser_of(person) if person else Client()
    browser.handler.enforce_csrf_checks = True
    return browser


def sent_again(page):
    """What one click on the page sends."""
    pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.text)
    data = {}
    for name, value in pairs:
        data.setdefault(html.unescape(name), []).append(html.unescape(value))
    return data


@pytest.fixture
def writing():
    """A browser where the form of a request is open."""
    browser = Client()
    enter(browser, CoEntrepreneurFactory().email)
    browser.handler.enforce_csrf_checks = True
    return browser


def test_one_click_sends_what_was_typed(writing):
    typed = filled(
        public_offer="Deux jours.\r\n« Chez vous » & <b>ailleurs</b>", departments=["34", "48"], nationwide=""
    )
    typed["aller"] = "plus-tard"

    page = writing.post(FORM, typed, headers=OURS)
    done = writing.post(FORM, sent_again(page), headers=OURS)

    assert page.status_code == 403
    assert "no-store" in page["Cache-Control"]
    assert f'action="{FORM}"' in page.text
    assert "&lt;b&gt;ailleurs&lt;/b&gt;" in page.text
    assert done.status_code == 302
    draft = ListingDraft.objects.get().typed
    assert draft["public_offer"] == ["Deux jours.\r\n« Chez vous » & <b>ailleurs</b>"]
    assert draft["departments"] == ["34", "48"]


@pytest.mark.parametrize(
    "url",
    ["/", "/referencement/demande/", "/mon-espace/connexion/", "/admin/login/?next=/admin/", "/?a=1&b=<b>"],
)
def test_whatever_form_it_was(url):
    page = strict().post(url, {"email": "nora@example.org", "mot": "Mes mots tapés"}, headers=OURS)

    assert page.status_code == 403
    assert "Mes mots tapés" in page.text
    assert sent_again(page)["email"] == ["nora@example.org"]
    assert "<b>" not in re.search(r'action="([^"]*)"', page.text)[1]


def test_a_form_of_the_back_office_too(referent):
    page = strict(referent).post("/admin/directory/coentrepreneur/add/", {"last_name": "Haddad"}, headers=OURS)

    assert sent_again(page)["last_name"] == ["Haddad"]


@pytest.fixture
def no_hang():
    """What would take hours is stopped: a pattern that goes back in what it read lets signals through."""

    def stop(*_):
        raise TimeoutError

    former = signal.signal(signal.SIGALRM, stop)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, former)


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize(
    "typed", ["a" * 20_000, "1 " * 10_000, "a@" * 10_000, " " * 20_000, "a-\u00a0" * 7_000], ids=lambda typed: typed[:3]
)
def test_what_is_long_without_a_word_costs_nothing(typed):
    page = strict().post("/alertes/nouvelle/", {"x": typed * 50}, headers=OURS)

    assert page.status_code == 403
    assert "Envoyer de nouveau" in page.text


def test_what_takes_time_to_type_is_shown_again():
    typed = {"a": "une-clé", "b": "12 345", "c": "À 10 h", "d": "mot ", "e": "deux mots"}

    page = strict().post("/alertes/nouvelle/", typed, headers=OURS)

    shown = re.findall(r"<blockquote[^>]*>(?:<p>)?(.*?)(?:</p>)?</blockquote>", page.text)
    assert [html.unescape(words) for words in shown] == ["À 10 h", "deux mots"]


def test_passwords_are_asked_again_and_written_nowhere():
    page = strict().post("/admin/login/", {"username": "lucie", "password": "ma phrase secrète"}, headers=OURS)

    assert "ma phrase secrète" not in page.text
    assert 'type="password" id="secret-1" name="password"' in page.text
    assert sent_again(page)["username"] == ["lucie"]


def test_a_file_is_named_and_left_out(writing):
    photo = SimpleUploadedFile("moi.jpg", b"des-octets", "image/jpeg")

    page = writing.post(FORM, filled(photo=photo), headers=OURS)

    assert "moi.jpg" in page.text
    assert "des-octets" not in page.text
    assert "photo" not in sent_again(page)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://ailleurs.example"},
        {"Origin": "null"},
        {"Referer": "https://ailleurs.example/"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://testserver.ailleurs.example"},
    ],
)
def test_what_another_site_sends_is_not_shown(headers):
    page = strict().post("/referencement/demande/", {"email": "nora@example.org"}, headers=headers)

    assert page.status_code == 403
    assert "nora@example.org" not in page.text
    assert "Le formulaire n’a pas pu être reçu" in page.text
