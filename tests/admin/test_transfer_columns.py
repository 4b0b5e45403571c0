"""What people call the columns of a spreadsheet, and how they write in them."""

from datetime import date

import pytest

from directory.admin.resource import FicheResource
from directory.admin.spreadsheet.reading import folded
from directory.models import CoEntrepreneur, CpvCode, Skill
from tests.admin.importing import (
    confirm,
    import_file,
    ods,
    ods_of_sheets,
    sentences,
    upload,
    workbook,
    workbook_of_sheets,
)
from tests.cast import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.mark.parametrize("title", ["telephone", "Téléphone", " TÉLÉPHONE ", "Tél.", "N° de téléphone", "telephone:"])
def test_a_column_is_known_by_its_label_whatever_the_capitals_and_accents(referent, member, title):
    import_file(referent, f"Adresse électronique;{title}\nlucie@example.org;04 67 00 00 00\n")

    member.refresh_from_db()
    assert member.phone == "04 67 00 00 00"


def test_every_column_is_known_by_its_title_and_by_the_name_of_its_field():
    titles = FicheResource.titles()

    for field in FicheResource.fields.values():
        label = CoEntrepreneur._meta.get_field(field.attribute).verbose_name
        assert titles[folded(field.column_name)] == titles[folded(label)] == field.column_name


def test_unknown_columns_are_ignored_and_said(referent, member):
    page = upload(referent, "E-mail;Couleur;;Accroche\nlucie@example.org;rouge;5;Neuve\n")
    confirm(referent, page)

    member.refresh_from_db()
    assert member.headline == "Neuve"
    assert "Colonnes ignorées, dont le titre n’est pas connu : « Couleur », la colonne C, sans titre." in text_of(page)


@pytest.mark.parametrize("make", [workbook_of_sheets, ods_of_sheets])
def test_the_first_visible_sheet_that_has_the_titles_is_read(referent, member, make):
    content = make(
        ("Notice", True, [["Comment remplir"], ["Bien"]]),
        ("Ancienne", False, [["email", "accroche"], ["lucie@example.org", "Cachée"]]),
        ("Fiches", True, [["email", "accroche"], ["lucie@example.org", "Neuve"]]),
        ("Autre", True, [["email", "accroche"], ["lucie@example.org", "Autre"]]),
    )

    page = upload(referent, content)
    confirm(referent, page)

    member.refresh_from_db()
    assert member.headline == "Neuve"
    assert "Feuille lue : « Fiches »" in text_of(page)


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("9", ["09"]),
        ("9 ; 34", ["09", "34"]),
        ("9,34,2a", ["09", "2A", "34"]),
        ("Herault | GARD", ["30", "34"]),
        ("34 - Hérault", ["34"]),
        ("Hérault (34), 971", ["34", "971"]),
    ],
)
def test_departments_are_read_as_people_and_spreadsheets_write_them(referent, member, cell, codes):
    import_file(referent, f'email;Départements\nlucie@example.org;"{cell}"\n')

    assert [row.code for row in member.departments.order_by("code")] == codes


@pytest.mark.parametrize("cell", ["34,3", "34.3", "99", "34 - Gard", "Atlantide"])
def test_departments_that_are_not_are_refused(referent, member, cell):
    page = upload(referent, f'email;Départements\nlucie@example.org;"{cell}"\n')

    assert "departements: " in sentences(page)[0]


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("3111000", ["03111000"]),
        ("03111000-2", ["03111000"]),
        ("80500000-9, 3111000", ["03111000", "80500000"]),
        ("CPV : 80500000-9 Services de formation", ["80500000"]),
        ("805", ["80500000"]),
    ],
)
def test_cpv_codes_are_read_as_notices_and_spreadsheets_write_them(referent, member, cell, codes):
    CpvCode.objects.create(code="03111000", label="Graines")

    import_file(referent, f'email;cpv\nlucie@example.org;"{cell}"\n')

    assert [row.code for row in member.cpv_codes.order_by("code")] == codes


@pytest.mark.parametrize("separator", ["|", " | ", ";", ",", ", ", "\n"])
def test_skills_are_parted_by_whatever_parts_words(referent, member, separator):
    skills = list(Skill.objects.all()[:2])
    cell = separator.join(skill.name.upper() for skill in skills)

    import_file(referent, f'email;Compétences\nlucie@example.org;"{cell}"\n')

    assert set(member.skills.all()) == set(skills)


@pytest.mark.parametrize(
    "cell",
    [
        "31/12/27",
        "31.12.2027",
        "31-12-27",
        "2027-12-31",
        "2027-12-31 00:00:00",
        "46752",
        "31 décembre 2027",
        date(2027, 12, 31),
        46752,
    ],
)
@pytest.mark.parametrize("make", [workbook, ods])
def test_a_day_is_read_however_it_is_written(referent, member, cell, make):
    import_file(referent, make(["email", "date de départ"], ["lucie@example.org", cell]))

    member.refresh_from_db()
    assert member.departed_on == date(2027, 12, 31)


@pytest.mark.parametrize("cell", ["décembre 2027", "2027", "12/31/2027", "1", "99999", "31/12", "demain"])
def test_what_is_not_one_day_is_refused(referent, member, cell):
    page = upload(referent, f"email;depart\nlucie@example.org;{cell}\n")

    assert f"« {cell} » n’est pas une date" in sentences(page)[0]


@pytest.mark.parametrize(
    "address",
    ["\u200blucie@example.org", "lucie@example.org\u202c", "\xa0Lucie@Example.org ", "mailto:lucie@example.org"],
)
def test_an_address_with_invisible_signs_is_the_same_one(referent, member, address):
    import_file(referent, f"email;accroche\n{address};Neuve\n")

    assert CoEntrepreneur.objects.get().headline == "Neuve"


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


def test_an_address_with_invisible_signs_is_that_of_the_fiche_there_is(referent, member):
    page = upload(
        referent, "email;prenom;nom\nlucie@example.org\u200b;Lucie;Astruc\n\ufefflucie@example.org;Lucie;Astruc\n"
    )
    import_file(referent, "email;ville\nlucie\u202c@example.org\u00a0;Sète\n")

    assert sentences(page) == ["3 email: Cette adresse est déjà à la ligne 2."]
    assert CoEntrepreneur.objects.get().city == "Sète"


def test_an_address_that_no_mail_can_be_made_out_to_stops_the_import(referent):
    page = upload(referent, "email;prenom;nom\nlucie@\ue000.fr;Lucie;Astruc\n")

    assert "ressemble à" in " ".join(sentences(page))
