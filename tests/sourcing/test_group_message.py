"""One message to several, as its author meets it: written from a selection, confirmed."""

import re
from email import message_from_bytes, policy

import pytest
from django.core.management import call_command
from django.test import Client

from directory.models import CoEntrepreneur, GroupMessage, GroupRecipient
from directory.sourcing.message.limits import LIMITS
from directory.sourcing.message.tasks import tend_group_messages
from tests.at_once import at_once
from tests.jobs import run_jobs

from .group import BUYER, NAMES, fiches, leave, links_in, links_of, text_of, typed, url_of, write

pytestmark = pytest.mark.django_db


def raw(mail):
    """The mail as a mailbox reads it."""
    return message_from_bytes(mail.message().as_bytes(), policy=policy.default)


# --- Written -----------------------------------------------------------------------------------------------------


def test_a_selection_offers_it_from_two_fiches(client):
    one, two = fiches(2)

    alone = client.get(f"/selection/?f={one.slug}")
    both = client.get(f"/selection/?f={one.slug}&f={two.slug}&q=accueil")

    assert "/messages/nouveau/" not in alone.text
    assert f"/messages/nouveau/?f={one.slug}&amp;f={two.slug}&amp;q=accueil" in both.text
    assert not both.cookies


def test_all_are_chosen_when_one_message_may_go_to_all_and_none_past_it(client):
    people = fiches(7)

    six, seven = client.get(url_of(people[:6])), client.get(url_of(people))

    assert six.text.count(" checked") == 6
    assert seven.text.count(" checked") == 0
    for page in (six, seven):
        assert "de deux à six fiches" in text_of(page)
    assert "choisissez à qui écrire" in text_of(seven)


def test_too_few_are_said_and_nothing_is_asked(client):
    [one] = fiches(1)

    page = client.get(f"/messages/nouveau/?f={one.slug}&f=inconnue")

    assert "Il n’y en a pas assez" in text_of(page)
    assert not page.cookies


def test_what_the_search_asks_for_is_typed_already(client):
    page = client.get(f"{url_of(fiches(2))}&q=animation+d’ateliers&departement=34")

    assert "Animation d’ateliers" in text_of(page)
    assert "Hérault" in text_of(page)
    form = page.context["form"]
    assert form["subject"].value() == "Animation d’ateliers"
    assert not form["message"].value()


def test_a_search_too_long_for_a_subject_is_the_message(client):
    title = "animation d’ateliers " * 8

    form = client.get(f"{url_of(fiches(2))}&q={title}").context["form"]

    assert not form["subject"].value()
    assert form["message"].value().startswith("Animation d’ateliers")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"recipients": []}, "de deux à six"),
        ({"recipients": ["ines-aubrac"]}, "il y en a 1"),
        ({"recipients": ["ines-aubrac", "inconnue"]}, "n’est plus au catalogue"),
        ({"subject": ""}, "Quel est l’objet"),
        ({"subject": "\u202e\u2066"}, "Quel est l’objet"),
        ({"message": " "}, "ce dont vous avez besoin"),
        ({"answer_by": ""}, "Pour quel jour"),
        ({"answer_by": "bientôt"}, "31/12/2026"),
        ({"answer_by": "2020-01-01"}, "un jour entre"),
        ({"answer_by": "9999-12-31"}, "un jour entre"),
        ({"name": ""}, "votre nom"),
        ({"organisation": ""}, "quel organisme"),
        ({"email": "achats"}, "ressemble à"),
        ({"email": "a@b.fr, c@d.fr"}, "ressemble à"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(changes, words):
    response = write(fiches(2), **changes)

    page = text_of(response)
    assert response.status_code == 200
    assert words in page
    kept = typed([]) | changes
    for name in ("subject", "message", "place", "organisation", "email"):
        assert str(kept[name]).strip() in page
    assert not GroupMessage.objects.exists()
    assert run_jobs() == []


def test_more_than_six_are_refused():
    response = write(fiches(7))

    assert "de deux à six fiches : il y en a 7" in text_of(response)


def test_who_leaves_the_catalogue_while_it_is_typed_is_said_and_the_text_stays():
    people = fiches(3)
    leave(people[0])

    response = write(people)

    assert "n’est plus au catalogue" in text_of(response)
    assert "trois ateliers avec les habitants" in text_of(response)
    assert response.text.count(" checked") == 2


def test_a_program_is_answered_as_anybody_and_writes_nothing():
    response = write(fiches(2), trap="x")

    assert response.url == "/messages/demande/"
    assert not GroupMessage.objects.exists()


def test_nothing_that_was_typed_is_mailed_to_an_address_that_is_not_proved():
    people = fiches(3)

    response = write(people)
    [mail] = run_jobs()

    assert response.url == "/messages/demande/"
    assert mail.to == [BUYER]
    for words in ("ateliers", "Valferrand", "Agathe", "Aubrac", "Zerrouki"):
        assert words not in mail.subject + mail.body
    assert not GroupRecipient.objects.written().exists()


def test_the_same_again_within_the_hour_is_mailed_once(later):
    people = fiches(2)

    for _ in range(3):
        assert write(people).status_code == 302
    once = run_jobs()
    later(hours=2)
    write(people)

    assert len(once) == 1
    assert len(run_jobs()) == 1


# --- How many ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("stopped_clock")
def test_an_address_writes_so_many_a_day_and_its_town_hall_goes_on():
    people = fiches(2)
    browser = Client()

    mine = [write(people, browser=browser, subject=f"Objet {n}") for n in range(LIMITS.most["address"] + 1)]
    colleagues = [write(people, browser=browser, email=f"agent{n}@valferrand.example") for n in range(10)]

    assert [response.status_code for response in mine] == [302] * LIMITS.most["address"] + [429]
    page = text_of(mine[-1])
    assert "avec cette adresse" in page
    # Midnight in UTC, at the hour of the cooperative.
    assert re.search(r"envoyez-le à partir du \d+(er)? \S+ \d{4} à 0?[12] h 00", page)
    assert "Objet 4" in page
    assert {response.status_code for response in colleagues} == {302}


@pytest.mark.usefixtures("stopped_clock")
def test_a_network_that_floods_is_stopped(monkeypatch):
    monkeypatch.setitem(LIMITS.most, "network", 3)
    people = fiches(2)

    statuses = [write(people, email=f"a{n}@example.org").status_code for n in range(4)]

    assert statuses == [302, 302, 302, 429]


# --- Confirmed ---------------------------------------------------------------------------------------------------


def confirmation(people, **changes):
    write(people, **changes)
    [mail] = run_jobs()
    [path] = links_in(mail, "confirmer")
    return path


def test_the_click_on_a_page_and_not_its_opening_sends_it(client):
    path = confirmation(fiches(2))

    opened = client.get(path)
    client.head(path)
    before = run_jobs()
    clicked = client.post(path)

    assert "trois ateliers avec les habitants" in text_of(opened)
    assert before == []
    assert clicked.url.startswith("/messages/suivi/")
    assert len(run_jobs()) == 3


def test_each_gets_a_mail_apart_that_names_nobody_else(client):
    people = fiches(3)
    client.post(confirmation(people))

    mails = {mail.to[0]: raw(mail) for mail in run_jobs()}

    assert set(mails) == {BUYER, *(fiche.email for fiche in people)}
    tokens = set()
    for fiche in people:
        mail = mails[fiche.email]
        whole = mail.as_string() + mail.get_content()
        assert mail["To"] == fiche.email
        assert mail["Reply-To"] == BUYER
        assert "client-public@example.org" in mail["From"]
        assert mail["Cc"] is None
        assert mail["Bcc"] is None
        assert mail["Subject"].strip() == "Trois ateliers d’habitants – Mairie de Valferrand"
        assert "trois ateliers avec les habitants" in mail.get_content()
        assert "Agathe Delmas" in mail.get_content()
        assert "une seule personne morale" in mail.get_content()
        for other in people:
            if other != fiche:
                for words in (other.last_name, other.slug, other.email, other.trade_name or other.last_name):
                    assert words not in whole
        for count in ("trois co-entrepreneurs", "à plusieurs co-entrepreneurs", "3 co-entrepreneurs"):
            assert count not in whole
        [path] = links_of(mail.get_content(), "reponse")
        tokens.add(path)
    assert len(tokens) == 3
    author = mails[BUYER]
    assert author["Reply-To"] == "contact@example.org"
    for first, last, _ in NAMES:
        assert f"{first} {last}" in author.get_content()
    for fiche in people:
        assert fiche.email not in author.get_content()


def test_who_left_the_catalogue_meanwhile_is_not_written_to_and_the_page_says_so(client):
    people = fiches(3)
    path = confirmation(people)
    leave(people[0])

    opened = client.get(path)
    page = client.post(path, follow=True)
    mails = run_jobs()

    assert "Aubrac" not in opened.text
    assert {mail.to[0] for mail in mails} == {BUYER, people[1].email, people[2].email}
    [author] = [mail for mail in mails if mail.to == [BUYER]]
    assert "Rien n’est parti à 1 fiche choisie" in author.body.replace("\u00a0", " ")
    assert "Aubrac" not in page.text + author.body
    assert "Rien ne lui a été écrit" in text_of(page)


def test_when_all_left_nothing_is_sent_and_that_is_said(client):
    people = fiches(2)
    path = confirmation(people)
    for fiche in people:
        leave(fiche)

    page = client.post(path, follow=True)
    [author] = run_jobs()

    assert author.to == [BUYER]
    assert "Rien n’est parti" in author.body
    assert "rien n’est parti" in text_of(page)
    assert tend_group_messages() == (0, 0)


def test_an_address_that_no_mail_reaches_keeps_no_other_from_theirs(client):
    people = fiches(3)
    path = confirmation(people)
    CoEntrepreneur.objects.filter(pk=people[0].pk).update(email="sans arobase")

    page = client.post(path, follow=True)

    assert {mail.to[0] for mail in run_jobs()} == {BUYER, people[1].email, people[2].email}
    assert "Rien n’a pu lui être écrit" in text_of(page)


def test_a_second_click_sends_nothing_more(client):
    path = confirmation(fiches(2))
    first = client.post(path)
    run_jobs()

    second, opened = client.post(path), client.get(path)

    assert first.status_code == second.status_code == opened.status_code == 302
    assert second.url.startswith("/messages/suivi/")
    assert run_jobs() == []


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_send_it_once():
    path = confirmation(fiches(2))

    first, second = at_once(lambda: Client().post(path), lambda: Client().post(path))

    assert first.status_code == second.status_code == 302
    assert len(run_jobs()) == 3


def test_past_its_date_it_is_sent_no_more_and_that_is_said(client, later):
    path = confirmation(fiches(2), days=2)
    later(3)

    opened, clicked = client.get(path), client.post(path)

    for page in (opened, clicked):
        assert page.status_code == 410
        assert "est passée" in text_of(page)
    assert run_jobs() == []
    assert GroupMessage.objects.get().confirmed_at is None


def test_what_nobody_confirms_goes_after_seven_days(client, later):
    path = confirmation(fiches(2), days=60)
    later(7, seconds=-1)
    call_command("purge_personal_data", yes=True, verbosity=0)
    assert client.get(path).status_code == 200
    later(seconds=2)

    assert client.post(path).status_code == 410
    call_command("purge_personal_data", yes=True, verbosity=0)

    assert not GroupMessage.objects.exists()
    assert not GroupRecipient.objects.exists()
