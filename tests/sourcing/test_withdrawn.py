"""Who left the cooperative, or objects, is named to nobody who kept their fiche; who is unticked alone still is."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from directory.models import ClosedRecord, CoEntrepreneur
from directory.models.masking import RETIRED_LINE
from directory.privacy.actions import objections
from directory.privacy.objections import Kind
from tests.factories import CoEntrepreneurFactory
from tests.sourcing.records import close, open_record

pytestmark = pytest.mark.django_db


def unticked(fiche):
    fiche.client_public = False
    fiche.save()


def objects(fiche):
    unticked(fiche)
    objections.record(objections.of(fiche), Kind.CATALOGUE)


def departs(fiche):
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(departed_on=timezone.localdate() - timedelta(days=1))


@pytest.fixture
def kept():
    return CoEntrepreneurFactory(listed=True), CoEntrepreneurFactory(listed=True, first_name="Nolwenn")


@pytest.mark.parametrize(("go", "is_named"), [(unticked, True), (objects, False), (departs, False)])
def test_a_selection_names_who_is_unticked_alone(client, kept, go, is_named):
    stays, goes = kept
    go(goes)

    page = client.get(f"/selection/?f={stays.slug}&f={goes.slug}")

    assert (goes.name in page.text) == is_named
    assert ("Une fiche gardée n’est plus au catalogue." in page.text) != is_named
    assert stays.name in page.text


@pytest.mark.parametrize(("go", "is_named"), [(unticked, True), (objects, False), (departs, False)])
def test_a_record_closed_afterwards_has_the_fingerprint_of_its_data(client, kept, go, is_named):
    stays, goes = kept
    record = open_record(kept=[stays, goes], query=None)
    record.kept.filter(co_entrepreneur=goes).update(note=f"Préférer {goes.first_name}.")
    go(goes)
    pages = client.get(f"/selection/{record.key}/").text + client.get(f"/selection/{record.key}/gardees/").text

    close(record)
    closed = client.get(f"/selection/{record.key}/").text
    sent = client.get(f"/selection/{record.key}/dossier.json").getvalue()

    row = ClosedRecord.objects.get(record=record)
    assert sha256(sent).hexdigest() == row.fingerprint
    for text in (pages.replace("Préférer", ""), closed, sent.decode(), json.dumps(row.data, ensure_ascii=False)):
        assert (goes.name in text) == is_named
    assert (RETIRED_LINE in sent.decode()) != is_named
    if not is_named:
        assert f"Préférer {goes.first_name}" not in sent.decode()
