"""Stored files are given back one way."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404

import crealead
from crealead.files import serve_opened, split_ending
from tests.cast import body_of

ROOT = Path(crealead.__file__).parent.parent
# What is made for one download is never on the disk.
MADE = {"my_space/views.py", "admin/person_rights.py"}


def test_no_view_answers_with_a_file_by_itself():
    room = ROOT / "directory"

    answering = {str(path.relative_to(room)) for path in room.rglob("*.py") if "FileResponse(" in path.read_text()}

    assert answering == MADE


def test_a_file_that_is_gone_is_not_found():
    with pytest.raises(Http404):
        serve_opened(lambda: default_storage.open("absent"), "x.pdf")


def test_what_is_given_is_read_as_what_it_is_said_to_be():
    response = serve_opened(lambda: ContentFile(b"%PDF-1.7"), "x.pdf")

    assert (response["X-Content-Type-Options"], body_of(response)) == ("nosniff", b"%PDF-1.7")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("memoire.docx", ("memoire", ".docx")),
        ("a.b.PDF", ("a.b", ".PDF")),
        ("sans-fin", ("sans-fin", "")),
        ("proofs/x.pdf", ("proofs/x", ".pdf")),
        ("", ("", "")),
    ],
)
def test_the_ending_of_a_name(name, parts):
    assert split_ending(name) == parts
