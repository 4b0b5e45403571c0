"""A table as XLSX."""

import zipfile
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from .table import FACTS_WIDTHS, LINE_HEIGHT, MARGIN_CM, MOST_LINES, XML, Link, Sink, clean, lines_of

# How Excel counts days.
DAY_ZERO = date(1899, 12, 30)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
INCH_CM = 2.54
OFFICE = "http://schemas.openxmlformats.org/"
MAIN = f'xmlns="{OFFICE}spreadsheetml/2006/main"'
RELS = f"{OFFICE}officeDocument/2006/relationships"
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
    lines = lines_of(cells, widths)
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
        return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(clean(cell))}</t></is></c>'
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
    sink, widths = Sink(), [column.width for column in table.columns]
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
