"""The references as référents read, correct and validate them."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from directory.models import Participation, Reference
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory
from tests.jobs import run_jobs
from tests.references.cast import PDF, awaiting, browser_of, filled, text_of

from .cast import admin_url, administrator, client_of, count_queries, form_data, messages_of, referent

pytestmark = pytest.mark.django_db
State = Reference.State


@pytest.fixture
def own():
    return referent(name="Claire Fabre")


@pytest.fixture
def lucie(own):
    return CoEntrepreneurFactory(referent=own, first_name="Lucie", last_name="Astruc", email="lucie@example.org")


@pytest.fixture
def waiting(lucie):
    return awaiting(co_entrepreneur=lucie, subject="Schéma cyclable", results="Voté à l’unanimité")


def page_of(person, reference):
    return text_of(client_of(person).get(admin_url("reference_decide", reference.pk)))


def decide(person, reference, decision, **data):
    return client_of(person).post(
        admin_url("reference_decide", reference.pk),
        {"decision": decision, "version": reference.version} | data,
        follow=True,
    )


# --- The page ------------------------------------------------------------------------------------------------------


def test_the_page_holds_all_that_a_decision_needs(own, lucie, waiting):
    Reference.objects.filter(pk=waiting.pk).update(
        amount="24500", contact_name="M. Puech", attestation="attestations/x.pdf", place="Lodève"
    )
    nora = CoEntrepreneurFactory(first_name="Nora", last_name="Haddad")
    Participation.objects.create(reference=waiting, co_entrepreneur=nora, part="cartographe")
    ReferenceFactory(client=waiting.client, subject="Schéma cyclable communal")

    page = page_of(own, waiting)

    for text in [
        "Voté à l’unanimité",
        "24 500 € HT ; le public lira « de 15 000 à 40 000 € HT »",
        "M. Puech",
        "Lodève",
        admin_url("reference_attestation", waiting.pk),
        "Nora Haddad</a> : cartographe",
        "Peut-être la même, déjà entrée",
        "Schéma cyclable communal",
        "Il manque encore : le contexte",
    ]:
        assert text in page


def test_the_page_costs_the_same_whatever_it_holds(own, waiting):
    browser, address = client_of(own), admin_url("reference_decide", waiting.pk)
    short = count_queries(browser, address)
    for one in CoEntrepreneurFactory.create_batch(4):
        Participation.objects.create(reference=waiting, co_entrepreneur=one)
        ReferenceFactory(client=waiting.client, subject=waiting.subject)

    assert count_queries(browser, address) == short


def test_what_is_written_is_shown_and_nothing_of_it_runs(own, waiting):
    Reference.objects.filter(pk=waiting.pk).update(mission="<script>alert(1)</script>")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page_of(own, waiting)


# --- The decision --------------------------------------------------------------------------------------------------


def test_validating_says_where_it_shows(own, waiting):
    response = decide(own, waiting, "validate", comment="Bravo")

    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == (State.VALIDATED, own.user)
    assert "elle se montre sur les fiches publiques" in messages_of(response)[0]
    assert "par Claire Fabre" in text_of(response)
    assert [mail.to for mail in run_jobs()] == [["lucie@example.org"]]


def test_validating_without_an_agreement_says_that_it_stays_private(own, lucie):
    response = decide(own, awaiting(co_entrepreneur=lucie, publishable=False), "validate")

    assert "n’est pas publique" in messages_of(response)[0]


def test_asking_needs_words_and_keeps_those_typed(own, waiting):
    refused = decide(own, waiting, "ask", comment="  ")
    decide(own, waiting, "ask", comment="Et le lieu ?")

    assert "Dites ce qu’il faut compléter." in text_of(refused)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.comment) == (State.CHANGES_ASKED, "Et le lieu ?")


def test_the_second_of_two_who_decide_is_told(own, waiting):
    decide(administrator(), waiting, "validate")

    response = decide(own, waiting, "ask", comment="Trop tard")

    assert "a été validée par" in messages_of(response)[0]
    assert Reference.objects.get().state == State.VALIDATED


def test_what_changed_meanwhile_is_read_again_and_the_comment_stays(own, waiting):
    Reference.objects.filter(pk=waiting.pk).update(version=2, place="Sète")

    response = decide(own, waiting, "validate", comment="Un mot tapé")

    page = text_of(response)
    assert "Relisez, puis décidez de nouveau." in page
    assert "Sète" in page
    assert "Un mot tapé" in page
    assert Reference.objects.get().state == State.TO_VALIDATE
    decide(own, Reference.objects.get(), "validate")
    assert Reference.objects.get().state == State.VALIDATED


@pytest.mark.parametrize("data", [{"decision": "detruire"}, {"version": "x"}, {"comment": "x" * 2001}])
def test_what_the_page_does_not_offer_decides_nothing(own, waiting, data):
    client_of(own).post(
        admin_url("reference_decide", waiting.pk), {"decision": "validate", "version": "1", "comment": ""} | data
    )

    assert Reference.objects.get().state == State.TO_VALIDATE


@pytest.mark.parametrize("decision", ["validate", "ask"])
def test_another_referent_decides_nothing(waiting, decision):
    assert decide(referent(), waiting, decision, comment="Non").status_code == 403
    assert Reference.objects.get().state == State.TO_VALIDATE


def test_what_nobody_keeps_is_decided_by_administrators(own, waiting):
    Reference.objects.update(co_entrepreneur=None)

    assert client_of(own).get(admin_url("reference_decide", waiting.pk)).status_code == 403
    assert client_of(administrator()).get(admin_url("reference_decide", waiting.pk)).status_code == 200


# --- Writing -------------------------------------------------------------------------------------------------------


def test_correcting_what_waits_leads_back_to_the_decision(own, waiting):
    browser, address = client_of(own), admin_url("reference_change", waiting.pk)
    data = form_data(browser.get(address)) | {"place": "Sète", "_save": "1"}

    response = browser.post(address, data)

    assert response.url == admin_url("reference_decide", waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.place, waiting.version) == (State.TO_VALIDATE, "Sète", 2)


def test_correcting_a_validated_one_keeps_it_validated_by_who_corrects(own, lucie):
    reference = ReferenceFactory(co_entrepreneur=lucie)
    browser, address = client_of(own), admin_url("reference_change", reference.pk)

    browser.post(address, form_data(browser.get(address)) | {"place": "Sète"})

    reference.refresh_from_db()
    assert (reference.state, reference.place, reference.decided_by) == (State.VALIDATED, "Sète", own.user)


def test_the_second_of_two_who_write_is_told_and_the_next_click_saves(own, waiting):
    browser, address = client_of(own), admin_url("reference_change", waiting.pk)
    data = form_data(browser.get(address)) | {"place": "Agde"}
    Reference.objects.filter(pk=waiting.pk).update(version=2, place="Sète")

    refused = browser.post(address, data)

    assert "Comparez, puis enregistrez de nouveau." in text_of(refused)
    assert "Agde" in text_of(refused)
    assert Reference.objects.get().place == "Sète"
    browser.post(address, form_data(refused))
    assert Reference.objects.get().place == "Agde"


def test_a_participant_is_added_and_told(own, lucie):
    reference = ReferenceFactory(co_entrepreneur=lucie)
    nora = CoEntrepreneurFactory(email="nora@example.org")
    browser, address = client_of(own), admin_url("reference_change", reference.pk)
    added = {
        "participations-TOTAL_FORMS": "2",
        "participations-1-co_entrepreneur": nora.pk,
        "participations-1-part": "cartographe",
    }

    browser.post(address, form_data(browser.get(address)) | added)

    assert set(reference.participants.all()) == {lucie, nora}
    assert [mail.to for mail in run_jobs()] == [["nora@example.org"]]


def test_who_keeps_a_reference_is_not_taken_out_of_it(own, lucie):
    reference = ReferenceFactory(co_entrepreneur=lucie)
    browser, address = client_of(own), admin_url("reference_change", reference.pk)

    response = browser.post(address, form_data(browser.get(address)) | {"participations-0-DELETE": "on"})

    assert "confiez-la d’abord à un autre" in text_of(response)
    assert list(reference.participants.all()) == [lucie]


def test_a_reference_is_handed_over_to_another_who_then_takes_part(own, lucie):
    reference = ReferenceFactory(co_entrepreneur=lucie)
    heir = CoEntrepreneurFactory(referent=own)
    browser, address = client_of(own), admin_url("reference_change", reference.pk)

    browser.post(address, form_data(browser.get(address)) | {"co_entrepreneur": heir.pk})

    reference.refresh_from_db()
    assert reference.co_entrepreneur == heir
    assert set(reference.participants.all()) == {lucie, heir}


def test_a_new_reference_is_validated_by_who_writes_it_and_its_participants_are_told(own, lucie):
    nora = CoEntrepreneurFactory(email="nora@example.org")
    browser, address = client_of(own), admin_url("reference_add")
    data = {
        "co_entrepreneur": lucie.pk,
        "client": PublicClientFactory().pk,
        "subject": "Atelier",
        "starts_on": "2025-01-01",
        "role": "titulaire",
        "amount_shown": "band",
        "participations-TOTAL_FORMS": "2",
        "participations-INITIAL_FORMS": "0",
        "participations-0-co_entrepreneur": lucie.pk,
        "participations-0-part": "pilote",
        "participations-1-co_entrepreneur": nora.pk,
    }

    browser.post(address, data)

    reference = Reference.objects.get()
    assert (reference.state, reference.decided_by) == (State.VALIDATED, own.user)
    assert dict(reference.participations.values_list("co_entrepreneur", "part")) == {lucie.pk: "pilote", nora.pk: ""}
    assert [mail.to for mail in run_jobs()] == [["nora@example.org"]]


def test_a_referent_writes_for_their_own_only(own, lucie):
    stranger = CoEntrepreneurFactory()
    browser = client_of(own)
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
    browser = client_of(referent())

    page = text_of(browser.get(admin_url("reference_change", waiting.pk)))
    browser.post(admin_url("reference_change", waiting.pk), {"subject": "Pris"})

    assert "Voté à l’unanimité" in page
    assert "48213" not in page
    assert "48 213" not in page
    assert "Zwyk" not in page
    assert browser.get(admin_url("reference_attestation", waiting.pk)).status_code == 404
    assert Reference.objects.get().subject == "Schéma cyclable"


def test_who_follows_a_participant_reads_it_whole(lucie):
    third = referent()
    shared = awaiting(co_entrepreneur=lucie, contact_name="Gontran Zwyk", attestation=SimpleUploadedFile("a.pdf", PDF))
    Participation.objects.create(reference=shared, co_entrepreneur=CoEntrepreneurFactory(referent=third))
    browser = client_of(third)

    response = browser.get(admin_url("reference_attestation", shared.pk))

    assert "Zwyk" in text_of(browser.get(admin_url("reference_change", shared.pk)))
    assert b"".join(response.streaming_content) == PDF


# --- The list ------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_state_age_and_type_of_client_and_searched(own, lucie, waiting):
    ReferenceFactory(
        co_entrepreneur=lucie,
        subject="Ancien chantier",
        starts_on=date(2010, 1, 1),
        ends_on=date(2011, 1, 1),
        client=PublicClientFactory(name="Lycée Zwyk", type="college-lycee"),
    )
    browser, address = client_of(own), admin_url("reference_changelist")

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


def test_the_list_costs_the_same_whatever_its_length(own, lucie):
    browser, address = client_of(own), admin_url("reference_changelist")
    ReferenceFactory(co_entrepreneur=lucie)
    short = count_queries(browser, address)
    ReferenceFactory.create_batch(6)

    assert count_queries(browser, address) == short


# --- The first page, and the fiche ---------------------------------------------------------------------------------


def test_the_first_page_counts_what_waits_for_this_person(own, waiting):
    awaiting()
    late = awaiting(co_entrepreneur=waiting.co_entrepreneur, subject="En retard")
    Reference.objects.filter(pk=late.pk).update(submitted_at=timezone.now() - timezone.timedelta(days=9))

    mine = client_of(own).get("/admin/").context["board"]
    everyone = client_of(administrator()).get("/admin/").context["board"]

    assert [(reference.subject, reference.is_late) for reference, _ in mine["references"]] == [
        ("En retard", True),
        ("Schéma cyclable", False),
    ]
    assert (mine["references_count"], everyone["references_count"]) == (2, 3)


def test_what_a_referent_writes_on_the_fiche_is_validated_by_them(own, lucie, waiting):
    browser, address = client_of(own), admin_url("coentrepreneur_change", lucie.pk)

    browser.post(address, form_data(browser.get(address)) | {"kept_references-0-results": "Voté par tous"})

    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by, waiting.results) == (State.VALIDATED, own.user, "Voté par tous")
    assert [mail.to for mail in run_jobs()] == [["lucie@example.org"]]


def test_what_a_referent_leaves_as_it_is_on_the_fiche_waits_still(own, lucie, waiting):
    browser, address = client_of(own), admin_url("coentrepreneur_change", lucie.pk)

    browser.post(address, form_data(browser.get(address)) | {"city": "Sète"})

    waiting.refresh_from_db()
    assert (waiting.state, waiting.version) == (State.TO_VALIDATE, 1)


def test_a_colleague_does_not_read_amounts_on_the_fiche(lucie, waiting):
    Reference.objects.update(amount="48213")

    page = text_of(client_of(referent()).get(admin_url("coentrepreneur_change", lucie.pk)))

    assert "Schéma cyclable" in page
    assert "48213" not in page
    assert "48 213" not in page


# --- The history of the fiche --------------------------------------------------------------------------------------


def test_the_history_names_the_member_and_keeps_what_is_private_from_colleagues(own, lucie):
    browser_of(lucie).post("/mon-espace/references/nouvelle/", filled())
    reference = Reference.objects.get()
    again = filled(
        client_name=reference.client.name,
        place="Sète",
        amount="48213",
        contact_name="Gontran Zwyk",
        contact_phone="04 99 88 77 66",
    )
    browser_of(lucie).post(f"/mon-espace/references/{reference.pk}/modifier/", again)
    address = admin_url("coentrepreneur_history", lucie.pk)

    whole, public = (text_of(client_of(person).get(address)) for person in (own, referent()))

    assert "Lucie Astruc</b>" in whole
    assert "Zwyk" not in whole, "nothing of a third person goes into the history"
    assert "48213" in whole
    assert "Sète" in public
    assert "Gontran" not in public
    assert "48213" not in public
    assert "supprimé" not in whole
