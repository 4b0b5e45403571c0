"""What the four decision pages share."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from directory.models import ContractSuggestion
from directory.models.decision import LATE_AFTER_DAYS
from tests.cast import admin_url, administrator, awaiting, browser_of, staff_without_role
from tests.factories import CoEntrepreneurFactory, FicheProposalFactory, ListingRequestFactory

pytestmark = pytest.mark.django_db


def contract(_fiche):
    return ContractSuggestion.objects.create(
        contract_id="2024-17", buyer_siret="21340172201787", subject="Formation", notified_on=date(2024, 5, 31)
    )


MAKERS = {
    "listingrequest": lambda fiche: ListingRequestFactory(co_entrepreneur=fiche),
    "ficheproposal": lambda fiche: FicheProposalFactory(co_entrepreneur=fiche),
    "reference": lambda fiche: awaiting(co_entrepreneur=fiche),
    "contractsuggestion": contract,
}


@pytest.fixture(params=MAKERS)
def name(request):
    """Of a model that is decided on."""
    return request.param


@pytest.fixture
def row(name, referent):
    return MAKERS[name](CoEntrepreneurFactory(referent=referent))


def wait(row, days):
    type(row).objects.update(**{row.SINCE: timezone.now() - timedelta(days=days)})
    row.refresh_from_db()


def test_the_page_opens_to_who_decides_only(name, referent, row):
    url = admin_url(f"{name}_decide", row.pk)

    answers = [browser_of(person).get(url).status_code for person in (referent, administrator(), staff_without_role())]

    assert answers == [200, 200, 403]


def test_what_is_not_there_is_not_found(name, referent):
    assert browser_of(referent).get(admin_url(f"{name}_decide", 999_999)).status_code == 404


def test_a_button_that_does_not_exist_decides_nothing(name, referent, row):
    response = browser_of(referent).post(admin_url(f"{name}_decide", row.pk), {"decision": "supprimer"})

    row.refresh_from_db()
    assert (response.status_code, row.is_awaiting) == (200, True)


@pytest.mark.parametrize(("days", "late"), [(LATE_AFTER_DAYS - 1, False), (LATE_AFTER_DAYS, True)])
def test_what_waits_for_too_long_is_late_until_it_is_decided(row, days, late):
    wait(row, days)
    waiting = row.is_late
    row.decide("decided", by=None)

    assert (waiting, row.is_late) == (late, False)


def test_the_page_says_for_how_long_it_has_waited_but_of_contracts(name, referent, row):
    wait(row, LATE_AFTER_DAYS + 1)

    page = browser_of(referent).get(admin_url(f"{name}_decide", row.pk)).text

    assert ("depuis 8 jours" in page) == ("en retard</strong>" in page) == (name != "contractsuggestion")


@pytest.mark.parametrize("page", ["change", "history"])
@pytest.mark.parametrize("name", ["listingrequest", "ficheproposal", "contractsuggestion"], indirect=True)
def test_every_address_of_what_is_only_decided_leads_to_its_decision(name, referent, row, page):
    response = browser_of(referent).get(admin_url(f"{name}_{page}", row.pk))

    assert response.url == admin_url(f"{name}_decide", row.pk)
