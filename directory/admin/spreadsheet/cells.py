"""What a cell says, as text; the same whichever program wrote the file, and never a formula."""

import re
from datetime import date, datetime

from crealead.cells import unescape
from crealead.words import MEGABYTE, megabytes, thousands

MAX_BYTES = 5 * MEGABYTE
# Three times the cooperative, in less time than a proxy waits: a new row that fills every column takes some 25 ms.
MAX_ROWS = 1000
# Empty rows count too: a workbook of a few kilobytes may hold a million of them.
MAX_ROWS_READ = 2 * MAX_ROWS
MAX_COLUMNS = 100
# As they are told.
LIMITS = f"{megabytes(MAX_BYTES)} et {thousands(MAX_ROWS)} lignes au plus."
TOO_LARGE = f"Ce fichier dépasse {megabytes(MAX_BYTES)} : partagez-le en plusieurs."
# Three times the longest text of a fiche. What is longer is cut as it is read, then refused in a column that we take.
LONGEST_CELL = 10_000
# What a cell shows when its formula fails, in French and in English, in Excel and in LibreOffice.
FORMULA_ERROR = re.compile(
    r"#(?:REF!|N/A|N/D|NAME\?|NOM\?|VALUE!|VALEUR!|DIV/0!|NULL!|NUL!|NUM!|NOMBRE!|SPILL!|PROPAGATION!|CALC!)"
    r"|^Err:[0-9]{3}$"
)


class UnreadableFileError(ValueError):
    """The file can't be read; the sentence says why, and what to do."""


def as_text(cell):
    """The text of a cell, stripped; cut just over `LONGEST_CELL`."""
    if cell is None:
        return ""
    if isinstance(cell, datetime) and not any((cell.hour, cell.minute, cell.second)):
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unescape(str(cell)[: LONGEST_CELL + 2].strip())
