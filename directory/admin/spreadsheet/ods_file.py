"""Rows of an ODS workbook, sheet by sheet, as a stream: what repeats is unfolded no further than what we read."""

import io

from defusedxml.ElementTree import iterparse

from directory.forms.archives import opened, read_part

from .cells import LONGEST_CELL, MAX_COLUMNS, MAX_ROWS_READ, as_text

OASIS = "{urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TABLE, TEXT, STYLE = (f"{OASIS}{name}:1.0}}" for name in ("office", "table", "text", "style"))
LIBREOFFICE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
CELLS = {f"{TABLE}table-cell", f"{TABLE}covered-table-cell"}
FIGURES = {"float", "percentage", "currency"}


def sheets(content, *, most_bytes):
    """The visible sheets: their name, and each row's number and cells as text; empty rows are left out."""
    with opened(io.BytesIO(content)) as archive:
        xml = read_part(archive, "content.xml", most=most_bytes)
    hidden, sheet, row = set(), None, []
    for event, element in iterparse(io.BytesIO(xml), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            if element.tag == f"{TABLE}table":
                sheet = _Sheet(element.get(f"{TABLE}name", ""), element.get(f"{TABLE}style-name"))
            continue
        if element.tag == f"{STYLE}style" and _hides(element):
            hidden.add(element.get(f"{STYLE}name"))
        elif element.tag in CELLS:
            row += [_value(element)] * min(_repeated(element, "columns"), MAX_COLUMNS + 1 - len(row))
            element.clear()
        elif element.tag == f"{TABLE}table-row" and sheet:
            sheet.add(row, _repeated(element, "rows"))
            row = []
            element.clear()
        elif element.tag == f"{TABLE}table" and sheet:
            element.clear()
            if sheet.style not in hidden:
                yield sheet.title, sheet.rows
            sheet = None


def _hides(style):
    properties = style.find(f"{STYLE}table-properties")
    return properties is not None and properties.get(f"{TABLE}display") == "false"


class _Sheet:
    def __init__(self, title, style):
        self.title, self.style = title, style
        self.rows, self.number = [], 1

    def add(self, cells, times):
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            left = MAX_ROWS_READ + 2 - len(self.rows)
            self.rows += [(self.number + rank, cells) for rank in range(min(times, left))]
        self.number += times


def _repeated(element, what):
    return max(1, int(element.get(f"{TABLE}number-{what}-repeated", 1)))


def _value(cell):
    """The value that its author last saw, as text; « = » for a formula that holds none."""
    kind = cell.get(f"{OFFICE}value-type")
    shown = _bounded("\n", (_text(part) for part in cell.findall(f"{TEXT}p")))
    # LibreOffice keeps a failed formula as the number 0, or as an empty text.
    if cell.get(f"{LIBREOFFICE}value-type") == "error" or shown.startswith("Err:"):
        return as_text(shown)
    if kind in FIGURES:
        return as_text(float(cell.get(f"{OFFICE}value")))
    if kind == "date":
        return as_text(cell.get(f"{OFFICE}date-value").removesuffix("T00:00:00"))
    if kind == "boolean":
        return as_text(cell.get(f"{OFFICE}boolean-value") == "true")
    if not shown and kind is None and cell.get(f"{TABLE}formula"):
        return "="
    return as_text(shown or cell.get(f"{OFFICE}string-value"))


def _text(element):
    """The text of a paragraph, with the spaces, tabs and line ends that ODF writes as elements."""
    return _bounded("", _pieces(element))


def _pieces(element):
    yield element.text or ""
    for child in element:
        if child.tag == f"{TEXT}s":
            yield " " * min(int(child.get(f"{TEXT}c", 1)), LONGEST_CELL + 1)
        elif child.tag == f"{TEXT}tab":
            yield "\t"
        elif child.tag == f"{TEXT}line-break":
            yield "\n"
        else:
            yield _text(child)
        yield child.tail or ""


def _bounded(separator, pieces):
    """The pieces put together, as far as it takes to see that they are too long for a cell."""
    kept, length = [], 0
    for piece in pieces:
        kept.append(piece)
        length += len(piece) + len(separator)
        if length > LONGEST_CELL:
            break
    return separator.join(kept)
