"""Whom else an erasure touches, and how it ends where it can't; to delete in the back office is to erase."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from directory.models import (
    CoEntrepreneur,
    Reference,
)
from directory.privacy.erasure import erase
from directory.privacy.vocabulary import Sought
from tests.at_once import at_once
from tests.cast import admin_url, browser_of
from tests.factories import (
    AdministratorFactory,
    CoEntrepreneurFactory,
    ReferenceFactory,
)

from .filling import traces
from .people import REASON, WORD, a_member, a_referent, dump, told_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("disk")]


def test_a_shared_reference_stays_without_its_keeper_nor_the_contact_they_alone_had(by):
    fiche, mate = a_member(), CoEntrepreneurFactory()
    shared = ReferenceFactory(co_entrepreneur=fiche, contact_name="Un contact", mission="Notre mission")
    shared.participants.add(mate)
    of_mate = ReferenceFactory(co_entrepreneur=mate, contact_name="Un autre contact")
    of_mate.participants.add(fiche)

    erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)

    shared.refresh_from_db()
    of_mate.refresh_from_db()
    assert (shared.co_entrepreneur, shared.contact_name, shared.mission) == (None, "", "Notre mission")
    assert list(shared.participants.all()) == [mate]
    assert (of_mate.co_entrepreneur, of_mate.contact_name) == (mate, "Un autre contact")
    assert set(Reference.objects.all()) == {shared, of_mate}


def test_who_bears_the_same_name_keeps_everything(by):
    namesake = a_member(WORD, email="l-autre@example.org", phone="04 11 11 11 11", website="https://l-autre.example")
    before = told_of("l-autre")
    fiche = a_member()

    erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)

    assert told_of("l-autre") == before
    assert namesake.listing_requests.exists()
    erase(Sought(names=(namesake.name,), phones=(namesake.phone,)), by=by, reason=REASON)
    assert CoEntrepreneur.objects.filter(pk=namesake.pk).exists()
    assert namesake.listing_requests.exists()


def test_it_is_all_or_nothing(by, monkeypatch, django_capture_on_commit_callbacks):
    fiche = a_member()
    before = dump(), traces(WORD)
    monkeypatch.setattr("directory.privacy.erasure.traces.drop_files", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError), django_capture_on_commit_callbacks(execute=True):
        erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)

    assert (dump(), traces(WORD)) == before


def test_who_is_not_there_leaves_all_as_it_is(by):
    """But for its being remembered: a copy of before may hold them."""
    a_member()
    before = dump()

    report = erase(Sought(emails=("personne@example.org",), names=("Personne D’ici",)), by=by, reason=REASON)

    assert (report.erased, report.masked, report.files, report.kept) == (0, 0, 0, ())
    assert before.pop("directory_remembered") == []
    after = dump()
    assert len(after.pop("directory_remembered")) == 1
    assert after == before


@pytest.mark.django_db(transaction=True)
def test_two_erasures_wait_for_each_other():
    by, fiche = AdministratorFactory(), CoEntrepreneurFactory()

    reports = at_once(*[lambda: erase(Sought(fiches=(fiche.pk,)), by=by, reason=REASON)] * 2)

    assert sorted(bool(report.erased) for report in reports) == [False, True]


# --- In the back office --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_bulk", [False, True])
def test_deleting_a_fiche_is_erasing_the_person(by, in_bulk, django_capture_on_commit_callbacks):
    fiche, browser = a_member(), browser_of(by)
    page = browser.get(admin_url("coentrepreneur_delete", fiche.pk))
    assert "La fiche" in page.text
    assert CoEntrepreneur.objects.filter(pk=fiche.pk).exists()

    with django_capture_on_commit_callbacks(execute=True):
        if in_bulk:
            data = {"action": "delete_selected", "_selected_action": [fiche.pk], "post": "yes"}
            response = browser.post(admin_url("coentrepreneur_changelist"), data)
        else:
            response = browser.post(admin_url("coentrepreneur_delete", fiche.pk), {"post": "yes"})

    assert response.status_code == 302
    assert traces(WORD) == {}
    entry = LogEntry.objects.get(user=by)
    assert (entry.object_repr, entry.is_deletion()) == (f"co-entrepreneur n° {fiche.pk}", True)


@pytest.mark.parametrize("page", ["admin:auth_user_delete", "admin:directory_referent_delete"])
def test_deleting_an_account_is_erasing_the_person(by, page, django_capture_on_commit_callbacks):
    referent, _ = a_referent()
    browser = browser_of(by)
    pk = referent.pk if "referent" in page else referent.user_id
    url = reverse(page, args=[pk])

    with django_capture_on_commit_callbacks(execute=True):
        confirmed(browser, url)

    assert traces(WORD) == {}
    assert LogEntry.objects.filter(user=by, object_repr__contains=" n° ").count() == 1


def confirmed(browser, url):
    """Delete; the password is asked for first."""
    data = {"post": "yes"}
    response = browser.post(url, data)
    if "confirmation-password" in response.text:
        response = browser.post(url, data | {"confirmation-password": "une-phrase-de-passe-longue"})
    assert response.status_code == 302
