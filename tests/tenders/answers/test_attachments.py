import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from docx import Document

from crealead.words import MEGABYTE
from directory.tenders.answers import attachments
from directory.tenders.answers.attachments import OLE, AttachmentsField, formats_of, safe_name


def zipped(files):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def word():
    out = BytesIO()
    Document().save(out)
    return out.getvalue()


def upload(name="DC1.pdf", content=b"%PDF-1.7 x"):
    return SimpleUploadedFile(name, content)


def office(said, **parts):
    """A document of Office, as far as telling what it is goes."""
    return zipped({"[Content_Types].xml": f'<Override ContentType="application/vnd.{said}"/>'} | parts)


def ole(*streams):
    return OLE + bytes(700) + b"".join(f"{name}\0".encode("utf-16-le") for name in streams) + bytes(700)


@pytest.mark.parametrize(
    ("content", "endings"),
    [
        (b"%PDF-1.7 x", ("pdf",)),
        (b"\xef\xbb\xbf\r\n %PDF-1.7", ("pdf",)),
        (b" " * 1100 + b"%PDF-1.7", ()),
        (word(), ("docx",)),
        (office("ms-word.document.macroEnabled.main+xml"), ("docm",)),
        (office("openxmlformats-officedocument.spreadsheetml.sheet.main+xml"), ("xlsx",)),
        (office("ms-excel.sheet.macroEnabled.main+xml"), ("xlsm",)),
        (office("openxmlformats-officedocument.presentationml.presentation.main+xml"), ("pptx",)),
        (office("ms-package.something+xml"), ("zip",)),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}), ("odt",)),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), ("ods",)),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.presentation\n"}), ("odp",)),
        (zipped({"plan.pdf": "x"}), ("zip",)),
        (zipped({"mimetype": "application/epub+zip"}), ("zip",)),
        (ole("Root Entry", "WordDocument"), ("doc",)),
        (ole("Root Entry", "Workbook"), ("xls",)),
        (ole("Workbook", "WordDocument"), ("doc", "xls")),
        (ole("EncryptedPackage"), ("docx", "docm", "xlsx", "xlsm", "pptx")),
        (ole("__properties_version1.0"), ()),
        (b"\xff\xd8\xff\xe0", ("jpg", "jpeg")),
        (b"\x89PNG\r\n\x1a\n", ("png",)),
        (b"RIFF\0\0\0\0WEBPVP8 ", ("webp",)),
        (b"RIFF\0\0\0\0WAVEfmt ", ()),
        (b"", ()),
        (b"PK", ()),
        (b"PK\x03\x04" + b"\x00" * 400, ()),
        (word()[:-40], ()),
        (b"<html><script>alert(1)</script>", ()),
        (b"MZ\x90\x00", ()),
    ],
)
def test_a_file_is_what_its_content_says(content, endings):
    assert formats_of(upload("x.pdf", content)) == endings


def test_the_stream_that_tells_an_old_document_may_stand_across_two_chunks():
    content = ole("WordDocument")
    start = UploadedFile.DEFAULT_CHUNK_SIZE - 710

    assert formats_of(upload("x.doc", OLE + bytes(start - len(OLE)) + content[8:])) == ("doc",)


@pytest.mark.parametrize(
    ("name", "endings", "kept"),
    [
        ("DC1 signé.pdf", ["pdf"], "DC1 signé.pdf"),
        ("../../etc/passwd", ["pdf"], "passwd.pdf"),
        ("C:\\Users\\moi\\bordereau.xlsx", ["xlsx"], "bordereau.xlsx"),
        ("prix.exe", ["pdf"], "prix.exe.pdf"),
        ("PRIX.PDF", ["pdf"], "PRIX.pdf"),
        ("BPU.ods", ["ods"], "BPU.ods"),
        ("BPU.ods.zip", ["ods"], "BPU.ods"),
        ("BPU.pdf.zip", ["zip"], "BPU.pdf.zip"),
        ("DPGF.xlsm", ["xlsm"], "DPGF.xlsm"),
        ("DPGF.xlsm.xlsx", ["xlsm"], "DPGF.xlsm"),
        ("DPGF.xlsx", ["xlsm"], "DPGF.xlsm"),
        ("plan.JPEG", ["jpg", "jpeg"], "plan.jpeg"),
        ("plan.png", ["jpg", "jpeg"], "plan.jpg"),
        ("offre.xls", ["doc", "xls"], "offre.xls"),
        ("Lot 2. Prix", ["pdf"], "Lot 2. Prix.pdf"),
        ('a<b>:"c"|?*.pdf', ["pdf"], "a-b---c----.pdf"),
        ("a\x00b\u202ec\n.pdf", ["pdf"], "abc.pdf"),
        ("...", ["zip"], "document.zip"),
        ("", ["zip"], "document.zip"),
        ("é" * 400 + ".pdf", ["pdf"], "é" * 150 + ".pdf"),
        ("e\u0301tude.pdf", ["pdf"], "étude.pdf"),
    ],
)
def test_a_name_is_safe_to_unpack_anywhere_and_has_one_ending(name, endings, kept):
    assert safe_name(name, endings) == kept


def test_several_files_come_by_their_names():
    found = AttachmentsField().clean([upload("DC1.pdf"), upload("prix.xlsx", word())])

    assert list(found) == ["DC1.pdf", "prix.docx"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([upload(content=b"MZ")], "n’est pas un PDF"),
        ([upload(content=b"%PDF-" + bytes(MEGABYTE))], "dépasse 1 Mo"),
        ([upload(f"{number}.pdf") for number in range(16)], "15 fichiers au plus"),
        ([upload(content=b"")], "vide"),
    ],
)
def test_what_may_not_be_kept_is_said(monkeypatch, files, said):
    monkeypatch.setattr(attachments, "MAX_BYTES", MEGABYTE)

    with pytest.raises(ValidationError, match=said):
        AttachmentsField(required=False).clean(files)


def test_no_file_is_no_file():
    assert AttachmentsField(required=False).clean([]) == {}
