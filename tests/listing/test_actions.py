"""Decisions on a request: what each does, who may, once for all."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from directory.decisions import AlreadyDecided, Incomplete, NotYours, Stale
from directory.listing import actions
from directory.models import ListingRequest
from tests.at_once import at_once
from tests.cast import browser_of
from tests.factories import (
    AdministratorFactory,
    CoEntrepreneurFactory,
    ReferentFactory,
)
from tests.jobs import run_jobs
from tests.listing.asking import content, submit, submit_unknown
from tests.listing.entering import status_url

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


def test_another_reason_is_told_by_the_comment_alone(client):
    request = submit(CoEntrepreneurFactory())
    run_jobs()

    actions.refuse(request_pk=request.pk, by=request.referent.user, reason=OTHER, comment="Voyons-nous.")

    request.refresh_from_db()
    told = [
        run_jobs()[0].body,
        client.get(status_url(request)).text,
        browser_of(request.co_entrepreneur).get("/mon-espace/").text,
    ]
    for text in told:
        assert "utre raison" not in text
        assert "La raison" not in text
    assert "Voyons-nous." in told[0]
    assert "aujourd’hui.\n\nVoyons-nous.\n\nCe n’est" in told[0]


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
    "pass_on": lambda request, by: actions.pass_on(request_pk=request.pk, by=by, referent=ReferentFactory()),
    "create_fiche": lambda request, by: actions.create_fiche(request_pk=request.pk, by=by),
    "attach_fiche": lambda request, by: actions.attach_fiche(
        request_pk=request.pk, by=by, co_entrepreneur_pk=request.co_entrepreneur_id
    ),
}
# What its author does of it.
OWN = {
    "correct": lambda request, _by: actions.correct(
        request_pk=request.pk, first_name="Nora", last_name="Neuve", trade_name="", content=content()
    ),
    "withdraw": lambda request, _by: actions.withdraw(request_pk=request.pk),
}
GESTURES = DECISIONS | OWN
ALLOWED = {State.SUBMITTED: set(GESTURES), State.CHANGES_ASKED: {"refuse", "pass_on", "withdraw"}}
REFUSALS = {
    State.CHANGES_ASKED: "Des compléments ont été demandés par {} le",
    State.ACCEPTED: "Cette demande a été acceptée par {} le",
    State.REFUSED: "Cette demande a été refusée par {} le",
    State.WITHDRAWN: "Cette demande a été retirée par son auteur",
    State.CLOSED: "Cette demande a été close sans réponse le",
}
# What time does of it, by the daily job.
TIME = {"close": lambda request, _by: ListingRequest.objects.update(state=State.CLOSED, decided_at=timezone.now())}
LEADING_TO = {
    State.CHANGES_ASKED: "ask_for_changes",
    State.ACCEPTED: "accept",
    State.REFUSED: "refuse",
    State.WITHDRAWN: "withdraw",
    State.CLOSED: "close",
}


@pytest.mark.parametrize("gesture", GESTURES)
@pytest.mark.parametrize("state", State)
def test_each_gesture_is_done_or_refused_with_what_became_of_the_request(state, gesture):
    request = submit(CoEntrepreneurFactory())
    referent = request.referent
    if state in LEADING_TO:
        (GESTURES | TIME)[LEADING_TO[state]](request, referent.user)
    run_jobs()
    before = ListingRequest.objects.values().get()

    if gesture in ALLOWED.get(state, ()):
        GESTURES[gesture](request, referent.user)
        return
    with pytest.raises(AlreadyDecided, match=REFUSALS[state].format(referent.name)):
        GESTURES[gesture](request, referent.user)

    assert ListingRequest.objects.values().get() == before
    assert run_jobs() == []


# --- Sent back to its author, who may never answer -----------------------------------------------------------------


@pytest.fixture
def sent_back():
    request = submit(CoEntrepreneurFactory())
    actions.ask_for_changes(request_pk=request.pk, by=request.referent.user, comment="Précisez la durée.")
    run_jobs()
    request.refresh_from_db()
    return request


def told(mails):
    return {mail.to[0]: " ".join(mail.body.split()) for mail in mails}


def test_it_is_refused_without_an_answer(sent_back):
    actions.refuse(request_pk=sent_back.pk, by=sent_back.referent.user, reason=UNCLEAR)

    sent_back.refresh_from_db()
    assert (sent_back.state, told(run_jobs()).keys()) == (State.REFUSED, {sent_back.email})


def test_it_is_not_refused_over_an_answer_that_just_came(sent_back):
    submit(sent_back.co_entrepreneur)

    with pytest.raises(Stale):
        actions.refuse(request_pk=sent_back.pk, by=sent_back.referent.user, reason=UNCLEAR, seen=sent_back.version)


def test_once_passed_on_it_waits_for_its_author_whose_answer_goes_to_the_colleague(sent_back):
    former, colleague = sent_back.referent, ReferentFactory()

    actions.pass_on(request_pk=sent_back.pk, by=AdministratorFactory(), referent=colleague)
    passed_on = told(run_jobs())
    resent = submit(sent_back.co_entrepreneur, referent=None)

    assert "lui parviendront" in passed_on[sent_back.email]
    assert f"{former.name} a demandé des compléments" in passed_on[colleague.email]
    assert "qui attend des compléments" in passed_on[former.email]
    assert (resent.state, resent.referent) == (State.SUBMITTED, colleague)
    assert colleague.email in told(run_jobs())


def test_an_answer_to_a_closed_account_goes_to_who_follows_the_fiche(sent_back):
    colleague = ReferentFactory()
    actions.pass_on(request_pk=sent_back.pk, by=sent_back.referent.user, referent=colleague)
    colleague.user.is_active = False
    colleague.user.save()

    assert submit(sent_back.co_entrepreneur, referent=None).referent == sent_back.co_entrepreneur.referent


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
    # Who follows the fiche is told what the administrator decided.
    assert len(run_jobs()) == (1 if request.decided_by == referent else 2)


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
