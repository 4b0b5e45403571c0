"""One message to several, as those who get it meet it: read, answered, changed; reminded once; summed up in time."""

from datetime import datetime, time, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.models import CoEntrepreneur, Consultation, GroupMessage, GroupRecipient, TeamMember
from directory.models.group_message import ANSWER_HOUR, FURTHEST, SOONEST
from directory.privacy.actions import Sought, erase
from directory.sourcing.message.actions import tend
from tests.at_once import at_once
from tests.cast import browser_of, referent
from tests.factories import CoEntrepreneurFactory, PublicClientFactory
from tests.jobs import run_jobs

from .group import BUYER, answer_path, author_path, declined, interested, knows, links_in, say, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(monkeypatch):
    """Sets the clock to an hour of a day that is so many days after today, where the cooperative is."""
    today = timezone.localdate()

    def at(days, hour=9, minute=0):
        now = timezone.make_aware(datetime.combine(today + timedelta(days=days), time(hour, minute)))
        monkeypatch.setattr(timezone, "now", lambda: now)

    return at


def text_of(response):
    return unescape(response.text).replace("\u00a0", " ")


def leave(recipient):
    CoEntrepreneur.objects.filter(pk=recipient.co_entrepreneur_id).update(client_public=False)


def reread(row):
    row.refresh_from_db()
    return row


# --- Read and answered -------------------------------------------------------------------------------------------


def test_a_program_that_follows_the_link_reads_nothing(client):
    _, (first, *_) = sent()
    path = answer_path(first)

    page = client.get(path)
    client.head(path)
    unread = reread(first).opened_at
    client.post(path, {"action": "read"})
    read_at = reread(first).opened_at
    client.post(path, {"action": "read"})

    assert "trois ateliers avec les habitants" in text_of(page)
    assert "Zerrouki" not in page.text
    assert unread is None
    assert read_at
    assert reread(first).opened_at == read_at


def test_each_of_the_three_answers_is_kept_with_what_goes_with_it(client):
    _, (first, second, third) = sent()

    for response in (interested(first, "Volontiers"), declined(second, "trade"), knows(third)):
        assert response.status_code == 302

    assert [(row.answer, row.reason, row.word) for row in map(reread, (first, second, third))] == [
        ("interested", "", "Volontiers"),
        ("declined", "trade", ""),
        ("knows", "", "Nora Haddad"),
    ]
    assert all(row.opened_at and row.answered_at for row in (first, second, third))
    page = text_of(client.get(answer_path(first)))
    assert "Vous avez répondu « Intéressé »" in page
    assert "Préparer une réponse en équipe" in page
    assert "Préparer une réponse en équipe" not in text_of(client.get(answer_path(second)))


@pytest.mark.parametrize(
    ("answer", "fields", "words"),
    [
        ("declined", {"non-word": "Je suis pris"}, "Dites pourquoi"),
        ("declined", {"non-reason": "mauvaise humeur", "non-word": "Je suis pris"}, "Je suis pris"),
        ("declined", {"non-reason": "other"}, "laquelle"),
        ("interested", {"oui-word": "x" * 501}, "500"),
        ("knows", {}, "un nom, une marque ou un métier"),
        ("knows", {"autre-word": "nora@example.org"}, "Ni adresse, ni téléphone"),
        ("knows", {"autre-word": "Nora, 06 12 34 56 78"}, "Ni adresse, ni téléphone"),
        ("knows", {"autre-word": "Nora 0612345678"}, "Ni adresse, ni téléphone"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(answer, fields, words):
    _, (first, *_) = sent()

    response = say(first, answer, **fields)

    page = text_of(response)
    assert words in page
    assert 'role="alert"' in page
    for value in fields.values():
        assert value in page
    assert reread(first).answer == ""


@pytest.mark.parametrize(
    "data", [{}, {"answer": "decline"}, {"answer": "\x00"}, {"action": "close"}, {"oui-word": "x"}]
)
def test_what_is_no_answer_changes_nothing(client, data):
    _, (first, *_) = sent()

    response = client.post(answer_path(first), data)

    assert response.status_code == 200
    assert reread(first).answer == ""
    assert reread(first).opened_at is None


def test_an_answer_is_changed_until_the_hour_of_the_date_and_not_after(at):
    message, (first, *_) = sent(days=10)
    interested(first)
    at(10, ANSWER_HOUR - 1, 59)
    declined(first, "busy")
    changed = reread(first).answer
    at(10, ANSWER_HOUR)

    late = interested(first)

    assert changed == "declined"
    assert late.status_code == 409
    assert reread(first).answer == "declined"
    assert reread(message).deadline == timezone.now()


def test_the_same_answer_again_changes_nothing(at):
    _, (first, *_) = sent()
    at(1)
    interested(first, "Volontiers")
    answered_at = reread(first).answered_at
    at(2)

    interested(first, "Volontiers")

    assert reread(first).answered_at == answered_at


def test_what_one_answers_is_shown_to_nobody_else_who_was_written_to(client):
    _, (first, second, _) = sent()
    interested(first, "Volontiers, dès janvier.")

    page = client.get(answer_path(second))

    assert "Volontiers" not in page.text
    assert "Aubrac" not in page.text


@pytest.mark.parametrize("gone", ["untick", "depart", "erase"])
def test_who_left_answers_no_more(client, gone, administrator):
    message, (first, *_) = sent()
    path, fiche = answer_path(first), first.co_entrepreneur
    interested(first, "Volontiers, signé Aubrac")
    if gone == "untick":
        leave(first)
    elif gone == "depart":
        CoEntrepreneur.objects.filter(pk=fiche.pk).update(departed_on=timezone.localdate())
    else:
        erase(Sought(fiches=(fiche.pk,)), by=administrator, reason="À sa demande")

    opened, posted = client.get(path), client.post(path, {"answer": "declined", "non-reason": "busy"})
    page = text_of(client.get(author_path(message)))

    assert opened.status_code == posted.status_code == 410
    assert "Aubrac" not in page
    assert "Volontiers" not in page
    assert "Co-entrepreneur retiré" in page
    assert GroupRecipient.objects.get(pk=first.pk).answer == ("" if gone == "erase" else "interested")


def test_an_erasure_leaves_no_word_of_the_person_and_masks_who_named_them(administrator):
    message, (first, second, _) = sent()
    fiche = first.co_entrepreneur
    interested(first, "Tout sur zyglotrax")
    knows(second, "Inès Aubrac")

    erase(Sought(fiches=(fiche.pk,)), by=administrator, reason="À sa demande")

    row, other = GroupRecipient.objects.get(pk=first.pk), reread(second)
    assert (row.co_entrepreneur, row.word, row.answered_at, row.opened_at) == (None, "", None, None)
    assert row.sent_at
    assert other.word == "co-entrepreneur retiré"
    assert reread(message)


def test_the_author_who_is_erased_takes_it_all_along(administrator):
    sent()

    erase(Sought(emails=(BUYER,)), by=administrator, reason="À sa demande")

    assert not GroupMessage.objects.exists()
    assert not GroupRecipient.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args::text LIKE %s", [f"%{BUYER}%"])
        assert cursor.fetchone() == (0,)


# --- Summed up ---------------------------------------------------------------------------------------------------


def test_the_author_is_told_once_when_all_have_answered(client):
    _, (first, second, third) = sent()
    interested(first, "Volontiers")
    declined(second, "other", "En congé")
    before = run_jobs()
    knows(third)
    [mail] = run_jobs()
    declined(first)
    after = run_jobs()

    assert before == after == []
    assert mail.to == [BUYER]
    assert mail.reply_to == ["contact@example.org"]
    assert mail.subject.startswith("1 personne est intéressée")
    for words in ("Inès Aubrac", "Volontiers", "En congé", "Nora Haddad", "une seule personne morale"):
        assert words in mail.body
    assert client.get(links_in(mail, "suivi")[0]).status_code == 200
    assert tend() == (0, 0)


def test_nobody_available_is_told_at_the_date_never_silence(at):
    _, (first, *_) = sent(days=10)
    declined(first)
    at(10, ANSWER_HOUR - 1, 59)
    tend()
    reminders = run_jobs()
    at(10, ANSWER_HOUR, 5)

    assert tend() == (0, 1)
    assert tend() == (0, 0)
    [mail] = run_jobs()
    assert [mail.to for mail in reminders if mail.to == [BUYER]] == []
    assert mail.to == [BUYER]
    assert mail.subject.startswith("Personne n’est disponible")
    assert timezone.localdate() == timezone.localdate(timezone.now())


def test_the_last_awaited_who_leaves_keeps_nobody_waiting():
    _, (first, second, third) = sent()
    declined(first)
    declined(second)
    leave(third)

    assert tend() == (0, 1)

    [mail] = run_jobs()
    assert "Quintin" not in mail.body
    assert "Co-entrepreneur retiré" in mail.body


@pytest.mark.django_db(transaction=True)
def test_two_last_answers_at_once_have_the_author_told_once():
    _, (first, second) = sent(2)

    at_once(lambda: interested(first), lambda: declined(second))

    assert [mail.to for mail in run_jobs()] == [[BUYER]]


# --- Reminded ----------------------------------------------------------------------------------------------------


def test_who_has_not_answered_is_reminded_once_half_way(at):
    _, (first, second, third) = sent(days=10)
    declined(first)
    Client().post(answer_path(second), {"action": "read"})
    reminded = {}
    for days in range(11):
        at(days)
        tend()
        tend()
        reminded[days] = [mail.to[0] for mail in run_jobs()]

    assert {days: to for days, to in reminded.items() if to} == {
        5: [second.co_entrepreneur.email, third.co_entrepreneur.email]
    }


def test_a_reminder_is_to_one_and_answers_the_buyer(at):
    _, recipients = sent(2, days=10)
    at(5)
    tend()

    mails = run_jobs()

    assert [mail.to for mail in mails] == [[row.co_entrepreneur.email] for row in recipients]
    for mail, row, other in zip(mails, recipients, reversed(recipients), strict=True):
        assert mail.reply_to == [BUYER]
        assert other.co_entrepreneur.last_name not in mail.subject + mail.body
        assert mail.bcc == mail.cc == []
        [path] = links_in(mail, "reponse")
        assert Client().post(path, {"answer": "interested"}).status_code == 302
        assert reread(row).is_interested


def test_who_left_is_not_reminded(at):
    _, (first, second) = sent(2, days=10)
    leave(first)
    at(5)
    tend()

    assert [mail.to for mail in run_jobs()] == [[second.co_entrepreneur.email]]


DAYS = st.integers(SOONEST.days, FURTHEST.days)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    total=DAYS,
    waits=st.integers(0, 7),
    visits=st.lists(st.integers(0, FURTHEST.days + 2), max_size=12),
    answers_on=st.none() | st.integers(0, FURTHEST.days),
    closes_on=st.none() | st.integers(0, FURTHEST.days),
)
def test_a_reminder_comes_half_way_or_not_at_all(at, *, total, waits, visits, answers_on, closes_on):
    """Whenever the job runs, late or again: never sooner than half-way, on the next day, on the date, nor twice."""
    today = timezone.localdate()
    at(waits)
    answer_by = today + timedelta(days=total)
    message = GroupMessage.objects.create(
        name="A",
        organisation="Mairie",
        email=BUYER,
        subject="Objet",
        message="Besoin",
        answer_by=answer_by,
        created_at=timezone.now() - timedelta(days=waits),
        confirmed_at=timezone.now(),
    )
    fiche = CoEntrepreneurFactory(listed=True)
    row = message.recipients.create(co_entrepreneur=fiche, sent_at=timezone.now())
    for days in sorted(waits + days for days in visits):
        at(days)
        if answers_on is not None and answers_on <= days and not reread(row).answer and reread(message).is_open:
            declined(row)
        if closes_on is not None and closes_on <= days:
            Client().post(author_path(message), {"action": "close"})
        tend()
    reminders = [mail for mail in run_jobs() if mail.to == [fiche.email]]
    row.refresh_from_db()
    message.refresh_from_db()

    assert len(reminders) == bool(row.reminded_at)
    if row.reminded_at:
        day, sent_on = timezone.localdate(row.reminded_at), timezone.localdate(message.confirmed_at)
        assert (day - sent_on) * 2 >= answer_by - sent_on
        assert day - sent_on >= timedelta(days=2)
        assert day < answer_by
        assert not row.answered_at or row.answered_at > row.reminded_at
        assert not message.closed_at or message.closed_at > row.reminded_at
    GroupMessage.objects.all().delete()


# --- The team ----------------------------------------------------------------------------------------------------


def team_path(recipient):
    return f"/messages/equipe/{recipient.pk}/"


def open_team(recipient, browser=None, **changes):
    browser = browser or browser_of(recipient.co_entrepreneur)
    form = {"client_name": "Mairie de Valferrand", "client_type": "commune"}
    form |= {"deadline": (timezone.localdate() + timedelta(days=30)).isoformat()}
    return browser.post(team_path(recipient), form | changes)


def test_who_is_interested_comes_through_the_door_of_their_space_and_back(client):
    _, (first, *_) = sent()
    interested(first)

    page = client.get(answer_path(first))
    led = client.get(team_path(first))

    assert f'href="{team_path(first)}"' in page.text
    assert led.url == f"/mon-espace/connexion/?suite={team_path(first).replace('/', '%2F')}"


def test_the_first_who_opens_leads_and_invites_who_is_interested_and_nobody_else():
    message, (first, second, third, _fourth) = sent(4)
    interested(first)
    interested(second)
    declined(third)
    run_jobs()
    page = browser_of(first.co_entrepreneur).get(team_path(first))

    response = open_team(first)
    mails = run_jobs()

    consultation = Consultation.objects.get()
    assert "Zerrouki" not in page.text
    assert "Trois ateliers d’habitants" in text_of(page)
    assert response.url == consultation.get_absolute_url()
    assert (consultation.subject, consultation.buyer.name) == ("Trois ateliers d’habitants", "Mairie de Valferrand")
    seats = {seat.co_entrepreneur: seat for seat in consultation.team.all()}
    assert set(seats) == {first.co_entrepreneur, second.co_entrepreneur}
    assert seats[first.co_entrepreneur].role == TeamMember.Role.LEAD
    assert seats[second.co_entrepreneur].is_invited
    assert "trois ateliers avec les habitants" in seats[second.co_entrepreneur].message
    assert [mail.to for mail in mails] == [[second.co_entrepreneur.email]]
    assert reread(message).consultation == consultation


def test_who_is_interested_later_is_invited_then_and_once():
    _, (first, second, third) = sent()
    interested(first)
    open_team(first)
    run_jobs()

    interested(second)
    invited = run_jobs()
    declined(second)
    interested(second)

    assert [mail.to for mail in invited] == [[second.co_entrepreneur.email]]
    assert run_jobs() == []
    assert Consultation.objects.count() == 1
    assert reread(third).answer == ""


def test_a_second_click_opens_nothing_more():
    _, (first, second, _) = sent()
    interested(first)
    interested(second)

    urls = {open_team(first).url, open_team(first).url, open_team(second).url}

    assert len(urls) == 1
    assert Consultation.objects.count() == 1
    assert TeamMember.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_open_at_once_are_one_team():
    _, (first, second, _) = sent()
    interested(first)
    interested(second)

    at_once(lambda: open_team(first), lambda: open_team(second))

    consultation = Consultation.objects.get()
    assert consultation.team.count() == 2


def test_a_client_of_the_directory_is_taken_without_anything_typed():
    known = PublicClientFactory(name="Mairie de Valferrand")
    _, (first, *_) = sent()
    interested(first)
    page = browser_of(first.co_entrepreneur).get(team_path(first))
    fields = page.context["form"]

    response = open_team(first, client_type="", client=fields["client"].value(), client_asked="Mairie de Valferrand")

    assert response.status_code == 302
    assert Consultation.objects.get().buyer == known


@pytest.mark.parametrize("deadline", ["", "hier", "2020-01-01", "9999-01-01"])
def test_a_date_that_is_none_is_said_and_opens_nothing(deadline):
    _, (first, *_) = sent()
    interested(first)

    response = open_team(first, deadline=deadline)

    assert response.status_code == 200
    assert 'role="alert"' in response.text
    assert not Consultation.objects.exists()


def test_a_likely_duplicate_is_said_and_the_others_wait():
    known = PublicClientFactory(name="Mairie de Valferrand", type="commune")
    _, (first, second, _) = sent()
    interested(first)
    interested(second)
    other = CoEntrepreneurFactory(listed=True)
    twin = browser_of(other).post(
        "/consultations/ouvrir/",
        {
            "client_name": known.name,
            "client": known.pk,
            "client_asked": known.name,
            "subject": "Ateliers",
            "deadline": f"{timezone.localdate() + timedelta(days=30)} 12:00",
        },
    )

    browser = browser_of(first.co_entrepreneur)
    page = open_team(first, browser, client=known.pk, client_asked=known.name)
    page = browser.get(page.url)

    assert twin.status_code == 302
    assert "ne sont pas encore invitées" in text_of(page)
    assert Consultation.objects.get(pk=reread(first).message.consultation_id).team.count() == 1


# --- Each address, each kind of visitor --------------------------------------------------------------------------


def test_each_address_for_each_kind_of_visitor(administrator):
    message, (first, second, third) = sent()
    interested(first)
    interested(second)
    own_referent = first.co_entrepreneur.referent
    visitors = {
        "anybody": Client(),
        "who was written to": browser_of(first.co_entrepreneur),
        "another who was": browser_of(second.co_entrepreneur),
        "one who did not say interested": browser_of(third.co_entrepreneur),
        "a stranger": browser_of(CoEntrepreneurFactory(listed=True)),
        "their référent": browser_of(own_referent),
        "another référent": browser_of(referent()),
        "an administrator": browser_of(administrator),
    }
    author = author_path(message)
    pages = {
        "new": "/messages/nouveau/",
        "sent": "/messages/demande/",
        "author": author,
        "delete": author.replace("suivi", "effacer"),
        "answer": answer_path(first),
        "team": team_path(first),
    }

    seen = {
        page: {who: browser.get(path).status_code for who, browser in visitors.items()} for page, path in pages.items()
    }

    everybody = dict.fromkeys(visitors, 200)
    door = dict.fromkeys(("anybody", "their référent", "another référent", "an administrator"), 302)
    assert seen == {
        "new": everybody,
        "sent": everybody,
        "author": everybody,
        "delete": everybody,
        # Whoever holds the link, unless they are signed in as somebody else.
        "answer": dict.fromkeys(visitors, 404) | {"anybody": 200, "who was written to": 200},
        "team": dict.fromkeys(visitors, 404) | door | {"who was written to": 200},
    }


def test_only_who_said_interested_opens_a_team():
    _, (first, *_) = sent()
    browser = browser_of(first.co_entrepreneur)

    before = browser.get(team_path(first)).status_code, open_team(first).status_code
    declined(first)
    after = browser.get(team_path(first)).status_code, open_team(first).status_code

    assert before == after == (404, 404)
    assert not Consultation.objects.exists()


def test_the_back_office_shows_a_referent_what_came_to_their_own_and_not_to_whom_else(administrator):
    _, (first, second, _) = sent()
    own = browser_of(first.co_entrepreneur.referent)
    url = "/admin/directory/grouprecipient/"
    first.co_entrepreneur.referent.user.groups.add(*referent().user.groups.all())

    seen, whole = own.get(url), own.get(f"{url}{first.pk}/change/")
    others = own.get(f"{url}{second.pk}/change/")
    all_seen = browser_of(administrator).get(url)

    assert "Aubrac" in seen.text
    assert "Zerrouki" not in seen.text + whole.text
    assert "trois ateliers avec les habitants" in text_of(whole)
    assert others.status_code in {302, 404}
    assert "Aubrac" in all_seen.text
    assert "Zerrouki" in all_seen.text
    assert own.post(f"{url}{first.pk}/change/", {"word": "x"}).status_code == 403


def test_what_waits_for_its_confirmation_is_nobodys_to_read():
    from .group import fiches, write

    people = fiches(2)
    write(people)
    row = GroupRecipient.objects.first()

    assert browser_of(people[0]).get(team_path(row)).status_code == 404
    assert Client().get(answer_path(row)).status_code == 410
    assert Client().get(author_path(row.message)).status_code == 410
