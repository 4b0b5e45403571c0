"""The files that a lead adds to an answer: what they may be, and the names that they keep."""

import re
import unicodedata
from pathlib import PurePosixPath

from django import forms
from django.core.exceptions import ValidationError

from crealead.words import MEGABYTE, megabytes
from directory.forms.archives import HostileArchiveError, opened, read_part
from directory.models.files import PDF_HEAD

MAX_BYTES = 20 * MEGABYTE
MOST_FILES = 15
LONGEST_NAME = 150
# First bytes of images, and the endings that say so; the first is given to a name that says something else.
IMAGES = {
    b"\xff\xd8\xff": ("jpg", "jpeg"),
    b"\x89PNG\r\n\x1a\n": ("png",),
    b"GIF87a": ("gif",),
    b"GIF89a": ("gif",),
    b"II*\x00": ("tif", "tiff"),
    b"MM\x00*": ("tif", "tiff"),
}
# Of the Office of before 2007, and the streams that tell its documents apart; a workbook may hold a document, and a
# locked document of today is kept so as well.
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_STREAMS = {
    "WordDocument": ("doc",),
    "Workbook": ("xls",),
    "Book": ("xls",),
    "PowerPoint Document": ("ppt",),
    "EncryptedPackage": ("docx", "docm", "xlsx", "xlsm", "pptx"),
}
# What the list of its parts says that a document of Office is.
OFFICE_TYPES = {
    b"wordprocessingml.document.main+xml": "docx",
    b"ms-word.document.macroEnabled.main+xml": "docm",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"ms-excel.sheet.macroEnabled.main+xml": "xlsm",
    b"ms-excel.sheet.binary.macroEnabled.main": "xlsb",
    b"presentationml.presentation.main+xml": "pptx",
    b"presentationml.slideshow.main+xml": "ppsx",
    b"ms-powerpoint.presentation.macroEnabled.main+xml": "pptm",
}
OFFICE_LIST = "[Content_Types].xml"
OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.graphics": "odg",
}
ENDINGS = {
    "pdf",
    "zip",
    "webp",
    *(ending for endings in (*IMAGES.values(), *OLE_STREAMS.values()) for ending in endings),
    *OFFICE_TYPES.values(),
    *OPEN_DOCUMENTS.values(),
}
# As they are told beside the field, and to whoever sends something else.
ACCEPTED = "un PDF, un document Word, Excel, PowerPoint ou LibreOffice, une image ou un ZIP"


def formats_of(file):
    """The endings that a file's content allows, the likeliest first; none for what isn't accepted."""
    file.seek(0)
    head = file.read(PDF_HEAD)
    file.seek(0)
    for start, endings in IMAGES.items():
        if head.startswith(start):
            return endings
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return ("webp",)
    if head.startswith(b"PK"):
        return _zip_formats(file)
    if head.startswith(OLE):
        return _ole_formats(file)
    return ("pdf",) if b"%PDF-" in head else ()


def _zip_formats(file):
    try:
        with opened(file) as archive:
            names = set(archive.namelist())
            if OFFICE_LIST in names:
                types = read_part(archive, OFFICE_LIST, most=MEGABYTE)
                return tuple(ending for said, ending in OFFICE_TYPES.items() if said in types)[:1] or ("zip",)
            if "mimetype" in names and archive.getinfo("mimetype").file_size <= max(map(len, OPEN_DOCUMENTS)) + 2:
                said = read_part(archive, "mimetype", most=PDF_HEAD).strip()
                return (OPEN_DOCUMENTS.get(said, "zip"),)
    except HostileArchiveError:
        return ()
    return ("zip",)


def _ole_formats(file):
    """By the names of its streams, wherever in the file its folder stands; a chunk at a time."""
    present, tail = set(), b""
    longest = max(map(len, OLE_STREAMS)) * 2
    for chunk in file.chunks():
        seen = tail + chunk
        present |= {name for name in OLE_STREAMS if f"{name}\0".encode("utf-16-le") in seen}
        tail = seen[-longest - 2 :]
    file.seek(0)
    return tuple(dict.fromkeys(ending for name in OLE_STREAMS if name in present for ending in OLE_STREAMS[name]))


def safe_name(name, endings):
    """A name that any system can hold and unpack in one folder: no path, no sign that means something, its ending.

    Of `endings`, which the content allows, the one that the name bears is kept; another that we know is replaced.
    """
    bare = unicodedata.normalize("NFC", PurePosixPath(name.replace("\\", "/")).name)
    stem, ending = _parted(bare)
    if ending not in endings and ending in ENDINGS:
        bare = stem
        stem, ending = _parted(bare)
    if ending not in endings:
        stem, ending = bare, endings[0]
    stem = "".join("-" if sign in '<>:"|?*' else sign for sign in stem if unicodedata.category(sign)[0] != "C")
    stem = re.sub(r"\s+", " ", stem).strip(" .")[:LONGEST_NAME].strip(" .")
    return f"{stem or 'document'}.{ending}"


def _parted(name):
    stem, dot, ending = name.rpartition(".")
    ending = "".join(sign for sign in ending if unicodedata.category(sign)[0] != "C").strip().lower()
    return (stem, ending) if dot else (name, "")


class AttachmentsInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class AttachmentsField(forms.FileField):
    """Several files; cleaned into a dict of files by safe name. The last of two that have one name is kept."""

    widget = AttachmentsInput

    def clean(self, data, initial=None):
        files = [file for file in data or [] if file]
        if len(files) > MOST_FILES:
            raise ValidationError(f"{MOST_FILES} fichiers au plus : réunissez-les dans un ZIP.")
        return dict(self._checked(super(AttachmentsField, self).clean(file, initial)) for file in files)

    @staticmethod
    def _checked(file):
        if file.size > MAX_BYTES:
            raise ValidationError(f"« {file.name} » dépasse {megabytes(MAX_BYTES)}.")
        endings = formats_of(file)
        if not endings:
            raise ValidationError(f"« {file.name} » n’est pas {ACCEPTED} qui s’ouvre.")
        return safe_name(file.name, endings), file
