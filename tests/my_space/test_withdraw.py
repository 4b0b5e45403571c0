import pytest
from django.utils import timezone

from directory.listing import actions
from directory.models import CoEntrepreneur, ListingRequest
from tests import cast
from tests.cast import browser_of, messages_of
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
PAGE = "/mon-espace/quitter-le-catalogue/"


@pytest.fixture
def member():
    return cast.member(listed=True)


def test_reading_the_page_withdraws_nothing(client, member):
    assert "Oui, retirer ma fiche" in browser_of(member).get(PAGE).text
    assert client.get(member.get_absolute_url()).status_code == 200


def test_the_click_takes_the_fiche_out_at_the_next_request(client, member):
    assert member.name in client.get("/catalogue/").text

    response = browser_of(member).post(PAGE, follow=True)

    assert "n’est plus dans le catalogue" in messages_of(response)[0]
    assert client.get(member.get_absolute_url()).status_code == 410
    assert member.name not in client.get("/catalogue/").text


def test_the_referent_is_told_and_the_person_gets_a_receipt(member):
    browser_of(member).post(PAGE, {"word": "Je fais une pause."})

    messages = {message.to[0]: message.body for message in run_jobs()}
    assert set(messages) == {member.email, member.referent.email}
    assert "Je fais une pause." in messages[member.referent.email]
    assert "demande de référencement en cours" not in messages[member.referent.email]
    assert "depuis votre espace" in messages[member.email]


def test_a_request_that_is_open_is_withdrawn_too(member):
    asked = ListingRequestFactory(co_entrepreneur=member)

    browser_of(member).post(PAGE)

    asked.refresh_from_db()
    assert asked.state == ListingRequest.State.WITHDRAWN
    assert any("demande de référencement en cours est retirée" in message.body for message in run_jobs())


def test_a_word_too_long_is_told_and_nothing_happens(member):
    response = browser_of(member).post(PAGE, {"word": "x" * 2001})

    assert "2000" in response.text
    assert CoEntrepreneur.objects.published().filter(pk=member.pk).exists()


def test_who_is_not_in_the_catalogue_has_nothing_to_withdraw():
    member = CoEntrepreneurFactory()
    browser = browser_of(member)

    assert "Il n’y a rien à retirer" in browser.get(PAGE).text
    browser.post(PAGE)

    assert run_jobs() == []


def test_the_history_says_that_the_person_did_it(member):
    actions.leave_catalogue(co_entrepreneur_pk=member.pk)

    context = member.events.order_by("pgh_id").last().pgh_context.metadata
    assert context == {"member": member.pk, "reason": "Retrait du catalogue demandé par la personne"}


def test_what_stays_says_since_when_one_was_listed(member):
    actions.leave_catalogue(co_entrepreneur_pk=member.pk)

    member.refresh_from_db()
    assert member.listed_since == timezone.localdate()
