from datetime import timedelta
from threading import Barrier, Thread

import pghistory.models
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from directory.decisions import AlreadyDecided, Incomplete, NotYours
from directory.listing import actions
from directory.models import CoEntrepreneur, Consent, ListingRequest, PublicClient, Reference
from directory.models.consent import CONSENT_TEXT_VERSION
from tests.factories import (
    AdministratorFactory,
    CoEntrepreneurFactory,
    ListingRequestFactory,
    ReferenceFactory,
    ReferentFactory,
    SkillFactory,
)
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
State = ListingRequest.State
OTHER = ListingRequest.RefusalReason.OTHER
UNCLEAR = ListingRequest.RefusalReason.OFFER_UNCLEAR


def content(**changed):
    return {
        "headline": "Former les agents d’accueil",
        "public_offer": "Deux jours dans vos locaux.",
        "skills": [],
        "cpv_codes": [],
        "departments": [],
        "nationwide": True,
        "served_clients": [],
        "consents": [],
        "word_to_referent": "",
    } | changed


def submit(fiche, **changed):
    return actions.submit(
        email=fiche.email,
        first_name=fiche.first_name,
        last_name=fiche.last_name,
        trade_name=fiche.trade_name,
        referent=fiche.referent,
        co_entrepreneur=fiche,
        content=content(**changed),
    )


def submit_unknown(referent, email="nouvelle@example.org"):
    return actions.submit(
        email=email,
        first_name="Nora",
        last_name="Nouvelle",
        trade_name="Atelier neuf",
        referent=referent,
        content=content(),
    )


def recipients(mails):
    return sorted(address for message in mails for address in message.to)


def last_reason(fiche):
    event = pghistory.models.Events.objects.tracks(fiche).order_by("-pgh_created_at", "-pgh_id").first()
    return event.pgh_context


# --- Asking ------------------------------------------------------------------------------------------------------


def test_submitting_saves_what_is_proposed_and_tells_both():
    fiche = CoEntrepreneurFactory()
    skill = SkillFactory()

    request = submit(fiche, skills=[skill], consents=["phone"])

    mails = run_jobs()
    request.refresh_from_db()
    assert request.state == State.SUBMITTED
    assert list(request.skills.all()) == [skill]
    assert (request.consents, request.consent_text_version) == (["phone"], CONSENT_TEXT_VERSION)
    assert recipients(mails) == sorted([fiche.email, fiche.referent.email])
    to_referent = next(message for message in mails if message.to == [fiche.referent.email])
    assert f"/admin/directory/listingrequest/{request.pk}/decision/" in to_referent.body
    to_author = next(message for message in mails if message.to == [fiche.email])
    assert "/referencement/demande/suivi/" in to_author.body


def test_a_referent_without_an_address_keeps_nobody_from_asking():
    fiche = CoEntrepreneurFactory(referent__user__email="")

    submit(fiche)

    assert recipients(run_jobs()) == [fiche.email]


def test_submitting_leaves_the_fiche_as_it_was():
    fiche = CoEntrepreneurFactory()

    submit(fiche)

    fiche.refresh_from_db()
    assert fiche.headline == "Formation des agents à l’accueil du public"
    assert not fiche.client_public


def test_submitting_twice_is_one_request_and_one_mail_each():
    fiche = CoEntrepreneurFactory()
    first = submit(fiche)
    run_jobs()

    second = submit(fiche, headline="Autre chose")

    assert second == first
    assert second.headline == "Former les agents d’accueil"
    assert ListingRequest.objects.count() == 1
    assert run_jobs() == []


def test_an_unknown_address_has_one_open_request_whatever_its_case():
    referent = ReferentFactory()
    first = submit_unknown(referent, email="nora@example.org")

    second = submit_unknown(referent, email="Nora@Example.org")

    assert second == first
    assert first.has_no_fiche


def test_sending_again_replaces_what_was_proposed_and_waits_anew():
    request = submit(CoEntrepreneurFactory())
    referent = request.referent.user
    actions.ask_for_changes(request_pk=request.pk, by=referent, comment="Précisez la durée.")
    run_jobs()

    again = submit(request.co_entrepreneur, headline="Deux jours pour bien accueillir")

    mails = run_jobs()
    assert again == request
    assert (again.state, again.headline) == (State.SUBMITTED, "Deux jours pour bien accueillir")
    assert (again.decided_by, again.reminded_days) == (None, 0)
    assert recipients(mails) == sorted([request.email, referent.email])
    assert any("complétée" in message.subject for message in mails)


def test_one_may_ask_anew_after_a_refusal():
    request = submit(CoEntrepreneurFactory())
    actions.refuse(request_pk=request.pk, by=request.referent.user, reason=UNCLEAR)

    anew = submit(request.co_entrepreneur)

    assert anew != request
    assert anew.state == State.SUBMITTED


def test_a_consent_no_longer_ticked_ends_at_once():
    fiche = CoEntrepreneurFactory()
    Consent.objects.create(co_entrepreneur=fiche, item="phone")
    Consent.objects.create(co_entrepreneur=fiche, item="photo")

    submit(fiche, consents=["photo"])

    assert list(fiche.consents.active().values_list("item", flat=True)) == ["photo"]


@pytest.mark.parametrize("constraint", ["request_one_open_per_fiche", "request_one_open_per_email"])
def test_the_database_refuses_a_second_open_request(constraint):
    first = ListingRequestFactory()
    same = (
        {"co_entrepreneur": first.co_entrepreneur, "email": "autre@example.org"}
        if constraint == "request_one_open_per_fiche"
        else {"email": first.email.upper()}
    )

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ListingRequestFactory(**same)


# --- Accepting ---------------------------------------------------------------------------------------------------


def test_accepting_applies_ticks_dates_and_tells():
    skill = SkillFactory()
    request = submit(CoEntrepreneurFactory(nationwide=False), skills=[skill], consents=["website"])
    run_jobs()

    accepted = actions.accept(request_pk=request.pk, by=request.referent.user, comment="Bienvenue.")

    [message] = run_jobs()
    fiche = CoEntrepreneur.objects.published().get(pk=request.co_entrepreneur_id)
    assert (fiche.headline, fiche.public_offer) == ("Former les agents d’accueil", "Deux jours dans vos locaux.")
    assert fiche.nationwide
    assert list(fiche.skills.all()) == [skill]
    assert fiche.listed_since == timezone.localdate()
    assert (accepted.state, accepted.decided_by) == (State.ACCEPTED, request.referent.user)
    assert message.to == [fiche.email]
    assert fiche.get_absolute_url() in message.body
    assert "Bienvenue." in message.body


def test_the_history_says_who_ticked_and_why():
    request = submit(CoEntrepreneurFactory())

    actions.accept(request_pk=request.pk, by=request.referent.user, comment="Bien dit.")

    context = last_reason(request.co_entrepreneur)
    assert context["user"] == request.referent.user_id
    assert context["reason"] == "Demande de référencement acceptée : Bien dit."


def test_consents_are_recorded_with_the_words_and_the_date_they_were_given():
    request = submit(CoEntrepreneurFactory(), consents=["phone", "photo"])

    actions.accept(request_pk=request.pk, by=request.referent.user)

    consents = Consent.objects.active().filter(co_entrepreneur=request.co_entrepreneur)
    assert {consent.item for consent in consents} == {"phone", "photo"}
    assert {consent.given_at for consent in consents} == {request.submitted_at}
    assert {consent.text_version for consent in consents} == {CONSENT_TEXT_VERSION}


def test_a_consent_to_former_words_is_given_anew():
    fiche = CoEntrepreneurFactory()
    Consent.objects.create(co_entrepreneur=fiche, item="phone", text_version="2020-01")
    request = submit(fiche, consents=["phone"])

    actions.accept(request_pk=request.pk, by=fiche.referent.user)

    assert [consent.text_version for consent in fiche.consents.active()] == [CONSENT_TEXT_VERSION]


def test_a_consent_withdrawn_since_stays_withdrawn():
    fiche = CoEntrepreneurFactory()
    request = submit(fiche, consents=["phone"])
    Consent.objects.create(co_entrepreneur=fiche, item="phone", withdrawn_at=timezone.now())

    actions.accept(request_pk=request.pk, by=fiche.referent.user)

    assert not fiche.consents.active().exists()


def test_clients_served_become_references_that_wait_to_be_published():
    town = PublicClient.objects.create(name="Commune de Sainte-Épreuve", type="commune")
    served = [
        {"name": "commune de sainte-épreuve", "type": "commune", "subject": "Accueil", "year": 2024},
        {"name": "CCAS d’Essai", "type": "action-sociale", "subject": "Écoute"},
    ]
    request = submit(CoEntrepreneurFactory(), served_clients=served)
    run_jobs()

    actions.accept(request_pk=request.pk, by=request.referent.user)

    mails = run_jobs()
    references = Reference.objects.filter(co_entrepreneur=request.co_entrepreneur).order_by("starts_on")
    assert [(r.client.name, r.period, r.publishable) for r in references] == [
        (town.name, "2024", False),
        ("CCAS d’Essai", str(timezone.localdate().year), False),
    ]
    to_referent = next(message for message in mails if message.to == [request.referent.email])
    assert "CCAS d’Essai" in to_referent.body


def test_a_reference_that_is_known_is_not_doubled():
    known = ReferenceFactory()
    served = [{"name": known.client.name, "type": known.client.type, "subject": known.subject, "year": 2020}]
    request = submit(known.co_entrepreneur, served_clients=served)

    actions.accept(request_pk=request.pk, by=request.referent.user)

    assert list(known.co_entrepreneur.references.all()) == [known]


def test_accepting_an_update_keeps_the_date_of_listing():
    listed_since = timezone.localdate() - timedelta(days=100)
    request = submit(CoEntrepreneurFactory(client_public=True, listed_since=listed_since))

    actions.accept(request_pk=request.pk, by=request.referent.user)

    request.co_entrepreneur.refresh_from_db()
    assert request.co_entrepreneur.listed_since == listed_since


def test_accepting_a_departed_member_says_what_is_missing_and_changes_nothing():
    request = submit(CoEntrepreneurFactory())
    CoEntrepreneur.objects.update(departed_on=timezone.localdate())
    run_jobs()

    with pytest.raises(Incomplete) as refusal:
        actions.accept(request_pk=request.pk, by=request.referent.user)

    request.refresh_from_db()
    assert refusal.value.missing == ["une date de départ à venir, ou aucune"]
    assert request.state == State.SUBMITTED
    assert not request.co_entrepreneur.client_public
    assert request.co_entrepreneur.headline == "Formation des agents à l’accueil du public"
    assert run_jobs() == []


# --- Requests without a fiche ------------------------------------------------------------------------------------


def test_accepting_without_a_fiche_asks_for_one():
    request = submit_unknown(ReferentFactory())

    with pytest.raises(Incomplete, match="une fiche"):
        actions.accept(request_pk=request.pk, by=request.referent.user)


def test_accepting_may_attach_the_fiche():
    request = submit_unknown(ReferentFactory())
    fiche = CoEntrepreneurFactory(referent=request.referent)

    actions.accept(request_pk=request.pk, by=request.referent.user, co_entrepreneur=fiche)

    fiche.refresh_from_db()
    request.refresh_from_db()
    assert request.co_entrepreneur == fiche
    assert fiche.is_published


def test_a_fiche_is_created_from_what_the_request_says():
    request = submit_unknown(ReferentFactory())

    fiche = actions.create_fiche(request_pk=request.pk, by=request.referent.user)

    request.refresh_from_db()
    assert request.co_entrepreneur == fiche
    assert (fiche.name, fiche.trade_name, fiche.email) == ("Nora Nouvelle", "Atelier neuf", "nouvelle@example.org")
    assert fiche.referent == request.referent
    assert not fiche.client_public


def test_a_fiche_is_created_once():
    request = submit_unknown(ReferentFactory())
    first = actions.create_fiche(request_pk=request.pk, by=request.referent.user)

    second = actions.create_fiche(request_pk=request.pk, by=request.referent.user)

    assert second == first
    assert CoEntrepreneur.objects.count() == 1


def test_no_fiche_is_created_for_an_address_that_has_one():
    request = submit_unknown(ReferentFactory())
    CoEntrepreneurFactory(email="Nouvelle@example.org")

    with pytest.raises(Incomplete, match="rattachez"):
        actions.create_fiche(request_pk=request.pk, by=request.referent.user)


def test_attaching_a_fiche_without_referent_gives_it_one():
    request = submit_unknown(ReferentFactory())
    fiche = CoEntrepreneurFactory(referent=None)

    actions.attach_fiche(request_pk=request.pk, by=request.referent.user, co_entrepreneur_pk=fiche.pk)

    fiche.refresh_from_db()
    assert fiche.referent == request.referent


def test_a_colleague_s_fiche_is_not_attached():
    request = submit_unknown(ReferentFactory())
    fiche = CoEntrepreneurFactory()

    with pytest.raises(NotYours):
        actions.attach_fiche(request_pk=request.pk, by=request.referent.user, co_entrepreneur_pk=fiche.pk)


def test_a_fiche_with_an_open_request_is_not_attached():
    other = ListingRequestFactory()
    request = submit_unknown(other.referent)

    with pytest.raises(Incomplete, match="déjà une"):
        actions.attach_fiche(
            request_pk=request.pk, by=request.referent.user, co_entrepreneur_pk=other.co_entrepreneur_id
        )


# --- Other decisions ---------------------------------------------------------------------------------------------


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


# --- Who decides -------------------------------------------------------------------------------------------------


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


# --- The box -----------------------------------------------------------------------------------------------------


def test_ticking_lists_the_fiche_and_tells():
    fiche = CoEntrepreneurFactory()

    actions.tick(co_entrepreneur_pk=fiche.pk, by=fiche.referent.user, reason="Vue ensemble")

    [message] = run_jobs()
    fiche.refresh_from_db()
    assert fiche.is_published
    assert fiche.listed_since == timezone.localdate()
    assert last_reason(fiche) == {"user": fiche.referent.user_id, "reason": "Vue ensemble"}
    assert message.to == [fiche.email]


def test_ticking_a_ticked_box_changes_nothing():
    fiche = CoEntrepreneurFactory(client_public=True, listed_since=timezone.localdate() - timedelta(days=9))

    actions.tick(co_entrepreneur_pk=fiche.pk, by=fiche.referent.user, reason="Encore")

    before = fiche.listed_since
    fiche.refresh_from_db()
    assert fiche.listed_since == before
    assert run_jobs() == []


def test_ticking_lists_what_is_missing():
    fiche = CoEntrepreneurFactory(referent=None, public_offer=" ")

    with pytest.raises(Incomplete) as refusal:
        actions.tick(co_entrepreneur_pk=fiche.pk, by=AdministratorFactory(), reason="")

    assert refusal.value.missing == ["un référent", "l’offre aux clients publics"]
    assert str(refusal.value) == "Il manque : un référent, l’offre aux clients publics."


def test_unticking_tells_the_co_entrepreneur_why():
    fiche = CoEntrepreneurFactory(listed=True)

    actions.untick(co_entrepreneur_pk=fiche.pk, by=fiche.referent.user, reason="Offre à revoir")

    [message] = run_jobs()
    fiche.refresh_from_db()
    assert not fiche.client_public
    assert fiche.listed_since is not None
    assert last_reason(fiche)["reason"] == "Offre à revoir"
    assert message.to == [fiche.email]
    assert "Offre à revoir" in message.body


def test_unticking_an_unticked_box_changes_nothing():
    fiche = CoEntrepreneurFactory()

    actions.untick(co_entrepreneur_pk=fiche.pk, by=fiche.referent.user, reason="")

    assert run_jobs() == []


@pytest.mark.parametrize("action", [actions.tick, actions.untick])
def test_another_referent_does_not_touch_the_box(action):
    fiche = CoEntrepreneurFactory(listed=action is actions.untick)

    with pytest.raises(NotYours):
        action(co_entrepreneur_pk=fiche.pk, by=ReferentFactory().user, reason="")

    fiche.refresh_from_db()
    assert fiche.client_public == (action is actions.untick)


# --- Two at once -------------------------------------------------------------------------------------------------


def at_once(*calls):
    """Run each in a thread, on a connection of its own, all starting together; their results or exceptions."""
    barrier = Barrier(len(calls))
    results = {}

    def run(number, call):
        try:
            barrier.wait()
            results[number] = call()
        except Exception as error:  # noqa: BLE001 whatever it is, the test reads it
            results[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(results.values())


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
