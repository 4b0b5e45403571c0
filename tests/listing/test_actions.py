"""Decisions on a request: what each does, who may, once for all."""

import pytest
from django.core.exceptions import PermissionDenied

from directory.decisions import AlreadyDecided, Incomplete, NotYours
from directory.listing import actions
from directory.models import ListingRequest
from tests.at_once import at_once
from tests.factories import (
    AdministratorFactory,
    CoEntrepreneurFactory,
    ReferentFactory,
)
from tests.jobs import run_jobs
from tests.listing.asking import submit, submit_unknown

pytestmark = pytest.mark.django_db
State = ListingRequest.State
OTHER = ListingRequest.RefusalReason.OTHER
UNCLEAR = ListingRequest.RefusalReason.OFFER_UNCLEAR


# --- Other decisions -----------------------------------------------------------------------------------------------


def test_asking_for_changes_sends_the_comment():
    request = submit(CoEntrepreneurFactory())
    run_jobs()

    actions.ask_for_changes(request_pk=request.pk, by=request.referent.user, comment="Précisez la durée.")

    [message] = run_jobs()
    request.refresh_from_db()
    assert (request.state, request.comment) == (State.CHANGES_ASKED, "Précisez la durée.")
    assert message.to == [request.email]
    assert "Précisez la durée." in message.body


def test_asking_for_changes_needs_a_comment():
    request = submit(CoEntrepreneurFactory())

    with pytest.raises(Incomplete, match="un commentaire"):
        actions.ask_for_changes(request_pk=request.pk, by=request.referent.user, comment="  ")


def test_refusing_tells_the_reason():
    request = submit(CoEntrepreneurFactory())
    run_jobs()

    actions.refuse(request_pk=request.pk, by=request.referent.user, reason=UNCLEAR, comment="Voyons-nous.")

    [message] = run_jobs()
    request.refresh_from_db()
    assert (request.state, request.refusal_reason) == (State.REFUSED, UNCLEAR)
    assert "L’offre n’est pas assez précise" in message.body
    assert "Voyons-nous." in message.body
    assert not request.co_entrepreneur.client_public


@pytest.mark.parametrize(("reason", "comment"), [("", ""), ("inventée", ""), (OTHER, " ")])
def test_refusing_needs_a_reason(reason, comment):
    request = submit(CoEntrepreneurFactory())

    with pytest.raises(Incomplete):
        actions.refuse(request_pk=request.pk, by=request.referent.user, reason=reason, comment=comment)


def test_withdrawing_tells_the_referent():
    request = submit(CoEntrepreneurFactory())
    run_jobs()

    actions.withdraw(request_pk=request.pk)

    [message] = run_jobs()
    request.refresh_from_db()
    assert request.state == State.WITHDRAWN
    assert message.to == [request.referent.email]


DECISIONS = {
    "accept": lambda request, by: actions.accept(request_pk=request.pk, by=by),
    "ask_for_changes": lambda request, by: actions.ask_for_changes(request_pk=request.pk, by=by, comment="?"),
    "refuse": lambda request, by: actions.refuse(request_pk=request.pk, by=by, reason=UNCLEAR),
    "create_fiche": lambda request, by: actions.create_fiche(request_pk=request.pk, by=by),
}


@pytest.mark.parametrize("second", DECISIONS.values(), ids=DECISIONS)
@pytest.mark.parametrize(
    ("first", "words"),
    [("accept", "acceptée par"), ("ask_for_changes", "demandés par"), ("refuse", "refusée par")],
)
def test_deciding_twice_changes_nothing_and_says_who_decided(first, words, second):
    request = submit(CoEntrepreneurFactory())
    DECISIONS[first](request, request.referent.user)
    run_jobs()
    before = ListingRequest.objects.values().get()

    with pytest.raises(AlreadyDecided) as refusal:
        second(request, request.referent.user)

    assert words in str(refusal.value)
    assert request.referent.name in str(refusal.value)
    assert ListingRequest.objects.values().get() == before
    assert run_jobs() == []


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_a_withdrawn_request_is_not_decided(decide):
    request = submit(CoEntrepreneurFactory())
    actions.withdraw(request_pk=request.pk)

    with pytest.raises(AlreadyDecided, match="retirée par son auteur"):
        decide(request, request.referent.user)


@pytest.mark.parametrize("close", ["withdraw", "accept", "refuse"])
def test_a_closed_request_is_not_withdrawn(close):
    request = submit(CoEntrepreneurFactory())
    if close == "withdraw":
        actions.withdraw(request_pk=request.pk)
    else:
        DECISIONS[close](request, request.referent.user)
    run_jobs()

    with pytest.raises(AlreadyDecided):
        actions.withdraw(request_pk=request.pk)

    assert run_jobs() == []


def test_one_may_withdraw_while_changes_are_asked():
    request = submit(CoEntrepreneurFactory())
    actions.ask_for_changes(request_pk=request.pk, by=request.referent.user, comment="?")

    assert actions.withdraw(request_pk=request.pk).state == State.WITHDRAWN


# --- Who decides ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_another_referent_decides_nothing(decide):
    request = submit(CoEntrepreneurFactory())
    stranger = ReferentFactory().user

    with pytest.raises(NotYours) as refusal:
        decide(request, stranger)

    request.refresh_from_db()
    assert request.state == State.SUBMITTED
    assert isinstance(refusal.value, PermissionDenied)
    assert request.first_name not in str(refusal.value)


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_a_referent_whose_account_is_closed_decides_nothing(decide):
    request = submit(CoEntrepreneurFactory())
    user = request.referent.user
    user.is_active = False

    with pytest.raises(NotYours):
        decide(request, user)


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_an_administrator_decides_for_all(decide):
    request = submit(CoEntrepreneurFactory())

    decide(request, AdministratorFactory())

    run_jobs()


# --- Two at once ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told():
    request = submit(CoEntrepreneurFactory())
    run_jobs()
    referent, administrator = request.referent.user, AdministratorFactory()

    results = at_once(
        lambda: actions.accept(request_pk=request.pk, by=referent),
        lambda: actions.refuse(request_pk=request.pk, by=administrator, reason=UNCLEAR),
    )

    request.refresh_from_db()
    [told] = [result for result in results if isinstance(result, Exception)]
    assert isinstance(told, AlreadyDecided)
    assert ("acceptée" in str(told)) == (request.state == State.ACCEPTED)
    assert request.co_entrepreneur.client_public == (request.state == State.ACCEPTED)
    assert len(run_jobs()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_files_one_request():
    fiche = CoEntrepreneurFactory()

    first, second = at_once(lambda: submit(fiche), lambda: submit(fiche))

    assert first == second
    assert ListingRequest.objects.count() == 1
    assert len(run_jobs()) == 2


# --- A tick while a request is open --------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CHANGES_ASKED])
def test_a_tick_settles_all_that_was_asked_for_the_fiche(referent, state):
    fiche = CoEntrepreneurFactory(referent=referent)
    attached = submit(fiche)
    # The same person's, from before their fiche had this address.
    ListingRequest.objects.update(email="ancienne@example.org")
    orphan = submit_unknown(referent, email=fiche.email)
    if state == State.CHANGES_ASKED:
        actions.ask_for_changes(request_pk=attached.pk, by=referent.user, comment="Précisez.")
    run_jobs()

    actions.tick(co_entrepreneur_pk=fiche.pk, by=referent.user, reason="Vu ensemble")

    for listing_request in (attached, orphan):
        listing_request.refresh_from_db()
        assert (listing_request.state, listing_request.co_entrepreneur) == (State.ACCEPTED, fiche)
    [mail] = run_jobs()
    assert "demande de référencement est close" in " ".join(mail.body.split())


def test_a_tick_without_a_request_says_nothing_of_one(referent):
    actions.tick(co_entrepreneur_pk=CoEntrepreneurFactory(referent=referent).pk, by=referent.user, reason="Vu")

    [mail] = run_jobs()
    assert "demande" not in mail.body


@pytest.mark.django_db(transaction=True)
def test_of_a_decision_and_a_tick_at_once_neither_fails_nor_waits_for_ever(referent):
    request = submit(CoEntrepreneurFactory(referent=referent))

    outcomes = at_once(
        lambda: actions.accept(request_pk=request.pk, by=referent.user),
        lambda: actions.tick(co_entrepreneur_pk=request.co_entrepreneur_id, by=referent.user, reason="Vu"),
    )

    request.refresh_from_db()
    assert request.state == State.ACCEPTED
    assert request.co_entrepreneur.client_public
    assert all(isinstance(outcome, AlreadyDecided) for outcome in outcomes if isinstance(outcome, Exception))
