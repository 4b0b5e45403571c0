"""Whoever follows a fiche, or held what was decided, is told what another decided in their stead: once, and no more."""

from datetime import date

import pytest
from django.utils import timezone

from directory.listing import actions as listing
from directory.models import ContractSuggestion
from directory.my_space import actions as my_space
from directory.my_space.proposals import content_of, version_of
from directory.references import actions as references
from directory.references.decp import actions as contracts
from tests.cast import admin_url, awaiting
from tests.factories import (
    CoEntrepreneurFactory,
    FicheProposalFactory,
    ListingRequestFactory,
    PublicClientFactory,
    StandInFactory,
)
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def fiche(referent):
    return CoEntrepreneurFactory(first_name="Emma", last_name="Seule", referent=referent)


def proposal(fiche, changes):
    row = FicheProposalFactory(co_entrepreneur=fiche, changes=changes)
    return {"proposal_pk": row.pk, "seen": version_of(content_of(fiche))}


def reference(fiche):
    row = awaiting(co_entrepreneur=fiche, client=PublicClientFactory(name="Ville de Sète"))
    return {"reference_pk": row.pk, "version": row.version}


def attribute(fiche, by):
    suggestion = ContractSuggestion.objects.create(
        contract_id="2024-17", buyer_siret="21340172201787", subject="Formation", notified_on=date(2024, 5, 31)
    )
    contracts.attribute(
        suggestion_pk=suggestion.pk, by=by, co_entrepreneur=fiche, client=PublicClientFactory(name="Ville de Sète")
    )


def tick(fiche, by):
    ListingRequestFactory(co_entrepreneur=fiche)
    listing.tick(co_entrepreneur_pk=fiche.pk, by=by, reason="Vue ensemble")


def refuse_proposal(fiche, by):
    said = proposal(fiche, {"headline": "Autre"})
    my_space.refuse_proposal(proposal_pk=said["proposal_pk"], by=by, comment="Non")


def on_request(action, **said):
    return lambda fiche, by: action(request_pk=ListingRequestFactory(co_entrepreneur=fiche).pk, by=by, **said)


def on_proposal(changes, **said):
    return lambda fiche, by: my_space.accept_proposal(**proposal(fiche, changes), by=by, fields=["headline"], **said)


def on_reference(action, **said):
    return lambda fiche, by: action(**reference(fiche), by=by, **said)


DECISIONS = {
    "accepté la demande de référencement d’Emma Seule": on_request(listing.accept),
    "demandé des compléments sur la demande de référencement d’Emma Seule": on_request(
        listing.ask_for_changes, comment="Précisez."
    ),
    "refusé la demande de référencement d’Emma Seule": on_request(listing.refuse, reason="offer_unclear"),
    "coché « client public » sur la fiche d’Emma Seule": tick,
    "accepté la modification proposée par Emma Seule": on_proposal({"headline": "Autre"}),
    "accepté en partie la modification proposée par Emma Seule": on_proposal(
        {"headline": "Autre", "city": "Sète"}, comment="La ville, non."
    ),
    "refusé la modification proposée par Emma Seule": refuse_proposal,
    "validé la référence d’Emma Seule pour Ville de Sète": on_reference(references.validate),
    "demandé des compléments sur la référence d’Emma Seule pour Ville de Sète": on_reference(
        references.ask_for_changes, comment="Précisez."
    ),
    "attribué à Emma Seule un marché des données ouvertes, pour Ville de Sète": attribute,
}


@pytest.fixture(params=DECISIONS)
def what(request):
    return request.param


def told():
    """The mails that tell a decision, once the queue has run: [(to, subject, body on one line)]."""
    mails = [(mail.to[0], " ".join(mail.subject.split()), " ".join(mail.body.split())) for mail in run_jobs()]
    return [mail for mail in mails if "Vous n’avez rien à faire" in mail[2]]


def test_an_administrator_s_decision_is_told_to_who_follows_the_fiche(what, fiche, referent, administrator):
    DECISIONS[what](fiche, administrator)

    [(to, subject, body)] = told()
    assert to == referent.email
    assert subject.startswith(f"{administrator.username} a {what}")
    assert f"Bonjour {referent.name}, {administrator.username} a {what}" in body
    assert "/admin/directory/" in body


def test_a_stand_in_s_decision_is_told_to_who_is_away_and_not_to_the_stand_in(what, fiche, referent, other_referent):
    StandInFactory(referent=referent, stand_in=other_referent)

    DECISIONS[what](fiche, other_referent.user)

    [(to, subject, _)] = told()
    assert (to, subject.startswith(other_referent.name)) == (referent.email, True)


def test_one_s_own_decision_is_not_told(what, fiche, referent):
    DECISIONS[what](fiche, referent.user)

    assert told() == []


def test_nobody_is_told_for_a_closed_account_which_administrators_act_for(what, fiche, referent, administrator):
    referent.user.is_active = False
    referent.user.save()

    DECISIONS[what](fiche, administrator)

    assert told() == []


# --- A request that was passed on ----------------------------------------------------------------------------------


def test_who_held_the_request_and_who_follows_the_fiche_are_both_told(fiche, referent, other_referent, administrator):
    listing_request = ListingRequestFactory(co_entrepreneur=fiche, referent=other_referent)

    listing.accept(request_pk=listing_request.pk, by=administrator)

    bodies = {to: body for to, _, body in told()}
    assert bodies.keys() == {referent.email, other_referent.email}
    assert admin_url("listingrequest_decide", listing_request.pk) in bodies[other_referent.email]
    # They don't decide on the request: its page isn't theirs to open.
    assert admin_url("coentrepreneur_change", fiche.pk) in bodies[referent.email]


def test_who_held_it_and_decides_is_not_told_but_who_follows_the_fiche_is(fiche, referent, other_referent):
    listing_request = ListingRequestFactory(co_entrepreneur=fiche, referent=other_referent)

    listing.accept(request_pk=listing_request.pk, by=other_referent.user)

    assert [to for to, *_ in told()] == [referent.email]


def test_who_stands_in_has_a_copy_but_one_mail_when_concerned_twice(fiche, referent, other_referent, administrator):
    StandInFactory(referent=referent, stand_in=other_referent)
    held = ListingRequestFactory(co_entrepreneur=fiche, referent=referent)

    listing.refuse(request_pk=held.pk, by=administrator, reason="offer_unclear")
    copied = told()
    passed_on = ListingRequestFactory(co_entrepreneur=fiche, referent=other_referent, submitted_at=timezone.now())
    listing.refuse(request_pk=passed_on.pk, by=administrator, reason="offer_unclear")

    bodies = {to: body for to, _, body in copied}
    assert bodies.keys() == {referent.email, other_referent.email}
    assert f"Pour {referent.name}, que vous remplacez." in bodies[other_referent.email]
    assert sorted(to for to, *_ in told()) == sorted(bodies)
