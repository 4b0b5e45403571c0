"""Files that clumsy people and attackers send to the imports of the back office, built when they are asked for."""

import io
import json
import struct
import zipfile
from datetime import date

import openpyxl

from directory.admin.resource import FicheResource
from tests.admin.importing import ods, ods_of, workbook, workbook_of_sheets
from tests.references.decp.contracts import OTHER, contract

COLUMNS = [field.column_name for field in FicheResource.fields.values()]
MEGABYTE = 1024 * 1024
ENTITIES = '<!DOCTYPE x [<!ENTITY e0 "haha">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
OUTSIDE = '<!DOCTYPE x [<!ENTITY e9 SYSTEM "file:///etc/passwd">'
NAMES = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def archive(parts, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as parts_of:
        for name, content in parts.items():
            parts_of.writestr(name, content)
    return out.getvalue()


def xlsx_with(**parts):
    """An honest workbook, where some parts are others: `sheet1`, `sharedStrings`, `styles`, `workbook`."""
    with zipfile.ZipFile(io.BytesIO(workbook(["email", "accroche"], ["a@example.org", "Neuve"]))) as honest:
        content = {name: honest.read(name) for name in honest.namelist()}
    content["[Content_Types].xml"] = content["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.sharedStrings+xml"/></Types>',
    )
    paths = {"sheet1": "xl/worksheets/sheet1.xml"}
    return archive(content | {paths.get(name, f"xl/{name}.xml"): xml for name, xml in parts.items()})


def sheet(rows):
    return f"<worksheet {NAMES}><sheetData>{rows}</sheetData></worksheet>"


def strings(*texts):
    items = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in texts)
    return f"<sst {NAMES}>{items}</sst>"


def shared_cells(text):
    """A thousand rows, of which each cell is the same text."""
    titles = "".join(f'<c t="s"><v>{rank}</v></c>' for rank in range(len(COLUMNS)))
    cells = f'<c t="s"><v>{len(COLUMNS)}</v></c>' * len(COLUMNS)
    row = f"<row>{cells}</row>"
    return xlsx_with(sheet1=sheet(f"<row>{titles}</row>{row * 1000}"), sharedStrings=strings(*COLUMNS, text))


def lying():
    """A sheet of 200 MB that announces 900 bytes."""
    out, size = io.BytesIO(), 200 * MEGABYTE
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts, parts.open("xl/workbook.xml", "w") as part:
        for _ in range(200):
            part.write(bytes(MEGABYTE))
    return out.getvalue().replace(struct.pack("<L", size), struct.pack("<L", 900))


def far_cell(**place):
    book = openpyxl.Workbook()
    book.active.append(["email"])
    book.active.cell(**place, value="a@example.org")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods_rows(*rows, repeated=1):
    titles = "".join(f"<table:table-cell><text:p>{column}</text:p></table:table-cell>" for column in COLUMNS)
    many = f'<table:table-row table:number-rows-repeated="{repeated}">'
    body = "".join(f"{many}{row}</table:table-row>" for row in rows)
    return ods_of(f'<table:table table:name="F"><table:table-row>{titles}</table:table-row>{body}</table:table>')


def cell(content="", **attributes):
    said = " ".join(f'{name.replace("_", ":", 1).replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<table:table-cell {said}>{content}</table:table-cell>"


def csv(*rows, separator=";", encoding="utf-8"):
    return "\r\n".join(separator.join(row) for row in rows).encode(encoding, "replace")


def many_fiches(text):
    """New fiches, whose long texts are all full."""
    row = "a{0}@example.org;Camille;Durand;;{1:.140};{1};{1}"
    return "\n".join(
        ["email;prenom;nom;marque;accroche;offre;presentation", *(row.format(n, text) for n in range(200))]
    ).encode()


def contracts(*rows, **file):
    return json.dumps({"marches": {"marche": rows}} | file).encode()


FICHES = {
    # --- XLSX
    "empty archive": lambda: b"PK\x05\x06" + bytes(18),
    "noise after a signature": lambda: b"PK\x03\x04" + bytes(range(256)) * 40,
    "cut workbook": lambda: workbook(["email"], ["a@example.org"])[:-200],
    "workbook that lies": lying,
    "workbook of zeros": lambda: archive({"xl/worksheets/sheet1.xml": bytes(100 * MEGABYTE)}),
    "entities that multiply": lambda: xlsx_with(sharedStrings=f"{ENTITIES}]><sst><si><t>&e9;</t></si></sst>"),
    "entity from outside": lambda: xlsx_with(sharedStrings=f"{OUTSIDE}]><sst><si><t>&e9;</t></si></sst>"),
    "half a million tags": lambda: xlsx_with(sheet1=sheet("<row><c/></row>" * 160_000)),
    "as many styles": lambda: xlsx_with(
        styles=f"<styleSheet {NAMES}><fonts>{'<font/>' * 400_000}</fonts></styleSheet>"
    ),
    "as many texts": lambda: xlsx_with(sharedStrings=strings(*["x"] * 110_000)),
    "ten megabytes in a cell": lambda: shared_cells("x" * 10 * MEGABYTE),
    "the longest cell everywhere": lambda: shared_cells(" " + "é" * 32_000 + " "),
    "a formula as long": lambda: shared_cells("=" + "1+" * 16_000),
    "last row": lambda: far_cell(row=1_048_576, column=1),
    "last column": lambda: far_cell(row=2, column=16_384),
    "hundred sheets": lambda: workbook_of_sheets(*((f"F{n}", True, [["x"] * 10] * 20) for n in range(100))),
    "nothing visible": lambda: xlsx_with(workbook=b"<workbook/>"),
    "formulas": lambda: workbook(["email", "accroche"], ["a@example.org", "=HYPERLINK(1)"]),
    "failed formulas": lambda: workbook(["email", "accroche"], ["a@example.org", "#REF!"]),
    "strange values": lambda: workbook(
        COLUMNS,
        ["a@example.org", 1e308, -1, True, date(1899, 12, 31), 0.1, 34.3, 1e20, -9, 2, 9e99],
    ),
    "sheet that isn't XML": lambda: xlsx_with(sheet1=b"<worksheet><sheetData><row><c>"),
    "numbers of rows that lie": lambda: xlsx_with(
        sheet1=sheet('<row r="999999999999"><c r="ZZZZZZ9"><v>1</v></c></row>')
    ),
    "protected workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000),
    "binary workbook": lambda: archive({"xl/workbook.bin": bytes(2000), "[Content_Types].xml": "<Types/>"}),
    "names that climb": lambda: archive({"../../etc/passwd": "x", "xl/workbook.xml": "<workbook/>"}),
    "archive in an archive": lambda: archive({"a.xlsx": workbook(["email"], ["a@example.org"])}),
    "unknown compression": lambda: archive({"xl/workbook.xml": "x" * 1000}, zipfile.ZIP_LZMA),
    # --- ODS
    "a row repeated a million times": lambda: ods_rows(cell("<text:p>é</text:p>") * len(COLUMNS), repeated=10**9),
    "a cell repeated as often": lambda: ods_rows(cell("<text:p>é</text:p>", table_number_columns_repeated=10**12)),
    "spaces without end": lambda: ods_rows(cell("<text:p>" + '<text:s text:c="999999999"/>' * 100_000 + "</text:p>")),
    "long texts, repeated": lambda: ods_rows(cell(f"<text:p>  ={'x' * 32_000}</text:p>") * len(COLUMNS), repeated=1000),
    "paragraphs in paragraphs": lambda: ods_rows(cell("<text:p>" * 90_000 + "</text:p>" * 90_000)),
    "entities of an ODS": lambda: archive({"content.xml": f"{ENTITIES}]><a>&e9;</a>"}),
    "an ODS without sheets": lambda: ods_of(""),
    "a repetition that is no number": lambda: ods_rows(cell("<text:p>x</text:p>", table_number_columns_repeated="abc")),
    "values that are none": lambda: ods_rows(
        cell(office_value_type="float", office_value="nan")
        + cell(office_value_type="float", office_value="1e999")
        + cell(office_value_type="date", office_date_value="hier")
    ),
    "a figure that is a word": lambda: ods_rows(cell(office_value_type="float", office_value="x")),
    "an honest ODS, empty": lambda: ods(["email"]),
    # --- CSV
    "one endless line": lambda: b"email;" * 800_000,
    "nothing but quotes": lambda: b'"' * 5 * MEGABYTE,
    "nothing but separators": lambda: b"email\n" + b";" * 4 * MEGABYTE,
    "nothing but line ends": lambda: b"email\n" + b"\n" * 4 * MEGABYTE,
    "a field over the limit": lambda: csv(["email", "offre"], ["a@example.org", "x" * 200_000]),
    "half a sign of UTF-16": lambda: csv(["email"], ["a@example.org"], encoding="utf-16") + b"\xd8",
    "zeros": lambda: bytes(1000),
    "an old Mac": lambda: csv(["email", "prénom"], ["a@example.org", "Élodie"], encoding="mac_roman"),
    "line ends of an old Mac": lambda: b"email;nom\ra@example.org;Durand\r",
    "signs that don't show": lambda: csv(
        ["email", "nom"], ["a\u200b@\u202eexample.org", "\u202eDu\u200brand\ufeff🎨\x07"]
    ),
    "a separator line alone": lambda: b"sep=;",
    "a page": lambda: b"<html><table><tr><td>email</td></tr></table></html>",
    "a PDF": lambda: b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n" + bytes(range(1, 256)) * 20,
    "figures in every script": lambda: csv(
        ["email", "depart", "cpv", "departements"], ["a@example.org", "٣١/١٢/٢٠٢٧", "٨", "²"]
    ),
    "figures without end": lambda: csv(["email", "depart", "cpv", "telephone"], ["a@example.org", *["9" * 30_000] * 3]),
    "words that hurt": lambda: csv(COLUMNS, ["a@example.org", *["'; DROP TABLE x; <script>{{ 7*7 }}%s\\"] * 17]),
    "full fiches": lambda: many_fiches("mot " * 600),
    "the same addresses": lambda: csv(["email"], *[["a@example.org"]] * 1000),
    "separators in lists": lambda: csv(
        ["email", "competences", "cpv"], ["a@example.org", ",|" * 20_000, ",|" * 20_000]
    ),
}
CONTRACTS = {
    "empty object": lambda: b"{}",
    "nested without end": lambda: b"[" * 100_000,
    "modifications nested": lambda: b'[{"modifications":' + b"[" * 50_000,
    "modifications nested less": lambda: contracts(contract(modifications=json.loads("[" * 400 + "]" * 400))),
    "many modifications": lambda: contracts(contract(modifications=[{"montant": "x"}] * 100_000)),
    "many holders": lambda: contracts(
        contract(titulaires=[OTHER | {"id": str(n)} for n in range(60_000)] + [contract()])
    ),
    "endless figure": lambda: contracts(contract(montant=7)).replace(b"7}", b"9" * MEGABYTE + b"}"),
    "no figure": lambda: contracts(contract(montant=float("nan"), dureeMois=float("-inf"))),
    "half a sign": lambda: contracts(contract(objet="\ud800", id="\x00\x92")),
    "UTF-16": lambda: contracts(contract()).decode().encode("utf-16"),
    "lots without end": lambda: contracts(*(contract(objet=f"Lot {n} " + "x" * 900) for n in range(3000))),
    "everything wrong": lambda: contracts(
        *[{key: [1] for key in contract()} | {"titulaires": contract()["titulaires"]}] * 9000
    ),
    "twenty megabytes of others'": lambda: contracts(*[contract(titulaires=[OTHER])] * 60_000, contract()),
    "a value of five megabytes": lambda: contracts(contract(objet="x" * 5 * MEGABYTE)),
}
