"""A référent decides at the instant at which the author acts: what was decided stays decided."""

import pytest
from django.http import QueryDict

from directory.decisions import Stale
from directory.listing import actions, drafts
from directory.listing.forms import RequestForm
from directory.models import Consent, ListingDraft, ListingRequest
from tests.at_once import behind
from tests.factories import CoEntrepreneurFactory
from tests.listing.asking import submit

pytestmark = pytest.mark.django_db(transaction=True)
State = ListingRequest.State


def test_a_request_that_is_sent_again_while_it_is_accepted_is_another():
    fiche = CoEntrepreneurFactory()
    listing_request = submit(fiche)
    referent = fiche.referent.user

    again = behind(lambda: actions.accept(request_pk=listing_request.pk, by=referent), lambda: submit(fiche))

    listing_request.refresh_from_db()
    assert (listing_request.state, listing_request.decided_by) == (State.ACCEPTED, referent)
    assert again.pk != listing_request.pk


def test_a_request_that_is_accepted_while_its_author_leaves_stays_accepted():
    fiche = CoEntrepreneurFactory()
    listing_request = submit(fiche)

    behind(
        lambda: actions.accept(request_pk=listing_request.pk, by=fiche.referent.user),
        lambda: actions.leave_catalogue(co_entrepreneur_pk=fiche.pk),
    )

    listing_request.refresh_from_db()
    fiche.refresh_from_db()
    assert listing_request.state == State.ACCEPTED
    assert not fiche.client_public


def test_who_sends_again_with_fewer_consents_and_who_accepts_do_not_block_each_other():
    fiche = CoEntrepreneurFactory()
    Consent.objects.create(co_entrepreneur=fiche, item="phone", text_version="2026-11")
    listing_request = submit(fiche, consents=["phone"])

    again = behind(
        lambda: ListingRequest.objects.select_for_update().get(pk=listing_request.pk),
        lambda: submit(fiche, consents=[]),
        then=lambda: actions.accept(request_pk=listing_request.pk, by=fiche.referent.user),
    )

    listing_request.refresh_from_db()
    assert listing_request.state == State.ACCEPTED
    assert again.state == State.SUBMITTED
    assert not fiche.consents.active().exists()


@pytest.mark.parametrize("has_draft", [False, True])
def test_two_pages_that_save_at_the_same_instant_do_not_write_over_each_other(has_draft):
    def save(headline, over):
        data = QueryDict(f"headline={headline}")
        form = RequestForm(data)
        form.is_valid()
        return drafts.save("nora@example.org", form, data, over=over)

    over = save("before", None) if has_draft else None

    late = behind(lambda: save("first", over), lambda: save("second", over))

    assert isinstance(late, Stale)
    assert ListingDraft.objects.get().typed == {"headline": ["first"]}
