"""Files that buyers take away, fetched and opened again."""

import csv
import io
import re
import zipfile

import openpyxl
from lxml import etree

from tests.factories import CoEntrepreneurFactory

KINDS = ["csv", "xlsx", "ods"]
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"


def sent(client, address):
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return b"".join(response.streaming_content) if response.streaming else response.content


def lines(data, kind):
    """All the lines of a file as texts, those of the first sheet first."""
    if kind == "csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    if kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        return [["" if cell is None else cell for cell in row] for sheet in book for row in sheet.values]
    content = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("content.xml"))
    return [["".join(cell.itertext()) for cell in row] for row in content.iter(f"{TABLE}table-row")]


def slugs(data, kind):
    addresses = [str(line[-1]) for line in lines(data, kind) if len(line) > 3 and line[-1]]
    return [match[1] for match in (re.search(r"/catalogue/([^/?]+)/$", address) for address in addresses) if match]


def shown(client, query):
    pages = (client.get("/catalogue/", QUERY_STRING=f"{query}&page={number}").text for number in (1, 2))
    return list(dict.fromkeys(slug for page in pages for slug in re.findall(r'<li[^>]* data-fiche="([^"]+)"', page)))


def fiche(**said):
    return CoEntrepreneurFactory(listed=True, **said)


def facts_typed(data, kind):
    """The first sheet as the file types it: by label, the value."""
    if kind == "xlsx":
        return dict(openpyxl.load_workbook(io.BytesIO(data))["Recherche"].values)
    if kind == "csv":
        return {line[0]: line[1] for line in lines(data, kind) if len(line) == 2}
    rows = ods_sheet(data, "Recherche").iter(f"{TABLE}table-row")
    cells = [row.findall(f"{TABLE}table-cell") for row in rows]
    return {"".join(label.itertext()): float(value.get(f"{OFFICE}value") or "nan") for label, value in cells}


def ods_part(data, name):
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read(name))


def ods_sheet(data, name):
    return ods_part(data, "content.xml").find(f".//{TABLE}table[@{TABLE}name='{name}']")
