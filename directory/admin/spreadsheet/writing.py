"""Spreadsheets as people read them on a screen: widths that fit, titles that stay, long texts folded. No formula."""

import csv
import io
import re
import zipfile
from xml.sax.saxutils import escape, quoteattr

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from crealead.cells import as_words, harmless
from crealead.words import sayable

# In signs.
NARROWEST, WIDEST = 10, 50
# A text of 3 000 signs would fill the screen: its first lines show, and the cell holds the whole.
MOST_LINES = 6
LINE_POINTS = 15
SIGN_CM = 0.2
SPACES = re.compile(r"^ +| {2,}| +$")
ODS = "application/vnd.oasis.opendocument.spreadsheet"
OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES = " ".join(
    f'xmlns:{prefix}="{OASIS}{name}:1.0"'
    for prefix, name in [
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
        ("config", "config"),
        ("manifest", "manifest"),
    ]
)


def write_csv(dataset, *, words=()):
    """The rows as CSV for a French Excel: `;`, UTF-8 with its mark.

    Args:
        dataset: a `tablib.Dataset` of texts.
        words: the columns of words, where a lone figure must stay what it is.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(dataset.headers)
    for row in dataset:
        cells = zip(dataset.headers, row, strict=True)
        writer.writerow([(as_words if title in words else harmless)(_storable(cell)) for title, cell in cells])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(*datasets):
    """The datasets as XLSX, a sheet for each, called by its title."""
    book = openpyxl.Workbook(write_only=True)
    for dataset in datasets:
        sheet = book.create_sheet(dataset.title)
        sheet.freeze_panes = "B2"
        for rank, width in enumerate(_widths(dataset), 1):
            sheet.column_dimensions[get_column_letter(rank)].width = width
        for number, (lines, cells) in enumerate(_rows(dataset), 1):
            sheet.row_dimensions[number].height = LINE_POINTS * lines
            sheet.append([_xlsx_cell(sheet, cell, is_title=number == 1) for cell in cells])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_ods(*datasets):
    """The datasets as ODS, a sheet for each, called by its title."""
    tables = "".join(_ods_table(dataset) for dataset in datasets)
    widths = sorted({width for dataset in datasets for width in _widths(dataset)})
    styles = "".join(
        f'<style:style style:name="c{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * SIGN_CM:.2f}cm"/></style:style>'
        for width in widths
    ) + "".join(
        f'<style:style style:name="r{lines}" style:family="table-row"><style:table-row-properties '
        f'style:row-height="{lines * LINE_POINTS}pt" style:use-optimal-row-height="false"/></style:style>'
        for lines in range(1, MOST_LINES + 1)
    )
    cell = '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>'
    content = (
        f'<office:document-content {NAMES} office:version="1.3"><office:automatic-styles>{styles}'
        f'<style:style style:name="cell" style:family="table-cell">{cell}</style:style>'
        f'<style:style style:name="title" style:family="table-cell">{cell}'
        '<style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles>'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        # First and as it is, so that a system tells the type by the first bytes.
        archive.writestr("mimetype", ODS, compress_type=zipfile.ZIP_STORED)
        for name, xml in [
            ("content.xml", content),
            ("settings.xml", _ods_settings(datasets)),
            ("META-INF/manifest.xml", _ods_manifest()),
        ]:
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}')
    return out.getvalue()


# --- What both workbooks share -------------------------------------------------------------------------------------


def _storable(cell):
    """The text of a cell, without the signs that no spreadsheet holds."""
    return sayable(str(cell)).replace("\r\n", "\n")


def _widths(dataset):
    """The width of each column, in signs, by its longest line."""
    columns = zip(dataset.headers, *dataset, strict=True)
    return [
        min(max(NARROWEST, 2 + max(len(line) for cell in column for line in str(cell).split("\n"))), WIDEST)
        for column in columns
    ]


def _rows(dataset):
    """The titles, then the rows: (how many lines they show, their cells as texts)."""
    widths = _widths(dataset)
    for row in [dataset.headers, *dataset]:
        cells = [harmless(_storable(cell)) for cell in row]
        lines = max(
            sum(1 + len(line) // width for line in cell.split("\n")) for cell, width in zip(cells, widths, strict=True)
        )
        yield min(lines, MOST_LINES), cells


def _xlsx_cell(sheet, text, *, is_title):
    cell = WriteOnlyCell(sheet, text)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if is_title:
        cell.font = Font(bold=True)
    return cell


# --- ODS -----------------------------------------------------------------------------------------------------------


def _ods_table(dataset):
    columns = "".join(f'<table:table-column table:style-name="c{width}"/>' for width in _widths(dataset))
    rows = "".join(
        f'<table:table-row table:style-name="r{lines}">'
        + "".join(_ods_cell(cell, "title" if number == 0 else "cell") for cell in cells)
        + "</table:table-row>"
        for number, (lines, cells) in enumerate(_rows(dataset))
    )
    return f"<table:table table:name={quoteattr(dataset.title)}>{columns}{rows}</table:table>"


def _ods_cell(text, style):
    lines = "".join(f"<text:p>{_ods_line(line)}</text:p>" for line in text.split("\n") if text)
    return f'<table:table-cell table:style-name="{style}" office:value-type="string">{lines}</table:table-cell>'


def _ods_line(line):
    """A line of text; ODF drops spaces that begin or repeat, unless they are elements, and LibreOffice drops tabs."""
    return SPACES.sub(lambda spaces: f'<text:s text:c="{len(spaces[0])}"/>', escape(line.replace("\t", " ")))


def _ods_settings(datasets):
    """What keeps the titles and the first column on the screen."""
    frozen = "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for name, kind, value in [
            ("HorizontalSplitMode", "short", 2),
            ("VerticalSplitMode", "short", 2),
            ("HorizontalSplitPosition", "int", 1),
            ("VerticalSplitPosition", "int", 1),
            ("ActiveSplitRange", "short", 3),
            ("PositionLeft", "int", 0),
            ("PositionRight", "int", 1),
            ("PositionTop", "int", 0),
            ("PositionBottom", "int", 1),
        ]
    )
    sheets = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(dataset.title)}>{frozen}</config:config-item-map-entry>"
        for dataset in datasets
    )
    return (
        f'<office:document-settings {NAMES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
        '<config:config-item-map-entry><config:config-item config:name="ViewId" config:type="string">view1'
        f'</config:config-item><config:config-item-map-named config:name="Tables">{sheets}'
        "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>"
    )


def _ods_manifest():
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in [("/", ODS), ("content.xml", "text/xml"), ("settings.xml", "text/xml")]
    )
    return f'<manifest:manifest {NAMES} manifest:version="1.3">{entries}</manifest:manifest>'
