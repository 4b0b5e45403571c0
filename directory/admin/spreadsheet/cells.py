"""What a cell says, as text; the same whichever program wrote the file, and never a formula."""

import re
from datetime import date, datetime

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
# A cell that begins so is run as a formula by spreadsheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# A short text that begins so is taken for a number or a date by a spreadsheet that opens a CSV: « 007 », « 1/2 ».
LIKE_A_FIGURE = re.compile(r"[0-9].{0,30}", re.DOTALL)
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


def harmless(text):
    """The text as it is written in a file: nothing runs, nothing is taken for a number; `unescape` gives it back."""
    risky = text.startswith(FORMULA_STARTS) or unescape(text) != text
    return f"'{text}" if risky else text


def as_words(text):
    """The text of a field of words as a CSV says it, so that a spreadsheet leaves « 007 » or « 1/2 » as they are."""
    return f"'{text}" if LIKE_A_FIGURE.fullmatch(text) else harmless(text)


def unescape(text):
    """The text of a cell that `harmless` or `as_words` changed, as it was."""
    rest = text[1:]
    quoted = rest.startswith((*FORMULA_STARTS, "'")) or LIKE_A_FIGURE.fullmatch(rest)
    return rest if text.startswith("'") and quoted else text
