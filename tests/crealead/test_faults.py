"""When the database or the disk fails, a page says so, and when to come back."""

import errno
import os
import subprocess
import sys

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection, connections
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


def test_a_page_waits_for_a_lock_for_less_than_ten_seconds_and_a_command_as_long_as_it_takes(monkeypatch):
    def options_after(first):
        code = f"{first}; import os; print(os.environ.get('PGOPTIONS', ''))"
        environment = {key: value for key, value in os.environ.items() if key != "PGOPTIONS"}
        environment |= {"DJANGO_SETTINGS_MODULE": "crealead.settings", "ENVIRONMENT": "development"}
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        ).stdout.strip()

    waits = []
    for options in (options_after("import crealead.wsgi"), options_after("import django; django.setup()")):
        monkeypatch.setenv("PGOPTIONS", options)
        beside = connections.create_connection("default")
        with beside.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            waits += cursor.fetchone()
        beside.close()

    assert waits == ["8s", "0"]


@pytest.mark.django_db(transaction=True)
def test_what_another_holds_for_too_long_is_told_as_a_database_that_is_busy():
    fiche = CoEntrepreneurFactory(referent=ReferentFactory())
    browser = Client(raise_request_exception=False)
    browser.force_login(AdministratorFactory())
    beside = connections.create_connection("default")
    beside.set_autocommit(False)
    with beside.cursor() as cursor:
        cursor.execute("SELECT FROM directory_coentrepreneur FOR UPDATE")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")

    file = SimpleUploadedFile("fiches.csv", f"email;accroche\n{fiche.email};Neuve\n".encode())
    answer = browser.post("/admin/directory/coentrepreneur/import/", {"file": file})
    beside.close()
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
