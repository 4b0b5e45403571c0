"""References as référents write and list them."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from directory.models import Participation, Reference
from tests import cast
from tests.cast import (
    PDF,
    admin_url,
    awaiting,
    body_of,
    browser_of,
    count_queries,
    text_of,
    typed_in_admin,
)
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
State = Reference.State


# --- Writing -------------------------------------------------------------------------------------------------------


def test_correcting_what_waits_leads_back_to_the_decision(referent, waiting):
    browser, address = browser_of(referent), admin_url("reference_change", waiting.pk)
    data = typed_in_admin(browser.get(address)) | {"place": "Sète", "_save": "1"}

    response = browser.post(address, data)

    assert response.url == admin_url("reference_decide", waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.place, waiting.version) == (State.TO_VALIDATE, "Sète", 2)


def test_correcting_a_validated_one_keeps_it_validated_by_who_corrects(referent, member):
    reference = ReferenceFactory(co_entrepreneur=member)
    browser, address = browser_of(referent), admin_url("reference_change", reference.pk)

    browser.post(address, typed_in_admin(browser.get(address)) | {"place": "Sète"})

    reference.refresh_from_db()
    assert (reference.state, reference.place, reference.decided_by) == (State.VALIDATED, "Sète", referent.user)


def test_the_second_of_two_who_write_is_told_and_the_next_click_saves(referent, waiting):
    browser, address = browser_of(referent), admin_url("reference_change", waiting.pk)
    data = typed_in_admin(browser.get(address)) | {"place": "Agde"}
    Reference.objects.filter(pk=waiting.pk).update(version=2, place="Sète")

    refused = browser.post(address, data)

    assert "Comparez, puis enregistrez de nouveau." in text_of(refused)
    assert "Agde" in text_of(refused)
    assert Reference.objects.get().place == "Sète"
    browser.post(address, typed_in_admin(refused))
    assert Reference.objects.get().place == "Agde"


def test_a_participant_is_added_and_told(referent, member):
    reference = ReferenceFactory(co_entrepreneur=member)
    nora = CoEntrepreneurFactory(email="nora@example.org")
    browser, address = browser_of(referent), admin_url("reference_change", reference.pk)
    added = {
        "participations-TOTAL_FORMS": "2",
        "participations-1-co_entrepreneur": nora.pk,
        "participations-1-part": "cartographe",
    }

    browser.post(address, typed_in_admin(browser.get(address)) | added)

    assert set(reference.participants.all()) == {member, nora}
    assert [mail.to for mail in run_jobs()] == [["nora@example.org"]]


def test_who_keeps_a_reference_is_not_taken_out_of_it(referent, member):
    reference = ReferenceFactory(co_entrepreneur=member)
    browser, address = browser_of(referent), admin_url("reference_change", reference.pk)

    response = browser.post(address, typed_in_admin(browser.get(address)) | {"participations-0-DELETE": "on"})

    assert "confiez-la d’abord à un autre" in text_of(response)
    assert list(reference.participants.all()) == [member]


def test_a_reference_is_handed_over_to_another_who_then_takes_part(referent, member):
    reference = ReferenceFactory(co_entrepreneur=member)
    heir = CoEntrepreneurFactory(referent=referent)
    browser, address = browser_of(referent), admin_url("reference_change", reference.pk)

    browser.post(address, typed_in_admin(browser.get(address)) | {"co_entrepreneur": heir.pk})

    reference.refresh_from_db()
    assert reference.co_entrepreneur == heir
    assert set(reference.participants.all()) == {member, heir}


def test_a_new_reference_is_validated_by_who_writes_it_and_its_participants_are_told(referent, member):
    nora = CoEntrepreneurFactory(email="nora@example.org")
    browser, address = browser_of(referent), admin_url("reference_add")
    data = {
        "co_entrepreneur": member.pk,
        "client": PublicClientFactory().pk,
        "subject": "Atelier",
        "starts_on": "2025-01-01",
        "role": "titulaire",
        "amount_shown": "band",
        "participations-TOTAL_FORMS": "2",
        "participations-INITIAL_FORMS": "0",
        "participations-0-co_entrepreneur": member.pk,
        "participations-0-part": "pilote",
        "participations-1-co_entrepreneur": nora.pk,
    }

    browser.post(address, data)

    reference = Reference.objects.get()
    assert (reference.state, reference.decided_by) == (State.VALIDATED, referent.user)
    assert dict(reference.participations.values_list("co_entrepreneur", "part")) == {member.pk: "pilote", nora.pk: ""}
    assert [mail.to for mail in run_jobs()] == [["nora@example.org"]]


def test_a_referent_writes_for_their_own_only(referent, member):
    stranger = CoEntrepreneurFactory()
    browser = browser_of(referent)
    data = {
        "co_entrepreneur": stranger.pk,
        "client": PublicClientFactory().pk,
        "subject": "Atelier",
        "starts_on": "2025-01-01",
        "role": "titulaire",
        "amount_shown": "band",
        "participations-TOTAL_FORMS": "0",
        "participations-INITIAL_FORMS": "0",
    }

    browser.post(admin_url("reference_add"), data)

    assert not Reference.objects.exists()


def test_a_colleague_reads_what_is_public_and_changes_nothing(waiting):
    Reference.objects.filter(pk=waiting.pk).update(
        amount="48213", contact_name="Gontran Zwyk", attestation="attestations/x.pdf"
    )
    browser = browser_of(cast.referent())

    page = text_of(browser.get(admin_url("reference_change", waiting.pk)))
    browser.post(admin_url("reference_change", waiting.pk), {"subject": "Pris"})

    assert "Voté à l’unanimité" in page
    assert "48213" not in page
    assert "48 213" not in page
    assert "Zwyk" not in page
    assert browser.get(admin_url("reference_attestation", waiting.pk)).status_code == 404
    assert Reference.objects.get().subject == "Schéma cyclable"


def test_who_follows_a_participant_reads_it_whole(member):
    third = cast.referent()
    shared = awaiting(co_entrepreneur=member, contact_name="Gontran Zwyk", attestation=SimpleUploadedFile("a.pdf", PDF))
    Participation.objects.create(reference=shared, co_entrepreneur=CoEntrepreneurFactory(referent=third))
    browser = browser_of(third)

    response = browser.get(admin_url("reference_attestation", shared.pk))

    assert "Zwyk" in text_of(browser.get(admin_url("reference_change", shared.pk)))
    assert body_of(response) == PDF


# --- The list ------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_state_age_and_type_of_client_and_searched(referent, member, waiting):
    ReferenceFactory(
        co_entrepreneur=member,
        subject="Ancien chantier",
        starts_on=date(2010, 1, 1),
        ends_on=date(2011, 1, 1),
        client=PublicClientFactory(name="Lycée Zwyk", type="college-lycee"),
    )
    browser, address = browser_of(referent), admin_url("reference_changelist")

    def found(**query):
        page = browser.get(address, query)
        return [str(row.subject) for row in page.context["cl"].result_list]

    assert found(state__exact="to_validate") == ["Schéma cyclable"]
    assert found(recente="non") == ["Ancien chantier"]
    assert found(recente="oui") == ["Schéma cyclable"]
    assert found(client__type__exact="college-lycee") == ["Ancien chantier"]
    assert found(q="lycee zwyk") == ["Ancien chantier"]
    assert found(suivi="personne") == []
    assert len(found(suivi="moi")) == 2


def test_the_list_costs_the_same_whatever_its_length(referent, member):
    browser, address = browser_of(referent), admin_url("reference_changelist")
    ReferenceFactory(co_entrepreneur=member)
    short = count_queries(browser, address)
    ReferenceFactory.create_batch(6)

    assert count_queries(browser, address) == short
