import struct
import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from directory.forms.archives import HostileArchiveError, chunks, opened, read_part
from tests.memory import said_within

ZEROS = 400 * 1024 * 1024
# What reading any of these files may take: a sixth of what they unpack to.
MEMORY = 64
SHARED_STRINGS = (
    b'<Override PartName="/xl/sharedStrings.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
FORMATS = """
import sys
from django.core.files import File
from directory.tenders.answers.attachments import formats_of
"""
SPREADSHEET = """
import sys
from directory.admin.spreadsheet.cells import UnreadableFileError
from directory.admin.spreadsheet.reading import read
"""
READ_SPREADSHEET = """
try:
    print(len(read(open(sys.argv[1], "rb").read(), titles={"nom": "nom"}, key="nom").dataset))
except UnreadableFileError as error:
    print(error)
"""


def archive_of(parts):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def lying(path, name, *, announced, size=ZEROS):
    """An archive whose part unpacks to `size` zeros, and announces a few bytes everywhere that it is said."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as part:
        for _ in range(size // (1024 * 1024)):
            part.write(bytes(1024 * 1024))
    content = path.read_bytes().replace(struct.pack("<L", size), struct.pack("<L", announced))
    path.write_bytes(content)
    return path


def many_parts(path):
    """Nothing but a list, of as many parts as 19 MB can name."""
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"a"
    count = 19 * 1024 * 1024 // len(entry)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, count * len(entry), 0, 0)
    path.write_bytes(b"PK\x03\x04" + entry * count + end)
    return path


def test_a_part_is_read_whole_when_it_is_what_it_says():
    with opened(BytesIO(archive_of({"mimetype": "x" * 100_000}))) as archive:
        assert read_part(archive, "mimetype", most=100_000) == b"x" * 100_000
        assert [len(chunk) for chunk in chunks(archive, archive.getinfo("mimetype"))] == [65536, 34464]


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04" + bytes(400), archive_of({"a": "b"})[:-30]], ids=len)
def test_what_does_not_open_is_said(content):
    file = BytesIO(content)

    with pytest.raises(HostileArchiveError), opened(file):
        pass

    assert file.tell() == 0


@pytest.mark.parametrize(("name", "most"), [("absent", 10), ("a", 2)])
def test_a_part_that_lacks_or_is_over_its_limit_is_refused(name, most):
    with pytest.raises(HostileArchiveError), opened(BytesIO(archive_of({"a": "bcd"}))) as archive:
        read_part(archive, name, most=most)


def test_a_part_that_unpacks_without_a_bound_is_refused():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", "b")

    with pytest.raises(HostileArchiveError), opened(out) as archive:
        read_part(archive, "a", most=10)


@pytest.mark.parametrize(
    ("name", "announced"), [("mimetype", 39), ("[Content_Types].xml", 900), ("[Content_Types].xml", ZEROS)]
)
def test_what_tells_an_attachment_is_read_within_bounds(tmp_path, name, announced):
    file = lying(tmp_path / "x.odt", name, announced=announced)

    assert file.stat().st_size < 1024 * 1024
    assert said_within(MEMORY, FORMATS, "print(formats_of(File(open(sys.argv[1], 'rb'))))", file) == "()"


def test_an_archive_that_names_a_multitude_of_parts_is_refused(tmp_path):
    file = many_parts(tmp_path / "x.zip")

    assert said_within(MEMORY, FORMATS, "print(formats_of(File(open(sys.argv[1], 'rb'))))", file) == "()"


def test_a_workbook_that_holds_more_than_it_says_is_refused(tmp_path):
    file = lying(tmp_path / "x.xlsx", "xl/workbook.xml", announced=900)

    assert "pas un classeur XLSX ou ODS lisible" in said_within(MEMORY, SPREADSHEET, READ_SPREADSHEET, file)


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_workbook_whose_entities_multiply_is_refused(tmp_path, part):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "haha">{entities}]><sst><si><t>&e9;</t></si></sst>'
    book, content = Workbook(), BytesIO()
    book.active.append(["nom"])
    book.save(content)
    with zipfile.ZipFile(content) as honest:
        parts = {name: honest.read(name) for name in honest.namelist()}
    # What lists the shared strings, which our own workbooks do without, is what makes them be read.
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", SHARED_STRINGS + b"</Types>")
    (tmp_path / "x.xlsx").write_bytes(archive_of(parts | {"xl/sharedStrings.xml": "<sst/>", part: bomb}))

    assert "pas un classeur XLSX ou ODS lisible" in said_within(
        MEMORY, SPREADSHEET, READ_SPREADSHEET, tmp_path / "x.xlsx"
    )
