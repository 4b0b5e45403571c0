import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from directory.doors import links
from directory.doors.entry import LINKS_PER_ADDRESS
from directory.models import AccessLink, CoEntrepreneur, MemberSession
from tests.cast import browser_of
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
START = "/mon-espace/connexion/"
HOME = "/mon-espace/"


@pytest.fixture
def member():
    return CoEntrepreneurFactory(email="camille@example.org")


def link_in(message):
    """The link that stands in a mail, with its query."""
    url = urlsplit(re.search(r"http://\S+/connexion/\S+", message.body)[0])
    return f"{url.path}?{url.query}" if url.query else url.path


def mailed_link(client, email, suite=""):
    client.post(START + (f"?suite={suite}" if suite else ""), {"email": email})
    [message] = run_jobs()
    return link_in(message)


def test_a_click_that_nothing_answered_uses_nothing_up(client, member, monkeypatch):
    link = mailed_link(client, member.email)

    with monkeypatch.context() as patch:
        patch.setattr("directory.models.MemberSession.save", lambda *_arguments, **_options: 1 / 0)
        failed = Client(raise_request_exception=False).post(link)

    assert failed.status_code == 500
    assert client.post(link).status_code == 302


# --- The address --------------------------------------------------------------------------------------------------


def test_a_member_comes_in_by_the_link_mailed_to_them(client, member):
    response = client.post(mailed_link(client, "Camille@Example.org"))

    assert response.url == HOME
    assert "Bonjour Camille" in client.get(HOME).text


def test_the_answer_is_the_same_for_a_known_and_an_unknown_address(client, member):
    answers = [client.post(START, {"email": email}, follow=True) for email in (member.email, "qui@example.org")]

    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert answers[0].text == answers[1].text
    known, unknown = run_jobs()
    assert known.to == [member.email]
    assert unknown.to == ["qui@example.org"]
    assert "/connexion/" not in unknown.body
    assert "/referencement/" in unknown.body


@pytest.mark.parametrize("email", ["", "rien", "a\x00@example.org", "a@example.org\nBcc: b@example.org", "é" * 300])
def test_what_is_not_an_address_is_kept_and_said(client, email):
    response = client.post(START, {"email": email})

    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.text
    assert run_jobs() == []


def test_a_program_that_fills_every_field_gets_the_same_page_and_no_mail(client, member):
    response = client.post(START, {"email": member.email, "trap": "oui"})

    assert response.url == "/mon-espace/connexion/envoyee/"
    assert run_jobs() == []


@pytest.mark.usefixtures("stopped_clock")
def test_too_many_links_are_refused_and_what_was_typed_stays(client, member):
    for _ in range(LINKS_PER_ADDRESS):
        client.post(START, {"email": member.email})

    response = client.post(START, {"email": "CAMILLE@example.org"})

    assert response.status_code == 429
    assert "CAMILLE@example.org" in response.text
    assert len(run_jobs()) == LINKS_PER_ADDRESS


def test_who_is_in_already_goes_straight_on(member):
    browser = browser_of(member)

    assert browser.get(START).url == HOME
    assert browser.get(f"{START}?suite=/mon-espace/cv/").url == "/mon-espace/cv/"


# --- The link -----------------------------------------------------------------------------------------------------


def test_reading_the_link_does_not_use_it_up(client, member):
    url = mailed_link(client, member.email)

    pages = [client.get(url), client.head(url), client.get(url)]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert AccessLink.objects.get().used_at is None
    assert not MemberSession.objects.exists()


def test_a_link_serves_once(client, member):
    url = mailed_link(client, member.email)
    client.post(url)

    again = [Client().get(url), Client().post(url)]

    assert [response.status_code for response in again] == [410, 410]
    assert "Recevoir un nouveau lien" in again[0].text
    assert MemberSession.objects.count() == 1


def test_a_link_serves_for_thirty_minutes(client, member):
    url = mailed_link(client, member.email)
    AccessLink.objects.update(created_at=timezone.now() - timedelta(minutes=30))

    assert client.get(url).status_code == 410
    assert client.post(url).status_code == 410


def test_a_link_mailed_before_one_left_opens_what_is_kept_to_read(client, member):
    url = mailed_link(client, member.email)
    CoEntrepreneur.objects.filter(pk=member.pk).update(departed_on=timezone.localdate())

    response = client.post(url, follow=True)

    assert "Vous avez quitté la coopérative" in response.text


@pytest.mark.parametrize("token", ["1", "1.forged", "é", "%00", "1.%00", "x" * 2000])
def test_a_forged_link_is_not_found(client, token):
    response = client.get(f"{START}{token}/")

    assert response.status_code == 404
    assert "Recevoir un nouveau lien" in response.text


def test_a_link_to_the_request_does_not_open_the_space(client, member):
    link = AccessLink.objects.create(email=member.email)
    token = urlsplit(links.LISTING.url(link)).path.split("/")[-2]

    assert client.post(f"{START}{token}/").status_code == 404


def test_coming_in_as_another_closes_the_former_session(member):
    other = CoEntrepreneurFactory()
    browser = browser_of(other)
    link = AccessLink.objects.create(email=member.email)

    browser.post(urlsplit(links.MY_SPACE.url(link)).path)

    assert [session.co_entrepreneur for session in MemberSession.objects.all()] == [member]


def test_the_click_must_come_from_our_own_page(member):
    browser = Client(enforce_csrf_checks=True)
    link = AccessLink.objects.create(email=member.email)

    assert browser.post(urlsplit(links.MY_SPACE.url(link)).path).status_code == 403
    assert AccessLink.objects.get().used_at is None


# --- Where it leads -----------------------------------------------------------------------------------------------


def test_the_page_asked_for_first_is_reached_at_last(client, member):
    url = mailed_link(client, member.email, suite="/mon-espace/cv/%3Fx%3D1%26y%3D2")

    assert client.get(url).status_code == 200
    assert client.post(url).url == "/mon-espace/cv/?x=1&y=2"


@pytest.mark.parametrize(
    "suite",
    ["https://mechant.example/", "//mechant.example", "/\\mechant.example", "mechant", "javascript:alert(1)", "\x00/"],
)
def test_only_a_page_of_this_site_is_reached(client, member, suite):
    link = AccessLink.objects.create(email=member.email)

    response = client.post(urlsplit(links.MY_SPACE.url(link)).path, query_params={"suite": suite})

    assert response.url == HOME


def test_an_odd_path_stays_a_path(client, member):
    link = AccessLink.objects.create(email=member.email)

    response = client.post(urlsplit(links.MY_SPACE.url(link)).path, query_params={"suite": "/a\r\nX: y\x00é"})

    assert response.url == "/a%0D%0AX:%20y%00%C3%A9"


# --- Going out ----------------------------------------------------------------------------------------------------


def test_the_open_sessions_are_listed_with_their_dates(member):
    browser_of(member)
    MemberSession.objects.update(started_at=timezone.now() - timedelta(days=90), last_seen_at=timezone.now())
    browser_of(member)
    MemberSession.objects.filter(pk=MemberSession.objects.order_by("-pk").first().pk).update(
        last_seen_at=timezone.now() - timedelta(days=31)
    )

    response = browser_of(member).get("/mon-espace/deconnexion/")

    assert "2 navigateurs" in response.text
    assert response.text.count("Ce navigateur") == 1
    assert response.text.count("Un autre navigateur") == 1


def test_reading_the_page_closes_nothing(member):
    browser = browser_of(member)

    browser.get("/mon-espace/deconnexion/")

    assert browser.get("/mon-espace/deconnexion/partout/").status_code == 405
    assert browser.get(HOME).status_code == 200


def test_signing_out_closes_the_request_opened_from_the_space_too(member):
    browser = browser_of(member)
    browser.post("/mon-espace/demande/")

    browser.post("/mon-espace/deconnexion/")

    assert browser.get("/referencement/demande/formulaire/").status_code == 403
