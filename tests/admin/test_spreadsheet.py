"""Files that are none, or worse: refused in a sentence."""

import io
import zipfile

import openpyxl
import pytest

from directory.admin.resource import FicheResource
from directory.admin.spreadsheet import cells, reading
from tests.admin.importing import IMPORT, import_file, ods, ods_of, sentences, upload, workbook
from tests.cast import admin_url, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


# --- Bad files -----------------------------------------------------------------------------------------------------


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
        (b"nom\nMartin\n", "Il manque la colonne « email »"),
        (b"email;E-mail\na@example.org;b\n", "Deux titres disent la même colonne, email : email, E-mail."),
        ("prénom;email\nÉlodie;a@example.org\n".encode("mac_roman"), "il vient d’un ancien Mac"),
        ("l’offre;email\nx;a@example.org\n".encode("mac_roman"), "il vient d’un ancien Mac"),
        ("prénom;email\nÉlodie;a@example.org\n".encode("cp850"), "ou de MS-DOS"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "protégé par un mot de passe, ou d’un format ancien"),
        (b"email;nom\na@example.org;b;c\n", "Ligne 2 : il y a plus de cellules que de titres"),
        (b'email;nom\na@example.org;"mal ferm\xc3\xa9\n', "n’est pas un CSV lisible"),
        (b"email" + b";x" * 200 + b"\n", "plus de 100 colonnes"),
        (b"\x00\x01\x02", "ni un CSV, ni un classeur XLSX ou ODS"),
        (b"\x81\x8d", "seraient perdus"),
        (b"PK\x03\x04 du bruit", "n’est pas un classeur XLSX ou ODS lisible"),
        (zipped("autre chose"), "n’est pas un classeur XLSX ou ODS lisible"),
        (b"email\n" + b"a@example.org\n" * 1001, "Ce fichier dépasse 1000 lignes"),
        (b"x" * (cells.MAX_BYTES + 1), "Ce fichier dépasse 5 Mo"),
        (b"", "Ce fichier est vide."),
    ],
    ids=range(18),
)
def test_a_bad_file_gets_a_clear_sentence(referent, content, sentence):
    page = upload(referent, content)

    assert page.status_code == 200
    assert sentence in str(page.context["form"].errors)


def test_a_workbook_that_unfolds_without_end_is_refused(referent, monkeypatch):
    monkeypatch.setattr(reading, "MAX_UNZIPPED_BYTES", 1000)

    page = upload(referent, workbook(["email"], ["a@example.org"]))

    assert "trop lourd une fois ouvert" in str(page.context["form"].errors)


@pytest.mark.parametrize("sheet", [b" " * 15 * 1024 * 1024, b"<c/>" * 500_001], ids=["bytes", "tags"])
def test_a_workbook_that_would_exhaust_the_memory_is_refused_unread(sheet):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet)

    with pytest.raises(cells.UnreadableFileError, match="trop lourd une fois ouvert"):
        reading.read(out.getvalue(), titles=FicheResource.titles(), key="email")


def test_empty_rows_without_end_are_not_read_to_the_end(referent):
    book = openpyxl.Workbook()
    book.active.append(["email"])
    book.active.cell(row=1_000_000, column=1, value="a@example.org")
    out = io.BytesIO()
    book.save(out)

    pages = [upload(referent, out.getvalue()), upload(referent, b"email\n" + b"\n" * 5000)]

    for page in pages:
        assert "Ce fichier dépasse 2000 lignes, vides comprises" in str(page.context["form"].errors)


def test_a_file_is_asked_for(referent):
    page = browser_of(referent).post(admin_url(IMPORT))

    assert "Choisissez un fichier." in str(page.context["form"].errors)


def test_the_same_address_twice_is_refused(referent):
    page = upload(referent, "email;prenom;nom\na@example.org;A;A\nA@example.org;B;B\n")

    assert sentences(page) == ["3 email: Cette adresse est déjà à la ligne 2."]


# --- Formulas ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        '﻿email;accroche\nlucie@example.org;"=HYPERLINK(""http://ailleurs"")"\n'.encode(),
        workbook(["email", "accroche"], ["lucie@example.org", "=1+1"]),
    ],
    ids=["csv", "xlsx"],
)
def test_a_formula_is_refused_not_computed(referent, member, content):
    page = upload(referent, content)

    assert sentences(page) == ["2 accroche: Une formule n’est pas acceptée : mettez sa valeur."]


FAILED = ["#REF!", "#N/A", "#NOM?", "#NAME?", "#VALEUR!", "#VALUE!", "#DIV/0!", "#NUL!", "Err:508"]


@pytest.mark.parametrize("failed", FAILED)
@pytest.mark.parametrize("make", [workbook, ods, lambda *rows: "\n".join(";".join(row) for row in rows).encode()])
def test_a_formula_that_failed_is_refused(referent, member, make, failed):
    page = upload(referent, make(["email", "accroche"], ["lucie@example.org", failed]))

    assert sentences(page) == [f"2 accroche: « {failed} » est l’erreur d’une formule : mettez sa valeur."]


def test_each_error_of_a_line_is_told(referent, member):
    page = upload(
        referent,
        "email;prenom;accroche;telephone;departements;client_public\n"
        "pas une adresse;;#REF!;.........;=A1;#N/A\n"
        f"lucie@example.org;Lucie;{'a' * 141};04 67 00 00 00;34;oui\n"
        "lucie@example.org;;Neuve;04 67 00 00 00;34;=B2\n",
    )

    told = {sentence.split(":")[0] for sentence in sentences(page)}
    assert {f"2 {column}" for column in ("email", "prenom", "accroche", "telephone", "departements")} <= told
    assert {"2 client_public", "4 email", "4 prenom", "4 client_public"} <= told
    assert "3 accroche: Gardez 140 signes au plus\u00a0: il y en a 141." in sentences(page)


def test_a_formula_of_an_ods_is_read_as_its_author_last_saw_it(referent, member):
    row = (
        "<table:table-row><table:table-cell><text:p>email</text:p></table:table-cell>"
        "<table:table-cell><text:p>accroche</text:p></table:table-cell></table:table-row><table:table-row>"
        "<table:table-cell><text:p>lucie@example.org</text:p></table:table-cell><table:table-cell {} {}/>"
        "</table:table-row>"
    )
    formula, seen = 'table:formula="of:=1+1"', 'office:value-type="float" office:value="2"'

    refused = upload(referent, ods_of(f"<table:table>{row.format(formula, '')}</table:table>"))
    import_file(referent, ods_of(f"<table:table>{row.format(formula, seen)}</table:table>"))

    assert sentences(refused) == ["2 accroche: Une formule n’est pas acceptée : mettez sa valeur."]
    member.refresh_from_db()
    assert member.headline == "2"


def test_the_value_of_a_formula_is_read_as_its_author_last_saw_it(referent, member):
    content = workbook(["email", "accroche"], ["lucie@example.org", "=1+1"])
    cached = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(cached, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"<v />", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>"))

    import_file(referent, cached.getvalue())

    member.refresh_from_db()
    assert member.headline == "2"
