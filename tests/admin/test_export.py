"""The list of fiches, taken away as a spreadsheet."""

import csv
import io
import zipfile

import openpyxl
import pytest
from django.utils import timezone

from directory.models import CoEntrepreneur, Skill
from tests.cast import admin_url, browser_of
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db


def export(person, ending, query=""):
    return browser_of(person).get(f"{admin_url('coentrepreneur_export', ending)}{query}")


def rows_of(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_an_export_runs_no_formula(referent, member, start):
    CoEntrepreneur.objects.update(headline=f"{start}HYPERLINK(1)")

    [row] = rows_of(export(referent, "csv"))
    sheet = openpyxl.load_workbook(io.BytesIO(export(referent, "xlsx").content)).active

    assert row["accroche"] == f"'{start}HYPERLINK(1)"
    cell = sheet["E2"]
    assert (cell.data_type, cell.value.replace("_x0009_", "\t")) == ("s", f"'{start}HYPERLINK(1)")


def test_a_workbook_reads_on_a_screen(referent):
    CoEntrepreneurFactory(referent=referent, public_offer="Une longue offre. " * 150, presentation="Une\nligne")

    book = openpyxl.load_workbook(io.BytesIO(export(referent, "xlsx").content))
    content = zipfile.ZipFile(io.BytesIO(export(referent, "ods").content)).read("settings.xml").decode()

    [sheet] = book.worksheets
    assert (sheet.title, sheet.freeze_panes) == ("Fiches", "B2")
    widths = [column.width for column in sheet.column_dimensions.values()]
    assert len(widths) == sheet.max_column
    assert all(10 <= width <= 50 for width in widths)
    assert sheet["F2"].alignment.wrap_text
    assert sheet.row_dimensions[2].height == 90
    assert sheet["A1"].font.bold
    assert 'config:name="VerticalSplitPosition" config:type="int">1<' in content


def test_an_export_follows_the_filters_and_the_search(referent):
    CoEntrepreneurFactory(referent=referent, listed=True, last_name="Référencée", email="r@example.org")
    CoEntrepreneurFactory(referent=referent, last_name="Ailleurs")
    CoEntrepreneurFactory(listed=True, last_name="D’une autre")

    rows = rows_of(export(referent, "csv", "?suivi=moi&catalogue=oui&q=referencee"))

    assert [(row["nom"], row["referent"], row["client_public"]) for row in rows] == [
        ("Référencée", referent.user.email, "oui")
    ]


def test_an_export_names_its_file(referent, member):
    response = export(referent, "xlsx")

    assert response["Content-Disposition"] == f'attachment; filename="fiches-{timezone.localdate()}.xlsx"'


@pytest.mark.parametrize(("ending", "query", "status"), [("exe", "", 404), ("csv", "?inconnu=1", 400)])
def test_an_export_that_makes_no_sense_is_no_error_of_ours(referent, ending, query, status):
    assert export(referent, ending, query).status_code == status


def test_an_export_costs_the_same_whatever_its_length(referent, django_assert_max_num_queries):
    CoEntrepreneurFactory.create_batch(30, referent=referent, skills=Skill.objects.all()[:2])
    browser = browser_of(referent)

    with django_assert_max_num_queries(20):
        browser.get(admin_url("coentrepreneur_export", "csv"))
