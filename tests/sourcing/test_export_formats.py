"""Exports opened again in each format: nothing runs, cells have their type, titles stay in sight."""

import io
import zipfile
from datetime import timedelta
from urllib.parse import quote, urlencode

import openpyxl
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from crealead.cells import FORMULA_STARTS
from directory.sourcing.exports.exports import COLUMNS
from directory.sourcing.exports.tables import FACTS_WIDTHS, SIGN_CM, Column, Link, Table
from directory.sourcing.exports.tables import KINDS as KINDS_OF_FILES
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
    data = sent(client, "/catalogue/export.ods")
    sheet = ods_sheet(data, "Fiches")

    assert (book["Fiches"].print_title_rows, book["Fiches"].print_title_cols) == ("$1:$1", "$A:$B")
    assert book["Fiches"].page_setup.orientation == "landscape"
    assert len(sheet.find(f"{TABLE}table-header-columns")) == 2
    [titles] = sheet.find(f"{TABLE}table-header-rows")
    assert [cell.findtext(f"{TEXT}p") for cell in titles] == [column.title for column in COLUMNS]
    [page] = ods_part(data, "styles.xml").iter(f"{STYLE}page-layout-properties")
    assert page.get(f"{STYLE}print-orientation") == "landscape"
