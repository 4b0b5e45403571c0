"""Rows out of a file of any office: CSV, XLSX or ODS, told apart by content, read without believing it."""

import io
import re
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, zip_longest

import tablib
from django.utils.text import Truncator
from openpyxl.utils import get_column_letter

from directory.forms.archives import chunks, opened

from . import csv_file, ods_file, xlsx_file
from .cells import LONGEST_CELL, MAX_BYTES, MAX_ROWS, MAX_ROWS_READ, TOO_LARGE, UnreadableFileError

# What a workbook may weigh once unzipped: far more than 1 000 honest rows, far less than a bomb.
MAX_UNZIPPED_BYTES = 15 * 1024 * 1024
# And how many tags: 1 000 full rows make some 200 000, and openpyxl keeps half a kilobyte of memory for each.
MAX_TAGS = 500_000
# How many rows may stand above the titles: a heading, a date, who made the file.
MOST_ROWS_ABOVE = 20
MOST_NAMED = 10
MAX_SHEETS = 20
LONGEST_NAME = 60
# The column added to each row: its number in the file, as the person sees it.
LINE = "ligne du fichier"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


@dataclass
class Table:
    """What a file holds.

    Attributes:
        dataset: a `tablib.Dataset` with the known columns, and `LINE` in addition; every cell is text, stripped.
        notices: sentences for what was left aside: columns, sheets, rows above the titles.
    """

    dataset: tablib.Dataset
    notices: list = field(default_factory=list)


def folded(title):
    """A title without capitals, accents nor signs: « Adresse e-mail » and « adresse_e_mail » are one."""
    signs = unicodedata.normalize("NFKD", title)
    return " ".join(re.findall(r"[a-z0-9]+", "".join(s for s in signs if not unicodedata.combining(s)).casefold()))


def read(content, *, titles, key):
    """The rows of a file, from its first visible sheet that has a title for `key`.

    A formula is never computed: a workbook gives the value its author last saw, or « = » when it holds none.

    Args:
        content: bytes.
        titles: what each column may be called, as `folded` writes it: {title: column}.
        key: the column that must be there.

    Returns:
        Table: empty rows are left out.

    Raises:
        UnreadableFileError: with the sentence to show.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFileError(TOO_LARGE)
    sheets = [("", csv_file.rows(content))] if not _is_workbook(content) else _sheets(content)
    is_empty, passed = True, []
    for name, rows in sheets:
        above, columns, notices = _find_titles(rows, titles, key)
        if columns:
            if passed:
                notices.insert(0, f"Feuille lue : « {name} ». Sans les titres attendus : {_listed(passed)}.")
            return Table(_dataset(rows, columns), notices)
        is_empty = is_empty and not above
        passed.append(name)
    if is_empty:
        raise UnreadableFileError("Ce fichier est vide : il faut une ligne de titres, puis une ligne par fiche.")
    raise UnreadableFileError(f"Il manque la colonne « {key} », qui dit de quelle fiche il s’agit.")


# --- Titles --------------------------------------------------------------------------------------------------------


def _find_titles(rows, titles, key):
    """The columns of a sheet, once the row of its titles is found.

    Returns:
        (int, list, list): how many rows stand above; the column of each cell, None for one that is ignored, and
        no column at all if there are no titles; what to say of it.
    """
    above = 0
    for number, row in rows:
        cells = list(row)
        while cells and not cells[-1]:
            cells.pop()
        columns = [titles.get(folded(cell)) for cell in cells]
        if key in columns:
            _check_once(cells, columns)
            return above, columns, _notices(cells, columns, number if above else None)
        above += bool(cells)
        if above > MOST_ROWS_ABOVE or number > MAX_ROWS_READ:
            break
    return above, [], []


def _check_once(cells, columns):
    if twice := {column for column in columns if column and columns.count(column) > 1}:
        titles = [cell for cell, column in zip(cells, columns, strict=True) if column in twice]
        raise UnreadableFileError(
            f"Deux titres disent la même colonne, {', '.join(sorted(twice))} : {_listed(titles)}. Gardez-en un."
        )


def _notices(cells, columns, number):
    notices = [f"Les titres sont lus à la ligne {number} ; ce qui est au-dessus est ignoré."] if number else []
    unknown = [
        f"« {cell} »" if cell else f"la colonne {get_column_letter(rank)}, sans titre"
        for rank, (cell, column) in enumerate(zip(cells, columns, strict=True), 1)
        if not column
    ]
    if unknown:
        notices.append(f"Colonnes ignorées, dont le titre n’est pas connu : {_listed(unknown)}.")
    return notices


def _listed(names):
    more = len(names) - MOST_NAMED
    shown = ", ".join(Truncator(name).chars(LONGEST_NAME) for name in names[:MOST_NAMED])
    return f"{shown} et {more} autres" if more > 0 else shown


# --- Rows ----------------------------------------------------------------------------------------------------------


def _dataset(rows, columns):
    dataset = tablib.Dataset(headers=[*(column for column in columns if column), LINE])
    for read_already, (number, cells) in enumerate(rows):
        if read_already >= MAX_ROWS_READ:
            raise UnreadableFileError(
                f"Ce fichier dépasse {MAX_ROWS_READ} lignes, vides comprises : supprimez les lignes vides, "
                "ou partagez-le en plusieurs."
            )
        if any(cells[len(columns) :]):
            raise UnreadableFileError(f"Ligne {number} : il y a plus de cellules que de titres de colonnes.")
        known = [cell for cell, column in zip_longest(cells[: len(columns)], columns, fillvalue="") if column]
        if not any(known):
            continue
        if any(len(cell) > LONGEST_CELL for cell in known):
            raise UnreadableFileError(f"Ligne {number} : une cellule compte plus de {LONGEST_CELL} signes.")
        if len(dataset) == MAX_ROWS:
            raise UnreadableFileError(f"Ce fichier dépasse {MAX_ROWS} lignes : partagez-le en plusieurs.")
        dataset.append([*known, number])
    if not dataset:
        raise UnreadableFileError("Ce fichier est vide : il faut une ligne de titres, puis une ligne par fiche.")
    return dataset


# --- Workbooks -----------------------------------------------------------------------------------------------------


def _is_workbook(content):
    if content.startswith(OLD_WORKBOOK):
        raise UnreadableFileError(
            "Ce classeur est protégé par un mot de passe, ou d’un format ancien (.xls) : "
            "enregistrez-le en XLSX ou en ODS, sans mot de passe."
        )
    return content.startswith(b"PK\x03\x04")


def _sheets(content):
    # Whatever a broken file leads the libraries to raise, the person can only send another one.
    with _one_sentence(), opened(io.BytesIO(content)) as archive:
        is_ods = "content.xml" in archive.namelist()
        too_heavy = _is_too_heavy(archive)
    if too_heavy:
        raise UnreadableFileError("Ce classeur est trop lourd une fois ouvert.")
    sheets = ods_file.sheets(content, most_bytes=MAX_UNZIPPED_BYTES) if is_ods else xlsx_file.sheets(content)
    for name, rows in _guarded(islice(sheets, MAX_SHEETS)):
        yield name, _guarded(rows)


def _is_too_heavy(archive):
    parts = archive.infolist()
    if sum(part.file_size for part in parts) >= MAX_UNZIPPED_BYTES:
        return True
    return sum(chunk.count(b"<") for part in parts for chunk in chunks(archive, part)) > MAX_TAGS


def _guarded(items):
    with _one_sentence():
        yield from items


@contextmanager
def _one_sentence():
    try:
        yield
    except UnreadableFileError:
        raise
    except Exception as error:
        raise UnreadableFileError("Ce fichier n’est pas un classeur XLSX ou ODS lisible.") from error
