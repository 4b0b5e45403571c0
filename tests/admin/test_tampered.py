"""Addresses and forms made up by hand: refused or ignored, never a crash."""

import pytest
from django.contrib import admin
from django.db import transaction
from django.urls import reverse

from directory.models import CoEntrepreneur
from tests import cast
from tests.cast import admin_url, browser_of, typed_in_admin
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory, ReferentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    """A browser whose requests may break their transaction: it goes back to where it was."""
    with transaction.atomic():
        yield browser_of(cast.administrator())
        transaction.set_rollback(True)


@pytest.fixture
def fiche():
    return CoEntrepreneurFactory(referent=ReferentFactory())


LISTS = {
    f"{model._meta.app_label}_{model._meta.model_name}": len(model_admin.list_display)
    for model, model_admin in admin.site._registry.items()
}


@pytest.mark.parametrize("model", LISTS)
def test_every_list_sorts_by_every_column(browser, fiche, model):
    ListingRequestFactory(co_entrepreneur=fiche)
    url = reverse(f"admin:{model}_changelist")

    for column in range(1, LISTS[model] + 1):
        assert [browser.get(f"{url}?o={sign}{column}").status_code for sign in ("", "-")] == [200, 200], column


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_export_follows_the_order_of_the_names(browser, ending):
    url = admin_url("coentrepreneur_export", ending)

    assert [browser.get(f"{url}?o={order}").status_code for order in ("1", "-1")] == [200, 200]


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("coentrepreneur_changelist", "last_name__regex=[]"),
        ("coentrepreneur_changelist", "departed_on__year=-1"),
        ("coentrepreneur_changelist", "created_at__year=99999999999"),
        ("contactmessage_changelist", "created_at__year=99999999999"),
        ("contactmessage_changelist", "created_at__year=abc"),
        ("domain_changelist", "name__regex=[]"),
        ("skill_changelist", "synonyms__contains=abc"),
        ("listingrequest_changelist", "submitted_at__year=-1"),
        ("referent_changelist", "name__regex=[]"),
        ("coentrepreneur_add", "skills=abc"),
        ("coentrepreneur_add", "referent=abc"),
        ("coentrepreneur_add", "cpv_codes=abc&departed_on=abc&photo=abc&nationwide=abc"),
        ("skill_add", "domain=abc"),
        ("skill_add", "synonyms=abc&name=abc"),
        ("publicclient_add", "department=%C3%A9&type=abc"),
        ("referent_add", "user=abc"),
    ],
)
def test_a_tampered_address_is_no_crash(browser, fiche, page, query):
    assert browser.get(f"{admin_url(page)}?{query}").status_code in {200, 302, 400}


@pytest.mark.parametrize("query", ["last_name__regex=[]", "departed_on__year=-1", "created_at__year=99999999999"])
def test_a_tampered_export_is_no_crash(browser, fiche, query):
    assert browser.get(f"{admin_url('coentrepreneur_export', 'csv')}?{query}").status_code in {302, 400}


def test_a_tampered_address_is_a_page_that_says_so(browser, fiche):
    response = browser.get(f"{admin_url('coentrepreneur_add')}?skills=abc")

    assert response.status_code == 400
    assert "Demande illisible" in response.content.decode()


def test_an_address_takes_the_digits_of_ascii_only(browser):
    assert browser.get("/admin/directory/listingrequest/٣/change/").status_code == 404


@pytest.mark.parametrize("action", ["tick_box", "delete_selected"])
def test_tampered_choices_of_a_bulk_action_are_refused(browser, fiche, action):
    data = {"action": action, "_selected_action": "abc"}

    assert browser.post(admin_url("coentrepreneur_changelist"), data).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [{"skills": "abc"}, {"cpv_codes": "\x00"}, {"referent": "abc"}, {"referent": "\x00"}, {"departments": "\x00"}],
)
def test_a_tampered_fiche_form_saves_nothing(browser, fiche, changes):
    url = admin_url("coentrepreneur_change", fiche.pk)
    data = typed_in_admin(browser.get(url)) | changes | {"headline": "Autre accroche"}

    assert browser.post(url, data).status_code in {200, 400}
    assert not CoEntrepreneur.objects.filter(headline="Autre accroche").exists()
