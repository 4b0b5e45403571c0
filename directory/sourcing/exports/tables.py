"""Tables of any length as CSV, XLSX and ODS, in pieces as they are read: flat memory, and the first byte at once.

A cell is a text, a whole number, a day, a `Link`, or None. Texts are written by `crealead.cells`: nothing runs.
"""

import csv
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from crealead.cells import as_words, harmless
from crealead.words import sayable

# What a cell of Excel holds.
LONGEST = 32_000
SIGN_CM = 0.2
# In signs, of the first sheet: what stands on a page.
FACTS_WIDTHS = [24, 100]
# Of a line of Arial 10, in points; and how many the highest row that Excel has holds.
LINE_HEIGHT, MOST_LINES = 12.75, 32
# Of a line of a cell, in signs: where it ends before a word that is too long for it.
LOST_SIGNS = 4
# Around what is printed.
MARGIN_CM, INCH_CM = 0.8, 2.54
# How Excel counts days.
DAY_ZERO = date(1899, 12, 30)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Link(NamedTuple):
    text: str
    url: str


class Column(NamedTuple):
    title: str
    # In signs.
    width: int


@dataclass
class Table:
    """`facts` say where it comes from, as (label, words or number); `rows` come in lists, each read once.

    An ODS of what is dated by `made_at` is the same bytes each time.
    """

    facts: list[tuple[str, str | int]]
    columns: list[Column]
    pieces: Iterable[list[list]]
    made_at: datetime | None = None


class _Sink:
    """What a zip writes, until it is taken; it can't be gone back in."""

    def __init__(self):
        self.parts = []

    def write(self, data):
        self.parts.append(bytes(data))
        return len(data)

    def flush(self):
        pass

    def take(self):
        data, self.parts = b"".join(self.parts), []
        return data


def _bare(text):
    """Without what no file can say, nor what a sheet may pass over to find a formula behind it."""
    return (text if text.isprintable() else sayable(text.replace("\r\n", "\n"))).lstrip()


def _clean(text):
    return harmless(_bare(text)[:LONGEST])


def _lines_of(cells, widths):
    """About how many lines a row takes, rather too many: LibreOffice reckons none in an XLSX, and too few in an ODS.

    In an ODS it reckons those of the screen, which aren't those of a page that is made smaller. A link takes one.
    """
    most = 1
    for cell, width in zip(cells, widths, strict=True):
        if isinstance(cell, str) and (len(cell) > width or "\n" in cell):
            most = max(most, cell.count("\n") + len(cell) // (width - LOST_SIGNS) + 1)
    return most


# --- CSV -----------------------------------------------------------------------------------------------------------


def csv_pieces(table):
    """For a French Excel: UTF-8 with its mark, `;`, CRLF."""
    sink = []
    writer = csv.writer(_Lines(sink), delimiter=";", lineterminator="\r\n")
    writer.writerows([label, _csv_fact(fact)] for label, fact in table.facts)
    writer.writerow([])
    writer.writerow([column.title for column in table.columns])
    yield ("\ufeff" + "".join(sink)).encode()
    for rows in table.pieces:
        sink.clear()
        writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
        yield "".join(sink).encode()


class _Lines:
    def __init__(self, lines):
        self.write = lines.append


def _csv_fact(fact):
    return harmless(_bare(fact)) if isinstance(fact, str) else fact


def _csv_cell(cell):
    if isinstance(cell, Link):
        cell = cell.url
    if isinstance(cell, str):
        return as_words(_bare(cell))
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else cell


# --- XLSX ----------------------------------------------------------------------------------------------------------

OFFICE = "http://schemas.openxmlformats.org/"
MAIN = f'xmlns="{OFFICE}spreadsheetml/2006/main"'
RELS = f"{OFFICE}officeDocument/2006/relationships"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PLAIN_STYLE, TITLE_STYLE, DAY_STYLE, LINK_STYLE, FACT_STYLE = range(5)
# Where there is no Arial there is one of the same widths, as in an ODS that names none: rows are of the same height.
XLSX_STYLES = (
    f'<styleSheet {MAIN}><fonts count="3"><font><sz val="10"/><name val="Arial"/></font>'
    '<font><b/><sz val="10"/><name val="Arial"/></font>'
    '<font><u/><sz val="10"/><color rgb="FF0563C1"/><name val="Arial"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5">'
    + "".join(
        f'<xf xfId="0" numFmtId="{number}" fontId="{font}" applyNumberFormat="1" applyFont="1" applyAlignment="1">'
        f'<alignment vertical="top" wrapText="1"{more}/></xf>'
        for number, font, more in [(0, 0, ""), (0, 1, ""), (14, 0, ""), (0, 2, ""), (0, 0, ' horizontal="left"')]
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


RELATIONS = f'{XML}<Relationships xmlns="{OFFICE}package/2006/relationships">', "</Relationships>"


def _relation(number, kind, target, mode=""):
    return f'<Relationship Id="r{number}" Type="{RELS}/{kind}" Target={quoteattr(target)}{mode}/>'


def _relations(*targets):
    """What leads from a part to others, as (kind, target)."""
    return "".join(_relation(number, *target) for number, target in enumerate(targets, 1)).join(RELATIONS)


def _xlsx_head():
    types = "".join(
        f'<Override PartName="/xl/{name}.xml" '
        f'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
        for name, kind in [
            ("workbook", "sheet.main"),
            ("worksheets/sheet1", "worksheet"),
            ("worksheets/sheet2", "worksheet"),
            ("styles", "styles"),
        ]
    )
    return {
        "[Content_Types].xml": f'{XML}<Types xmlns="{OFFICE}package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{XML}<workbook {MAIN} xmlns:r="{RELS}"><sheets>'
        '<sheet name="Recherche" sheetId="1" r:id="r1"/><sheet name="Fiches" sheetId="2" r:id="r2"/>'
        '</sheets><definedNames><definedName name="_xlnm.Print_Titles" localSheetId="1">Fiches!$A:$B,Fiches!$1:$1'
        "</definedName></definedNames></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"), ("worksheet", "worksheets/sheet2.xml"), ("styles", "styles.xml")
        ),
        "xl/styles.xml": XML + XLSX_STYLES,
    }


def _xlsx_row(number, cells, widths, style=PLAIN_STYLE):
    lines = _lines_of(cells, widths)
    height = f' ht="{min(lines, MOST_LINES) * LINE_HEIGHT}"' if lines > 1 else ""
    return f'<row r="{number}"{height}>{"".join([_xlsx_cell(cell, style) for cell in cells])}</row>'


def _xlsx_cell(cell, style):
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, date):
        return f'<c s="{DAY_STYLE}"><v>{(cell - DAY_ZERO).days}</v></c>'
    if isinstance(cell, Link):
        cell, style = cell.text, LINK_STYLE
    if isinstance(cell, str):
        return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(_clean(cell))}</t></is></c>'
    return f'<c s="{style}"><v>{cell}</v></c>'


def _xlsx_page():
    """How a sheet is printed: on landscape A4, all its columns on a page, as many pages as its rows take."""
    margin = f"{MARGIN_CM / INCH_CM:.2f}"
    sides = " ".join(f'{side}="{margin}"' for side in ("left", "right", "top", "bottom", "header", "footer"))
    return f'<pageMargins {sides}/><pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'


def _xlsx_sheet(widths, *, frozen):
    pane = '<pane xSplit="2" ySplit="1" topLeftCell="C2" activePane="bottomRight" state="frozen"/>' if frozen else ""
    columns = "".join(
        f'<col min="{rank}" max="{rank}" width="{width}" customWidth="1"/>' for rank, width in enumerate(widths, 1)
    )
    return (
        f'{XML}<worksheet {MAIN} xmlns:r="{RELS}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
    )


def xlsx_pieces(table):
    sink, widths = _Sink(), [column.width for column in table.columns]
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, xml in _xlsx_head().items():
            archive.writestr(name, xml)
        facts = "".join(_xlsx_row(number, fact, FACTS_WIDTHS, FACT_STYLE) for number, fact in enumerate(table.facts, 1))
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f"{_xlsx_sheet(FACTS_WIDTHS, frozen=False)}{facts}</sheetData>{_xlsx_page()}</worksheet>",
        )
        yield sink.take()
        links, number = [], 1
        with archive.open("xl/worksheets/sheet2.xml", "w") as sheet:
            sheet.write(_xlsx_sheet(widths, frozen=True).encode())
            sheet.write(_xlsx_row(1, [column.title for column in table.columns], widths, TITLE_STYLE).encode())
            for rows in table.pieces:
                lines = []
                for row in rows:
                    number += 1
                    lines.append(_xlsx_row(number, row, widths))
                    links += [
                        (f"{LETTERS[rank]}{number}", cell.url)
                        for rank, cell in enumerate(row)
                        if isinstance(cell, Link)
                    ]
                sheet.write("".join(lines).encode())
                yield sink.take()
            sheet.write(b"</sheetData>")
            if links:
                sheet.write(b"<hyperlinks>")
                for rank, (place, _) in enumerate(links, 1):
                    sheet.write(f'<hyperlink ref="{place}" r:id="r{rank}"/>'.encode())
                sheet.write(b"</hyperlinks>")
            sheet.write(f"{_xlsx_page()}</worksheet>".encode())
        yield sink.take()
        with archive.open("xl/worksheets/_rels/sheet2.xml.rels", "w") as relations:
            relations.write(RELATIONS[0].encode())
            for rank, (_, url) in enumerate(links, 1):
                relations.write(_relation(rank, "hyperlink", url, ' TargetMode="External"').encode())
            relations.write(RELATIONS[1].encode())
    yield sink.take()


# --- ODS -----------------------------------------------------------------------------------------------------------

ODS = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in [
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"),
        ("config", "config"),
        ("manifest", "manifest"),
    ]
)


def _ods_view():
    frozen = "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for name, kind, value in [
            ("HorizontalSplitMode", "short", 2),
            ("VerticalSplitMode", "short", 2),
            ("HorizontalSplitPosition", "int", 2),
            ("VerticalSplitPosition", "int", 1),
            ("ActiveSplitRange", "short", 3),
            ("PositionRight", "int", 2),
            ("PositionBottom", "int", 1),
        ]
    )
    return (
        f'{XML}<office:document-settings {NAMES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
        '<config:config-item-map-entry><config:config-item config:name="ViewId" config:type="string">view1'
        '</config:config-item><config:config-item-map-named config:name="Tables">'
        f'<config:config-item-map-entry config:name="Fiches">{frozen}</config:config-item-map-entry>'
        "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>"
    )


def _ods_page():
    """As `_xlsx_page` has it."""
    return (
        f'{XML}<office:document-styles {NAMES} office:version="1.3"><office:automatic-styles>'
        '<style:page-layout style:name="paysage"><style:page-layout-properties style:print-orientation="landscape"'
        f' fo:page-width="29.7cm" fo:page-height="21cm" fo:margin="{MARGIN_CM}cm"'
        ' style:scale-to-X="1" style:scale-to-Y="0"/></style:page-layout></office:automatic-styles>'
        '<office:master-styles><style:master-page style:name="Default" style:page-layout-name="paysage"/>'
        "</office:master-styles></office:document-styles>"
    )


def _ods_head(widths):
    cell = '<style:table-cell-properties fo:wrap-option="wrap" fo:padding-right="0.1cm" style:vertical-align="top"/>'
    columns = "".join(
        f'<style:style style:name="c{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * SIGN_CM:.2f}cm"/></style:style>'
        for width in sorted(set(widths))
    )
    rows = "".join(
        f'<style:style style:name="h{lines}" style:family="table-row"><style:table-row-properties'
        f' style:row-height="{lines * LINE_HEIGHT}pt" style:use-optimal-row-height="false"/></style:style>'
        for lines in range(2, MOST_LINES + 1)
    )
    return (
        f'{XML}<office:document-content {NAMES} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3">'
        f"<office:automatic-styles>{columns}{rows}"
        '<number:date-style style:name="jour"><number:day number:style="long"/>'
        '<number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text>'
        '<number:year number:style="long"/></number:date-style>'
        f'<style:style style:name="s" style:family="table-cell">{cell}</style:style>'
        f'<style:style style:name="d" style:family="table-cell" style:data-style-name="jour">{cell}</style:style>'
        f'<style:style style:name="f" style:family="table-cell">{cell}'
        '<style:paragraph-properties fo:text-align="start"/></style:style>'
        f'<style:style style:name="t" style:family="table-cell">{cell}<style:text-properties fo:font-weight="bold"/>'
        "</style:style></office:automatic-styles><office:body><office:spreadsheet>"
    )


def _ods_sheet(name, widths, titles=()):
    """The beginning of a sheet; with `titles`, they and the first two columns are on each page that is printed."""
    columns = [f'<table:table-column table:style-name="c{width}"/>' for width in widths]
    if titles:
        columns[:2] = ["<table:table-header-columns>", *columns[:2], "</table:table-header-columns>"]
        columns += ["<table:table-header-rows>", _ods_row(titles, widths, "t"), "</table:table-header-rows>"]
    return f"<table:table table:name={quoteattr(name)}>{''.join(columns)}"


def _ods_row(cells, widths, style="s"):
    lines = _lines_of(cells, widths)
    # None past what a style is written for: LibreOffice then reckons it.
    height = f' table:style-name="h{lines}"' if 1 < lines <= MOST_LINES else ""
    return f"<table:table-row{height}>{''.join([_ods_cell(cell, style) for cell in cells])}</table:table-row>"


def _ods_cell(cell, style):
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, date):
        return (
            f'<table:table-cell table:style-name="d" office:value-type="date" office:date-value="{cell.isoformat()}">'
            f"<text:p>{cell:%d/%m/%Y}</text:p></table:table-cell>"
        )
    if isinstance(cell, Link):
        link = f'<text:a xlink:type="simple" xlink:href={quoteattr(cell.url)}>{_ods_text(_clean(cell.text))}</text:a>'
        words = f"<text:p>{link}</text:p>"
    elif isinstance(cell, str):
        words = "".join(f"<text:p>{_ods_text(line)}</text:p>" for line in _clean(cell).split("\n"))
    else:
        return (
            f'<table:table-cell table:style-name="{style}" office:value-type="float" office:value="{cell}">'
            f"<text:p>{cell}</text:p></table:table-cell>"
        )
    return f'<table:table-cell table:style-name="{style}" office:value-type="string">{words}</table:table-cell>'


def _ods_text(text):
    return escape(text.replace("\t", " ").replace("\n", " "))


def _entry(name, table, kind=zipfile.ZIP_DEFLATED):
    """A file of the archive, dated as the table is."""
    at = table.made_at.astimezone(UTC) if table.made_at else datetime.now(UTC)
    entry = zipfile.ZipInfo(name, at.timetuple()[:6])
    entry.compress_type = kind
    return entry


def ods_pieces(table):
    sink, widths = _Sink(), [column.width for column in table.columns]
    manifest = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in [("/", ODS), *((f"{part}.xml", "text/xml") for part in ("content", "settings", "styles"))]
    )
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        # First and as it is, so that a system tells the type by the first bytes.
        archive.writestr(_entry("mimetype", table, zipfile.ZIP_STORED), ODS)
        archive.writestr(_entry("settings.xml", table), _ods_view())
        archive.writestr(_entry("styles.xml", table), _ods_page())
        archive.writestr(
            _entry("META-INF/manifest.xml", table),
            f'{XML}<manifest:manifest {NAMES} manifest:version="1.3">{manifest}</manifest:manifest>',
        )
        yield sink.take()
        with archive.open(_entry("content.xml", table), "w") as content:
            facts = "".join(_ods_row(fact, FACTS_WIDTHS, "f") for fact in table.facts)
            content.write(_ods_head([*FACTS_WIDTHS, *widths]).encode())
            content.write(f"{_ods_sheet('Recherche', FACTS_WIDTHS)}{facts}</table:table>".encode())
            content.write(_ods_sheet("Fiches", widths, [column.title for column in table.columns]).encode())
            for rows in table.pieces:
                content.write("".join([_ods_row(row, widths) for row in rows]).encode())
                yield sink.take()
            content.write(b"</table:table></office:spreadsheet></office:body></office:document-content>")
    yield sink.take()


KINDS = {
    "csv": (csv_pieces, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_pieces, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": (ods_pieces, ODS),
}
