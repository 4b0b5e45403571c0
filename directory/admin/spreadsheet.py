"""Spreadsheets in and out: CSV as Excel and LibreOffice write it in French, and XLSX. Formulas go neither way."""

import csv
import io
from datetime import date, datetime

import openpyxl
import tablib
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from crealead.words import MEGABYTE, megabytes, thousands
from directory.forms.archives import chunks, opened

MAX_BYTES = 5 * MEGABYTE
# Three times the cooperative, in less time than a proxy waits: a new row that fills every column takes some 25 ms.
MAX_ROWS = 1000
# Empty rows count too: a workbook of a few kilobytes may hold a million of them.
MAX_ROWS_READ = 2 * MAX_ROWS
MAX_COLUMNS = 100
# What an XLSX may weigh once unzipped: far more than 1 000 honest rows, far less than a bomb.
MAX_UNZIPPED_BYTES = 15 * MEGABYTE
# And how many tags: 1 000 full rows make some 200 000, and openpyxl keeps half a kilobyte of memory for each.
MAX_TAGS = 500_000
# As they are told.
LIMITS = f"{megabytes(MAX_BYTES)} et {thousands(MAX_ROWS)} lignes au plus."
TOO_LARGE = f"Ce fichier dépasse {megabytes(MAX_BYTES)} : partagez-le en plusieurs."
# The column added to each row: its number in the file, as the person sees it.
LINE = "ligne du fichier"
# A cell that begins so is run as a formula by spreadsheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class UnreadableFileError(ValueError):
    """The file can't be read; the sentence says why, and what to do."""


def read(content):
    """The rows of a CSV or XLSX file, told apart by content; every cell is text, stripped.

    A formula is never computed: an XLSX gives the value its author last saw, or the formula itself, as text that begins
    with « = », when it holds no value.

    Returns:
        tablib.Dataset: with its headers, in lower case, and `LINE` in addition. Empty rows are left out.

    Raises:
        UnreadableFileError: with the sentence to show.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFileError(TOO_LARGE)
    rows = _xlsx_rows(content) if content.startswith(b"PK\x03\x04") else _csv_rows(content)
    headers = None
    dataset = tablib.Dataset()
    for read_already, (number, row) in enumerate(rows):
        if read_already > MAX_ROWS_READ:
            raise UnreadableFileError(
                f"Ce fichier dépasse {MAX_ROWS_READ} lignes, vides comprises : supprimez les lignes vides, "
                "ou partagez-le en plusieurs."
            )
        cells = [_as_text(cell) for cell in row]
        if not any(cells):
            continue
        if headers is None:
            headers = _checked_headers(cells)
            dataset.headers = [*headers, LINE]
            continue
        if len(dataset) == MAX_ROWS:
            raise UnreadableFileError(f"Ce fichier dépasse {MAX_ROWS} lignes : partagez-le en plusieurs.")
        if any(cells[len(headers) :]):
            raise UnreadableFileError(f"Ligne {number} : il y a plus de cellules que de titres de colonnes.")
        dataset.append([*(cells + [""] * len(headers))[: len(headers)], number])
    if not dataset:
        raise UnreadableFileError("Ce fichier est vide : il faut une ligne de titres, puis une ligne par fiche.")
    return dataset


def write_csv(dataset):
    """The rows as CSV for a French Excel: `;`, UTF-8 with its mark."""
    return _harmless(dataset).export("csv", delimiter=";").encode("utf-8-sig")


def write_xlsx(dataset):
    return _harmless(dataset).export("xlsx")


def unescape(text):
    """The text of a cell that `write_csv` or `write_xlsx` made harmless, as it was."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def _harmless(dataset):
    clean = tablib.Dataset(headers=dataset.headers)
    for row in dataset:
        clean.append([_harmless_cell(str(cell)) for cell in row])
    return clean


def _harmless_cell(text):
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _checked_headers(cells):
    while cells and not cells[-1]:
        cells.pop()
    headers = [cell.lower() for cell in cells]
    if not all(headers):
        raise UnreadableFileError("Une colonne n’a pas de titre.")
    if twice := {header for header in headers if headers.count(header) > 1}:
        raise UnreadableFileError(f"Deux colonnes portent le même titre : {', '.join(sorted(twice))}.")
    return headers


def _as_text(cell):
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
    return unescape(str(cell).strip())


def _csv_rows(content):
    text = _decoded(content)
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if len(row) > MAX_COLUMNS:
                raise UnreadableFileError(f"Ligne {reader.line_num} : plus de {MAX_COLUMNS} colonnes.")
            yield reader.line_num, row
    except csv.Error as error:
        raise UnreadableFileError(
            f"Ce fichier n’est pas un CSV lisible : voyez vers la ligne {reader.line_num}, aux guillemets."
        ) from error


def _decoded(content):
    """The text, from UTF-8 or else from what Windows calls ANSI."""
    if b"\x00" in content:
        raise UnreadableFileError("Ce fichier n’est ni un CSV, ni un classeur XLSX.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError("Ce fichier n’est ni un CSV, ni un classeur XLSX.")


def _xlsx_rows(content):
    # Whatever a broken file leads openpyxl to raise, the person can only send another one.
    try:
        with opened(io.BytesIO(content)) as archive:
            too_heavy = _is_too_heavy(archive)
        if not too_heavy:
            yield from _cells(_sheet(content, data_only=True), _sheet(content, data_only=False))
    except Exception as error:
        raise UnreadableFileError("Ce fichier n’est pas un classeur XLSX lisible.") from error
    if too_heavy:
        raise UnreadableFileError("Ce classeur est trop lourd une fois ouvert.")


def _is_too_heavy(archive):
    parts = archive.infolist()
    if sum(part.file_size for part in parts) >= MAX_UNZIPPED_BYTES:
        return True
    return sum(chunk.count(b"<") for part in parts for chunk in chunks(archive, part)) > MAX_TAGS


def _sheet(content, *, data_only):
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
    sheet = book.worksheets[0]
    # What a sheet declares of its size isn't believed: the rows that are there are read, and no other.
    sheet.reset_dimensions()
    return sheet


def _cells(values, formulas):
    """Each row's number and cells: the value that was last seen, or the formula when there is none."""
    rows = zip(values.iter_rows(max_col=MAX_COLUMNS), formulas.iter_rows(max_col=MAX_COLUMNS), strict=True)
    for number, (seen, written) in enumerate(rows, 1):
        yield (
            number,
            [
                cell.value if cell.value is not None or source.data_type != "f" else "="
                for cell, source in zip(seen, written, strict=True)
            ],
        )
