"""What each role reads of a fiche, page by page, is what the map says; and what leaves in a spreadsheet leaves a trace."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from directory.models import Consent, FicheExport
from directory.privacy.map.fiches import FICHE
from directory.privacy.vocabulary import Basis, Reader
from tests import cast
from tests.cast import admin_url, body_of, browser_of
from tests.factories import CoEntrepreneurFactory, StandInFactory

pytestmark = pytest.mark.django_db

# What stands in each column, as any page or spreadsheet writes it: a rare word, or a day that is nobody else's.
RARE = {
    "first_name": "Zyglotrax",
    "last_name": "Quervimpt",
    "trade_name": "Brouflade",
    "headline": "Clampistrel",
    "public_offer": "Vorguntine",
    "presentation": "Plisquemard",
    "city": "Trazouillac",
    "phone": "04 99 88 77 61",
    "website": "https://gridolphe.example.org",
    "email": "hurluquet@example.org",
    "contract_ends_on": date(2091, 7, 23),
    "departed_on": date(2092, 8, 24),
}
# As pages and spreadsheets write days.
DAYS = ("%d/%m/%Y", "%Y-%m-%d")
IN_LIST = {"first_name", "last_name", "trade_name", "referent", "contract_stage"}
ROLES = {
    "administrator": {Reader.ADMINISTRATORS},
    "referent": {Reader.REFERENT, Reader.REFERENTS},
    "stand-in": {Reader.REFERENT, Reader.REFERENTS},
    "colleague": {Reader.REFERENTS},
}


@pytest.fixture
def people(referent, other_referent, administrator):
    stand_in = cast.referent(name="Rémi Remplace")
    StandInFactory(referent=referent, stand_in=stand_in, starts_on=timezone.localdate())
    return {
        "administrator": administrator,
        "referent": referent,
        "stand-in": stand_in,
        "colleague": other_referent,
    }


@pytest.fixture
def fiche(referent):
    fiche = CoEntrepreneurFactory(referent=referent, contract_stage="cape", **RARE)
    fiche.photo.save("photo.webp", ContentFile(b"une photo"))
    return fiche


def accept_all(fiche):
    for item in ("phone", "website", "photo"):
        Consent.objects.create(co_entrepreneur=fiche, item=item)


def reads(role, column, *, accepted):
    """Whether the map says that this role reads this column."""
    [columns] = [columns for columns in FICHE.columns if column in columns.names.split()]
    readers = set(FICHE.readers_of(columns))
    is_free = role != "colleague" or accepted or FICHE.basis_of(columns) is not Basis.CONSENT
    return bool(readers & ROLES[role]) or (Reader.PUBLIC in readers and is_free)


def says(text, column):
    value = RARE[column]
    writings = [value.strftime(form) for form in DAYS] if isinstance(value, date) else [value]
    return any(writing in text for writing in writings)


@pytest.mark.parametrize("accepted", [False, True], ids=["without consent", "with consent"])
@pytest.mark.parametrize("role", ROLES)
def test_each_role_reads_the_columns_that_the_map_says(people, fiche, role, accepted):
    if accepted:
        accept_all(fiche)
    browser = browser_of(people[role])
    expected = {column: reads(role, column, accepted=accepted) for column in RARE}

    page = browser.get(admin_url("coentrepreneur_change", fiche.pk)).text.replace("\xa0", " ")
    sheet = browser.get(admin_url("coentrepreneur_export", "csv")).content.decode("utf-8-sig").replace("\xa0", " ")

    assert {column: says(page, column) for column in RARE} == expected
    assert {column: says(sheet, column) for column in RARE} == expected
    photo = browser.get(admin_url("coentrepreneur_photo", fiche.pk))
    assert (photo.status_code == 200) == reads(role, "photo", accepted=accepted)
    assert ("CAPE" in sheet) == reads(role, "contract_stage", accepted=accepted)
    assert fiche.referent.name in page
    if photo.streaming:
        body_of(photo)


@pytest.mark.parametrize("role", ROLES)
def test_the_list_searches_sorts_and_filters_by_what_is_read(people, fiche, role):
    CoEntrepreneurFactory(contract_stage="associe", referent=people["colleague"])
    browser, reads_it = browser_of(people[role]), reads(role, "email", accepted=False)
    address = admin_url("coentrepreneur_changelist")

    def found(query):
        return f"/{fiche.pk}/change/" in browser.get(f"{address}?{query}").text

    assert found("q=Quervimpt")
    assert found("q=hurluquet") == reads_it
    assert found("q=hurluquet@example.org+Quervimpt") == reads_it
    assert found("contract_stage__exact=cape") == reads_it
    assert ('field-contract">CAPE' in browser.get(address).text) == reads_it
    completed = browser.get(
        reverse("admin:autocomplete"),
        {"app_label": "directory", "model_name": "reference", "field_name": "co_entrepreneur", "term": "hurluquet"},
    )
    assert (RARE["last_name"] in completed.text) == reads_it
    if not reads_it:
        # Sorted by the contract, in either way, it stands where it would whatever it were.
        orders = []
        for stage in ("cape", "cesa"):
            fiche.contract_stage = stage
            fiche.save()
            orders += [browser.get(f"{address}?o={way}5").text.index(f"/{fiche.pk}/change/") for way in ("", "-")]
        assert orders[:2] == orders[2:]


@pytest.mark.parametrize("role", ROLES)
def test_consents_and_history_are_for_who_follows_the_fiche(people, fiche, role):
    accept_all(fiche)
    browser, follows = browser_of(people[role]), role != "colleague"

    page = browser.get(admin_url("coentrepreneur_change", fiche.pk)).text
    history = browser.get(admin_url("coentrepreneur_history", fiche.pk))

    assert ("consents-TOTAL_FORMS" in page) == follows
    assert (admin_url("coentrepreneur_history", fiche.pk) in page) == follows
    assert history.status_code == (200 if follows else 404)


@pytest.mark.parametrize("role", ROLES)
def test_who_left_is_read_by_who_follows_them_alone(people, fiche, role):
    accept_all(fiche)
    fiche.departed_on = timezone.localdate() - timedelta(days=1)
    fiche.save()
    browser, follows = browser_of(people[role]), role != "colleague"

    answers = [
        browser.get(admin_url("coentrepreneur_changelist")).text,
        browser.get(admin_url("coentrepreneur_change", fiche.pk), follow=True).text,
        browser.get(admin_url("coentrepreneur_export", "csv")).text,
    ]

    assert [RARE["last_name"] in answer for answer in answers] == [follows] * 3


def test_who_left_and_whom_nobody_follows_is_not_for_a_referent_to_take(referent):
    gone = CoEntrepreneurFactory(referent=None, departed_on=timezone.localdate() - timedelta(days=1))

    response = browser_of(referent).post(admin_url("coentrepreneur_take", gone.pk))

    gone.refresh_from_db()
    assert (response.status_code, gone.referent) == (404, None)


# --- The trace of an export --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "xlsx", "ods"])
def test_an_export_leaves_a_trace(referent, fiche, ending):
    CoEntrepreneurFactory()

    browser_of(referent).get(admin_url("coentrepreneur_export", ending), {"q": "Quervimpt"})

    trace = FicheExport.objects.get()
    assert (trace.user, trace.fiches, trace.ending) == (referent.user, 1, ending)
    assert {"email", "telephone", "contrat"} <= set(trace.columns)


def test_what_is_refused_leaves_none(staff_without_role):
    browser_of(staff_without_role).get(admin_url("coentrepreneur_export", "csv"))

    assert not FicheExport.objects.exists()


def test_administrators_alone_read_the_traces(referent, as_administrator, fiche):
    browser = browser_of(referent)
    browser.get(admin_url("coentrepreneur_export", "csv"))
    address = admin_url("ficheexport_changelist")

    page = as_administrator.get(address).text

    assert referent.name in page
    assert "telephone" in page
    assert as_administrator.get(admin_url("ficheexport_change", FicheExport.objects.get().pk)).status_code == 200
    assert as_administrator.get(admin_url("ficheexport_add")).status_code == 403
    assert browser.get(address).status_code == 403
    assert address in as_administrator.get("/admin/").text
    assert address not in browser.get("/admin/").text
