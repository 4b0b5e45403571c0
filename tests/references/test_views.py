"""A co-entrepreneur's references, as they are read, written, shared, left and deleted from their space."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.forms import files
from directory.models import CoEntrepreneur, CpvCode, Participation, PublicClient, Reference
from tests.admin.cast import administrator, client_of, referent, staff_without_role
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory
from tests.jobs import run_jobs

from .cast import PDF, awaiting, browser_of, content_of, filled, rows, text_of

pytestmark = pytest.mark.django_db
State = Reference.State
LIST = "/mon-espace/references/"
ADD = "/mon-espace/references/nouvelle/"


def url(name, reference):
    return reverse(f"references:{name}", args=[reference.pk])


@pytest.fixture
def lucie():
    return CoEntrepreneurFactory(first_name="Lucie", last_name="Astruc", trade_name="Cercle ouvert")


@pytest.fixture
def nora():
    return CoEntrepreneurFactory(first_name="Nora", last_name="Haddad", trade_name="Plein Champ")


@pytest.fixture
def browser(lucie):
    return browser_of(lucie)


# --- Who gets in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["list", "add", "near_clients", "near_colleagues"])
def test_who_is_not_in_their_space_is_sent_to_ask_for_a_link(client, name):
    response = client.get(reverse(f"references:{name}"))

    assert response.status_code == 302
    assert response.url.startswith(reverse("my_space:start"))


@pytest.mark.parametrize("name", ["detail", "edit", "delete", "leave", "attestation"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_someone_else_s_reference_does_not_exist(browser, nora, name, method):
    other = ReferenceFactory(co_entrepreneur=nora, attestation=SimpleUploadedFile("a.pdf", PDF))

    response = getattr(browser, method)(url(name, other))

    assert response.status_code in ({404, 405} if method == "post" else {404})
    assert Reference.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize("name", ["edit", "delete"])
def test_who_takes_part_does_not_write_what_a_colleague_keeps(browser, lucie, nora, name):
    shared = ReferenceFactory(co_entrepreneur=nora, subject="Diagnostic")
    Participation.objects.create(reference=shared, co_entrepreneur=lucie)

    assert browser.post(url(name, shared), filled(subject="Pris")).status_code == 404
    assert Reference.objects.get().subject == "Diagnostic"


def test_a_key_beyond_any_does_not_exist(browser):
    assert browser.get(f"{LIST}{10**30}/").status_code == 404


# --- Reading -------------------------------------------------------------------------------------------------------


def test_the_list_says_where_each_stands_and_what_is_missing(browser, lucie, nora):
    ReferenceFactory(co_entrepreneur=lucie, subject="Ancienne", starts_on=date(2012, 1, 1), ends_on=date(2013, 1, 1))
    awaiting(co_entrepreneur=lucie, subject="En attente", publishable=False)
    shared = ReferenceFactory(co_entrepreneur=nora, subject="Partagée")
    Participation.objects.create(reference=shared, co_entrepreneur=lucie, part="animatrice")

    page = text_of(browser.get(LIST))

    for sentence in [
        "Plus de trois ans",
        "Publique",
        "À valider",
        "Réservée à vos réponses",
        "Tenue par Nora Haddad ; votre part : animatrice.",
        "il manque : le contexte, la mission, les livrables, les résultats, le lieu, un code CPV, le montant",
    ]:
        assert sentence in page
    assert url("edit", shared) not in page
    assert url("leave", shared) in page


def test_an_empty_list_says_how_to_begin(browser):
    assert "commencez par la plus récente" in text_of(browser.get(LIST))


def test_the_list_costs_the_same_whatever_its_length(browser, lucie, django_assert_num_queries):
    for number in (1, 7):
        for reference in ReferenceFactory.create_batch(number, co_entrepreneur=lucie):
            reference.cpv_codes.set(CpvCode.objects.all()[:2])
        with django_assert_num_queries(4):
            browser.get(LIST)


def test_the_form_costs_the_same_whoever_took_part(browser, lucie):
    counts = []
    for number in (1, 6):
        reference = ReferenceFactory(co_entrepreneur=lucie)
        for one in CoEntrepreneurFactory.create_batch(number):
            Participation.objects.create(reference=reference, co_entrepreneur=one)
        with CaptureQueriesContext(connection) as queries:
            browser.get(url("edit", reference))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_private_pages_are_kept_by_nobody(browser):
    response = browser.get(LIST)

    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


# --- Adding --------------------------------------------------------------------------------------------------------


def test_a_reference_is_written_by_the_charter_and_sent_to_the_referent(browser, lucie, nora):
    code = CpvCode.objects.get(pk="80500000")
    lucie.cpv_codes.add(code)

    response = browser.post(
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
        lucie,
        "24500.50",
    )
    assert reference.client.get_type_display() == "Intercommunalité"
    assert {code.pk for code in reference.cpv_codes.all()} == {"80500000", "79530000"}
    assert dict(reference.participations.values_list("co_entrepreneur", "part")) == {
        lucie.pk: "pilote",
        nora.pk: "cartographe",
    }
    assert reference.attestation.name.startswith("attestations/")
    assert reference.attestation.name.endswith(".pdf")
    [mail] = run_jobs()
    assert mail.to == [lucie.referent.email]
    assert "Schéma directeur des mobilités actives" in mail.body
    assert f"/admin/directory/reference/{reference.pk}/decision/" in mail.body


def test_a_member_without_a_referent_can_send_one_too():
    alone = CoEntrepreneurFactory(referent=None)

    browser_of(alone).post(ADD, filled())

    assert Reference.objects.get().state == State.TO_VALIDATE
    assert run_jobs() == []


def test_the_history_says_that_the_member_did_it(browser, lucie):
    browser.post(ADD, filled())

    event = Reference.objects.get().events.get()
    assert event.pgh_context.metadata["member"] == lucie.pk


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
        ({"context": "x" * 1501}, "1500 caractères"),
        ({"client_name": ""}, "Pour quel client public ?"),
        ({"client_type": ""}, "Choisissez le type de ce nouveau client."),
        ({"client_siret": "12345678901234"}, "Ce n’est pas un numéro SIRET"),
        ({"client_department": "\0"}, "choix"),
        ({"version": "9" * 5000}, "nombre entier"),
        ({"collegues-TOTAL_FORMS": "100000"}, "30"),
        ({"collegues-TOTAL_FORMS": "deux"}, "ManagementForm"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(browser, changed, sentence):
    response = browser.post(ADD, filled(place="Un lieu tapé", **changed))

    page = text_of(response)
    assert response.status_code == 200
    assert sentence in page
    assert "Un lieu tapé" in page
    assert not Reference.objects.exists()
    assert not PublicClient.objects.exists()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.dictionaries(st.sampled_from(sorted(filled())), st.text(max_size=30)))
def test_whatever_is_sent_gets_an_answer(browser, data):
    assert browser.post(ADD, filled() | data).status_code in {200, 302}


# --- The client ----------------------------------------------------------------------------------------------------


def test_near_clients_are_proposed_before_a_new_one_is_made(browser):
    PublicClientFactory(name="Communauté de communes du Teste", type="intercommunalite")

    page = text_of(browser.post(ADD, filled(place="Ici")))

    assert "Dites si c’est l’un de ces clients, ou un autre." in page
    assert "Communauté de communes du Teste (Intercommunalité)" in page
    assert "Ici" in page
    assert PublicClient.objects.count() == 1


def test_the_client_that_is_chosen_is_taken(browser):
    known = PublicClientFactory(name="Communauté de communes du Teste")
    name = filled()["client_name"]

    browser.post(ADD, filled(client_asked=name, client=known.pk, client_type="", client_siret="faux"))

    assert Reference.objects.get().client == known
    assert PublicClient.objects.count() == 1


def test_another_one_of_a_near_name_is_made_when_it_is_said_to_be(browser):
    PublicClientFactory(name="Communauté de communes du Teste")
    name = filled()["client_name"]

    browser.post(
        ADD, filled(client_asked=name, client="nouveau", client_siret="732 829 320 00074", client_department="34")
    )

    made = Reference.objects.get().client
    assert (made.name, made.siret, made.department_id) == (name, "73282932000074", "34")


def test_a_choice_made_for_another_name_does_not_count(browser):
    known = PublicClientFactory(name="Communauté de communes du Teste")

    response = browser.post(ADD, filled(client_asked="Autre chose", client=known.pk))

    assert "Dites si c’est l’un de ces clients" in text_of(response)


def test_a_client_of_the_same_name_but_for_accents_and_case_is_taken_at_once(browser):
    known = PublicClientFactory(name="Communauté de Communes du Test")

    browser.post(ADD, filled(client_name="communaute de communes du test"))

    assert Reference.objects.get().client == known


def test_a_siret_that_is_known_leads_to_its_client(browser):
    PublicClientFactory(name="Syndicat des eaux", siret="73282932000074")

    page = text_of(browser.post(ADD, filled(client_siret="73282932000074")))

    assert "Syndicat des eaux" in page
    assert "Dites si c’est l’un de ces clients" in page


def test_a_new_client_may_not_take_the_siret_of_another(browser):
    PublicClientFactory(name="Syndicat des eaux", siret="73282932000074")
    name = filled()["client_name"]

    page = text_of(browser.post(ADD, filled(client_asked=name, client="nouveau", client_siret="73282932000074")))

    assert "Ce SIRET est celui de « Syndicat des eaux »" in page


def test_near_clients_are_proposed_while_typing(browser):
    PublicClientFactory(name="Commune de Saint-Guilhem")

    near = text_of(browser.get(reverse("references:near_clients"), {"client_name": "saint guilhem"}))
    none = browser.get(reverse("references:near_clients"), {"client_name": "\0x"})

    assert "Commune de Saint-Guilhem (Commune)" in near
    assert 'type="radio"' in near
    assert "<html" not in near
    assert none.content.strip() == b""


# --- Colleagues ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["Nora Haddad", "nora haddad", "Haddad Nora", "plein champ", "Nora Haddad – Plein Champ"]
)
def test_a_colleague_is_found_by_name_or_by_marque(browser, nora, typed):
    browser.post(ADD, filled(**rows((typed, "cartographe"))))

    assert Participation.objects.get(co_entrepreneur=nora).part == "cartographe"


def test_when_several_answer_the_form_asks_which_and_takes_the_one_chosen(browser, nora):
    other = CoEntrepreneurFactory(first_name="Nora", last_name="Hadji", trade_name="")

    asked = text_of(browser.post(ADD, filled(**rows(("Nora", "cartographe")))))
    browser.post(ADD, filled(**rows(("Nora", "cartographe", other.pk))))

    assert "Dites de qui il s’agit." in asked
    assert "Nora Haddad – Plein Champ" in asked
    assert Participation.objects.filter(co_entrepreneur=other).exists()
    assert not Participation.objects.filter(co_entrepreneur=nora).exists()


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ([("Personne Quisoit", "")], "Personne dans la coopérative ne porte ce nom ni cette marque."),
        ([("", "cartographe")], "De qui s’agit-il ?"),
        ([("Lucie Astruc", "")], "Vous y êtes déjà"),
        ([("Nora Haddad", ""), ("Plein Champ", "")], "Nora Haddad est déjà parmi les participants."),
        ([("Nora Haddad", "", 10**9)], "Choisissez parmi les personnes proposées."),
        ([("Nora Haddad", "x" * 121)], "120 caractères"),
    ],
)
def test_a_row_that_is_not_right_says_why(browser, nora, people, sentence):
    page = text_of(browser.post(ADD, filled(**rows(*people))))

    assert sentence in page
    assert not Reference.objects.exists()


def test_who_left_is_not_found(browser, nora):
    CoEntrepreneur.objects.update(departed_on=None)
    nora.departed_on = date(2020, 1, 1)
    nora.save()

    assert "Personne dans la coopérative" in text_of(browser.post(ADD, filled(**rows(("Nora Haddad", "")))))


def test_names_are_proposed_while_typing(browser, nora):
    options = text_of(browser.get(reverse("references:near_colleagues"), {"collegues-0-name": "hada"}))

    assert '<option value="Nora Haddad – Plein Champ">' in options


def test_a_colleague_is_taken_away_and_a_part_changed(browser, lucie, nora):
    third = CoEntrepreneurFactory(first_name="Paul", last_name="Vidal", trade_name="")
    reference = ReferenceFactory(co_entrepreneur=lucie)
    for one in (nora, third):
        Participation.objects.create(reference=reference, co_entrepreneur=one, part="avant")

    browser.post(
        url("edit", reference),
        of(reference)
        | rows((str(nora), "avant", nora.pk), (str(third), "après", third.pk))
        | {"collegues-0-remove": "on"},
    )

    assert dict(reference.participations.values_list("co_entrepreneur", "part")) == {lucie.pk: "", third.pk: "après"}


def test_who_left_since_stays_among_the_participants(browser, lucie, nora):
    reference = ReferenceFactory(co_entrepreneur=lucie)
    Participation.objects.create(reference=reference, co_entrepreneur=nora)
    nora.departed_on = date(2020, 1, 1)
    nora.save()

    browser.post(url("edit", reference), of(reference, place="Sète") | rows((str(nora), "", nora.pk)))

    assert nora in reference.participants.all()


# --- The same, entered twice ---------------------------------------------------------------------------------------


def test_a_reference_that_looks_entered_already_is_shown_and_asked_about(browser, nora):
    known = PublicClientFactory(name="Communauté de communes du Test", type="intercommunalite")
    twin = ReferenceFactory(
        co_entrepreneur=nora,
        client=known,
        subject="Schéma directeur de mobilités",
        starts_on=date(2025, 6, 1),
        ends_on=None,
    )

    asked = text_of(browser.post(ADD, filled(place="Lodève")))
    confirmed = browser.post(ADD, filled(not_the_same=str(twin.pk)))

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
def test_another_object_another_time_or_another_client_is_not_the_same(browser, other):
    known = PublicClientFactory(name="Communauté de communes du Test", type="intercommunalite")
    details = {"client": known, "subject": filled()["subject"], "starts_on": date(2025, 1, 1)} | other
    details["client"] = details["client"] or PublicClientFactory(name="Lycée Jean-Moulin")
    ReferenceFactory(**details)

    assert browser.post(ADD, filled()).status_code == 302


def test_clicking_twice_does_not_enter_it_twice(browser):
    browser.post(ADD, filled())

    assert "N’est-elle pas déjà entrée ?" in text_of(browser.post(ADD, filled()))
    assert Reference.objects.count() == 1


# --- Editing -------------------------------------------------------------------------------------------------------


def of(reference, **changed):
    """What a browser sends of a form that shows this reference, untouched."""
    return filled(
        client_name=reference.client.name,
        client_asked=reference.client.name,
        client=reference.client_id,
        client_type="",
        subject=reference.subject,
        starts_on=str(reference.starts_on),
        ends_on="",
        publishable="on",
        version=reference.version,
    ) | {name: value for name, value in changed.items() if value is not None}


def test_editing_a_validated_reference_says_beforehand_that_it_will_be_read_again(browser, lucie):
    reference = ReferenceFactory(co_entrepreneur=lucie)

    page = text_of(browser.get(url("edit", reference)))

    assert "Si vous la modifiez, elle repasse devant votre référent" in page


def test_an_edited_reference_waits_again_and_the_referent_is_told(browser, lucie):
    reference = ReferenceFactory(co_entrepreneur=lucie)

    browser.post(url("edit", reference), of(reference, place="Sète"))

    reference.refresh_from_db()
    assert (reference.state, reference.place, reference.version) == (State.TO_VALIDATE, "Sète", 2)
    assert reference.decided_at is None
    assert [mail.to for mail in run_jobs()] == [[lucie.referent.email]]


def test_saving_without_a_change_keeps_it_validated(browser, lucie, nora):
    reference = ReferenceFactory(co_entrepreneur=lucie, amount="1200.00")
    Participation.objects.create(reference=reference, co_entrepreneur=nora, part="cartographe")
    reference.refresh_from_db()

    response = browser.post(
        url("edit", reference), of(reference, amount="1200") | rows((str(nora), "cartographe", nora.pk)), follow=True
    )

    assert "Rien n’a changé." in text_of(response)
    reference.refresh_from_db()
    assert (reference.state, reference.version) == (State.VALIDATED, 1)


def test_what_waits_already_is_changed_without_a_second_mail(browser, lucie):
    reference = awaiting(co_entrepreneur=lucie)

    browser.post(url("edit", reference), of(reference, place="Sète"))

    reference.refresh_from_db()
    assert reference.place == "Sète"
    assert run_jobs() == []


def test_what_is_to_complete_shows_what_the_referent_asked(browser, lucie):
    reference = ReferenceFactory(
        co_entrepreneur=lucie, state=State.CHANGES_ASKED, comment="Dites le nombre d’agents formés."
    )

    assert "nombre d’agents formés" in text_of(browser.get(LIST))
    assert "nombre d’agents formés" in text_of(browser.get(url("edit", reference)))


def test_the_second_of_two_who_edit_is_told_and_loses_nothing(browser, lucie):
    reference = ReferenceFactory(co_entrepreneur=lucie)
    first, second = of(reference, place="Sète"), of(reference, place="Agde", results="Un résultat tapé")
    browser.post(url("edit", reference), first)

    refused = browser.post(url("edit", reference), second)

    page = text_of(refused)
    assert "Lucie Astruc l’a modifiée (lieu, état)" in page
    assert "Agde" in page
    assert "Un résultat tapé" in page
    assert Reference.objects.get().place == "Sète"
    browser.post(url("edit", reference), second | {"version": "2"})
    assert Reference.objects.get().place == "Agde"


def test_a_version_that_is_not_one_writes_nothing(browser, lucie):
    reference = ReferenceFactory(co_entrepreneur=lucie)

    browser.post(url("edit", reference), of(reference, place="Sète") | {"version": ""})

    assert Reference.objects.get().place == ""


# --- The attestation -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"MZ pas un PDF", b"%PDF-" + b"x" * (5 * 1024 * 1024)])
def test_what_is_not_an_attestation_is_refused(browser, content):
    page = text_of(browser.post(ADD, filled(attestation=SimpleUploadedFile("a.pdf", content))))

    assert "Ce fichier" in page
    assert not Reference.objects.exists()


def test_a_file_sent_with_a_form_to_correct_need_not_be_chosen_again(browser):
    asked = browser.post(ADD, filled(subject="", attestation=SimpleUploadedFile("preuve.pdf", PDF)))
    ticket = asked.context["entry"].form["attestation_ticket"].value()

    browser.post(ADD, filled(attestation_ticket=ticket))

    assert "« preuve.pdf » est gardé" in text_of(asked)
    assert content_of(Reference.objects.get().attestation) == PDF


def test_a_file_that_waits_is_found_by_its_owner_only(browser, nora):
    asked = browser.post(ADD, filled(subject="", attestation=SimpleUploadedFile("preuve.pdf", PDF)))
    ticket = asked.context["entry"].form["attestation_ticket"].value()

    browser_of(nora).post(ADD, filled(attestation_ticket=ticket))
    browser.post(ADD, filled(client_name="Lycée Jean-Moulin", attestation_ticket="faux"))

    assert [reference.attestation.name for reference in Reference.objects.all()] == ["", ""]


def test_an_attestation_is_replaced_then_removed_and_its_file_goes(browser, lucie, django_capture_on_commit_callbacks):
    reference = ReferenceFactory(co_entrepreneur=lucie, attestation=SimpleUploadedFile("a.pdf", PDF))
    first = reference.attestation.path

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(
            url("edit", reference), of(reference, attestation=SimpleUploadedFile("b.png", b"\x89PNG\r\n\x1a\n neuf"))
        )
    reference.refresh_from_db()
    second = reference.attestation.path
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(url("edit", reference), of(reference) | {"attestation-clear": "on"})

    assert second.endswith(".png")
    assert not any(Path(path).exists() for path in (first, second))
    assert Reference.objects.get().attestation == ""


def test_an_attestation_is_read_by_who_is_concerned_and_by_nobody_else(lucie, nora, client):
    follower = referent()
    third = CoEntrepreneurFactory(referent=follower)
    reference = ReferenceFactory(co_entrepreneur=lucie, attestation=SimpleUploadedFile("a.pdf", PDF))
    Participation.objects.create(reference=reference, co_entrepreneur=third)
    address = url("attestation", reference)

    for reader in (browser_of(lucie), browser_of(third), client_of(follower), client_of(administrator())):
        response = reader.get(address)
        assert b"".join(response.streaming_content) == PDF
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in response["Cache-Control"]
    for stranger in (browser_of(nora), client_of(referent())):
        assert stranger.get(address).status_code == 404
    for nobody in (Client(), client_of(staff_without_role())):
        assert nobody.get(address).status_code == 302


def test_an_attestation_that_is_gone_from_the_disk_does_not_exist(browser, lucie):
    reference = ReferenceFactory(co_entrepreneur=lucie, attestation="attestations/partie.pdf")

    assert browser.get(url("attestation", reference)).status_code == 404


# --- Leaving and deleting ------------------------------------------------------------------------------------------


def test_who_takes_part_may_leave_and_the_keeper_is_told(lucie, nora):
    reference = ReferenceFactory(co_entrepreneur=lucie)
    Participation.objects.create(reference=reference, co_entrepreneur=nora)

    asked = browser_of(nora).get(url("leave", reference))
    browser_of(nora).post(url("leave", reference))

    assert "Vous retirer de cette référence ?" in text_of(asked)
    assert list(reference.participants.all()) == [lucie]
    assert Reference.objects.get().version == 2
    [mail] = run_jobs()
    assert mail.to == [lucie.email]
    assert "Nora Haddad" in mail.body


def test_the_keeper_may_not_leave(browser, lucie):
    reference = ReferenceFactory(co_entrepreneur=lucie)

    assert browser.post(url("leave", reference)).status_code == 404
    assert list(reference.participants.all()) == [lucie]


def test_deleting_says_whom_it_concerns_tells_them_and_erases_the_file(
    browser, lucie, nora, django_capture_on_commit_callbacks
):
    reference = ReferenceFactory(co_entrepreneur=lucie, attestation=SimpleUploadedFile("a.pdf", PDF))
    Participation.objects.create(reference=reference, co_entrepreneur=nora)
    path = reference.attestation.path

    asked = text_of(browser.get(url("delete", reference)))
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(url("delete", reference))

    assert "Nora Haddad" in asked
    assert not Reference.objects.exists()
    assert not Path(path).exists()
    assert [mail.to for mail in run_jobs()] == [[nora.email]]


def test_a_name_that_is_misspelt_is_proposed(browser, nora):
    page = text_of(browser.post(ADD, filled(**rows(("Norah Hadad", "")))))

    assert "Dites de qui il s’agit." in page
    assert "Nora Haddad – Plein Champ" in page


def test_files_whose_form_never_came_back_are_erased(browser, lucie, monkeypatch):
    browser.post(ADD, filled(subject="", attestation=SimpleUploadedFile("preuve.pdf", PDF)))
    monkeypatch.setattr(files, "WAITING_TIME", timedelta(seconds=-1))

    files.forget_waiting_files()

    assert default_storage.listdir(files.WAITING_DIRECTORY)[1] == []


def test_one_member_keeps_few_files_waiting_and_touches_nobody_else_s(browser, lucie, nora, monkeypatch):
    monkeypatch.setattr(files, "MOST_WAITING", 2)
    theirs = files.keep(ContentFile(PDF, name="nora.pdf"), member=nora)

    tickets = [files.keep(ContentFile(PDF, name=f"{rank}.pdf"), member=lucie) for rank in range(3)]

    found = [files.kept(ticket, member=lucie) for ticket in tickets]
    assert [file and file.name for file in found] == [None, "1.pdf", "2.pdf"]
    assert files.kept(theirs, member=nora).name == "nora.pdf"
