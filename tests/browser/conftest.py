"""A real browser, on the real site: Granian, the worker and a database of its own, filled with the demonstration."""

import csv
import email
import email.policy
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from tests import chromium

HERE = Path(__file__).parent
START_SECONDS = 120
MAIL_SECONDS = 15
NOT_RUN = pytest.StashKey()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    ours = [item for item in items if HERE in item.path.parents]
    # First, and together: they are the longest, and while Playwright runs, its event loop would have Django refuse the
    # database to other tests.
    items.sort(key=lambda item: HERE not in item.path.parents)
    for item in ours:
        item.add_marker(pytest.mark.browser)
    if ours and not chromium.find():
        items[:] = [item for item in items if item not in ours]
        config.hook.pytest_deselected(items=ours)
        config.stash[NOT_RUN] = len(ours)


def pytest_terminal_summary(terminalreporter, config):
    if NOT_RUN in config.stash:
        terminalreporter.write_line(
            f"NOT RUN: the {config.stash[NOT_RUN]} tests of tests/browser, for want of a Chromium: install one, or give "
            "its path in CHROMIUM.",
            red=True,
            bold=True,
        )


def pytest_sessionfinish(session):
    if NOT_RUN in session.config.stash and os.environ.get("CI") == "true":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class Site:
    """The running site: its address, its mail, its database from outside, the accounts of the demonstration."""

    def __init__(self, *, url, var, database_url):
        self.url = url
        self.var = var
        self.database_url = database_url

    def sql(self, query, *parameters):
        """Run one statement as `psql` would, outside the application; the rows when it gives any."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            cursor = connection.execute(query, parameters)
            return cursor.fetchall() if cursor.description else None

    def accounts(self, role):
        """The demonstration's accounts of that role: dicts of `role`, `username`, `password`."""
        with (self.var / "demo-accounts.csv").open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if row["role"] == role]

    def sign_in(self, page, username, *, root=None):
        """Send the admin's sign-in form on that page, as that account, and wait for the page that answers.

        `root` is another address of the site. What other tests tried before from this machine isn't held against it.
        """
        [account] = [
            row for row in self.accounts("referent") + self.accounts("administrateur") if row["username"] == username
        ]
        self.sql("DELETE FROM directory_ratelimit")
        page.goto(f"{root or self.url}/admin/login/?next=/admin/")
        page.locator("[name=username]").fill(username)
        page.locator("[name=password]").fill(account["password"])
        with page.expect_navigation():
            page.locator("[type=submit]").click()
        assert not page.url.startswith(f"{root or self.url}/admin/login/"), page.locator("body").inner_text()

    def mails(self):
        """Every message sent so far, oldest first."""
        files = sorted((self.var / "mail").glob("*.log"), key=lambda path: path.stat().st_mtime_ns)
        raw = [part.strip() for path in files for part in re.split(rb"^-{79}$", path.read_bytes(), flags=re.MULTILINE)]
        return [email.message_from_bytes(part, policy=email.policy.default) for part in raw if part]


class Mailbox:
    """What is sent during one test."""

    def __init__(self, site):
        self._site = site
        self._old = {mail["Message-ID"] for mail in site.mails()}

    def messages(self, *, to):
        """The messages to that address, oldest first; read them with `["Subject"]` and `get_content()`."""
        return [mail for mail in self._site.mails() if mail["To"] == to and mail["Message-ID"] not in self._old]

    def wait(self, *, to, subject="", seconds=MAIL_SECONDS):
        """The first message to that address with those words in its subject, once the worker has sent it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for mail in self.messages(to=to):
                if subject in mail["Subject"]:
                    return mail
            time.sleep(0.05)
        sent = [(mail["To"], mail["Subject"]) for mail in self._site.mails() if mail["Message-ID"] not in self._old]
        raise AssertionError(f"No mail to {to} about « {subject} » in {seconds} s; sent meanwhile: {sent}")


@pytest.fixture(scope="session")
def site(databases, database_url, demonstration, tmp_path_factory):
    """The site, as `make run` starts it on a base that the demonstration fills already."""
    var = tmp_path_factory.mktemp("site")
    shutil.copytree(demonstration.var, var, dirs_exist_ok=True)
    name = databases.name("site")
    databases.copy(demonstration.database, name)
    own_url = urlsplit(database_url)._replace(path=f"/{name}").geturl()
    port = _free_port()
    environment = os.environ | {
        "ENVIRONMENT": "development",
        "DATABASE_URL": own_url,
        "VAR_DIR": str(var),
        "PORT": str(port),
    }
    with (var / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, settings.BASE_DIR / "manage.py", "serve", "--stop-with-parent"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_healthy(port, process, var / "log")
        yield Site(url=f"http://127.0.0.1:{port}", var=var, database_url=own_url)
    finally:
        process.terminate()
        process.wait()
        databases.drop(name)


@pytest.fixture
def mailbox(site):
    return Mailbox(site)


# For the package, not the session: other tests come after these.
@pytest.fixture(scope="package")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=chromium.FLAGS, chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, site):
    """A function that opens a page of its own session; options are those of Playwright's `new_context`.

    At the end of the test, an error in the console or a request to another host fails it.
    """
    contexts, faults = [], []

    def open_page(**options):
        contexts.append(_new_context(browser, site, faults, **options))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture(scope="package")
def _page_of_all(browser, site):
    faults = []
    with _new_context(browser, site, faults, reduced_motion="reduce") as context:
        yield context.new_page(), faults


@pytest.fixture
def shared_page(_page_of_all):
    """A page for tests that only look: it was elsewhere before, and opening another costs half a second."""
    page, faults = _page_of_all
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(color_scheme="light")
    faults.clear()
    yield page
    assert not faults


def _new_context(browser, site, faults, **options):
    context = browser.new_context(base_url=site.url, locale="fr-FR", timezone_id="Europe/Paris", **options)
    context.set_default_timeout(10_000)
    _collect_faults(context, site.url, faults)
    return context


def _collect_faults(context, url, faults):
    visited = set()

    def on_request(request):
        if request.is_navigation_request():
            visited.add(request.url)
        if not request.url.startswith(
            (f"{url}/", f"{url.replace('127.0.0.1', 'localhost')}/", "data:", "blob:", "about:")
        ):
            faults.append(f"request to {request.url}")

    def on_console(message):
        # A page that answers 404 or 410, as it should, is an error to the console.
        expected = message.text.startswith("Failed to load resource") and message.location["url"] in visited
        if message.type == "error" and not expected:
            faults.append(f"console: {message.text} ({message.location['url']})")

    context.on("request", on_request)
    context.on("console", on_console)
    context.on("weberror", lambda error: faults.append(f"script: {error.error}"))


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_healthy(port, process, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        server = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            server.request("GET", "/healthz")
            if server.getresponse().status == http.client.OK:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            server.close()
    raise AssertionError(f"The site didn't start:\n{log.read_text(encoding='utf-8')}")
