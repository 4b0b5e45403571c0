import pytest

from directory.models import Consent
from directory.models.consent import CONSENT_TEXT_VERSION
from directory.my_space import actions
from tests import cast
from tests.cast import browser_of, messages_of

pytestmark = pytest.mark.django_db
PAGE = "/mon-espace/accords/"
PHONE = "04 67 00 00 00"


@pytest.fixture
def member():
    return cast.member(listed=True, phone=PHONE)


def answer(browser, item, given):
    return browser.post(PAGE, {"item": item, "given": given}, follow=True)


def test_a_consent_is_dated_to_the_words_that_are_read_and_shows_at_the_next_request(client, member):
    assert PHONE not in client.get(member.get_absolute_url()).text

    response = answer(browser_of(member), "phone", "oui")

    consent = member.consents.active().get()
    assert (consent.item, consent.text_version) == ("phone", CONSENT_TEXT_VERSION)
    assert CONSENT_TEXT_VERSION in response.text
    assert PHONE in client.get(member.get_absolute_url()).text


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_is_at_work_at_the_next_request_on_a_page_that_was_kept(client, member):
    member.consents.create(item="phone")
    kept = client.get(member.get_absolute_url())
    assert PHONE in kept.text

    answer(browser_of(member), "phone", "non")

    after = client.get(member.get_absolute_url())
    assert PHONE not in after.text
    assert after["ETag"] != kept["ETag"]


def test_a_withdrawal_keeps_the_trace_of_what_was_given(member):
    member.consents.create(item="phone")

    response = answer(browser_of(member), "phone", "non")

    assert messages_of(response) == ["Votre accord est retiré."]
    assert member.consents.get().withdrawn_at
    assert "Accords passés" in response.text


def test_each_item_goes_by_itself(member):
    browser = browser_of(member)
    for item in ("phone", "website", "photo"):
        answer(browser, item, "oui")

    answer(browser, "website", "non")

    assert sorted(member.consents.active().values_list("item", flat=True)) == ["phone", "photo"]


def test_giving_or_withdrawing_twice_changes_nothing(member):
    browser = browser_of(member)

    for given in ("oui", "oui", "non", "non"):
        answer(browser, "phone", given)

    assert member.consents.count() == 1


def test_a_consent_to_former_words_can_be_given_again(member):
    member.consents.create(item="phone", text_version="2026-11")
    browser = browser_of(member)
    assert "Le texte a changé depuis" in browser.get(PAGE).text

    answer(browser, "phone", "oui")

    former, present = member.consents.order_by("pk")
    assert former.withdrawn_at
    assert (present.text_version, present.withdrawn_at) == (CONSENT_TEXT_VERSION, None)


@pytest.mark.parametrize(("item", "given"), [("email", "oui"), ("", ""), ("phone\x00", "oui"), ("phone", "peut-être")])
def test_what_is_not_a_consent_changes_nothing(member, item, given):
    response = answer(browser_of(member), item, given)

    assert messages_of(response) == ["Cet accord n’existe pas : rien n’a changé."]
    assert not Consent.objects.exists()


def test_the_history_tells_that_the_person_did_it(member):
    actions.give_consent(co_entrepreneur_pk=member.pk, item="phone")

    context = member.consents.get().events.get().pgh_context.metadata
    assert context == {"member": member.pk, "reason": "Accord donné par la personne"}
