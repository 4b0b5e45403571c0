"""The databases of the tests: each is made once, whatever the number of workers, then copied in a tenth of a second."""

import contextlib

import psycopg
from django.contrib.postgres.functions import RandomUUID
from django.db import connection

from directory.models import CatalogueVersion

EMPTY = "template1"


class Server:
    """A PostgreSQL server as the tests use it: databases that all workers copy, and the worker's own."""

    def __init__(self, url, *, run):
        """`run` names this run of the tests, so that two on one server leave each other alone."""
        self._prefix = f"tests_{run}_"
        self._connection = psycopg.connect(url, autocommit=True)
        self._execute("SELECT pg_advisory_lock_shared(hashtext(%s))", self._prefix)

    def close(self):
        """Leave the server; the last worker that does takes along what was made for all."""
        self._execute("SELECT pg_advisory_unlock_shared(hashtext(%s))", self._prefix)
        [(is_last,)] = self._execute("SELECT pg_try_advisory_lock(hashtext(%s))", self._prefix)
        if is_last:
            for (name,) in self._execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", self._prefix
            ):
                self.drop(name)
        self._connection.close()

    def name(self, purpose):
        return self._prefix + purpose

    def template(self, name, *, base=EMPTY, fill):
        """The name of a database that is `base` and what `fill` writes there, made by the first worker that asks."""
        template = self.name(name)
        with self._alone(template):
            if not self._exists(template):
                unfinished = f"{template}_unfinished"
                self.copy(base, unfinished)
                with leading_to(unfinished):
                    fill()
                    with connection.cursor() as cursor:
                        cursor.execute("ANALYZE")
                self._execute(f"ALTER DATABASE {unfinished} RENAME TO {template}")
        return template

    def copy(self, template, name):
        """Make the database `name` as the template is, in place of what it was."""
        self.drop(name)
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")

    def copy_for_tests(self, template, name):
        """The same, for this process to work on: another database, whose version 7 isn't the one that it remembers."""
        connection.close()
        self.copy(template, name)
        with leading_to(name):
            CatalogueVersion.objects.update(epoch=RandomUUID())

    def drop(self, name):
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @contextlib.contextmanager
    def _alone(self, name):
        self._execute("SELECT pg_advisory_lock(hashtext(%s))", name)
        try:
            yield
        finally:
            self._execute("SELECT pg_advisory_unlock(hashtext(%s))", name)

    def _exists(self, name):
        return bool(self._execute("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def _execute(self, statement, *parameters):
        cursor = self._connection.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


@contextlib.contextmanager
def leading_to(name):
    """Make Django's connection lead to that database."""
    usual = connection.settings_dict["NAME"]
    _lead_to(name)
    try:
        yield
    finally:
        _lead_to(usual)


def _lead_to(name):
    connection.close()
    connection.settings_dict["NAME"] = name
