"""Decisions on references: who may take them, who is told, and what two people at once are told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from directory.decisions import AlreadyDecided, Incomplete, NotYours, Stale
from directory.models import Participation, PublicClient, Reference
from directory.references import actions
from tests import cast
from tests.at_once import at_once
from tests.cast import awaiting
from tests.factories import (
    AdministratorFactory,
    CoEntrepreneurFactory,
    PublicClientFactory,
    ReferentFactory,
)
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
State = Reference.State


@pytest.fixture
def waiting():
    return awaiting(co_entrepreneur=CoEntrepreneurFactory(first_name="Lucie", email="lucie@example.org"))


def follower(reference):
    return reference.co_entrepreneur.referent.user


def validate(reference, by=None):
    reference.refresh_from_db()
    return actions.validate(reference_pk=reference.pk, by=by or follower(reference), version=reference.version)


def a_day_passes():
    """Put the history of what happened until now a day earlier: a test is one transaction, of one instant."""
    past = timezone.now() - timedelta(days=1)
    Reference.events.rel.related_model.objects.update(pgh_created_at=past)
    Participation.events.rel.related_model.objects.update(pgh_created_at=past)


def test_validating_records_who_and_when_and_tells_the_keeper(waiting):
    actions.validate(reference_pk=waiting.pk, by=follower(waiting), version=1, comment="Bravo")

    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by, waiting.version) == (State.VALIDATED, follower(waiting), 2)
    [mail] = run_jobs()
    assert mail.to == ["lucie@example.org"]
    assert "Bravo" in mail.body


def test_asking_for_completion_says_what_and_tells_the_keeper(waiting):
    actions.ask_for_changes(reference_pk=waiting.pk, by=follower(waiting), version=1, comment="Et les résultats ?")

    waiting.refresh_from_db()
    assert (waiting.state, waiting.comment) == (State.CHANGES_ASKED, "Et les résultats ?")
    [mail] = run_jobs()
    assert "Et les résultats ?" in mail.body
    assert f"/mon-espace/references/{waiting.pk}/modifier/" in mail.body


def test_asking_without_saying_what_is_refused(waiting):
    with pytest.raises(Incomplete):
        actions.ask_for_changes(reference_pk=waiting.pk, by=follower(waiting), version=1, comment=" \n")


def test_only_who_follows_the_keeper_or_an_administrator_decides(waiting):
    third = ReferentFactory()
    Participation.objects.create(reference=waiting, co_entrepreneur=CoEntrepreneurFactory(referent=third))

    with pytest.raises(NotYours):
        validate(waiting, by=third.user)
    validate(waiting, by=AdministratorFactory())

    assert Reference.objects.get().state == State.VALIDATED


def test_the_second_of_two_who_decide_is_told_who_was_first(waiting):
    validate(waiting)

    with pytest.raises(AlreadyDecided, match=waiting.co_entrepreneur.referent.name):
        actions.ask_for_changes(reference_pk=waiting.pk, by=follower(waiting), version=2, comment="Trop tard")

    assert Reference.objects.get().state == State.VALIDATED


def test_what_changed_since_it_was_read_is_not_validated(waiting):
    waiting.place, waiting.version = "Sète", 2
    waiting.save()

    with pytest.raises(Stale, match="lieu") as refusal:
        actions.validate(reference_pk=waiting.pk, by=follower(waiting), version=1)

    assert refusal.value.current.version == 2
    assert Reference.objects.get().state == State.TO_VALIDATE


def test_colleagues_are_told_once_it_is_validated_and_not_before(waiting):
    nora = CoEntrepreneurFactory(email="nora@example.org")
    Participation.objects.create(reference=waiting, co_entrepreneur=nora, part="cartographe")
    before = run_jobs()

    validate(waiting)

    mails = {mail.to[0]: mail.body for mail in run_jobs()}
    assert before == []
    assert set(mails) == {"lucie@example.org", "nora@example.org"}
    assert "Votre part\N{NO-BREAK SPACE}: cartographe." in mails["nora@example.org"]
    assert f"/mon-espace/references/{waiting.pk}/" in mails["nora@example.org"]


def test_a_second_validation_tells_those_who_came_since_alone(waiting):
    first, second, gone = CoEntrepreneurFactory.create_batch(3)
    Participation.objects.create(reference=waiting, co_entrepreneur=first)
    validate(waiting)
    run_jobs()
    a_day_passes()
    Reference.objects.update(state=State.TO_VALIDATE)
    for one in (second, gone):
        Participation.objects.create(reference=waiting, co_entrepreneur=one)
    gone.departed_on = timezone.localdate()
    gone.save()

    validate(waiting)

    assert {mail.to[0] for mail in run_jobs()} == {"lucie@example.org", second.email}


def test_what_the_team_corrects_waits_still(waiting):
    waiting.results = "Voté"

    actions.record(reference=waiting, by=follower(waiting))
    actions.tell_newcomers(reference=waiting)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by, waiting.results) == (State.TO_VALIDATE, None, "Voté")
    assert run_jobs() == []


def test_what_the_team_changes_of_a_validated_one_is_validated_by_them(waiting):
    validate(waiting)
    waiting.refresh_from_db()
    colleague = AdministratorFactory()

    actions.record(reference=waiting, by=colleague)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == (State.VALIDATED, colleague)


def test_who_keeps_a_reference_no_more_deletes_it_no_more(waiting):
    former, waiting.co_entrepreneur = waiting.co_entrepreneur, CoEntrepreneurFactory()
    waiting.save()

    with pytest.raises(NotYours):
        actions.delete(reference_pk=waiting.pk, by=former)

    assert Reference.objects.filter(pk=waiting.pk).exists()


def test_a_client_that_someone_else_makes_at_the_same_instant_is_shared():
    made = PublicClientFactory(name="Commune de Sète", type="commune")

    found = actions.saved_client(PublicClient(name="Commune de Sète", type="commune"))

    assert found == made


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_the_same_instant_leave_one_decision():
    waiting = awaiting()
    administrator = cast.administrator()

    outcomes = at_once(
        *[
            lambda by=by: actions.validate(reference_pk=waiting.pk, by=by, version=1)
            for by in (administrator, follower(waiting))
        ]
    )

    [told] = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert isinstance(told, AlreadyDecided | Stale)
    assert "validée par" in str(told)
    assert Reference.objects.get().version == 2
