"""Rows of a CSV as Excel, LibreOffice and others write it: `;`, `,` or tabs; UTF-8, UTF-16 or Windows' ANSI."""

import codecs
import csv
import io
import re

from .cells import MAX_COLUMNS, UnreadableFileError, as_text

NOT_A_TABLE = "Ce fichier n’est ni un CSV, ni un classeur XLSX ou ODS."
# The first line by which a CSV tells Excel what parts its columns.
SEPARATOR_LINE = re.compile(r"\s*\"?sep=([^\"\r\n])\"?[;,\t]*\r?\n?", re.IGNORECASE)
# In one line, those that stand in texts included.
MOST_DELIMITERS = 20_000
# What a French text holds beside plain letters: the encoding that makes more of them is the right one.
FRENCH_SIGNS = frozenset("éèêëàâçîïôùûüœæÉÈÊÀÇ’–—…“”€«»\N{NO-BREAK SPACE}")
# Encodings of old Macs and of MS-DOS, whose letters would be others under Windows' own.
OTHER_ENCODINGS = ("mac_roman", "cp850")


def rows(content):
    """Each row's number, as a spreadsheet shows it, and its cells as text."""
    text = _decoded(content)
    lines = io.StringIO(text, newline="")
    declared = SEPARATOR_LINE.fullmatch(lines.readline())
    if not declared:
        lines.seek(0)
    start = lines.tell()
    first_line = next((line for line in lines if line.strip()), "")
    delimiter = declared[1] if declared else max(";,\t", key=first_line.count)
    lines.seek(start)
    first, number = 2 if declared else 1, 0
    try:
        for number, row in enumerate(csv.reader(_bounded(lines, delimiter), delimiter=delimiter, strict=True), first):
            if len(row) > MAX_COLUMNS:
                raise UnreadableFileError(f"Ligne {number} : plus de {MAX_COLUMNS} colonnes.")
            yield number, [as_text(cell) for cell in row]
    except csv.Error as error:
        raise UnreadableFileError(
            f"Ce fichier n’est pas un CSV lisible : voyez vers la ligne {number + 1}, aux guillemets."
        ) from error


def _bounded(lines, delimiter):
    """The lines, before they are parted: one of five million columns would take more memory than the file."""
    for number, line in enumerate(lines, 1):
        if line.count(delimiter) > MOST_DELIMITERS:
            raise UnreadableFileError(f"Vers la ligne {number} : plus de {MAX_COLUMNS} colonnes.")
        yield line


def _decoded(content):
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded_as("utf-16", content)
    if b"\x00" in content:
        # UTF-16 without its mark: one byte in two is nothing, in a text that is mostly letters without accents.
        for encoding, nothings in (("utf-16-le", content[1::2]), ("utf-16-be", content[::2])):
            if nothings.count(0) * 10 > len(nothings) * 9:
                return _decoded_as(encoding, content)
        raise UnreadableFileError(NOT_A_TABLE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _in_windows_encoding(content)


def _decoded_as(encoding, content):
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(NOT_A_TABLE) from error
    if "\x00" in text:
        raise UnreadableFileError(NOT_A_TABLE)
    return text


def _in_windows_encoding(content):
    """The text, unless an old Mac or MS-DOS wrote it: « é » would become « Ž » or « ‚ »."""
    signs = _french_signs("cp1252", content)
    if any(_french_signs(encoding, content) > signs for encoding in OTHER_ENCODINGS):
        raise UnreadableFileError(
            "Les accents de ce fichier seraient perdus : il vient d’un ancien Mac ou de MS-DOS. "
            "Enregistrez-le en « CSV UTF-8 » ou en XLSX."
        )
    return _decoded_as("cp1252", content)


def _french_signs(encoding, content):
    """How many signs of French the bytes make; less than nothing when they make no text."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return -1
    return sum(text.count(sign) for sign in FRENCH_SIGNS)
