"""A spreadsheet of fiches sent to the back office, previewed, then confirmed."""

import io

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
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
