"""Tables of any length, written in pieces as they are read: flat memory, and the first byte at once.

A cell is a text, a whole number, a day, a `Link`, or None. Texts are written by `crealead.cells`: nothing runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from crealead.cells import harmless
from crealead.words import sayable

# What a cell of Excel holds.
LONGEST = 32_000
# In signs, of the first sheet: what stands on a page.
FACTS_WIDTHS = [24, 100]
# Of a line of Arial 10, in points; and how many the highest row that Excel has holds.
LINE_HEIGHT, MOST_LINES = 12.75, 32
# Of a line of a cell, in signs: where it ends before a word that is too long for it.
LOST_SIGNS = 4
# Around what is printed.
MARGIN_CM = 0.8
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Between the values of a cell. Commas won't do: « Collège, lycée » is one value.
SEPARATOR = "; "


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


class Sink:
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


def bare(text):
    """Without what no file can say, nor what a sheet may pass over to find a formula behind it."""
    return (text if text.isprintable() else sayable(text.replace("\r\n", "\n"))).lstrip()


def clean(text):
    return harmless(bare(text)[:LONGEST])


def lines_of(cells, widths):
    """About how many lines a row takes, rather too many: LibreOffice reckons none in an XLSX, and too few in an ODS.

    In an ODS it reckons those of the screen, which aren't those of a page that is made smaller. A link takes one.
    """
    most = 1
    for cell, width in zip(cells, widths, strict=True):
        if isinstance(cell, str) and (len(cell) > width or "\n" in cell):
            most = max(most, cell.count("\n") + len(cell) // (width - LOST_SIGNS) + 1)
    return most


def listed(values):
    """Several values in one cell, as a spreadsheet splits them again: none holds what stands between them."""
    return SEPARATOR.join([value.replace(";", ",") for value in values])
