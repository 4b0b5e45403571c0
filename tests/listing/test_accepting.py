"""What an acceptance does to the fiche, and to a request that has none."""

from datetime import timedelta

import pytest
from django.utils import timezone

from directory.decisions import Incomplete, NotYours
from directory.listing import actions
from directory.models import CoEntrepreneur, Consent, ListingRequest, PublicClient, Reference
from directory.models.consent import CONSENT_TEXT_VERSION
from tests.cast import admin_url
from tests.factories import (
    CoEntrepreneurFactory,
    ListingRequestFactory,
    ReferenceFactory,
    ReferentFactory,
    SkillFactory,
)
from tests.jobs import run_jobs
from tests.listing.asking import last_context, submit, submit_unknown

pytestmark = pytest.mark.django_db
State = ListingRequest.State
OTHER = ListingRequest.RefusalReason.OTHER


# --- Accepting -----------------------------------------------------------------------------------------------------


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
    assert message.reply_to == [request.referent.email]
    assert request.referent.email in message.body


def test_the_history_says_who_ticked_and_why():
    request = submit(CoEntrepreneurFactory())

    actions.accept(request_pk=request.pk, by=request.referent.user, comment="Bien dit.")

    context = last_context(request.co_entrepreneur)
    assert context["user"] == request.referent.user_id
    assert context["reason"] == "Demande de référencement acceptée : Bien dit."


def test_consents_are_recorded_with_the_words_and_the_date_they_were_given():
    request = submit(CoEntrepreneurFactory(), consents=["phone", "photo"])

    actions.accept(request_pk=request.pk, by=request.referent.user)

    consents = Consent.objects.active().filter(co_entrepreneur=request.co_entrepreneur)
    assert {consent.item for consent in consents} == {"phone", "photo"}
    assert {consent.given_at for consent in consents} == {request.submitted_at}
    assert {consent.text_version for consent in consents} == {CONSENT_TEXT_VERSION}


def test_a_consent_to_former_words_is_given_anew():
    fiche = CoEntrepreneurFactory()
    Consent.objects.create(co_entrepreneur=fiche, item="phone", text_version="2026-11")
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
    to_check = next(message for message in mails if "Références à vérifier" in message.subject)
    for reference in references:
        assert admin_url("reference_decide", reference.pk) in to_check.body
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


# --- Requests without a fiche --------------------------------------------------------------------------------------


def test_accepting_without_a_fiche_asks_for_one():
    request = submit_unknown(ReferentFactory())

    with pytest.raises(Incomplete, match="une fiche"):
        actions.accept(request_pk=request.pk, by=request.referent.user)


def test_a_request_is_accepted_once_a_fiche_is_attached():
    request = submit_unknown(ReferentFactory())
    fiche = CoEntrepreneurFactory(referent=request.referent)

    actions.attach_fiche(request_pk=request.pk, by=request.referent.user, co_entrepreneur_pk=fiche.pk)
    actions.accept(request_pk=request.pk, by=request.referent.user)

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


def test_an_address_is_another_when_the_database_says_so():
    request = submit_unknown(ReferentFactory(), email="lucıe@example.org")
    # Both have the same capitals: they are two addresses all the same.
    CoEntrepreneurFactory(email="lucie@example.org")

    fiche = actions.create_fiche(request_pk=request.pk, by=request.referent.user)

    assert fiche.email == "lucıe@example.org"
