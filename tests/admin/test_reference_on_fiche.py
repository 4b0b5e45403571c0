"""References on the first page, on the fiche and in its history."""

import pytest
from django.utils import timezone

from directory.models import Reference
from tests import cast
from tests.cast import (
    admin_url,
    awaiting,
    browser_of,
    text_of,
    typed_in_admin,
)
from tests.factories import PublicClientFactory
from tests.jobs import run_jobs
from tests.references.form import filled

pytestmark = pytest.mark.django_db
State = Reference.State


def test_the_first_page_counts_what_waits_for_this_person(referent, waiting):
    awaiting()
    late = awaiting(co_entrepreneur=waiting.co_entrepreneur, subject="En retard")
    Reference.objects.filter(pk=late.pk).update(submitted_at=timezone.now() - timezone.timedelta(days=9))

    mine = browser_of(referent).get("/admin/").context["board"]
    everyone = browser_of(cast.administrator()).get("/admin/").context["board"]

    assert [(reference.subject, reference.is_late) for reference, _ in mine["references"]] == [
        ("En retard", True),
        ("Schéma cyclable", False),
    ]
    assert (mine["references_count"], everyone["references_count"]) == (2, 3)


@pytest.mark.parametrize("page", ["fiche", "reference"])
def test_what_a_referent_corrects_waits_still(referent, member, waiting, page):
    """On the fiche as on its own page: deciding is another gesture."""
    by_page = {
        "fiche": (admin_url("coentrepreneur_change", member.pk), "kept_references-0-results"),
        "reference": (admin_url("reference_change", waiting.pk), "results"),
    }
    browser, (address, name) = browser_of(referent), by_page[page]

    browser.post(address, typed_in_admin(browser.get(address)) | {name: "Voté par tous"})

    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by, waiting.results) == (State.TO_VALIDATE, None, "Voté par tous")
    assert waiting.version == 2
    assert run_jobs() == []


def test_what_a_referent_writes_anew_on_the_fiche_is_validated_by_them(referent, member):
    browser, address = browser_of(referent), admin_url("coentrepreneur_change", member.pk)
    fields = {
        "subject": "Concertation",
        "client": PublicClientFactory().pk,
        "starts_on": "01/01/2025",
        "role": Reference.Role.SOLE,
    }
    written = {f"kept_references-0-{name}": value for name, value in fields.items()}

    browser.post(address, typed_in_admin(browser.get(address)) | written | {"kept_references-TOTAL_FORMS": "1"})

    reference = Reference.objects.get()
    assert (reference.state, reference.decided_by) == (State.VALIDATED, referent.user)


def test_what_someone_saved_since_is_not_overwritten_from_the_fiche(referent, member, waiting):
    browser, address = browser_of(referent), admin_url("coentrepreneur_change", member.pk)
    typed = typed_in_admin(browser.get(address)) | {"kept_references-0-results": "Voté par tous"}
    Reference.objects.filter(pk=waiting.pk).update(results="Écrit entre-temps", version=2)

    refused = browser.post(address, typed)

    waiting.refresh_from_db()
    assert "a changé pendant que vous la lisiez" in text_of(refused)
    assert waiting.results == "Écrit entre-temps"

    browser.post(address, typed_in_admin(refused) | {"kept_references-0-results": "Voté par tous"})

    waiting.refresh_from_db()
    assert waiting.results == "Voté par tous"


def test_another_page_of_the_fiche_is_saved_whatever_became_of_its_references(referent, member, waiting):
    browser, address = browser_of(referent), admin_url("coentrepreneur_change", member.pk)
    typed = typed_in_admin(browser.get(address)) | {"city": "Sète"}
    Reference.objects.filter(pk=waiting.pk).update(version=2)

    browser.post(address, typed)

    member.refresh_from_db()
    waiting.refresh_from_db()
    assert (member.city, waiting.version) == ("Sète", 2)


def test_what_a_referent_leaves_as_it_is_on_the_fiche_waits_still(referent, member, waiting):
    browser, address = browser_of(referent), admin_url("coentrepreneur_change", member.pk)

    browser.post(address, typed_in_admin(browser.get(address)) | {"city": "Sète"})

    waiting.refresh_from_db()
    assert (waiting.state, waiting.version) == (State.TO_VALIDATE, 1)


def test_a_colleague_does_not_read_amounts_on_the_fiche(member, waiting):
    Reference.objects.update(amount="48213")

    page = text_of(browser_of(cast.referent()).get(admin_url("coentrepreneur_change", member.pk)))

    assert "Schéma cyclable" in page
    assert "48213" not in page
    assert "48 213" not in page


def test_the_history_names_the_member_and_is_not_for_colleagues(referent, member):
    browser_of(member).post("/mon-espace/references/nouvelle/", filled())
    reference = Reference.objects.get()
    again = filled(
        client_name=reference.client.name,
        place="Sète",
        amount="48213",
        contact_name="Gontran Zwyk",
        contact_phone="04 99 88 77 66",
    )
    browser_of(member).post(f"/mon-espace/references/{reference.pk}/modifier/", again)
    address = admin_url("coentrepreneur_history", member.pk)

    whole = text_of(browser_of(referent).get(address))

    assert "Lucie Astruc</b>" in whole
    assert "Zwyk" not in whole, "nothing of a third person goes into the history"
    assert "48213" in whole
    assert "supprimé" not in whole
    assert browser_of(cast.referent()).get(address).status_code == 404
