"""The page that says where a request stands, and what may be done there."""

import pytest
from django.urls import reverse
from django.utils import timezone

from directory.doors import links
from directory.listing import actions
from directory.models import CoEntrepreneur, ListingRequest
from tests.factories import ListingRequestFactory
from tests.listing.entering import FORM, leads_to_status, status_url

pytestmark = pytest.mark.django_db
State = ListingRequest.State


def test_the_page_says_what_is_waited_for(client, django_assert_num_queries):
    request = ListingRequestFactory()

    # The request; whether it is still open at this address, its fiche, and what is saved of it.
    with django_assert_num_queries(3):
        response = client.get(status_url(request))

    assert request.referent.name in response.text
    assert "Lecture par votre référent" in response.text
    assert "Retirer ma demande" in response.text


def test_the_page_tells_acceptance_and_leads_to_the_fiche(client):
    request = ListingRequestFactory()
    actions.accept(request_pk=request.pk, by=request.referent.user, comment="Bravo.")

    response = client.get(status_url(request))

    assert "Votre demande est acceptée" in response.text
    assert "Bravo." in response.text
    assert f'href="{CoEntrepreneur.objects.get().get_absolute_url()}"' in response.text
    assert "Retirer ma demande" not in response.text


def test_the_page_of_an_accepted_fiche_that_left_shows_no_dead_link(client):
    request = ListingRequestFactory()
    actions.accept(request_pk=request.pk, by=request.referent.user)
    CoEntrepreneur.objects.update(client_public=False)

    assert "Voir ma fiche publique" not in client.get(status_url(request)).text


def test_the_page_tells_the_reason_of_a_refusal(client):
    request = ListingRequestFactory()
    actions.refuse(request_pk=request.pk, by=request.referent.user, reason="offer_unclear", comment="Voyons-nous.")

    response = client.get(status_url(request))

    assert "L’offre n’est pas assez précise" in response.text
    assert "Voyons-nous." in response.text
    assert "Faire une nouvelle demande" in response.text


def test_a_former_comment_is_not_shown_while_the_request_waits_again(client):
    request = ListingRequestFactory(comment="Précisez la durée.")

    assert "Précisez la durée." not in client.get(status_url(request)).text


@pytest.mark.parametrize("token", ["1", "1.forged", "%00", "é"])
def test_a_forged_page_is_not_found(client, token):
    ListingRequestFactory(pk=1)

    assert client.get(f"/referencement/demande/suivi/{token}/").status_code == 404
    assert client.post(f"/referencement/demande/suivi/{token}/retrait/").status_code == 404


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.ACCEPTED, State.REFUSED])
def test_posting_to_the_page_opens_nothing_once_it_is_over(client, state):
    request = ListingRequestFactory()
    decided = {"decided_by": request.referent.user, "decided_at": timezone.now(), "refusal_reason": "other"}
    ListingRequest.objects.update(state=state, **({} if state == State.WITHDRAWN else decided))

    response = client.post(status_url(request))

    assert response.status_code == 200
    assert client.get(FORM).status_code == 403


def test_withdrawing_asks_for_a_confirmation(client):
    request = ListingRequestFactory()
    url = reverse("listing:withdraw", args=[links.LISTING_STATUS.token(request)])

    asked = client.get(url)
    request.refresh_from_db()
    state_before = request.state
    done = client.post(url, follow=True)

    request.refresh_from_db()
    assert "Oui, retirer ma demande" in asked.text
    assert state_before == State.SUBMITTED
    assert request.state == State.WITHDRAWN
    assert "Votre demande est retirée" in done.text


def test_withdrawing_what_was_decided_meanwhile_changes_nothing_and_says_so(client):
    request = ListingRequestFactory()
    url = reverse("listing:withdraw", args=[links.LISTING_STATUS.token(request)])
    client.get(url)
    actions.accept(request_pk=request.pk, by=request.referent.user)

    response = client.post(url)

    request.refresh_from_db()
    assert response.status_code == 409
    assert "acceptée par" in response.text
    assert request.state == State.ACCEPTED
    assert leads_to_status(client.get(url).url, request)
