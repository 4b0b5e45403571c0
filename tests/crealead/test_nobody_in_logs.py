"""Errors are provoked with a rare name, by a page, a job and the database: no log says it; no file is open to others."""

import ast
import logging
import shutil
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from crealead import embedded
from crealead.logs import LineFormatter
from crealead.mail import send_mail
from crealead.mail_on_disk import EmailBackend
from directory.models import ContactMessage
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

NAME = "zyglotrax"
# Messages that are filled in with a word, which is one of ours: the name of a template, of a program, of a line.
WORDS_OF_OURS = {
    ("crealead/mail.py", "%s not sent: %s"),
    ("crealead/supervisor.py", "%s s’est arrêté (code %s) : il repart."),
    ("crealead/wsgi.py", "not warmed up: %s"),
    ("directory/documents/typesetting.py", "a %s can't be made"),
    ("directory/privacy/purge.py", "a line of the purge failed: %s"),
}


def lines(caplog):
    """What production writes of all that was logged, at any level."""
    return [LineFormatter().format(record) for record in caplog.records]


@pytest.mark.django_db
def test_a_page_that_fails_names_nobody(client, caplog, monkeypatch):
    def fail(self, **_kwargs):
        raise ValueError(f"Key (email)=({self.name}, {self.email}) already exists")

    monkeypatch.setattr(ContactMessage, "save", fail)
    caplog.set_level(logging.DEBUG)
    client.raise_request_exception = False
    fiche = CoEntrepreneurFactory(listed=True, last_name=NAME)
    sent = {"name": NAME, "organisation": NAME, "email": f"{NAME}@example.org", "message": f"Bonjour {NAME}"}

    answers = [
        client.post(f"/catalogue/{fiche.slug}/contact/", sent | {"objet": NAME}),
        client.get(f"/catalogue/{NAME}-/", {"q": NAME}),
        client.get("/", headers={"host": f"{NAME}.example.org", "user-agent": NAME}),
    ]

    logged = [line for line in lines(caplog) if "django.db.backends" not in line]
    assert {answer.status_code for answer in answers} >= {400, 404}
    assert len(logged) > 1
    assert not [line for line in logged if NAME in line.lower()]


class FailingServer(mail.backends.base.BaseEmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError(f"550 <{messages[0].to[0]}>: unknown")


@pytest.mark.django_db
def test_a_job_that_fails_names_nobody(caplog, settings):
    settings.EMAIL_BACKEND = f"{__name__}.FailingServer"
    caplog.set_level(logging.INFO)
    send_mail.defer(
        to=f"{NAME}@example.org", subject=NAME, body=NAME, reply_to=None, message_id="<1@example.org>", date=""
    )

    run_jobs()

    assert [line for line in lines(caplog) if "send_mail" in line]
    assert not [line for line in lines(caplog) if NAME in line.lower()]


def test_the_server_of_the_database_names_nobody(tmp_path):
    with embedded.server(tmp_path / "postgres", options=["fsync=off"]) as url, psycopg.connect(url) as connection:
        connection.autocommit = True
        connection.execute("CREATE TABLE people (name text UNIQUE, born date)")
        for statement, values in [
            ("INSERT INTO people VALUES (%s)", [NAME]),
            ("INSERT INTO people VALUES (%s)", [NAME]),
            ("INSERT INTO people (born) VALUES (%s::text::date)", [NAME]),
            (f"INSERT INTO people VALUES ('{NAME}', 'no day')", None),
            (f"SELECT {NAME} FROM people", None),
            (f"DO $$ BEGIN RAISE WARNING '{NAME}'; END $$", None),
        ]:
            try:
                connection.execute(statement, values)
            except psycopg.Error:
                continue

    log = (tmp_path / "postgres" / "log").read_text(encoding="utf-8")
    assert "ready to accept connections" in log
    assert NAME not in log
    assert (tmp_path / "postgres" / "log").stat().st_mode & 0o077 == 0


def test_a_server_of_the_machine_is_told_the_same():
    text = (settings.BASE_DIR / "docs" / "deployment" / "postgresql.conf").read_text(encoding="utf-8")
    told = dict(line.split(" = ") for line in text.splitlines() if line and not line.startswith("#"))

    assert told == embedded.QUIET


def test_our_own_messages_are_filled_in_with_figures_alone():
    found = set()
    for path in (path for room in ("crealead", "directory") for path in (settings.BASE_DIR / room).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            target = ast.unparse(call.func.value)
            if target not in {"logger", "logging", "logging.getLogger(__name__)"} or call.func.attr == "getLogger":
                continue
            message = call.args[0].value if isinstance(call.args[0], ast.Constant) else ast.unparse(call.args[0])
            if len(call.args) > 1 and message.count("%") != message.count("%d"):
                found.add((str(path.relative_to(settings.BASE_DIR)), message))
            assert isinstance(call.args[0], ast.Constant), f"{path}: {message}"

    assert found == WORDS_OF_OURS


# --- Files -------------------------------------------------------------------------------------------------------


def modes(directory):
    return {path.stat().st_mode & 0o077 for path in [Path(directory), *Path(directory).rglob("*")]}


def test_mails_on_the_disk_are_for_this_account_alone(tmp_path):
    directory = tmp_path / "mail"
    directory.mkdir(mode=0o755)

    EmailBackend(file_path=directory).send_messages([mail.EmailMessage(NAME, NAME, to=[f"{NAME}@example.org"])])

    [written] = directory.iterdir()
    assert NAME in written.read_text(encoding="utf-8")
    assert modes(directory) == {0}


def test_what_people_send_is_for_this_account_alone(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"

    default_storage.save("proofs/deep/x.pdf", ContentFile(b"%PDF"))
    default_storage.save("waiting-files/x", ContentFile(b"%PDF" * 1_000_000))

    assert modes(tmp_path / "media") == {0}
    shutil.rmtree(tmp_path / "media")
