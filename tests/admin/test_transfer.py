import csv
import io
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from directory.admin import spreadsheet, transfer
from directory.models import CoEntrepreneur, CpvCode, Department, Skill
from tests.factories import CoEntrepreneurFactory

from .cast import admin_url, administrator, client_of, messages_of, referent

pytestmark = pytest.mark.django_db

IMPORT = "coentrepreneur_import"


@pytest.fixture(autouse=True)
def _files_of_the_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def own():
    return referent(name="Claire Fabre")


@pytest.fixture
def fiche(own):
    return CoEntrepreneurFactory(referent=own, email="zoe@example.org", last_name="Martin")


def upload(person, content, name="fiches.csv"):
    """The page that answers an upload: errors, or a preview with its ticket."""
    content = content.encode() if isinstance(content, str) else content
    return client_of(person).post(admin_url(IMPORT), {"file": SimpleUploadedFile(name, content)})


def confirm(person, page):
    return client_of(person).post(admin_url(IMPORT), {"confirmation": page.context["ticket"]}, follow=True)


def import_file(person, content, name="fiches.csv"):
    page = upload(person, content, name)
    assert page.context["ticket"], page.context["errors"] or page.context["form"].errors
    return confirm(person, page)


def sentences(page):
    """What stops the import, as « line column: sentence »."""
    return [f"{line} {column}: {text}" for line, found in page.context["errors"] for column, text in found]


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def export(person, ending, query=""):
    return client_of(person).get(f"{admin_url('coentrepreneur_export', ending)}{query}")


def rows_of(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


# --- The whole way ------------------------------------------------------------------------------------------------


def test_fiches_are_previewed_then_created_and_changed(own, fiche):
    skill, cpv = Skill.objects.first(), CpvCode.objects.first()
    content = (
        "email;prenom;nom;accroche;competences;cpv;departements;toute_la_france;contrat;depart\n"
        f"zoe@example.org;Zoé;Martin;Une accroche neuve;;;;;;\n"
        f"neuf@example.org;Nour;Haddad;;{skill.name} | {skill.name};{cpv.code};34|Gard;oui;Associé;31/12/2030\n"
    )

    page = upload(own, content)
    untouched = CoEntrepreneur.objects.count()
    response = confirm(own, page)

    assert untouched == 1
    assert "Une accroche neuve" in page.content.decode()
    created = CoEntrepreneur.objects.get(email="neuf@example.org")
    fiche.refresh_from_db()
    assert fiche.headline == "Une accroche neuve"
    assert (created.referent, created.contract_stage, created.departed_on.isoformat()) == (own, "associe", "2030-12-31")
    assert list(created.skills.all()) == [skill]
    assert list(created.cpv_codes.all()) == [cpv]
    assert set(created.departments.all()) == set(Department.objects.filter(code__in=["34", "30"]))
    assert messages_of(response) == [
        "Import de « fiches.csv » terminé. Fiches créées : 1 ; modifiées : 1 ; inchangées : 0."
    ]


def test_one_wrong_row_and_nothing_is_written(own, fiche):
    content = (
        "email;prenom;nom;depart;competences\nzoe@example.org;Autre;Nom;;\n\nx@example.org;;Nom;32/01/2030;Voler\n"
    )

    page = upload(own, content)

    fiche.refresh_from_db()
    assert page.context["ticket"] is None
    assert fiche.last_name == "Martin"
    assert sentences(page) == [
        "4 depart: « 32/01/2030 » n’est pas une date : écrivez 31/12/2027 ou 2027-12-31.",
        "4 competences: Valeurs inconnues : Voler.",
        "4 prenom: Ce champ ne peut pas être vide.",
    ]


def test_an_export_imported_again_changes_nothing(own, fiche):
    CoEntrepreneur.objects.update(phone="+33 4 67 00 00 00", headline="- puce", trade_name="@telier")
    fiche.skills.set(Skill.objects.all()[:2])
    for ending in ("csv", "xlsx"):
        page = upload(own, export(own, ending).content, f"fiches.{ending}")

        assert page.context["totals"]["skip"] == 1, page.context["changed"]


def test_absent_columns_change_nothing_and_empty_cells_empty_their_field(own, fiche):
    CoEntrepreneur.objects.update(city="Sète", trade_name="La marque")

    import_file(own, "email;ville\nZOE@example.org;\n")

    fiche.refresh_from_db()
    assert (fiche.city, fiche.trade_name) == ("", "La marque")


@pytest.mark.parametrize(
    "content",
    [
        "email,accroche\nzoe@example.org,École à l’heure\n".encode(),
        "email;accroche\r\nzoe@example.org;École à l’heure\r\n".encode("utf-8-sig"),
        "email;accroche\nzoe@example.org;École à l’heure\n".encode("cp1252"),
        "email\taccroche\nzoe@example.org\tÉcole à l’heure\n".encode(),
        workbook(["Email", "Accroche"], [], ["zoe@example.org", "École à l’heure"]),
    ],
    ids=["utf-8 comma", "bom semicolon", "windows", "tab", "xlsx"],
)
def test_files_of_every_office_are_read(own, fiche, content):
    import_file(own, content)

    fiche.refresh_from_db()
    assert fiche.headline == "École à l’heure"


# --- The box ------------------------------------------------------------------------------------------------------


def test_an_import_without_the_column_leaves_the_box(own):
    CoEntrepreneurFactory(referent=own, email="zoe@example.org", listed=True)

    import_file(own, "email;accroche;client_public\nzoe@example.org;Neuve;\n")
    import_file(own, "email;accroche\nzoe@example.org;Encore\n")

    assert CoEntrepreneur.objects.get().client_public


@pytest.mark.parametrize(("listed", "cell"), [(False, "oui"), (True, "non")])
def test_the_box_changes_by_its_column_and_the_history_says_why(own, listed, cell):
    fiche = CoEntrepreneurFactory(referent=own, email="zoe@example.org", listed=listed)

    import_file(own, f"email;client_public\nzoe@example.org;{cell}\n", "salon.csv")

    fiche.refresh_from_db()
    event = fiche.events.order_by("pgh_id").last()
    assert fiche.client_public is not listed
    assert event.pgh_context.metadata == {"user": own.user.pk, "reason": "Import de salon.csv"}


def test_a_tick_by_import_follows_the_rules(own, fiche):
    CoEntrepreneur.objects.update(public_offer="")

    page = upload(own, "email;client_public\nzoe@example.org;oui\n")

    assert sentences(page) == ["2 client_public: Pour cocher, il faut l’offre aux clients publics."]


def test_a_box_that_is_neither_yes_nor_no_is_refused(own, fiche):
    page = upload(own, "email;client_public\nzoe@example.org;peut-être\n")

    assert sentences(page) == ["2 client_public: « peut-être » : écrivez « oui » ou « non »."]


# --- Who may ------------------------------------------------------------------------------------------------------


def test_a_referent_can_not_import_over_a_colleague_s_fiche(own, fiche):
    page = upload(referent(), "email;nom\nzoe@example.org;Volée\n")

    assert sentences(page) == ["2 email: Cette fiche est suivie par Claire Fabre : vous ne pouvez pas la changer."]


def test_a_referent_can_not_hand_fiches_over_by_import(own, fiche):
    other = referent()

    page = upload(own, f"email;referent\nzoe@example.org;{other.user.username}\n")

    assert sentences(page) == ["2 referent: Seule l’administration change le référent d’une fiche."]


def test_an_administrator_hands_fiches_over_by_import(fiche):
    other = referent()

    import_file(administrator(), f"email;referent\nzoe@example.org;{other.user.email.upper()}\n")

    fiche.refresh_from_db()
    assert fiche.referent == other


def test_an_unknown_referent_is_refused(fiche):
    page = upload(administrator(), "email;referent\nzoe@example.org;personne@example.org\n")

    assert "n’est le compte d’aucun référent" in sentences(page)[0]


# --- Between the preview and the confirmation ---------------------------------------------------------------------


def test_a_file_is_confirmed_once(own, fiche):
    page = upload(own, "email;accroche\nzoe@example.org;Neuve\n")
    confirm(own, page)

    again = confirm(own, page)

    assert "Ce fichier n’attend plus" in messages_of(again)[0]


def test_a_file_is_confirmed_by_who_sent_it(own, fiche):
    page = upload(own, "email;accroche\nzoe@example.org;Neuve\n")

    response = confirm(administrator(), page)

    fiche.refresh_from_db()
    assert "Ce fichier n’attend plus" in messages_of(response)[0]
    assert fiche.headline != "Neuve"


def test_a_forged_confirmation_reads_no_file(own):
    response = client_of(own).post(admin_url(IMPORT), {"confirmation": "../../etc/passwd"}, follow=True)

    assert "Ce fichier n’attend plus" in messages_of(response)[0]


def test_a_fiche_that_changed_hands_meanwhile_stops_the_import(own, fiche):
    page = upload(own, "email;accroche\nzoe@example.org;Neuve\n")
    CoEntrepreneur.objects.update(referent=referent(name="Nadia Belkacem"))

    response = confirm(own, page)

    fiche.refresh_from_db()
    assert "Cette fiche est suivie par Nadia Belkacem" in sentences(response)[0]
    assert fiche.headline != "Neuve"


def test_files_that_nobody_confirms_are_forgotten(own, fiche, monkeypatch):
    upload(own, "email;accroche\nzoe@example.org;Neuve\n")
    monkeypatch.setattr(transfer, "WAITING_TIME", timedelta(0))

    upload(own, "email;accroche\nzoe@example.org;Autre\n")

    assert len(default_storage.listdir("imports")[1]) == 1


# --- Bad files ----------------------------------------------------------------------------------------------------


def zipped(content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("autre.txt", content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b" ", "Ce fichier est vide"),
        (b"email\n", "Ce fichier est vide"),
        (b"nom\nMartin\n", "Il manque la colonne « email »"),
        (b"email;couleur\na@example.org;rouge\n", "Colonne inconnue : couleur."),
        (b"email;email\na@example.org;b\n", "Deux colonnes portent le même titre : email."),
        (b"email;;nom\na@example.org;;b\n", "Une colonne n’a pas de titre."),
        (b"email;nom\na@example.org;b;c\n", "Ligne 2 : il y a plus de cellules que de titres"),
        (b'email;nom\na@example.org;"mal ferm\xc3\xa9\n', "n’est pas un CSV lisible"),
        (b"email" + b";x" * 200 + b"\n", "plus de 100 colonnes"),
        (b"\x00\x01\x02", "ni un CSV, ni un classeur XLSX"),
        (b"\x81\x8d", "ni un CSV, ni un classeur XLSX"),
        (b"PK\x03\x04 du bruit", "n’est pas un classeur XLSX lisible"),
        (zipped("autre chose"), "n’est pas un classeur XLSX lisible"),
        (b"email\n" + b"a@example.org\n" * 1001, "Ce fichier dépasse 1000 lignes"),
        (b"x" * (spreadsheet.MAX_BYTES + 1), "Ce fichier dépasse 5 Mo"),
        (b"", "Ce fichier est vide."),
    ],
    ids=range(16),
)
def test_a_bad_file_gets_a_clear_sentence(own, content, sentence):
    page = upload(own, content)

    assert page.status_code == 200
    assert sentence in str(page.context["form"].errors)


def test_a_workbook_that_unfolds_without_end_is_refused(own, monkeypatch):
    monkeypatch.setattr(spreadsheet, "MAX_UNZIPPED_BYTES", 1000)

    page = upload(own, workbook(["email"], ["a@example.org"]))

    assert "trop lourd une fois ouvert" in str(page.context["form"].errors)


@pytest.mark.parametrize("sheet", [b" " * 15 * 1024 * 1024, b"<c/>" * 500_001], ids=["bytes", "tags"])
def test_a_workbook_that_would_exhaust_the_memory_is_refused_unread(sheet):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet)

    with pytest.raises(spreadsheet.UnreadableFileError, match="trop lourd une fois ouvert"):
        spreadsheet.read(out.getvalue())


def test_empty_rows_without_end_are_not_read_to_the_end(own):
    book = openpyxl.Workbook()
    book.active.append(["email"])
    book.active.cell(row=1_000_000, column=1, value="a@example.org")
    out = io.BytesIO()
    book.save(out)

    pages = [upload(own, out.getvalue()), upload(own, b"email\n" + b"\n" * 5000)]

    for page in pages:
        assert "Ce fichier dépasse 2000 lignes, vides comprises" in str(page.context["form"].errors)


def test_a_file_is_asked_for(own):
    page = client_of(own).post(admin_url(IMPORT))

    assert "Choisissez un fichier." in str(page.context["form"].errors)


def test_the_same_address_twice_is_refused(own):
    page = upload(own, "email;prenom;nom\na@example.org;A;A\nA@example.org;B;B\n")

    assert sentences(page) == ["3 email: Cette adresse est déjà à la ligne 2."]


# --- Formulas -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        '﻿email;accroche\nzoe@example.org;"=HYPERLINK(""http://ailleurs"")"\n'.encode(),
        workbook(["email", "accroche"], ["zoe@example.org", "=1+1"]),
    ],
    ids=["csv", "xlsx"],
)
def test_a_formula_is_refused_not_computed(own, fiche, content):
    page = upload(own, content)

    assert sentences(page) == ["2 accroche: Une formule n’est pas acceptée : mettez sa valeur."]


def test_the_value_of_a_formula_is_read_as_its_author_last_saw_it(own, fiche):
    content = workbook(["email", "accroche"], ["zoe@example.org", "=1+1"])
    cached = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(cached, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"<v />", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>"))

    import_file(own, cached.getvalue())

    fiche.refresh_from_db()
    assert fiche.headline == "2"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_an_export_runs_no_formula(own, fiche, start):
    CoEntrepreneur.objects.update(headline=f"{start}HYPERLINK(1)")

    [row] = rows_of(export(own, "csv"))
    sheet = openpyxl.load_workbook(io.BytesIO(export(own, "xlsx").content)).active

    assert row["accroche"] == f"'{start}HYPERLINK(1)"
    cell = sheet["E2"]
    assert (cell.data_type, cell.value.replace("_x0009_", "\t")) == ("s", f"'{start}HYPERLINK(1)")


# --- The list on screen -------------------------------------------------------------------------------------------


def test_an_export_follows_the_filters_and_the_search(own):
    CoEntrepreneurFactory(referent=own, listed=True, last_name="Référencée", email="r@example.org")
    CoEntrepreneurFactory(referent=own, last_name="Ailleurs")
    CoEntrepreneurFactory(listed=True, last_name="D’une autre")

    rows = rows_of(export(own, "csv", "?suivi=moi&catalogue=oui&q=referencee"))

    assert [(row["nom"], row["referent"], row["client_public"]) for row in rows] == [
        ("Référencée", own.user.email, "oui")
    ]


def test_an_export_names_its_file(own, fiche):
    response = export(own, "xlsx")

    assert response["Content-Disposition"] == f'attachment; filename="fiches-{timezone.localdate()}.xlsx"'


@pytest.mark.parametrize(("ending", "query", "status"), [("exe", "", 404), ("csv", "?inconnu=1", 302)])
def test_an_export_that_makes_no_sense_is_no_error_of_ours(own, ending, query, status):
    assert export(own, ending, query).status_code == status


def test_an_export_costs_the_same_whatever_its_length(own, django_assert_max_num_queries):
    CoEntrepreneurFactory.create_batch(30, referent=own, skills=Skill.objects.all()[:2])
    browser = client_of(own)

    with django_assert_max_num_queries(20):
        browser.get(admin_url("coentrepreneur_export", "csv"))


def test_phones_and_sites_are_read_as_people_type_them(own, fiche):
    import_file(own, "email;telephone;site\nzoe@example.org;467123456;www.exemple.fr\n")

    fiche.refresh_from_db()
    assert (fiche.phone, fiche.website) == ("04 67 12 34 56", "https://www.exemple.fr")
    [phone, website] = sentences(upload(own, "email;telephone;site\nzoe@example.org;1234567;ftp://exemple.fr\n"))
    assert "dix chiffres" in phone
    assert "https://www.exemple.fr" in website


def test_a_phone_written_otherwise_changes_nothing(own, fiche):
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(phone="04 67 12 34 56")
    events = fiche.events.count()

    import_file(own, "email;telephone\nzoe@example.org;+33 (0)4 67 12 34 56\n")

    assert fiche.events.count() == events
