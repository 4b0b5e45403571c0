"""What every test stands on: a PostgreSQL of its own, files in a temporary directory, and strict templates."""

import gc
import os
import sys
from functools import partial

import environ
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.template import engines
from django.template.base import Node, Template
from django.template.defaulttags import CsrfTokenNode
from django.test import TransactionTestCase, override_settings
from django.utils import timezone
from xdist.scheduler import LoadScopeScheduling

from crealead import embedded, streaming
from tests import cast
from tests.databases import Server, leading_to
from tests.demonstration import Demonstration, fill

# A crash of the machine costs the tests nothing.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
BROWSER = "tests/browser/"
LONG = {"test_hostile_files", "test_twice", "test_benchmark", "test_document_costs"}
OUR_TEMPLATES = str(settings.BASE_DIR / "templates")


def pytest_collection_modifyitems(items):
    """Modules that need no database come first: another worker makes it meanwhile, and all would wait for it.

    Then those whose one test is long, so that no worker is left alone with it at the end. `browser/` goes before them.
    """
    need = {item.path for item in items if _needs_database(item)}
    items.sort(key=lambda item: (item.path in need, item.path.stem not in LONG))


def _needs_database(item):
    return item.get_closest_marker("django_db") or {"db", "databases"} & set(item.fixturenames)


def pytest_collection_finish():
    """Keep the collector from the thousands of tests, which stay: looking them through would take a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    # In the order below: xdist would keep modules of one test for the end, and there are the longest of all.
    config.option.loadscopereorder = False
    return _AModuleAtATime(config, log)


class _AModuleAtATime(LoadScopeScheduling):
    """Workers take modules whole, so that what a module prepares is prepared once.

    The browser tests are one: they share the site, on one worker, while the others do the rest.
    """

    def _split_scope(self, nodeid):
        module = nodeid.partition("::")[0]
        return BROWSER if module.startswith(BROWSER) else module


@pytest.fixture(scope="session")
def database_url(testrun_uid):
    """The server of the tests: the one `DATABASE_URL` names, or an embedded one that all workers share.

    The last one out stops it, and its data goes away.
    """
    if "DATABASE_URL" in os.environ:
        yield os.environ["DATABASE_URL"]
        return
    directory = embedded.var_dir() / f"tests-{testrun_uid[:8]}"
    with embedded.server(directory, options=FAST, temporary=True) as url:
        yield url


@pytest.fixture(scope="session")
def databases(database_url, testrun_uid):
    connection.settings_dict.update(environ.Env.db_url_config(database_url))
    server = Server(database_url, run=testrun_uid[:8])
    yield server
    server.close()


@pytest.fixture(scope="session")
def migrated(databases, django_db_blocker):
    """The name of a database as migrations leave it, to copy."""
    with django_db_blocker.unblock():
        return databases.template("migrated", fill=partial(call_command, "migrate", interactive=False, verbosity=0))


@pytest.fixture(scope="session")
def demonstration(databases, migrated, tmp_path_factory, worker_id, django_db_blocker, _settings_of_tests):
    common = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    var = common / "demonstration"
    with django_db_blocker.unblock():
        database = databases.template("demonstration", base=migrated, fill=partial(fill, var))
    return Demonstration(database=database, var=var)


@pytest.fixture(scope="module")
def on_demonstration(django_db_setup, databases, demonstration, django_db_blocker):
    """The tests of this module find the demonstration in the database; each puts back what it changes."""
    copy = f"{connection.settings_dict['NAME']}_demonstration"
    with django_db_blocker.unblock():
        databases.copy_for_tests(demonstration.database, copy)
    with override_settings(VAR_DIR=demonstration.var, MEDIA_ROOT=demonstration.media), leading_to(copy):
        yield demonstration
    databases.drop(copy)


@pytest.fixture(scope="session")
def django_db_setup(databases, migrated, worker_id, django_test_environment, django_db_blocker):
    """The database of this worker, a copy; pytest-django's own fixture would migrate one for each."""
    own = databases.name(worker_id)
    with django_db_blocker.unblock():
        databases.copy_for_tests(migrated, own)
        connection.settings_dict["NAME"] = own
    yield
    connection.close()


@pytest.fixture(scope="module")
def kept_for_module(django_db_setup, django_db_blocker, tmp_path_factory):
    """What fixtures of a module write after this one serves all its tests; each undoes what it changes itself."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session", autouse=True)
def _what_a_test_commits_goes_with_it(request):
    """The database is copied again: Django's way is to empty it, even of what migrations wrote."""

    def put_back(_test_case):
        databases, migrated = (request.getfixturevalue(name) for name in ("databases", "migrated"))
        databases.copy_for_tests(migrated, connection.settings_dict["NAME"])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", put_back)
        yield


@pytest.fixture(scope="session", autouse=True)
def _settings_of_tests(tmp_path_factory):
    var = tmp_path_factory.mktemp("var")
    (var / "static").mkdir()
    with override_settings(
        VAR_DIR=var,
        MEDIA_ROOT=var / "media",
        ERASURES_FILE=var / "erasures.jsonl",
        STATIC_ROOT=var / "static",
        STORAGES={
            "default": settings.STORAGES["default"],
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        PASSWORD_HASHERS=["tests.demonstration.QuickHasher"],
    ):
        yield


class UndefinedTemplateVariableError(Exception):
    """One of our templates names a variable that its view doesn't give."""


class _Undefined(str):
    """Stands for an undefined variable: an error in our templates, nothing in Django's, which rely on it."""

    __slots__ = ()

    def __contains__(self, text):
        return text == "%s"

    def __mod__(self, variable):
        frame = sys._getframe(1)
        while frame:
            node = frame.f_locals.get("self")
            if isinstance(node, Node) and getattr(node, "origin", None):
                if node.origin.name.startswith(OUR_TEMPLATES):
                    raise UndefinedTemplateVariableError(f"{variable} in {node.origin.name}")
                return ""
            frame = frame.f_back
        return ""


@pytest.fixture(autouse=True, scope="session")
def _mails_of_the_site_are_left_alone(django_test_environment, tmp_path_factory):
    """What erases or purges looks for mails on the disk: not for those that `make run` left beside the project."""
    with override_settings(EMAIL_FILE_PATH=tmp_path_factory.mktemp("mail")):
        yield


@pytest.fixture(scope="session", autouse=True)
def _pieces_of_forms_are_not_told(django_test_environment):
    """A page has hundreds of them; Django would keep the context of each, which no test reads."""
    told = Template._render

    def render(template, context):
        if "/widgets/" in (template.name or ""):
            return template.nodelist.render(context)
        return told(template, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session", autouse=True)
def _undefined_variables_fail():
    engines["django"].engine.string_if_invalid = _Undefined("undefined")


@pytest.fixture(scope="session", autouse=True)
def _forms_without_a_token_fail():
    """A partial that is included with `only` isn't given the token: what its form sends would be refused."""
    render = CsrfTokenNode.render

    def checked(node, context):
        if not context.get("csrf_token"):
            raise UndefinedTemplateVariableError(f"csrf_token in {node.origin.name}")
        return render(node, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CsrfTokenNode, "render", checked)
        yield


@pytest.fixture(autouse=True)
def _no_long_answer_is_held(monkeypatch):
    """What another test asked for and never read holds its place until it is collected."""
    monkeypatch.setattr(streaming, "_began", {})


# --- The cast ------------------------------------------------------------------------------------------------------


@pytest.fixture
def referent():
    return cast.referent(name="Claire Fabre")


@pytest.fixture
def other_referent():
    """Nobody that `referent` follows is theirs."""
    return cast.referent(name="Nadia Belkacem")


@pytest.fixture
def administrator():
    return cast.administrator()


@pytest.fixture
def staff_without_role():
    return cast.staff_without_role()


@pytest.fixture
def member(referent):
    """Whom `referent` follows, not in the catalogue yet."""
    return cast.member(referent=referent)


@pytest.fixture
def other_member():
    """Someone else of the cooperative, whom a third référent follows."""
    return cast.other_member()


@pytest.fixture
def as_referent(referent):
    return cast.browser_of(referent)


@pytest.fixture
def as_other_referent(other_referent):
    return cast.browser_of(other_referent)


@pytest.fixture
def as_administrator(administrator):
    return cast.browser_of(administrator)


@pytest.fixture
def as_member(member):
    return cast.browser_of(member)


@pytest.fixture
def as_other_member(other_member):
    return cast.browser_of(other_member)


@pytest.fixture
def stopped_clock(monkeypatch):
    """The clock stands: what is counted by the hour or by the day is in one of them, at whatever minute tests run."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def media(settings, tmp_path):
    """Where files are kept, for this test alone."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
