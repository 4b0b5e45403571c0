"""Search documents written anew, and only where they differ."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from directory.models import CoEntrepreneur, SearchDocument
from directory.search import rebuild
from directory.search.index import catalogue_version
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db(transaction=True)


def without_triggers(sql, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("RESET session_replication_role")


def rebuilt():
    output = StringIO()
    call_command("rebuild_search", verbosity=1, stdout=output)
    return output.getvalue()


def test_documents_lost_or_falsified_are_as_they_were():
    lost, falsified, unticked, _ = CoEntrepreneurFactory.create_batch(4, listed=True)
    kept = {document["pk"]: document for document in SearchDocument.objects.values("pk", "document", "title")}
    without_triggers("DELETE FROM directory_searchdocument WHERE co_entrepreneur_id = %s", [lost.pk])
    without_triggers("UPDATE directory_searchdocument SET document = '' WHERE co_entrepreneur_id = %s", [falsified.pk])
    without_triggers("UPDATE directory_coentrepreneur SET client_public = false WHERE id = %s", [unticked.pk])

    said = rebuilt()

    del kept[unticked.pk]
    assert {document["pk"]: document for document in SearchDocument.objects.values("pk", "document", "title")} == kept
    assert "4 fiches lues, 3 documents refaits ; le catalogue en compte 3." in said


def test_documents_that_are_right_are_left_alone():
    CoEntrepreneurFactory.create_batch(2, listed=True)
    CoEntrepreneurFactory()
    before = catalogue_version()

    said = rebuilt()

    assert catalogue_version() == before
    assert "3 fiches lues, 0 documents refaits" in said


def test_every_fiche_is_read_whatever_the_stretch(monkeypatch):
    monkeypatch.setattr(rebuild, "STRETCH", 2)
    fiches = CoEntrepreneurFactory.create_batch(5, listed=True)

    stretches = list(rebuild.stretches())

    assert [pk for pks in stretches for pk in pks] == [fiche.pk for fiche in fiches]
    assert max(map(len, stretches)) == 2


def test_a_save_under_way_is_never_the_one_that_gives_up(monkeypatch):
    monkeypatch.setattr(rebuild, "LOCK_WAIT", "10ms")
    monkeypatch.setattr(rebuild, "ATTEMPTS", 2)
    fiche = CoEntrepreneurFactory(listed=True)
    saving = connection.copy()
    with saving.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE directory_coentrepreneur SET headline = 'En cours' WHERE id = %s", [fiche.pk])

        with pytest.raises(OperationalError):
            rebuild.write([fiche.pk])

        cursor.execute("COMMIT")
    saving.close()
    assert CoEntrepreneur.objects.get().headline == "En cours"
