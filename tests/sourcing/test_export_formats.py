"""Exports opened again in each format: nothing runs, cells have their type, titles stay in sight."""

import io
import zipfile
from datetime import timedelta
from textwrap import wrap
from urllib.parse import quote, urlencode

import openpyxl
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from crealead.cells import FORMULA_STARTS
from directory.models import PublicClient
from directory.sourcing.exports.exports import COLUMNS
from directory.sourcing.exports.files import KINDS as KINDS_OF_FILES
from directory.sourcing.exports.ods_file import SIGN_CM
from directory.sourcing.exports.table import FACTS_WIDTHS, LINE_HEIGHT, MOST_LINES, SEPARATOR, Column, Link, Table
from tests.factories import ReferenceFactory

from .files import KINDS, OFFICE, STYLE, TABLE, TEXT, fiche, lines, ods_part, ods_sheet, sent

pytestmark = pytest.mark.django_db


FIRST_SIGNS = [*FORMULA_STARTS, "'", "\n", "\x00", "\x0b", " ", "0", "/", "é"]
CELLS = st.builds(lambda start, rest: start + rest, st.sampled_from(FIRST_SIGNS), st.text(max_size=12))


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(CELLS, min_size=3, max_size=3), fact=CELLS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_text_of_any_cell_of_any_file_runs(kind, texts, fact):
    """Whatever anybody wrote: in a cell, in a link, in what the first sheet says of the search."""
    address = f"https://example.org/{quote(texts[2])}"
    write, _ = KINDS_OF_FILES[kind]
    columns = [Column(title, 10) for title in ("Un", "Deux", "Lien")]
    table = Table([("Recherche", fact)], columns, [[[*texts[:2], Link(texts[2], address)]]])

    data = b"".join(write(table))

    for line in lines(data, kind):
        for cell in line:
            assert not str(cell).startswith(FORMULA_STARTS)
    if kind != "csv":
        archive = zipfile.ZipFile(io.BytesIO(data))
        for part in archive.namelist():
            if part.endswith(".xml"):
                for cell in etree.fromstring(archive.read(part)).iter("{*}c", "{*}table-cell"):
                    assert cell.find("{*}f") is None
                    assert cell.get(f"{TABLE}formula") is None
                    assert cell.get("t", "inlineStr") == "inlineStr"
                    assert cell.get(f"{OFFICE}value-type", "string") == "string"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_formula_comes_out_of_what_people_wrote(client, kind, start):
    hostile = f"{start}cmd|' /C calc'!A0"
    fiche(headline=hostile, trade_name=hostile, first_name=hostile, last_name="", city=hostile)

    data = sent(client, f"/catalogue/export.{kind}?{urlencode({'q': hostile, 'domaine': hostile, 'graine': '-1'})}")
    told = lines(data, kind) + lines(sent(client, f"/catalogue/export.{kind}"), kind)

    assert sum("calc" in str(cell) for line in told for cell in line) >= 5
    assert [cell for line in told for cell in line if str(cell).startswith(FORMULA_STARTS)] == []


def test_csv_is_a_french_excels(client):
    fiche(headline="Une ; deux")

    data = sent(client, "/catalogue/export.csv")

    assert data.startswith(b"\xef\xbb\xbfRecherche;")
    assert b"\r\n" in data
    assert b'"Une ; deux"' in data


def test_cells_of_a_workbook_have_their_type_and_its_columns_their_width(client):
    ended_on = timezone.localdate() - timedelta(days=30)
    ReferenceFactory(co_entrepreneur=fiche(), ends_on=ended_on)

    book = openpyxl.load_workbook(io.BytesIO(sent(client, "/catalogue/export.xlsx")))

    assert book.sheetnames == ["Recherche", "Fiches"]
    sheet = book["Fiches"]
    cells = {title.value: cell for title, cell in zip(sheet[1], sheet[2], strict=True)}
    assert sheet.freeze_panes == "C2"
    assert cells["Rang"].value == 1
    assert cells["Références"].value == 1
    assert cells["Dernière référence finie le"].value.date() == ended_on
    assert cells["Fiche mise à jour"].value.date() == timezone.localdate()
    assert cells["Adresse de la fiche"].hyperlink.target == cells["Adresse de la fiche"].value
    widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
    assert widths == [column.width for column in COLUMNS]
    assert [book["Recherche"].column_dimensions[letter].width for letter in "AB"] == FACTS_WIDTHS


def test_cells_of_an_opendocument_have_their_type_and_its_columns_their_width(client):
    person, ended_on = fiche(), timezone.localdate() - timedelta(days=30)
    ReferenceFactory(co_entrepreneur=person, ends_on=ended_on)

    data = sent(client, "/catalogue/export.ods")
    sheet = ods_sheet(data, "Fiches")
    titles, row = (line.findall(f"{TABLE}table-cell") for line in sheet.iter(f"{TABLE}table-row"))
    cells = {"".join(title.itertext()): cell for title, cell in zip(titles, row, strict=True)}

    assert cells["Rang"].get(f"{OFFICE}value") == "1"
    assert cells["Dernière référence finie le"].get(f"{OFFICE}date-value") == ended_on.isoformat()
    assert cells["Fiche mise à jour"].get(f"{OFFICE}date-value") == timezone.localdate().isoformat()
    [link] = cells["Adresse de la fiche"].iter(f"{TEXT}a")
    assert link.get("{http://www.w3.org/1999/xlink}href") == link.text
    assert link.text.endswith(person.get_absolute_url())
    widths = {
        style.get(f"{STYLE}name"): style[0].get(f"{STYLE}column-width")
        for style in ods_part(data, "content.xml").iter(f"{STYLE}style")
        if style.get(f"{STYLE}family") == "table-column"
    }
    columns = [widths[column.get(f"{TABLE}style-name")] for column in sheet.iter(f"{TABLE}table-column")]
    assert columns == [f"{column.width * SIGN_CM:.2f}cm" for column in COLUMNS]


def test_an_opendocument_keeps_its_titles_and_names_in_sight(client):
    fiche()

    view = ods_part(sent(client, "/catalogue/export.ods"), "settings.xml")
    config = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}"
    frozen = {item.get(f"{config}name"): item.text for item in view.iter(f"{config}config-item")}

    assert (frozen["HorizontalSplitMode"], frozen["HorizontalSplitPosition"]) == ("2", "2")
    assert (frozen["VerticalSplitMode"], frozen["VerticalSplitPosition"]) == ("2", "1")
    [sheet] = view.iter(f"{config}config-item-map-named")
    assert sheet[0].get(f"{config}name") == "Fiches"


def test_printed_each_page_has_the_titles_and_the_names(client):
    fiche()

    book = openpyxl.load_workbook(io.BytesIO(sent(client, "/catalogue/export.xlsx")))
    sheet = ods_sheet(sent(client, "/catalogue/export.ods"), "Fiches")

    assert (book["Fiches"].print_title_rows, book["Fiches"].print_title_cols) == ("$1:$1", "$A:$B")
    assert len(sheet.find(f"{TABLE}table-header-columns")) == 2
    [titles] = sheet.find(f"{TABLE}table-header-rows")
    assert [cell.findtext(f"{TEXT}p") for cell in titles] == [column.title for column in COLUMNS]


def test_printed_each_sheet_is_as_wide_as_a_landscape_page(client):
    """An OpenDocument has one page for all its sheets, that of the name which sheets without a style take."""
    fiche()

    book = openpyxl.load_workbook(io.BytesIO(sent(client, "/catalogue/export.xlsx")))
    styles = ods_part(sent(client, "/catalogue/export.ods"), "styles.xml")

    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    [page] = styles.iter(f"{STYLE}page-layout-properties")
    assert page.get(f"{STYLE}print-orientation") == "landscape"
    assert (page.get(f"{STYLE}scale-to-X"), page.get(f"{STYLE}scale-to-Y")) == ("1", "0")
    assert [row.get(f"{STYLE}name") for row in styles.iter(f"{STYLE}master-page")] == ["Default"]


def heights(data, kind):
    """Of each row of fiches, the height in points that the file says; None where it says none."""
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(data))["Fiches"]
        return [sheet.row_dimensions[row].height for row in range(2, sheet.max_row + 1)]
    said = {
        style.get(f"{STYLE}name"): float(style[0].get(f"{STYLE}row-height").removesuffix("pt"))
        for style in ods_part(data, "content.xml").iter(f"{STYLE}style")
        if style.get(f"{STYLE}family") == "table-row"
    }
    return [said.get(row.get(f"{TABLE}style-name")) for row in ods_sheet(data, "Fiches").findall(f"{TABLE}table-row")]


# Of a text, beside the figures that the width of a column is in.
LETTERS_A_SIGN = 1.1


@settings(max_examples=50, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(PublicClient.Type.labels), unique=True),
    zone=st.lists(st.sampled_from(["Gard", "Hérault", "Pyrénées-Orientales", "Haute-Garonne", "Tarn-et-Garonne"])),
    breaks=st.integers(0, 3),
)
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_rows_are_as_high_as_their_texts(kind, kinds, zone, breaks):
    write, _ = KINDS_OF_FILES[kind]
    columns = [column for column in COLUMNS if column.title in {"Zone d’intervention", "Clients publics servis"}]
    cells = [SEPARATOR.join(zone), SEPARATOR.join(kinds) + "\nfin" * breaks]

    [height] = heights(b"".join(write(Table([("a", "b")], columns, [[cells]]))), kind)

    lines = [
        sum(len(wrap(line, round(column.width * LETTERS_A_SIGN))) for line in cell.split("\n"))
        for cell, column in zip(cells, columns, strict=True)
    ]
    assert (height or LINE_HEIGHT) >= max(lines) * LINE_HEIGHT


@pytest.mark.parametrize(("kind", "height"), [("xlsx", MOST_LINES * LINE_HEIGHT), ("ods", None)])
def test_no_row_is_held_under_what_it_takes(kind, height):
    """Excel has no higher row; LibreOffice reckons those that say nothing."""
    write, _ = KINDS_OF_FILES[kind]

    table = Table([], [Column("Offre", 30), Column("Autre", 30)], [[["mot " * 800, ""]]])

    assert heights(b"".join(write(table)), kind) == [height]
