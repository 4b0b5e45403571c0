"""A table as ODS."""

import zipfile
from datetime import UTC, date, datetime
from xml.sax.saxutils import escape, quoteattr

from .table import FACTS_WIDTHS, LINE_HEIGHT, MARGIN_CM, MOST_LINES, XML, Link, Sink, clean, lines_of

SIGN_CM = 0.2
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
    """How a sheet is printed: as those of an XLSX are."""
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
    lines = lines_of(cells, widths)
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
        link = f'<text:a xlink:type="simple" xlink:href={quoteattr(cell.url)}>{_ods_text(clean(cell.text))}</text:a>'
        words = f"<text:p>{link}</text:p>"
    elif isinstance(cell, str):
        words = "".join(f"<text:p>{_ods_text(line)}</text:p>" for line in clean(cell).split("\n"))
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
    sink, widths = Sink(), [column.width for column in table.columns]
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
