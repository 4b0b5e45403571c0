import pytest
from django.db import connection

from directory.benchmark import database


@pytest.mark.django_db(transaction=True)
def test_its_database_is_another_and_goes_away(monkeypatch):
    commands = []
    monkeypatch.setattr(database, "call_command", lambda *names, **_options: commands.append(names))
    usual = connection.settings_dict["NAME"]

    with database.own_database(), connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), to_regclass('directory_coentrepreneur')")
        own, table = cursor.fetchone()

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), EXISTS (SELECT FROM pg_database WHERE datname = %s)", [own])
        assert cursor.fetchone() == (usual, False)
    assert (own, table) == (f"{usual}_bench", None)
    assert commands == [("migrate",)]
