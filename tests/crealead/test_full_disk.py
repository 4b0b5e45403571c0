import errno

import psycopg
import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import connection

from directory.models import FicheProposal, Skill
from directory.my_space.forms import ProposalForm
from tests.cast import browser_of, photo, typed
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db


def full(*_args, **_kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


def sent(**changed):
    """What a member's proposal with a photo is answered."""
    member = CoEntrepreneurFactory(skills=Skill.objects.all()[:1], nationwide=True)
    browser = browser_of(member)
    browser.raise_request_exception = False
    form = typed(ProposalForm(fiche=member, proposal=None)) | {"headline": "Autre accroche", "photo": photo()}
    return browser.post("/mon-espace/fiche/", form | changed)


def is_clear(response):
    return response.status_code == 507 and "Le disque du site est plein" in response.text


@pytest.mark.parametrize(
    ("owner", "name"),
    [(TemporaryFileUploadHandler, "new_file"), (FileSystemStorage, "_save")],
)
def test_a_full_disk_is_said_wherever_an_upload_meets_it(monkeypatch, settings, owner, name):
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    monkeypatch.setattr(owner, name, full)

    assert is_clear(sent())
    assert not FicheProposal.objects.exists()


def test_a_full_disk_is_said_when_it_keeps_a_file_that_waits(monkeypatch):
    monkeypatch.setattr(FileSystemStorage, "_save", full)

    assert is_clear(sent(website="pas une adresse"))


def test_a_full_disk_of_the_database_is_said(monkeypatch):
    def refused(execute, sql, params, many, context):
        if 'INTO "directory_ficheproposal"' in sql:
            raise psycopg.errors.DiskFull("could not extend file")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refused):
        assert is_clear(sent())


def test_another_failure_is_not_the_disk_s(monkeypatch):
    def broken(*_args, **_kwargs):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(FileSystemStorage, "_save", broken)
    response = sent()

    assert response.status_code == 500
    assert "Une erreur s’est produite" in response.text
