"""A reference written, entered twice, and changed."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.models import CpvCode, Participation, PublicClient, Reference
from tests.cast import PDF, awaiting, browser_of, text_of
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory
from tests.jobs import run_jobs
from tests.references.form import filled, rows, showing

pytestmark = pytest.mark.django_db
State = Reference.State
LIST = "/mon-espace/references/"
ADD = "/mon-espace/references/nouvelle/"


def url(name, reference):
    return reverse(f"references:{name}", args=[reference.pk])


# --- Adding --------------------------------------------------------------------------------------------------------


def test_a_reference_is_written_by_the_charter_and_sent_to_the_referent(as_member, member, other_member):
    code = CpvCode.objects.get(pk="80500000")
    member.cpv_codes.add(code)

    response = as_member.post(
        ADD,
        filled(
            place="Lodève",
            context="Peu de vélos.",
            mission="Diagnostic, puis ateliers.",
            deliverables="Un schéma",
            results="Voté.",
            amount="24 500,50 €",
            own_part="pilote",
            own_codes=[code.pk],
            other_codes="79530000-8",
            contact_name="M. Puech",
            contact_email="puech@cc-test.example",
            publishable="on",
            attestation=SimpleUploadedFile("n’importe quoi.exe", PDF),
            **rows(("Nora Haddad", "cartographe")),
        ),
        follow=True,
    )

    reference = Reference.objects.get()
    assert "est envoyée" in text_of(response)
    assert (reference.state, reference.co_entrepreneur, str(reference.amount)) == (
        State.TO_VALIDATE,
        member,
        "24500.50",
    )
    assert reference.client.get_type_display() == "Intercommunalité"
    assert {code.pk for code in reference.cpv_codes.all()} == {"80500000", "79530000"}
    assert dict(reference.participations.values_list("co_entrepreneur", "part")) == {
        member.pk: "pilote",
        other_member.pk: "cartographe",
    }
    assert reference.attestation.name.startswith("attestations/")
    assert reference.attestation.name.endswith(".pdf")
    [mail] = run_jobs()
    assert mail.to == [member.referent.email]
    assert "Schéma directeur des mobilités actives" in mail.body
    assert f"/admin/directory/reference/{reference.pk}/decision/" in mail.body


def test_a_member_without_a_referent_can_send_one_too():
    alone = CoEntrepreneurFactory(referent=None)

    browser_of(alone).post(ADD, filled())

    assert Reference.objects.get().state == State.TO_VALIDATE
    assert run_jobs() == []


def test_the_history_says_that_the_member_did_it(as_member, member):
    as_member.post(ADD, filled())

    event = Reference.objects.get().events.get()
    assert event.pgh_context.metadata["member"] == member.pk


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"subject": ""}, "Dites en une ligne ce que vous avez fait."),
        ({"subject": "a\0b"}, "caractère"),
        ({"starts_on": ""}, "Quand la prestation a-t-elle commencé ?"),
        ({"starts_on": "2999-01-01", "ends_on": ""}, "Ce début est à venir"),
        ({"starts_on": "0001-01-01"}, "avant 1980"),
        ({"starts_on": "pas une date"}, "Écrivez un jour, un mois ou une année"),
        ({"ends_on": "2025-02-01"}, "La fin doit venir après le début."),
        ({"amount": "-5"}, "négatif"),
        ({"amount": "NaN"}, "Un montant s’écrit en chiffres"),
        ({"amount": "1e99"}, "chiffres"),
        ({"amount": "9" * 5000}, "chiffres"),
        ({"role": "patron"}, "choix"),
        ({"other_codes": "12"}, "Notre liste ne connaît pas ce code CPV"),
        ({"other_codes": "abc"}, "Ceci n’est pas un code CPV"),
        ({"own_codes": ["\0"]}, "choix"),
        ({"contact_name": "M. Puech"}, "Comment joindre ce contact ?"),
        ({"contact_email": "pas une adresse"}, "adresse"),
        ({"context": "x" * 1501}, "Gardez 1500 signes au plus"),
        ({"client_name": ""}, "Pour quel client public ?"),
        ({"client_type": ""}, "Choisissez le type de ce nouveau client."),
        ({"client_siret": "12345678901234"}, "Ce n’est pas un numéro SIRET"),
        ({"client_department": "\0"}, "choix"),
        ({"version": "9" * 5000}, "nombre entier"),
        ({"collegues-TOTAL_FORMS": "100000"}, "30"),
        ({"collegues-TOTAL_FORMS": "deux"}, "ManagementForm"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(as_member, changed, sentence):
    response = as_member.post(ADD, filled(place="Un lieu tapé", **changed))

    page = text_of(response)
    assert response.status_code == 200
    assert sentence in page
    assert "Un lieu tapé" in page
    assert not Reference.objects.exists()
    assert not PublicClient.objects.exists()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.dictionaries(st.sampled_from(sorted(filled())), st.text(max_size=30)))
def test_whatever_is_sent_gets_an_answer(as_member, data):
    assert as_member.post(ADD, filled() | data).status_code in {200, 302}


# --- The same, entered twice ---------------------------------------------------------------------------------------


def test_a_reference_that_looks_entered_already_is_shown_and_asked_about(as_member, other_member):
    known = PublicClientFactory(name="Communauté de communes du Test", type="intercommunalite")
    twin = ReferenceFactory(
        co_entrepreneur=other_member,
        client=known,
        subject="Schéma directeur de mobilités",
        starts_on=date(2025, 6, 1),
        ends_on=None,
    )

    asked = text_of(as_member.post(ADD, filled(place="Lodève")))
    confirmed = as_member.post(ADD, filled(not_the_same=str(twin.pk)))

    assert "N’est-elle pas déjà entrée ?" in asked
    assert "« Schéma directeur de mobilités », depuis 2025, tenue par Nora Haddad" in asked
    assert "Lodève" in asked
    assert confirmed.status_code == 302
    assert Reference.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "Restauration collective"},
        {"starts_on": date(2019, 1, 1), "ends_on": date(2020, 1, 1)},
        {"client": None},
    ],
)
def test_another_object_another_time_or_another_client_is_not_the_same(as_member, other):
    known = PublicClientFactory(name="Communauté de communes du Test", type="intercommunalite")
    details = {"client": known, "subject": filled()["subject"], "starts_on": date(2025, 1, 1)} | other
    details["client"] = details["client"] or PublicClientFactory(name="Lycée Jean-Moulin")
    ReferenceFactory(**details)

    assert as_member.post(ADD, filled()).status_code == 302


def test_clicking_twice_does_not_enter_it_twice(as_member):
    as_member.post(ADD, filled())

    assert "N’est-elle pas déjà entrée ?" in text_of(as_member.post(ADD, filled()))
    assert Reference.objects.count() == 1


# --- Editing -------------------------------------------------------------------------------------------------------


def test_editing_a_validated_reference_says_beforehand_that_it_will_be_read_again(as_member, member):
    reference = ReferenceFactory(co_entrepreneur=member)

    page = text_of(as_member.get(url("edit", reference)))

    assert "Si vous la modifiez, elle repasse devant votre référent" in page


def test_an_edited_reference_waits_again_and_the_referent_is_told(as_member, member):
    reference = ReferenceFactory(co_entrepreneur=member)

    as_member.post(url("edit", reference), showing(reference, place="Sète"))

    reference.refresh_from_db()
    assert (reference.state, reference.place, reference.version) == (State.TO_VALIDATE, "Sète", 2)
    assert reference.decided_at is None
    assert [mail.to for mail in run_jobs()] == [[member.referent.email]]


def test_saving_without_a_change_keeps_it_validated(as_member, member, other_member):
    reference = ReferenceFactory(co_entrepreneur=member, amount="1200.00")
    Participation.objects.create(reference=reference, co_entrepreneur=other_member, part="cartographe")
    reference.refresh_from_db()

    response = as_member.post(
        url("edit", reference),
        showing(reference, amount="1200") | rows((str(other_member), "cartographe", other_member.pk)),
        follow=True,
    )

    assert "Rien n’a changé." in text_of(response)
    reference.refresh_from_db()
    assert (reference.state, reference.version) == (State.VALIDATED, 1)


def test_what_waits_already_is_changed_without_a_second_mail(as_member, member):
    reference = awaiting(co_entrepreneur=member)

    as_member.post(url("edit", reference), showing(reference, place="Sète"))

    reference.refresh_from_db()
    assert reference.place == "Sète"
    assert run_jobs() == []


def test_what_is_to_complete_shows_what_the_referent_asked(as_member, member):
    reference = ReferenceFactory(
        co_entrepreneur=member, state=State.CHANGES_ASKED, comment="Dites le nombre d’agents formés."
    )

    assert "nombre d’agents formés" in text_of(as_member.get(LIST))
    assert "nombre d’agents formés" in text_of(as_member.get(url("edit", reference)))


def test_the_second_of_two_who_edit_is_told_and_loses_nothing(as_member, member):
    reference = ReferenceFactory(co_entrepreneur=member)
    first, second = showing(reference, place="Sète"), showing(reference, place="Agde", results="Un résultat tapé")
    as_member.post(url("edit", reference), first)

    refused = as_member.post(url("edit", reference), second)

    page = text_of(refused)
    assert "Lucie Astruc l’a modifiée (lieu, état)" in page
    assert "Agde" in page
    assert "Un résultat tapé" in page
    assert Reference.objects.get().place == "Sète"
    as_member.post(url("edit", reference), second | {"version": "2"})
    assert Reference.objects.get().place == "Agde"


def test_a_version_that_is_not_one_writes_nothing(as_member, member):
    reference = ReferenceFactory(co_entrepreneur=member)

    as_member.post(url("edit", reference), showing(reference, place="Sète") | {"version": ""})

    assert Reference.objects.get().place == ""
