"""What one message to several does by itself: its author told in time, who hasn't answered reminded once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.models import GroupMessage
from directory.models.group_message import ANSWER_HOUR, FURTHEST, SOONEST
from directory.sourcing.message.actions import tend
from tests.at_once import at_once
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

from .group import BUYER, answer_path, author_path, declined, interested, knows, leave, links_in, reread, sent

pytestmark = pytest.mark.django_db


# --- Summed up ---------------------------------------------------------------------------------------------------


def test_the_author_is_told_once_when_all_have_answered(client, at):
    message, (first, second, third) = sent(days=10)
    interested(first, "Volontiers")
    declined(second, "other", "En congé")
    before = run_jobs()
    knows(third)
    [mail] = run_jobs()
    at(10, ANSWER_HOUR, 5)

    assert before == []
    assert mail.to == [BUYER]
    assert mail.reply_to == ["contact@example.org"]
    assert mail.subject.startswith("1 personne est intéressée")
    for words in ("Inès Aubrac", "Volontiers", "En congé", "Nora Haddad", "une seule personne morale"):
        assert words in mail.body
    assert "jusqu’à la date que vous demandiez" in mail.body
    assert client.get(links_in(mail, "suivi")[0]).status_code == 200
    assert tend() == tend() == (0, 0)
    assert run_jobs() == []
    assert reread(message).summed_up_at == timezone.now()


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


def change_to_interested(recipient):
    interested(recipient, "Finalement, oui.")


def change_to_declined(recipient):
    declined(recipient, "other", "Finalement, non.")


def change_of_words(recipient):
    knows(recipient, "Paule Vidal")


def departure(recipient):
    leave(recipient.co_entrepreneur)


@pytest.mark.parametrize(
    ("answer", "change", "before", "after"),
    [
        (declined, change_to_interested, "Personne n’est disponible", "1 personne est intéressée"),
        (interested, change_to_declined, "1 personne est intéressée", "Personne n’est disponible"),
        (interested, departure, "1 personne est intéressée", "Personne n’est disponible"),
        (knows, change_of_words, "Nora Haddad", "Paule Vidal"),
    ],
)
def test_what_changed_since_it_was_told_is_told_at_the_date_and_once(at, answer, change, before, after):
    _, (first, second) = sent(2, days=10)
    answer(first)
    declined(second)
    [told] = run_jobs()
    at(2)
    change(first)
    at(10, ANSWER_HOUR - 1, 59)
    sooner = tend()
    at(10, ANSWER_HOUR, 5)

    assert sooner == (0, 0)
    assert [tend(), tend()] == [(0, 1), (0, 0)]
    [corrected] = run_jobs()
    assert corrected.to == [BUYER]
    assert before in told.subject + told.body
    assert after in corrected.subject + corrected.body
    assert before not in corrected.subject + corrected.body
    assert "changé depuis notre dernier courriel" in corrected.body
    assert "changer de réponse" not in corrected.body


def test_who_comes_back_to_what_they_said_has_nothing_more_told(at):
    _, (first, second) = sent(2, days=10)
    declined(first)
    declined(second)
    told = run_jobs()
    interested(first)
    declined(first)
    at(10, ANSWER_HOUR, 5)

    assert tend() == (0, 0)
    assert [mail.to for mail in told + run_jobs()] == [[BUYER]]


def test_the_last_awaited_who_leaves_keeps_nobody_waiting():
    _, (first, second, third) = sent()
    declined(first)
    declined(second)
    leave(third.co_entrepreneur)

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
    leave(first.co_entrepreneur)
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
