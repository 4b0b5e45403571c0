import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from crealead.words import MEGABYTE
from directory.tenders.answers import attachments
from directory.tenders.answers.attachments import AttachmentsField, format_of, safe_name


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


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7 x", "pdf"),
        (word(), "docx"),
        (zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}), "xlsx"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}), "odt"),
        (zipped({"plan.pdf": "x"}), "zip"),
        (zipped({"mimetype": "application/epub+zip"}), "zip"),
        (b"", None),
        (b"PK", None),
        (b"PK\x03\x04" + b"\x00" * 400, None),
        (word()[:-40], None),
        (b"<html><script>alert(1)</script>", None),
        (b"MZ\x90\x00", None),
        (b" %PDF-1.7", None),
    ],
)
def test_a_file_is_what_its_content_says(content, found):
    assert format_of(upload("x.pdf", content)) == found


@pytest.mark.parametrize(
    ("name", "ending", "kept"),
    [
        ("DC1 signé.pdf", "pdf", "DC1 signé.pdf"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("C:\\Users\\moi\\bordereau.xlsx", "xlsx", "bordereau.xlsx"),
        ("prix.exe", "pdf", "prix.exe.pdf"),
        ("PRIX.PDF", "pdf", "PRIX.pdf"),
        ('a<b>:"c"|?*.pdf', "pdf", "a-b---c----.pdf"),
        ("a\x00b\u202ec\n.pdf", "pdf", "abc.pdf"),
        ("...", "zip", "document.zip"),
        ("", "zip", "document.zip"),
        ("é" * 400 + ".pdf", "pdf", "é" * 150 + ".pdf"),
        ("e\u0301tude.pdf", "pdf", "étude.pdf"),
    ],
)
def test_a_name_is_safe_to_unpack_anywhere(name, ending, kept):
    assert safe_name(name, ending) == kept


def test_several_files_come_by_their_names():
    found = AttachmentsField().clean([upload("DC1.pdf"), upload("prix.xlsx", word())])

    assert list(found) == ["DC1.pdf", "prix.xlsx.docx"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([upload(content=b"MZ")], "n’est ni un PDF"),
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
