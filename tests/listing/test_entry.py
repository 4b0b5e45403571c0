"""The article, the address typed, the link of the mail."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directory.doors import links
from directory.doors.entry import LINKS_PER_ADDRESS
from directory.models import AccessLink, ListingRequest, Page
from tests.cast import link_in
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory
from tests.jobs import run_jobs
from tests.listing.entering import FORM, START

pytestmark = pytest.mark.django_db
State = ListingRequest.State


# --- The article and the address -----------------------------------------------------------------------------------


def test_the_article_explains_and_leads_in_without_a_cookie(client):
    response = client.get("/referencement/")

    assert response.status_code == 200
    assert Page.objects.get(slug="referencement").title in response.text
    assert f'href="{START}"' in response.text
    assert not response.cookies
    assert "no-store" not in response.headers.get("Cache-Control", "")


def test_the_answer_is_the_same_for_a_known_and_an_unknown_address(client):
    known = CoEntrepreneurFactory()

    answers = [client.post(START, {"email": email}, follow=True) for email in (known.email, "personne@example.org")]

    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert answers[0].text == answers[1].text
    assert [message.to for message in run_jobs()] == [[known.email], ["personne@example.org"]]


def test_the_mail_goes_to_the_address_that_the_fiche_has(client):
    fiche = CoEntrepreneurFactory(email="camille@example.org")

    client.post(START, {"email": "CAMILLE@example.org"})

    [message] = run_jobs()
    assert message.to == [fiche.email]


def test_who_left_is_not_known_any_more(client):
    gone = CoEntrepreneurFactory(departed_on=timezone.localdate())

    client.post(START, {"email": gone.email})

    [message] = run_jobs()
    assert "Nous ne connaissons pas encore cette adresse" in message.body


@pytest.mark.parametrize("email", ["", "rien", "a@b", "a\x00@example.org", "a@example.org\nBcc: b@example.org"])
def test_what_is_not_an_address_is_kept_and_said(client, email):
    response = client.post(START, {"email": email})

    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.text
    assert run_jobs() == []


def test_a_program_that_fills_every_field_gets_the_same_page_and_no_mail(client):
    response = client.post(START, {"email": "robot@example.org", "trap": "oui"})

    assert response.url == reverse("listing:sent")
    assert run_jobs() == []


@pytest.mark.usefixtures("stopped_clock")
def test_too_many_links_for_one_address_are_refused_and_what_was_typed_stays(client):
    for _ in range(LINKS_PER_ADDRESS):
        client.post(START, {"email": "nora@example.org"})

    response = client.post(START, {"email": "Nora@example.org"})

    assert response.status_code == 429
    assert "<title>À corriger – Votre adresse" in response.text
    assert "Nora@example.org" in response.text
    assert "réessayez dans une heure" in response.text
    assert len(run_jobs()) == LINKS_PER_ADDRESS == 12


@pytest.mark.usefixtures("stopped_clock")
def test_too_many_links_from_one_sender_are_refused(client):
    for number in range(20):
        client.post(START, {"email": f"n{number}@example.org"})

    assert client.post(START, {"email": "autre@example.org"}).status_code == 429
    assert client.post(START, {"email": "autre@example.org"}, REMOTE_ADDR="192.0.2.7").status_code == 302


# --- The link ------------------------------------------------------------------------------------------------------


def test_reading_the_link_does_not_use_it_up(client):
    client.post(START, {"email": "nora@example.org"})
    [message] = run_jobs()

    pages = [
        client.get(link_in(message, "/demande/")),
        client.head(link_in(message, "/demande/")),
        client.get(link_in(message, "/demande/")),
    ]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert AccessLink.objects.get().used_at is None


def test_the_click_opens_the_form_under_a_new_session_key(client):
    client.post(START, {"email": "nora@example.org"})
    [message] = run_jobs()
    session = client.session
    session["planted"] = True
    session.save()
    before = client.cookies["sessionid"].value

    response = client.post(link_in(message, "/demande/"))

    assert response.url == FORM
    assert client.cookies["sessionid"].value != before
    assert client.get(FORM).status_code == 200


def test_a_link_serves_once(client):
    client.post(START, {"email": "nora@example.org"})
    [message] = run_jobs()
    client.post(link_in(message, "/demande/"))

    again = [Client().get(link_in(message, "/demande/")), Client().post(link_in(message, "/demande/"))]

    assert [response.status_code for response in again] == [410, 410]
    assert "Recevoir un nouveau lien" in again[0].text


def test_a_link_serves_for_thirty_minutes(client):
    client.post(START, {"email": "nora@example.org"})
    [message] = run_jobs()
    AccessLink.objects.update(created_at=timezone.now() - timedelta(minutes=30))

    assert client.get(link_in(message, "/demande/")).status_code == 410
    assert client.post(link_in(message, "/demande/")).status_code == 410


@pytest.mark.parametrize("token", ["1", "1.forged", "é", "%00", "1.%00", "x" * 2000])
def test_a_forged_link_is_not_found_and_offers_a_new_one(client, token):
    response = client.get(f"/referencement/demande/lien/{token}/")

    assert response.status_code == 404
    assert "Recevoir un nouveau lien" in response.text


def test_a_token_opens_its_own_door_only(client):
    request = ListingRequestFactory()
    link = AccessLink.objects.create(pk=request.pk, email="nora@example.org")
    access = urlsplit(links.LISTING.url(link)).path.split("/")[-2]

    assert client.get(f"/referencement/demande/suivi/{access}/").status_code == 404
    assert client.get(f"/referencement/demande/lien/{links.LISTING_STATUS.token(request)}/").status_code == 404
