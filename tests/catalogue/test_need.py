from html import unescape
from urllib.parse import urlencode

import pytest
from django.core import signing
from django.test import Client

from directory.catalogue import limits
from directory.models import ContactMessage, Department
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db

FORM = "/catalogue/cooperative/contact/"
QUERY = urlencode({"q": "réunion publique à Béziers", "departement": "30", "tri": "nom"})
TYPED = {
    "name": "Lucie Ferrand",
    "organisation": "Commune de Valferrand",
    "email": "lucie@valferrand.example",
    "phone": "04 67 12 34 56",
    "message": "Nous cherchons qui anime une réunion publique, en mars.",
}


def send(client, query=QUERY, **changes):
    return client.post(f"{FORM}?{query}", TYPED | changes)


def test_the_form_holds_the_search_as_typed_as_read_and_in_a_sentence(client, settings):
    CoEntrepreneurFactory(listed=True, departments=[Department.objects.get(code="34")])

    response = client.get(f"{FORM}?{QUERY}")
    page = unescape(response.text).replace("\u00a0", " ")

    assert response.context["form"]["message"].value().startswith("réunion publique à Béziers")
    assert "« réunion publique à Béziers »" in page
    assert "Béziers » est lu comme une zone d’intervention : Hérault (34)" in page
    assert "Intervenant dans : Gard (30)." in page
    assert settings.COOPERATIVE["phone"] in page


def test_the_cooperative_reads_who_what_and_where_the_search_is(client, mailoutbox, settings):
    response = send(client)
    run_jobs()

    assert response.status_code == 302
    mail, copy = mailoutbox
    assert mail.to == [settings.COOPERATIVE["email"]]
    assert mail.reply_to == [TYPED["email"]]
    assert mail.subject.replace("\u00a0", " ") == "Commune de Valferrand cherche : réunion publique à Béziers"
    for words in [*TYPED.values(), "réunion publique à Béziers", "Intervenant dans", "aucune fiche"]:
        assert words in mail.body
    [address] = [line.rpartition(" ")[2] for line in mail.body.splitlines() if "/catalogue/?" in line]
    assert address.startswith(settings.SITE_URL)
    assert client.get(address.removeprefix(settings.SITE_URL)).status_code == 200
    assert copy.to == [TYPED["email"]]
    assert copy.reply_to == [settings.COOPERATIVE["email"]]
    assert address in copy.body


def test_nothing_is_kept(client):
    send(client)

    assert not ContactMessage.objects.exists()


def test_the_page_that_follows_says_when_it_left_and_opens_for_nobody_else(client, settings):
    page = client.get(send(client)["Location"])

    assert "Il est parti vers Crealead le " in page.text
    assert settings.COOPERATIVE["phone"] in page.text
    assert "réunion publique à Béziers" in page.text
    assert "Revenir à ma recherche" in page.text
    for receipt in ["", "?recu=", "?recu=x", f"?recu={signing.dumps(1, salt='autre')}", "?recu=\x00&recu=:"]:
        cold = client.get(f"{FORM}envoye/{receipt}")
        assert (cold.status_code, cold["Location"]) == (302, FORM)
    assert "q=r%C3%A9union+publique" in client.get(f"{FORM}envoye/?{QUERY}&recu=x")["Location"]


@pytest.mark.usefixtures("stopped_clock")
def test_the_same_message_twice_leaves_once(client, mailoutbox):
    assert [send(client).status_code, send(client).status_code] == [302, 302]
    run_jobs()

    assert len(mailoutbox) == 2


def test_without_a_search_one_may_write_too(client, mailoutbox):
    assert client.get(FORM).status_code == 200

    send(client, query="")
    run_jobs()

    assert mailoutbox[0].subject == "Commune de Valferrand cherche un prestataire"
    assert "/catalogue/?" not in mailoutbox[0].body


def test_a_header_cannot_be_slipped_in(client, mailoutbox):
    send(client, query=urlencode({"q": "a\r\nBcc: tous@example.org"}), organisation="Mairie\r\nBcc: tous@example.org")
    assert send(client, email="a@example.org\r\nBcc: tous@example.org").status_code == 200
    run_jobs()

    for mail in mailoutbox:
        assert mail.message()["Bcc"] is None
        assert "\n" not in mail.message()["Subject"]


@pytest.mark.parametrize(
    "changes",
    [{"email": "pas-une-adresse"}, {"name": ""}, {"message": "a" * 5001}, {"phone": "..."}, {"message": "a\x00b"}],
)
def test_an_error_keeps_all_that_was_typed_and_the_search(client, mailoutbox, changes):
    response = send(client, **changes)
    run_jobs()

    assert response.status_code == 200
    assert "Valferrand" in response.text
    assert "Intervenant dans" in response.text
    assert mailoutbox == []


def test_a_program_that_fills_the_trap_is_thanked_and_ignored(client, mailoutbox):
    assert send(client, trap="https://spam.example").status_code == 302
    run_jobs()

    assert mailoutbox == []


@pytest.mark.usefixtures("stopped_clock")
@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("network", "votre réseau"),
        ("need_share", "vers la coopérative"),
        ("buyer", "avec cette adresse"),
        ("need", "La coopérative a reçu"),
    ],
)
def test_past_a_limit_a_message_waits_and_is_not_lost(client, monkeypatch, settings, limit, words):
    monkeypatch.setitem(limits.CONTACT_LIMITS, limit, 2)
    for number in range(2):
        send(client, message=f"Message {number}")

    response = send(client, message="Celui de trop")

    assert response.status_code == 429
    assert words in response.text
    assert "Celui de trop" in response.text
    assert settings.COOPERATIVE["phone"] in response.text


def test_the_form_needs_its_token_and_only_what_is_read_or_sent(client):
    assert send(Client(enforce_csrf_checks=True)).status_code == 403
    assert client.put(FORM).status_code == 405
    assert client.post(f"{FORM}envoye/").status_code == 405


@pytest.mark.parametrize("query", ["q=" + "a" * 400, "departement=999&domaine=<i>", "q=%00%FF", "page=zzz&tri=zzz"])
def test_any_search_makes_a_form(client, query):
    response = client.get(f"{FORM}?{query}")

    assert response.status_code == 200
    assert "<i>" not in response.text
    assert send(client, query=query).status_code == 302


def test_a_query_beyond_reason_is_refused(client):
    assert client.get(f"{FORM}?q={'a' * 5000}").status_code == 400
