"""What every test stands on: a PostgreSQL of its own, files in a temporary directory, and strict templates."""

import os
import sys
import tempfile
from pathlib import Path

import environ
import pytest
from django.conf import settings
from django.db import connections
from django.template import engines
from django.template.base import Node
from django.test import override_settings

from crealead import embedded

# A crash of the machine costs the tests nothing.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
OUR_TEMPLATES = str(settings.BASE_DIR / "templates")


@pytest.fixture(scope="session")
def database_url():
    """The server of the tests: the one `DATABASE_URL` names, or an embedded one that goes away with its data."""
    if "DATABASE_URL" in os.environ:
        yield os.environ["DATABASE_URL"]
        return
    embedded.var_dir().mkdir(exist_ok=True)
    directory = Path(tempfile.mkdtemp(prefix="tests-", dir=embedded.var_dir()))
    with embedded.server(directory, options=FAST, temporary=True) as url:
        yield url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, database_url):
    connections["default"].settings_dict.update(environ.Env.db_url_config(database_url))
    # Then only, the name that each worker gives its own.
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(scope="session", autouse=True)
def _settings_of_tests(tmp_path_factory):
    var = tmp_path_factory.mktemp("var")
    (var / "static").mkdir()
    with override_settings(
        VAR_DIR=var,
        MEDIA_ROOT=var / "media",
        STATIC_ROOT=var / "static",
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
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


@pytest.fixture(scope="session", autouse=True)
def _undefined_variables_fail():
    engines["django"].engine.string_if_invalid = _Undefined("undefined")


@pytest.fixture(autouse=True)
def _jobs_go_with_their_test(request, django_db_blocker):
    """Django empties the tables it manages after a test that commits; procrastinate's aren't among them."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction")):
        with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
