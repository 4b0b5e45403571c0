"""What the four decision pages share."""

from datetime import date, timedelta

import pytest
from django.contrib import admin
from django.utils import timezone

from directory.models import ContractSuggestion
from directory.models.decision import LATE_AFTER_DAYS
from tests import cast
from tests.cast import admin_url, administrator, awaiting, browser_of, messages_of, staff_without_role
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

    assert answers == [200, 200, 302]


GONE = {
    "listingrequest": "Cette demande a été confiée à un autre référent, ou n’existe plus.",
    "ficheproposal": "Cette proposition attend un autre référent, ou n’existe plus.",
    "reference": "Cette référence est suivie par un autre référent, ou n’existe plus.",
    "contractsuggestion": "Ce marché est attribué par quelqu’un d’autre, ou n’existe plus.",
}


def what_is_told(browser, url, method):
    """What a visit of this page leads to, and says there."""
    response = getattr(browser, method)(url, {"decision": "refuse", "comment": "Non"}, follow=True)
    return response.redirect_chain, messages_of(response)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_to_what_is_another_s_or_gone_leads_to_what_awaits_and_tells_nothing_more(name, row, method):
    """The link of a mail that left before; nobody learns whether the row exists."""
    there, missing = (admin_url(f"{name}_decide", pk) for pk in (row.pk, 999_999))
    somebody_else, nobody = cast.referent(), staff_without_role()
    # Whoever has a role decides on contracts.
    visits = [(nobody, there), *([(somebody_else, there)] if name != "contractsuggestion" else [])]
    visits += [(person, missing) for person in (somebody_else, nobody, administrator())]

    answers = [what_is_told(browser_of(person), url, method) for person, url in visits]

    assert answers == [([("/admin/", 302)], [GONE[name]])] * len(visits)
    assert type(row).objects.get(pk=row.pk).is_awaiting


def test_so_does_a_link_that_asks_to_sign_in_first(client, name, row):
    url, user = admin_url(f"{name}_decide", row.pk), cast.referent().user
    user.set_password("lavande-pin-42")
    user.save()
    type(row).objects.filter(pk=row.pk).delete()

    page = client.post(
        f"/admin/login/?next={url}", {"username": user.username, "password": "lavande-pin-42"}, follow=True
    )

    assert page.redirect_chain[-1] == ("/admin/", 302)
    assert (page.status_code, messages_of(page)) == (200, [GONE[name]])


def test_what_is_deleted_while_one_decides_is_told_likewise(name, referent, row, monkeypatch):
    page = type(admin.site._registry[type(row)])

    def apply(form):
        type(row).objects.filter(pk=row.pk).delete()
        raise type(row).DoesNotExist

    monkeypatch.setattr(page.decision_form, "is_valid", lambda _form: True)
    monkeypatch.setattr(page.decision_form, "apply", apply)

    response = browser_of(referent).post(admin_url(f"{name}_decide", row.pk), {"decision": "refuse"}, follow=True)

    assert messages_of(response) == [GONE[name]]


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
