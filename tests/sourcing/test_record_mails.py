"""What a record mails: nothing before its address is confirmed; its end said before it comes, its outcome asked once."""

import re
from datetime import UTC, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.models import ClosedRecord, SourcingRecord, Unfreezing, sourcing_record
from directory.privacy.actions import Sought, erase, lines_of
from directory.sourcing.record import actions
from directory.sourcing.record.tasks import tend_records
from tests import cast
from tests.at_once import behind
from tests.jobs import run_jobs

from .records import BUYER, close, fresh, open_record, reachable, served, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def fiche():
    return served(first_name="Lucie", last_name="Astruc")


@pytest.fixture
def later(monkeypatch):
    start = timezone.localtime()

    def later(days):
        now = (start + timedelta(days=days)).astimezone(UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)

    return later


def path_in(mail):
    [path] = re.findall(r"(/selection/\S+)", mail.body)
    return path


def test_only_the_click_has_the_link_mailed(client, fiche, mailoutbox):
    record = open_record(kept=[fiche])
    url = f"{record.get_absolute_url()}adresse/"
    client.post(url, {"email": BUYER})
    run_jobs()
    [mail] = mailoutbox
    confirm = path_in(mail)

    opened = client.get(confirm)
    run_jobs()
    still = len(mailoutbox)
    clicked = client.post(confirm)
    client.post(confirm)
    run_jobs()

    assert record.key not in mail.body
    assert BUYER in text_of(opened)
    assert still == 1
    assert "confirmée" in text_of(clicked)
    assert len(mailoutbox) == 2
    assert path_in(mailoutbox[1]) == record.get_absolute_url()
    assert record.key not in clicked.text


def test_another_address_makes_the_first_link_dead(client, fiche, mailoutbox):
    record = open_record(kept=[fiche])
    for email in (BUYER, "autre@valferrand.example"):
        seen = actions.state_of_email(fresh(record))
        client.post(f"{record.get_absolute_url()}adresse/", {"email": email, "seen": seen})
    run_jobs()
    first, second = (path_in(mail) for mail in mailoutbox)

    assert client.post(first).status_code == 410
    assert client.post(second).status_code == 200
    assert fresh(record).email == "autre@valferrand.example"


@pytest.mark.usefixtures("stopped_clock")
def test_one_address_is_not_flooded(client, fiche, mailoutbox):
    answers = [
        client.post(f"{open_record(kept=[fiche]).get_absolute_url()}adresse/", {"email": BUYER}) for _ in range(6)
    ]
    run_jobs()

    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert BUYER in answers[-1].text
    assert len(mailoutbox) == 5


def test_one_address_is_not_flooded_by_coming_back_each_hour(client, fiche, mailoutbox, later):
    # The middle of a day of counters.
    hours = 24 - timezone.now().hour
    answers = []
    for hour in range(8):
        later((hours + hour) / 24)
        page = f"{open_record(kept=[fiche]).get_absolute_url()}adresse/"
        answers.append(client.post(page, {"email": BUYER}).status_code)
    run_jobs()

    assert answers == [302] * 5 + [429] * 3
    assert len(mailoutbox) == 5


def test_a_stranger_reads_nothing_that_another_typed(client, fiche, mailoutbox):
    record = open_record(kept=[fiche], need="Gagnez mille euros sur zyglotrax.example")
    client.post(f"{record.get_absolute_url()}adresse/", {"email": BUYER})
    run_jobs()
    [mail] = mailoutbox

    assert "zyglotrax" not in mail.subject + mail.body
    assert "Valferrand" not in mail.subject + mail.body


def test_a_click_confirms_no_address_but_the_one_that_was_read(client, fiche, mailoutbox, monkeypatch):
    record = open_record(kept=[fiche])
    actions.ask_email(record_pk=record.pk, email=BUYER)
    run_jobs()
    [mail] = mailoutbox
    confirm = actions.confirm_email

    def after_another(**given):
        seen = actions.state_of_email(fresh(record))
        actions.ask_email(record_pk=record.pk, email="autre@valferrand.example", seen=seen)
        return confirm(**given)

    monkeypatch.setattr(actions, "confirm_email", after_another)
    clicked = client.post(path_in(mail))

    assert clicked.status_code == 410
    assert fresh(record).email == "autre@valferrand.example"
    assert not fresh(record).is_reachable


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("gesture", ["close", "add", "set_aside", "ask_email", "erase"])
def test_what_is_erased_while_another_writes_goes_whole(gesture):
    fiche, other = served(first_name="Lucie", last_name="Astruc"), served(first_name="Nora", last_name="Cazal")

    def write(record):
        why = {"query": "", "label": "", "is_rest": False, "reason": "fit", "words": ""}
        return {
            "close": lambda: close(record),
            "add": lambda: actions.add(record_pk=record.pk, fiches=[other.pk]),
            "set_aside": lambda: actions.set_aside(record_pk=record.pk, fiches=[other.pk], **why),
            "ask_email": lambda: actions.ask_email(record_pk=record.pk, email=BUYER),
            "erase": lambda: actions.erase(record_pk=record.pk),
        }[gesture]

    written, erased = open_record(kept=[fiche], query=None), open_record(kept=[fiche], query=None)
    first = behind(write(written), lambda: actions.erase(record_pk=written.pk))
    refused = behind(lambda: actions.erase(record_pk=erased.pk), write(erased))

    assert first is None
    assert refused is None or isinstance(refused, actions.ClosedError | SourcingRecord.DoesNotExist)
    assert not SourcingRecord.objects.exists()
    assert not ClosedRecord.objects.exists()


def test_an_address_that_nobody_confirms_is_forgotten_and_the_record_stays(fiche, later):
    record = open_record(kept=[fiche])
    actions.ask_email(record_pk=record.pk, email=BUYER)
    later(8)

    call_command("purge_personal_data", yes=True, verbosity=0)

    assert fresh(record).email == ""


def test_the_address_is_erased_by_a_button(client, fiche):
    record = reachable(open_record(kept=[fiche]))

    client.post(f"{record.get_absolute_url()}adresse/", {"action": "forget"})

    assert (fresh(record).email, fresh(record).is_reachable) == ("", False)


def test_an_open_one_ends_ninety_days_after_its_last_change_once_that_was_said(client, fiche, mailoutbox, later):
    record, silent = reachable(open_record(kept=[fiche])), open_record(kept=[fiche])
    run_jobs()
    mailoutbox.clear()
    later(77)
    assert tend_records()[1] == 1
    assert tend_records()[1] == 0
    run_jobs()
    [mail] = mailoutbox
    later(92)
    ended = client.get(record.get_absolute_url()).status_code, client.get(silent.get_absolute_url()).status_code
    call_command("purge_personal_data", yes=True, verbosity=0)

    assert "s’efface le" in mail.subject
    assert path_in(mail) == record.get_absolute_url()
    assert ended == (404, 404)
    assert not SourcingRecord.objects.exists()


def test_one_whose_end_was_not_said_in_time_lasts_until_two_weeks_after_it_is(fiche, mailoutbox, later):
    record = reachable(open_record(kept=[fiche]))
    later(100)
    call_command("purge_personal_data", yes=True, verbosity=0)

    assert tend_records()[1] == 1
    assert fresh(record).ends_on == timezone.localdate() + sourcing_record.WARNED_BEFORE


def test_a_change_gives_it_as_long_again(fiche, later):
    record = reachable(open_record(kept=[fiche]))
    later(80)
    tend_records()
    actions.add(record_pk=record.pk, fiches=[])

    assert fresh(record).ends_on == timezone.localdate() + sourcing_record.OPEN_FOR
    assert fresh(record).warned_on is None


def test_the_end_of_a_closed_one_is_said_before_it_comes(client, fiche, mailoutbox, later):
    record = reachable(open_record(kept=[fiche]))
    close(record)
    later(31)
    tend_records()
    run_jobs()
    mailoutbox.clear()
    later(350)
    too_soon = tend_records()[1]
    later(351)
    warned = tend_records()[1], tend_records()[1]
    run_jobs()
    [mail] = mailoutbox
    later(366)
    call_command("purge_personal_data", yes=True, verbosity=0)

    assert (too_soon, warned) == (0, (1, 0))
    assert "s’efface le" in mail.subject
    assert "Prenez d’ici là le PDF" in mail.body
    assert path_in(mail) == record.get_absolute_url()
    assert not SourcingRecord.objects.exists()


@pytest.mark.parametrize("is_closed", [False, True])
def test_an_address_confirmed_after_the_notice_is_told_of_the_end_too(fiche, mailoutbox, later, is_closed):
    record = reachable(open_record(kept=[fiche]))
    if is_closed:
        close(record)
    run_jobs()
    later(355 if is_closed else 80)
    tend_records()
    reachable(record, "autre@valferrand.example")
    run_jobs()
    mailoutbox.clear()
    later(356 if is_closed else 81)

    assert tend_records()[1] == 1
    run_jobs()
    [mail] = mailoutbox
    assert mail.to == ["autre@valferrand.example"]
    assert fresh(record).ends_on >= timezone.localdate() + sourcing_record.WARNED_BEFORE


@pytest.mark.parametrize("years", [1, 2, 3])
def test_a_closed_one_ends_after_the_years_that_were_chosen(fiche, later, years):
    record = open_record(kept=[fiche])
    close(record, years=years)
    later(years * 365)
    call_command("purge_personal_data", yes=True, verbosity=0)
    still = SourcingRecord.objects.count()
    later(years * 365 + 1)
    call_command("purge_personal_data", yes=True, verbosity=0)

    assert still == 1
    assert not SourcingRecord.objects.exists()
    assert not ClosedRecord.objects.exists()
    assert Unfreezing.objects.get().purpose == Unfreezing.Purpose.PURGE


def test_the_outcome_is_asked_once_and_answered_by_a_button(client, fiche, mailoutbox, later):
    record = reachable(open_record(kept=[fiche]))
    close(record)
    run_jobs()
    mailoutbox.clear()
    later(29)
    assert tend_records()[2] == 0
    later(31)
    assert tend_records()[2] == 1
    assert tend_records()[2] == 0
    run_jobs()
    [mail] = mailoutbox
    path = path_in(mail)

    opened = client.get(path)
    before = fresh(record).outcome
    lacking = client.post(path, {"outcome": "none"})
    client.post(path, {"outcome": "none", "why_none": "budget", "words": "Voté plus tard."})

    assert path == f"{record.get_absolute_url()}suite/"
    assert opened.status_code == 200
    assert before == ""
    assert "Dites pourquoi" in text_of(lacking)
    assert (fresh(record).outcome, fresh(record).why_none) == ("none", "budget")
    assert "Le budget ne le permettait pas" in text_of(client.get(record.get_absolute_url()))


def test_an_outcome_told_by_itself_is_not_asked(client, fiche, later):
    record = reachable(open_record(kept=[fiche]))
    close(record)
    client.post(f"{record.get_absolute_url()}suite/", {"outcome": "contract", "why_none": "budget"})
    later(31)

    assert tend_records()[2] == 0
    assert fresh(record).why_none == ""


def test_a_record_is_erased_at_once_by_a_step(client, fiche):
    open_one, closed = open_record(kept=[fiche]), open_record(kept=[fiche])
    close(closed)
    for record in (open_one, closed):
        url = f"{record.get_absolute_url()}effacer/"
        assert client.get(url).status_code == 200
        assert client.post(url, {}).status_code == 200
        assert SourcingRecord.objects.filter(pk=record.pk).exists()
        assert "Il n’en reste rien" in text_of(client.post(url, {"action": "erase"}))
        assert client.get(record.get_absolute_url()).status_code == 404
    assert not SourcingRecord.objects.exists()
    assert Unfreezing.objects.get().purpose == Unfreezing.Purpose.BUYER


def test_a_buyer_finds_and_erases_what_is_kept_by_their_address(fiche):
    record = reachable(open_record(kept=[fiche], need=f"Écrire à {BUYER} pour le reste."))

    found = list(lines_of(Sought(emails=(BUYER,))))
    erase(Sought(emails=(BUYER,)), by=cast.administrator(), reason="À la demande de la personne")
    row = fresh(record)

    assert found
    assert row.email == ""
    assert row.email_confirmed_at is None
    assert BUYER not in row.need
    assert Client().get(row.get_absolute_url()).status_code == 200


def test_an_address_that_is_known_is_treated_as_any_other(fiche):
    def told(email):
        record = open_record(kept=[fiche])
        with CaptureQueriesContext(connection) as queries:
            answer = Client().post(f"{record.get_absolute_url()}adresse/", {"email": email})
        sql = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]
        return answer.status_code, answer.url.partition("?")[2], sql

    known = [cast.referent().email, cast.administrator().email, fiche.email, reachable(open_record(kept=[fiche])).email]

    assert [told(email) for email in known] == [told("personne@example.org")] * len(known)


def test_no_mail_says_a_key_before_its_address_is_confirmed(fiche, mailoutbox, later):
    record = open_record(kept=[fiche])
    actions.ask_email(record_pk=record.pk, email=BUYER)
    close(record)
    for days in (31, 85, 360):
        later(days)
        tend_records()
    run_jobs()

    assert len(mailoutbox) == 1
    assert record.key not in mailoutbox[0].body
