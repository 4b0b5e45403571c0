from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app

from directory.listing import actions, tasks
from directory.management import tasks as daily
from directory.models import CoEntrepreneur, ContactMessage, ListingRequest
from directory.models.decision import LATE_AFTER_DAYS as LATE
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db


def recipients():
    return sorted(address for message in run_jobs() for address in message.to)


def waiting_for(days):
    return ListingRequestFactory(submitted_at=timezone.now() - timedelta(days=days))


def test_every_job_is_periodic():
    app.perform_import_paths()

    assert {name for name, _ in app.periodic_registry.periodic_tasks} >= {
        "untick_departed",
        "remind_referents",
        "purge_personal_data",
    }


def test_a_job_runs_as_the_worker_defers_it():
    CoEntrepreneurFactory(listed=True, departed_on=timezone.localdate())

    tasks.untick_departed.defer(timestamp=0)

    assert len(run_jobs()) == 2
    assert not CoEntrepreneur.objects.get().client_public


def test_a_departed_fiche_is_unticked_on_its_day_and_both_are_told():
    today = timezone.localdate()
    leaving = CoEntrepreneurFactory(listed=True, departed_on=today)
    staying = CoEntrepreneurFactory(listed=True, departed_on=today + timedelta(days=1))

    assert tasks.untick_departed() == 1

    leaving.refresh_from_db()
    staying.refresh_from_db()
    assert (leaving.client_public, staying.client_public) == (False, True)
    assert recipients() == sorted([leaving.email, leaving.referent.email])


def test_the_history_says_why_a_departed_fiche_was_unticked():
    fiche = CoEntrepreneurFactory(listed=True, departed_on=timezone.localdate())

    tasks.untick_departed()

    context = fiche.events.latest("pgh_created_at", "pgh_id").pgh_context.metadata
    assert context == {"user": None, "reason": actions.DEPARTURE}


def test_unticking_departed_twice_tells_once():
    CoEntrepreneurFactory(listed=True, departed_on=timezone.localdate())
    tasks.untick_departed()
    run_jobs()

    assert tasks.untick_departed() == 0
    assert recipients() == []


@pytest.mark.parametrize(("days", "step"), [(LATE - 1, 0), (LATE, LATE), (20, LATE), (21, 21), (400, 21)])
def test_a_reminder_goes_out_when_it_becomes_late_then_at_twenty_one_days(days, step):
    request = waiting_for(days)

    sent = tasks.remind_referents()

    request.refresh_from_db()
    assert sent == bool(step)
    assert request.reminded_days == step
    assert recipients() == ([request.referent.email] if step else [])


def test_a_reminder_goes_out_on_the_day_that_shows_it_late():
    evening = timezone.localtime().replace(hour=23, minute=59) - timedelta(days=LATE)
    request = ListingRequestFactory(submitted_at=evening)

    assert request.is_late
    assert tasks.remind_referents() == 1


def test_a_step_is_reminded_once():
    request = waiting_for(LATE)
    tasks.remind_referents()
    tasks.remind_referents()
    first = recipients()

    ListingRequest.objects.update(submitted_at=timezone.now() - timedelta(days=21))
    tasks.remind_referents()
    tasks.remind_referents()

    assert first == [request.referent.email]
    assert recipients() == [request.referent.email]


@pytest.mark.parametrize("close", ["withdraw", "refuse", "ask"])
def test_what_no_longer_waits_is_not_reminded(close):
    request = waiting_for(30)
    user = request.referent.user
    if close == "withdraw":
        actions.withdraw(request_pk=request.pk)
    elif close == "refuse":
        actions.refuse(request_pk=request.pk, by=user, reason="offer_unclear")
    else:
        actions.ask_for_changes(request_pk=request.pk, by=user, comment="?")

    assert tasks.remind_referents() == 0


def test_the_daily_purge_erases_what_is_too_old():
    message = ContactMessage.objects.create(
        co_entrepreneur=CoEntrepreneurFactory(),
        name="Lucie Ferrand",
        organisation="Commune de Valferrand",
        email="lucie@valferrand.example",
        message="Bonjour",
        created_at=timezone.now() - timedelta(days=400),
    )

    daily.purge_personal_data.defer(timestamp=0)
    run_jobs()

    assert not ContactMessage.objects.filter(pk=message.pk).exists()
