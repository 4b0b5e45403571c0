"""A spreadsheet of fiches sent to the back office, previewed, then confirmed."""

import io
import zipfile
from datetime import date

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import admin_url, browser_of

IMPORT = "coentrepreneur_import"


def upload(person, content, name="fiches.csv"):
    """The page that answers an upload: errors, or a preview with its ticket."""
    content = content.encode() if isinstance(content, str) else content
    return browser_of(person).post(admin_url(IMPORT), {"file": SimpleUploadedFile(name, content)})


def confirm(person, page, **pressed):
    return browser_of(person).post(admin_url(IMPORT), {"confirmation": page.context["ticket"]} | pressed, follow=True)


def import_file(person, content, name="fiches.csv"):
    page = upload(person, content, name)
    assert page.context["ticket"], page.context["errors"] or page.context["form"].errors
    return confirm(person, page)


def sentences(page):
    """What stops the import, as « line column: sentence »."""
    return [f"{line} {column}: {text}" for line, found in page.context["errors"] for column, text in found]


def workbook(*rows):
    return workbook_of_sheets(("Feuille1", True, rows))


def workbook_of_sheets(*sheets):
    """An XLSX of (title, whether it shows, rows)."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, visible, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.sheet_state = "visible" if visible else "hidden"
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(*rows):
    return ods_of_sheets(("Feuille1", True, rows))


def ods_of_sheets(*sheets):
    """An ODS of (title, whether it shows, rows)."""
    return ods_of(
        "".join(
            f'<table:table table:name="{title}" table:style-name="{"ta1" if visible else "ta2"}">'
            + "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in rows)
            + "</table:table>"
            for title, visible, rows in sheets
        )
    )


def ods_of(tables):
    """An ODS of these tables, as XML."""
    names = ("office", "table", "text", "style")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>"
        '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return out.getvalue()


def _cell(value):
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
    if isinstance(value, int):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
