"""What happens each day to search documents by itself."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from directory.models import Certification, Label, SearchDocument
from directory.search import rebuild, tasks
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db(transaction=True)


def expired_yesterday(label):
    fiche = CoEntrepreneurFactory(listed=True)
    yesterday = timezone.localdate() - timedelta(days=1)
    Certification.objects.create(co_entrepreneur=fiche, label=label, proof="x.pdf", expires_on=yesterday)
    return fiche


def test_documents_of_those_whose_label_expired_are_written_anew_by_stretches(monkeypatch):
    monkeypatch.setattr(rebuild, "STRETCH", 2)
    label = Label.objects.create(slug="un-label", name="Un label")
    fiches = [expired_yesterday(label) for _ in range(3)]
    kept = dict(SearchDocument.objects.values_list("pk", "document"))
    SearchDocument.objects.update(document="")
    stretches = []
    monkeypatch.setattr(rebuild, "write", lambda pks, write=rebuild.write: (stretches.append(len(pks)), write(pks)))

    assert tasks.forget_expired_labels() == len(fiches)

    assert dict(SearchDocument.objects.values_list("pk", "document")) == kept
    assert stretches == [2, 1]


def test_a_save_under_way_is_never_the_one_that_gives_up(monkeypatch):
    monkeypatch.setattr(rebuild, "LOCK_WAIT", "10ms")
    monkeypatch.setattr(rebuild, "ATTEMPTS", 2)
    fiche = expired_yesterday(Label.objects.create(slug="un-label", name="Un label"))
    saving = connection.copy()
    with saving.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE directory_coentrepreneur SET headline = 'En cours' WHERE id = %s", [fiche.pk])

        with pytest.raises(OperationalError):
            tasks.forget_expired_labels()

        cursor.execute("COMMIT")
    saving.close()
