"""The files that a lead adds to an answer: what they may be, and the names that they keep."""

import re
import unicodedata
import zipfile
from pathlib import PurePosixPath

from django import forms
from django.core.exceptions import ValidationError

from crealead.words import MEGABYTE, megabytes

MAX_BYTES = 20 * MEGABYTE
MOST_FILES = 15
LONGEST_NAME = 150
WORD, EXCEL, WRITER = "docx", "xlsx", "odt"
# The part that each format of Office keeps, and the type that an OpenDocument says it is, inside what is a ZIP.
OFFICE_PARTS = {WORD: "word/document.xml", EXCEL: "xl/workbook.xml"}
OPEN_DOCUMENT_TYPE = b"application/vnd.oasis.opendocument.text"


def format_of(file):
    """What a file is by its content: pdf, docx, xlsx, odt or zip; None for anything else."""
    file.seek(0)
    head = file.read(5)
    file.seek(0)
    if head == b"%PDF-":
        return "pdf"
    if not head.startswith(b"PK") or not zipfile.is_zipfile(file):
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            office = [ending for ending, part in OFFICE_PARTS.items() if {part, "[Content_Types].xml"} <= names]
            if office:
                return office[0]
            if "mimetype" in names and archive.getinfo("mimetype").file_size == len(OPEN_DOCUMENT_TYPE):
                return WRITER if archive.read("mimetype") == OPEN_DOCUMENT_TYPE else "zip"
    except Exception:  # noqa: BLE001 whatever a broken archive leads zipfile to raise, it isn't one that opens
        return None
    finally:
        file.seek(0)
    return "zip"


def safe_name(name, ending):
    """A name that any system can hold and unpack in one folder: no path, no sign that means something, its ending."""
    bare = unicodedata.normalize("NFC", PurePosixPath(name.replace("\\", "/")).name)
    stem = bare[: -len(ending) - 1] if bare.lower().endswith(f".{ending}") else bare
    stem = "".join("-" if sign in '<>:"|?*' else sign for sign in stem if unicodedata.category(sign)[0] != "C")
    stem = re.sub(r"\s+", " ", stem).strip(" .")[:LONGEST_NAME].strip(" .")
    return f"{stem or 'document'}.{ending}"


class AttachmentsInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class AttachmentsField(forms.FileField):
    """Several files; cleaned into a dict of files by safe name. The last of two that have one name is kept."""

    widget = AttachmentsInput

    def clean(self, data, initial=None):
        files = [file for file in data or [] if file]
        if len(files) > MOST_FILES:
            raise ValidationError(f"{MOST_FILES} fichiers au plus : réunissez-les dans un ZIP.")
        return dict(self._checked(super(AttachmentsField, self).clean(file, initial)) for file in files)

    @staticmethod
    def _checked(file):
        if file.size > MAX_BYTES:
            raise ValidationError(f"« {file.name} » dépasse {megabytes(MAX_BYTES)}.")
        ending = format_of(file)
        if ending is None:
            raise ValidationError(f"« {file.name} » n’est ni un PDF, ni un document Word, Excel ou Writer, ni un ZIP.")
        return safe_name(file.name, ending), file
