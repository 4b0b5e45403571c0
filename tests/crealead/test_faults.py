"""When the database or the disk fails, a page says so, and when to come back."""

import errno

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import Client, RequestFactory

from crealead.faults import unreadable
from tests.factories import AdministratorFactory, CoEntrepreneurFactory, ReferentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    browser = Client(raise_request_exception=False)
    browser.force_login(AdministratorFactory())
    return browser


@pytest.fixture(params=[OperationalError("the connection is lost"), InterfaceError("connection already closed")])
def away(request, browser, monkeypatch):
    def refuse(*_arguments):
        raise request.param

    monkeypatch.setattr(CursorWrapper, "execute", refuse)


@pytest.mark.parametrize(
    "address",
    [
        "/catalogue/",
        "/catalogue/?q=formation",
        "/admin/",
        "/admin/login/",
        "/mon-espace/",
        "/referencement/",
        "/sitemap.xml",
    ],
)
def test_a_page_without_its_database_says_when_to_come_back(browser, away, address):
    answer = browser.get(address)

    # Some need no database to show themselves.
    assert answer.status_code in {503, 200, 302}
    if answer.status_code == 503:
        assert answer["Retry-After"] == "10"
        assert "La base de données ne répond pas" in answer.content.decode()


def test_the_catalogue_and_the_back_office_need_it(browser, away):
    assert [browser.get(address).status_code for address in ("/catalogue/?q=formation", "/admin/")] == [503, 503]


def test_what_is_sent_meanwhile_is_told_not_to_be_kept(browser, away):
    answer = browser.post("/referencement/", {"email": "camille@example.org"})

    assert answer.status_code == 503
    assert "rien n’a été enregistré" in answer.content.decode()


def test_another_fault_stays_the_site_s(browser, monkeypatch):
    def fail(*_arguments):
        raise ValueError

    monkeypatch.setattr(CursorWrapper, "execute", fail)

    assert browser.get("/admin/").status_code == 500


def test_a_full_disk_is_a_clear_page(browser, monkeypatch):
    def full(*_arguments, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    fiche = CoEntrepreneurFactory(referent=ReferentFactory())
    monkeypatch.setattr(FileSystemStorage, "_save", full)
    file = SimpleUploadedFile("fiches.csv", f"email\n{fiche.email}\n".encode())

    answer = browser.post("/admin/directory/coentrepreneur/import/", {"file": file})

    assert answer.status_code == 507
    assert "Le disque du site est plein" in answer.content.decode()


def test_a_session_that_the_database_does_not_keep_is_no_fault_of_the_browser(browser, monkeypatch):
    def refuse(*_arguments, **_options):
        raise OperationalError("the connection is lost")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.create_model_instance", refuse)
    visitor = Client(raise_request_exception=False)
    account = AdministratorFactory()
    account.set_password("une-phrase-de-passe-longue")
    account.save()

    answer = visitor.post("/admin/login/", {"username": account.username, "password": "une-phrase-de-passe-longue"})

    assert answer.status_code == 503


def test_an_interrupted_session_is_told_as_what_interrupted_it():
    interrupted = SessionInterrupted("the session went away")
    interrupted.__context__ = UpdateError()
    interrupted.__context__.__context__ = OperationalError("the connection is lost")

    answers = [unreadable(RequestFactory().get("/"), error) for error in (interrupted, SessionInterrupted("by itself"))]

    assert [answer.status_code for answer in answers] == [503, 400]
