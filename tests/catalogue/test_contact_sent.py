"""What a buyer reads once the message is sent: true, theirs alone, and for a while."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from directory.catalogue import contact_page
from directory.models import ContactMessage
from tests.cast import text_of
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db

TYPED = {
    "message": "Une fresque pour l’école.\nSur douze mètres.",
    "place": "Valferrand",
    "timing": "avant l’été",
    "budget": "40000",
    "name": "Lucie Ferrand",
    "organisation": "Commune de Valferrand",
    "email": "lucie@valferrand.example",
    "phone": "0467000001",
}
SEARCH = "?q=fresque&departement=34"
NONE = "Aucun message à montrer"


@pytest.fixture
def fiche():
    return CoEntrepreneurFactory(listed=True, trade_name="Atelier Fresque")


def sent(client, fiche, query="", **changes):
    return client.post(f"{fiche.get_absolute_url()}contact/{query}", TYPED | changes)["Location"]


def test_it_says_what_was_sent_to_whom_when_and_what_comes_next(client, fiche, settings):
    response = client.get(sent(client, fiche, SEARCH))
    page = text_of(response).replace("\xa0", " ")

    for words in [
        "Message envoyé",
        fiche.name,
        "Atelier Fresque",
        "Une fresque pour l’école.",
        "Valferrand",
        "avant l’été",
        "de 15 000 à 40 000 € HT",
        "Lucie Ferrand, Commune de Valferrand",
        "lucie@valferrand.example",
        "04 67 00 00 01",
        f"le {timezone.localdate():%-d}".replace("le 1 ", "le 1er "),
        "vous répond directement",
        settings.COOPERATIVE["phone"],
    ]:
        assert words in page
    assert "data-imprimer" in response.text
    links = re.findall(r'href="([^"]*fresque[^"]*)"', unescape(response.text))
    assert links == [f"/catalogue/{SEARCH}", f"{fiche.get_absolute_url()}{SEARCH}"]


def test_a_reload_shows_it_again_and_sends_nothing(client, fiche):
    url = sent(client, fiche)

    assert [client.get(url).text.count("Sur douze mètres") for _ in range(2)] == [1, 1]
    assert sent(client, fiche).partition("=")[0] == url.partition("=")[0]
    assert "Sur douze mètres" in client.get(sent(client, fiche)).text
    assert ContactMessage.objects.count() == 1


def test_its_address_names_nobody_and_it_is_kept_by_no_cache_and_sets_no_cookie(client, fiche):
    url = sent(client, fiche, SEARCH)
    response = client.get(url)

    for typed in TYPED.values():
        assert typed not in url
    assert set(parse_qs(urlsplit(url).query)) == {"q", "departement", "envoi"}
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response.text
    assert not response.cookies


def test_opened_cold_it_says_nothing_false(client, fiche):
    for query in ("", SEARCH, "?envoi=", "?envoi=1:abc:def", "?envoi=%00", "?envoi=a&envoi=b"):
        response = client.get(f"{fiche.get_absolute_url()}contact/envoye/{query}")
        assert response.status_code == 200
        assert NONE in response.text
        assert "Message envoyé" not in response.text
        assert not response.cookies


def test_whoever_it_is_shared_with_learns_nothing(client, fiche):
    url = sent(client, fiche)
    other = Client()
    other.get(f"{fiche.get_absolute_url()}contact/")

    for stranger in (Client(), other):
        page = stranger.get(url).text
        assert NONE in page
        assert "Lucie" not in page


def test_it_is_of_one_message_one_fiche_and_one_hour(client, fiche, monkeypatch):
    url = sent(client, fiche)
    elsewhere = CoEntrepreneurFactory(listed=True)
    token = parse_qs(urlsplit(url).query)["envoi"][0]

    assert NONE in client.get(f"{elsewhere.get_absolute_url()}contact/envoye/?envoi={token}").text
    monkeypatch.setattr(contact_page, "SHOWN_FOR", timedelta(seconds=-1))
    assert NONE in client.get(url).text


def test_once_erased_it_is_shown_no_more(client, fiche):
    url = sent(client, fiche)
    ContactMessage.objects.all().delete()

    assert NONE in client.get(url).text


def test_a_program_is_sent_to_a_page_that_claims_nothing(client, fiche):
    assert NONE in client.get(sent(client, fiche, trap="https://spam.example")).text


def test_another_place_is_another_message(client, fiche):
    sent(client, fiche)

    assert "Sète" in client.get(sent(client, fiche, place="Sète")).text
    assert ContactMessage.objects.count() == 2
