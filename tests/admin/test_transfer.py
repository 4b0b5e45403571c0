"""Fiches imported from a spreadsheet: previewed, then confirmed."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from directory.admin import transfer
from directory.models import CoEntrepreneur, CpvCode, Department, Skill
from tests import cast
from tests.admin.importing import IMPORT, confirm, import_file, sentences, upload, workbook
from tests.cast import admin_url, browser_of, messages_of
from tests.factories import CoEntrepreneurFactory, ListingRequestFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def export(person, ending, query=""):
    return browser_of(person).get(f"{admin_url('coentrepreneur_export', ending)}{query}")


# --- The whole way -------------------------------------------------------------------------------------------------


def test_fiches_are_previewed_then_created_and_changed(referent, member):
    skill, cpv = Skill.objects.first(), CpvCode.objects.first()
    content = (
        "email;prenom;nom;accroche;competences;cpv;departements;toute_la_france;contrat;depart\n"
        f"lucie@example.org;Zoé;Martin;Une accroche neuve;;;;;;\n"
        f"neuf@example.org;Nour;Haddad;;{skill.name} | {skill.name};{cpv.code};34|Gard;oui;Associé;31/12/2030\n"
    )

    page = upload(referent, content)
    untouched = CoEntrepreneur.objects.count()
    response = confirm(referent, page)

    assert untouched == 1
    assert "Une accroche neuve" in page.content.decode()
    created = CoEntrepreneur.objects.get(email="neuf@example.org")
    member.refresh_from_db()
    assert member.headline == "Une accroche neuve"
    assert (created.referent, created.contract_stage, created.departed_on.isoformat()) == (
        referent,
        "associe",
        "2030-12-31",
    )
    assert list(created.skills.all()) == [skill]
    assert list(created.cpv_codes.all()) == [cpv]
    assert set(created.departments.all()) == set(Department.objects.filter(code__in=["34", "30"]))
    assert messages_of(response) == [
        "Import de « fiches.csv » terminé. Fiches créées : 1 ; modifiées : 1 ; inchangées : 0. Personne n’est encore prévenu : filtrez la liste par « pas encore », puis « Prévenir de leur fiche »."
    ]


def test_one_wrong_row_and_nothing_is_written(referent, member):
    content = (
        "email;prenom;nom;depart;competences\nlucie@example.org;Autre;Nom;;\n\nx@example.org;;Nom;32/01/2030;Voler\n"
    )

    page = upload(referent, content)

    member.refresh_from_db()
    assert page.context["ticket"] is None
    assert member.last_name == "Astruc"
    assert sentences(page) == [
        "4 depart: « 32/01/2030 » n’est pas une date : écrivez 31/12/2027 ou 2027-12-31.",
        "4 competences: Valeurs inconnues : Voler.",
        "4 prenom: Ce champ ne peut pas être vide.",
    ]


def test_an_export_imported_again_changes_nothing(referent, member):
    CoEntrepreneur.objects.update(phone="+33 4 67 00 00 00", headline="- puce", trade_name="@telier")
    member.skills.set(Skill.objects.all()[:2])
    for ending in ("csv", "xlsx"):
        page = upload(referent, export(referent, ending).content, f"fiches.{ending}")

        assert page.context["totals"]["skip"] == 1, page.context["changed"]


def test_absent_columns_change_nothing_and_empty_cells_empty_their_field(referent, member):
    CoEntrepreneur.objects.update(city="Sète", trade_name="La marque")

    import_file(referent, "email;ville\nLUCIE@example.org;\n")

    member.refresh_from_db()
    assert (member.city, member.trade_name) == ("", "La marque")


@pytest.mark.parametrize(
    "content",
    [
        "email,accroche\nlucie@example.org,École à l’heure\n".encode(),
        "email;accroche\r\nlucie@example.org;École à l’heure\r\n".encode("utf-8-sig"),
        "email;accroche\nlucie@example.org;École à l’heure\n".encode("cp1252"),
        "email\taccroche\nlucie@example.org\tÉcole à l’heure\n".encode(),
        workbook(["Email", "Accroche"], [], ["lucie@example.org", "École à l’heure"]),
    ],
    ids=["utf-8 comma", "bom semicolon", "windows", "tab", "xlsx"],
)
def test_files_of_every_office_are_read(referent, member, content):
    import_file(referent, content)

    member.refresh_from_db()
    assert member.headline == "École à l’heure"


# --- The box -------------------------------------------------------------------------------------------------------


def test_an_import_without_the_column_leaves_the_box(referent):
    CoEntrepreneurFactory(referent=referent, email="lucie@example.org", listed=True)

    import_file(referent, "email;accroche;client_public\nlucie@example.org;Neuve;\n")
    import_file(referent, "email;accroche\nlucie@example.org;Encore\n")

    assert CoEntrepreneur.objects.get().client_public


@pytest.mark.parametrize(("listed", "cell"), [(False, "oui"), (True, "non")])
def test_the_box_changes_by_its_column_and_the_history_says_why(referent, listed, cell):
    fiche = CoEntrepreneurFactory(referent=referent, email="lucie@example.org", listed=listed)

    import_file(referent, f"email;client_public\nlucie@example.org;{cell}\n", "salon.csv")

    fiche.refresh_from_db()
    event = fiche.events.order_by("pgh_id").last()
    assert fiche.client_public is not listed
    assert event.pgh_context.metadata == {"user": referent.user.pk, "reason": "Import de salon.csv"}


def test_a_tick_by_import_follows_the_rules(referent, member):
    CoEntrepreneur.objects.update(public_offer="")

    page = upload(referent, "email;client_public\nlucie@example.org;oui\n")

    assert sentences(page) == ["2 client_public: Pour cocher, il faut l’offre aux clients publics."]


def test_a_box_that_is_neither_yes_nor_no_is_refused(referent, member):
    page = upload(referent, "email;client_public\nlucie@example.org;peut-être\n")

    assert sentences(page) == ["2 client_public: « peut-être » : écrivez « oui » ou « non »."]


# --- Who may -------------------------------------------------------------------------------------------------------


def test_a_referent_can_not_import_over_a_colleague_s_fiche(referent, member):
    page = upload(cast.referent(), "email;nom\nlucie@example.org;Volée\n")

    assert sentences(page) == ["2 email: Cette fiche est suivie par Claire Fabre : vous ne pouvez pas la changer."]


def test_a_referent_can_not_hand_fiches_over_by_import(referent, member):
    other = cast.referent()

    page = upload(referent, f"email;referent\nlucie@example.org;{other.user.username}\n")

    assert sentences(page) == ["2 referent: Seule l’administration change le référent d’une fiche."]


def test_an_administrator_hands_fiches_over_by_import(member):
    other = cast.referent()

    import_file(cast.administrator(), f"email;referent\nlucie@example.org;{other.user.email.upper()}\n")

    member.refresh_from_db()
    assert member.referent == other


def test_an_unknown_referent_is_refused(member):
    page = upload(cast.administrator(), "email;referent\nlucie@example.org;personne@example.org\n")

    assert "n’est le compte d’aucun référent" in sentences(page)[0]


# --- Between the preview and the confirmation ----------------------------------------------------------------------


def test_a_file_is_confirmed_once(referent, member):
    page = upload(referent, "email;accroche\nlucie@example.org;Neuve\n")
    confirm(referent, page)

    again = confirm(referent, page)

    assert "Ce fichier n’attend plus" in messages_of(again)[0]


def test_a_file_is_confirmed_by_who_sent_it(referent, member):
    page = upload(referent, "email;accroche\nlucie@example.org;Neuve\n")

    response = confirm(cast.administrator(), page)

    member.refresh_from_db()
    assert "Ce fichier n’attend plus" in messages_of(response)[0]
    assert member.headline != "Neuve"


def test_a_forged_confirmation_reads_no_file(referent):
    response = browser_of(referent).post(admin_url(IMPORT), {"confirmation": "../../etc/passwd"}, follow=True)

    assert "Ce fichier n’attend plus" in messages_of(response)[0]


def test_a_fiche_that_changed_hands_meanwhile_stops_the_import(referent, member):
    page = upload(referent, "email;accroche\nlucie@example.org;Neuve\n")
    CoEntrepreneur.objects.update(referent=cast.referent(name="Nadia Belkacem"))

    response = confirm(referent, page)

    member.refresh_from_db()
    assert "Cette fiche est suivie par Nadia Belkacem" in sentences(response)[0]
    assert member.headline != "Neuve"


def test_files_that_nobody_confirms_are_forgotten(referent, member, monkeypatch):
    upload(referent, "email;accroche\nlucie@example.org;Neuve\n")
    monkeypatch.setattr(transfer, "WAITING_TIME", timedelta(0))

    upload(referent, "email;accroche\nlucie@example.org;Autre\n")

    assert len(default_storage.listdir("imports")[1]) == 1


def test_phones_and_sites_are_read_as_people_type_them(referent, member):
    import_file(referent, "email;telephone;site\nlucie@example.org;467123456;www.exemple.fr\n")

    member.refresh_from_db()
    assert (member.phone, member.website) == ("04 67 12 34 56", "https://www.exemple.fr")
    refused = upload(referent, "email;telephone;site\nlucie@example.org;1234567;ftp://exemple.fr\n")
    [phone, website] = sentences(refused)
    assert "dix chiffres" in phone
    assert "https://www.exemple.fr" in website


def test_a_phone_written_otherwise_changes_nothing(referent, member):
    CoEntrepreneur.objects.filter(pk=member.pk).update(phone="04 67 12 34 56")
    events = member.events.count()

    import_file(referent, "email;telephone\nlucie@example.org;+33 (0)4 67 12 34 56\n")

    assert member.events.count() == events


def test_the_preview_says_who_enters_who_leaves_and_who_will_be_told(referent):
    entering = CoEntrepreneurFactory(referent=referent, email="a@example.org", first_name="Ana")
    ListingRequestFactory(co_entrepreneur=entering)
    CoEntrepreneurFactory(referent=referent, email="b@example.org", first_name="Bo", listed=True)
    CoEntrepreneurFactory(referent=referent, email="c@example.org", first_name="Cléo", listed=True)
    CoEntrepreneurFactory(referent=referent, email="d@example.org", first_name="Dan", departed_on="2020-01-01")

    page = upload(
        referent,
        "email;client_public;depart\na@example.org;oui;\nb@example.org;non;\n"
        "c@example.org;oui;01/01/2024\nd@example.org;non;01/01/2020\n",
    )

    told = {name.split()[0]: sentence for name, sentence in page.context["effects"]}
    assert set(told) == {"Ana", "Bo", "Cléo"}
    assert "Sa demande de référencement sera close" in told["Ana"]
    assert told["Bo"] == "Quittera le catalogue. Un courriel le dira à b@example.org."
    assert "n’est plus montrée dès maintenant" in told["Cléo"]
    assert "ce que les personnes apprendront" in page.text
    assert not CoEntrepreneur.objects.get(pk=entering.pk).client_public
