"""A table as CSV, for a French Excel."""

import csv
from datetime import date

from crealead.cells import as_words, harmless

from .table import Link, bare


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
    return harmless(bare(fact)) if isinstance(fact, str) else fact


def _csv_cell(cell):
    if isinstance(cell, Link):
        cell = cell.url
    if isinstance(cell, str):
        return as_words(bare(cell))
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else cell
