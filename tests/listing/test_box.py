"""The box ticked and unticked by hand."""

from datetime import timedelta

import pytest
from django.utils import timezone

from directory.decisions import Incomplete, NotYours
from directory.listing import actions
from directory.models import ListingRequest
from tests.factories import (
    AdministratorFactory,
    CoEntrepreneurFactory,
    ReferentFactory,
)
from tests.jobs import run_jobs
from tests.listing.asking import last_context

pytestmark = pytest.mark.django_db
State = ListingRequest.State
OTHER = ListingRequest.RefusalReason.OTHER


def test_ticking_lists_the_fiche_and_tells():
    fiche = CoEntrepreneurFactory()

    actions.tick(co_entrepreneur_pk=fiche.pk, by=fiche.referent.user, reason="Vue ensemble")

    [message] = run_jobs()
    fiche.refresh_from_db()
    assert fiche.is_published
    assert fiche.listed_since == timezone.localdate()
    assert last_context(fiche) == {"user": fiche.referent.user_id, "reason": "Vue ensemble"}
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
    assert str(refusal.value) == "Il manque : un référent, l’offre aux clients publics."


def test_unticking_tells_the_co_entrepreneur_why():
    fiche = CoEntrepreneurFactory(listed=True)

    actions.untick(co_entrepreneur_pk=fiche.pk, by=fiche.referent.user, reason="Offre à revoir")

    [message] = run_jobs()
    fiche.refresh_from_db()
    assert not fiche.client_public
    assert fiche.listed_since is not None
    assert last_context(fiche)["reason"] == "Offre à revoir"
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
