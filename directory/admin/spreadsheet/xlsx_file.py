"""Rows of an XLSX workbook, sheet by sheet. A formula is never computed."""

import io

import openpyxl

from .cells import MAX_COLUMNS, as_text


def sheets(content):
    """The visible sheets: their name, and each row's number and cells as text.

    A cell is the value that was last seen; « = » for a formula that holds none.
    """
    values, formulas = (
        openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
        for data_only in (True, False)
    )
    visible = [sheet.title for sheet in values.worksheets if sheet.sheet_state == "visible"]
    for title in visible:
        yield title, _rows(_sheet(values, title), _sheet(formulas, title))


def _sheet(book, title):
    sheet = book[title]
    # What a sheet declares of its size isn't believed: the rows that are there are read, and no other.
    sheet.reset_dimensions()
    return sheet


def _rows(values, formulas):
    rows = zip(values.iter_rows(max_col=MAX_COLUMNS), formulas.iter_rows(max_col=MAX_COLUMNS), strict=True)
    # A text that a thousand cells share is held once.
    texts = {}
    for number, (seen, written) in enumerate(rows, 1):
        cells = []
        for cell, source in zip(seen, written, strict=True):
            value = cell.value if cell.value is not None or source.data_type != "f" else "="
            cells.append(texts.setdefault(value, as_text(value)) if isinstance(value, str) else as_text(value))
        yield number, cells
