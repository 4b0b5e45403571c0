import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from directory.catalogue import limits
from directory.models import ContactMessage
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db

TYPED = {
    "name": "Lucie Ferrand",
    "organisation": "Commune de Valferrand",
    "email": "lucie@valferrand.example",
    "phone": "",
    "message": "Nous cherchons une formation d’accueil pour dix agents, en mars.",
}


def send(client, fiche, **changes):
    return client.post(fiche.get_absolute_url() + "contact/", TYPED | changes)


def test_a_message_is_kept_and_mailed_to_the_co_entrepreneur(client, mailoutbox):
    fiche = CoEntrepreneurFactory(listed=True)

    response = send(client, fiche)
    run_jobs()

    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200
    assert ContactMessage.objects.get().co_entrepreneur == fiche
    mail = mailoutbox[0]
    assert mail.to == [fiche.email]
    assert mail.reply_to == [TYPED["email"]]
    assert TYPED["message"] in mail.body


def test_the_buyer_gets_a_copy_and_what_happens_next(client, mailoutbox, settings):
    fiche = CoEntrepreneurFactory(listed=True)

    page = client.get(send(client, fiche)["Location"])
    run_jobs()

    copy = mailoutbox[1]
    assert copy.to == [TYPED["email"]]
    assert copy.reply_to == [settings.COOPERATIVE["email"]]
    assert TYPED["message"] in copy.body
    assert fiche.email not in copy.body
    for words in (copy.body, page.text):
        assert "répond" in words
        assert settings.COOPERATIVE["phone"] in words


def test_the_same_message_twice_is_sent_once(client, mailoutbox):
    fiche = CoEntrepreneurFactory(listed=True)

    send(client, fiche)
    send(client, fiche)
    run_jobs()

    assert ContactMessage.objects.count() == 1
    assert [mail.to for mail in mailoutbox] == [[fiche.email], [TYPED["email"]]]


@pytest.mark.django_db(transaction=True)
def test_the_same_message_sent_at_once_is_kept_once():
    fiche = CoEntrepreneurFactory(listed=True)
    together = threading.Barrier(4)

    def post(_):
        together.wait()
        try:
            return send(Client(), fiche).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(post, range(4)))
    with connection.cursor() as cursor:
        # The queue's tables outlive the test, as they aren't Django's to empty.
        cursor.execute("DELETE FROM procrastinate_jobs RETURNING id")
        mails = cursor.fetchall()

    assert statuses == [302] * 4
    assert len(mails) == 2
    assert ContactMessage.objects.count() == 1


def test_a_header_cannot_be_slipped_in(client, mailoutbox):
    fiche = CoEntrepreneurFactory(listed=True)

    send(client, fiche, organisation="Mairie\r\nBcc: tous@example.org")
    refused = send(client, fiche, email="a@example.org\r\nBcc: tous@example.org")
    run_jobs()

    assert "adresse" in refused.content.decode()
    for mail in mailoutbox:
        message = mail.message()
        assert message["Bcc"] is None
        assert "\n" not in mail.subject


@pytest.mark.parametrize(
    "changes",
    [{"email": "pas-une-adresse"}, {"name": ""}, {"message": "a" * 5001}, {"name": "a" * 121}, {"message": "a\x00b"}],
)
def test_an_error_keeps_all_that_was_typed(client, changes):
    fiche = CoEntrepreneurFactory(listed=True)

    response = send(client, fiche, **changes)

    assert response.status_code == 200
    assert TYPED["organisation"] in response.content.decode()
    assert not ContactMessage.objects.exists()


def test_a_program_that_fills_the_trap_is_thanked_and_ignored(client, mailoutbox):
    fiche = CoEntrepreneurFactory(listed=True)

    response = send(client, fiche, trap="https://spam.example")
    run_jobs()

    assert response.status_code == 302
    assert not ContactMessage.objects.exists()
    assert mailoutbox == []


def test_a_town_hall_writes_from_one_network(client):
    fiche = CoEntrepreneurFactory(listed=True)

    answers = {send(client, fiche, email=f"agent{number}@valferrand.example").status_code for number in range(12)}

    assert answers == {302}
    assert ContactMessage.objects.count() == 12


@pytest.mark.usefixtures("stopped_clock")
@pytest.mark.parametrize(
    ("limit", "words"),
    [("network", "votre réseau"), ("buyer", "avec cette adresse"), ("fiche", "Cette personne a reçu")],
)
def test_past_a_limit_a_message_waits_and_is_not_lost(client, monkeypatch, settings, limit, words):
    monkeypatch.setitem(limits.CONTACT_LIMITS, limit, 2)
    fiche = CoEntrepreneurFactory(listed=True)
    for number in range(2):
        send(client, fiche, message=f"Message {number}")

    response = send(client, fiche, message="Celui de trop")

    assert response.status_code == 429
    assert words in response.text
    assert settings.COOPERATIVE["phone"] in response.text
    assert "Celui de trop" in response.text
    assert ContactMessage.objects.count() == 2


@pytest.mark.usefixtures("stopped_clock")
def test_one_sender_does_not_close_a_form_to_the_others(client):
    fiche = CoEntrepreneurFactory(listed=True)

    sent = [send(client, fiche, email=f"{number}@example.org").status_code for number in range(17)]

    assert sent == [302] * 15 + [429] * 2
    assert "de votre réseau vers cette personne" in send(client, fiche).text
    assert send(Client(REMOTE_ADDR="192.0.2.9"), fiche).status_code == 302
    assert send(client, CoEntrepreneurFactory(listed=True)).status_code == 302


@pytest.mark.usefixtures("stopped_clock")
def test_the_limit_of_an_address_is_for_all_fiches_and_that_of_a_fiche_for_all_addresses(client, monkeypatch):
    monkeypatch.setitem(limits.CONTACT_LIMITS, "buyer", 1)
    first, second = CoEntrepreneurFactory.create_batch(2, listed=True)

    assert send(client, first).status_code == 302
    assert send(client, second).status_code == 429
    assert send(client, first, email="autre@valferrand.example").status_code == 302


@pytest.mark.parametrize(("typed", "kept"), [("lucie@valferrand.example\u200b", True), ("lucie@\ue000.example", False)])
def test_an_address_is_cleaned_or_asked_again(client, typed, kept):
    fiche = CoEntrepreneurFactory(listed=True)

    response = send(client, fiche, email=typed)

    assert [message.email for message in ContactMessage.objects.all()] == ([TYPED["email"]] if kept else [])
    assert kept or ("ressemble à" in response.text and TYPED["message"] in response.text)


def test_nobody_writes_to_an_unlisted_fiche(client):
    fiche = CoEntrepreneurFactory()

    assert send(client, fiche).status_code == 404
    assert not ContactMessage.objects.exists()


def test_the_form_needs_its_token():
    fiche = CoEntrepreneurFactory(listed=True)

    assert send(Client(enforce_csrf_checks=True), fiche).status_code == 403


def test_a_phone_is_kept_in_one_way_or_asked_again(client):
    fiche = CoEntrepreneurFactory(listed=True)

    refused = send(client, fiche, phone=".........")
    assert "dix chiffres" in refused.text
    assert TYPED["message"] in refused.text

    send(client, fiche, phone="+33\u00a0(0)4 67 12 34 56")
    assert ContactMessage.objects.get().phone == "04 67 12 34 56"
