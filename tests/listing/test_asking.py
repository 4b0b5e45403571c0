"""A request is submitted: what is kept, who is told."""

import pytest
from django.db import IntegrityError, transaction

from directory.listing import actions
from directory.models import Consent, ListingRequest
from directory.models.consent import CONSENT_TEXT_VERSION
from tests.cast import lose_address
from tests.factories import (
    CoEntrepreneurFactory,
    ListingRequestFactory,
    ReferentFactory,
    SkillFactory,
)
from tests.jobs import run_jobs
from tests.listing.asking import recipients, submit, submit_unknown

pytestmark = pytest.mark.django_db
State = ListingRequest.State
OTHER = ListingRequest.RefusalReason.OTHER
UNCLEAR = ListingRequest.RefusalReason.OFFER_UNCLEAR


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
    fiche = CoEntrepreneurFactory()
    lose_address(fiche.referent.user)

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
