"""Closed records that somebody leaves: they are masked, what isn't theirs stays, and nothing keeps them from going."""

import pytest

from directory.documents import DocumentError
from directory.models import ClosedRecord, Unfreezing
from directory.privacy import objections, records
from tests.factories import CoEntrepreneurFactory
from tests.sourcing.records import close, open_record

pytestmark = pytest.mark.django_db


def closed_with(fiche, **record):
    return close(open_record(kept=[fiche], **record))


def retire(fiche):
    records.retire([fiche.pk], purpose=Unfreezing.Purpose.RETIRING)
    return ClosedRecord.objects.get()


def test_a_trade_name_that_is_a_word_of_french_is_masked_in_their_line_alone():
    fiche = CoEntrepreneurFactory(listed=True, trade_name="Passerelle")
    closed_with(fiche, need="Étudier une passerelle sur le Lez.")

    data = retire(fiche).data

    assert data["need"]["need"] == "Étudier une passerelle sur le Lez."
    assert data["kept"][0]["trade_name"] == ""


def test_what_names_nobody_stays_whoever_has_its_words_as_a_name(settings):
    fiche = CoEntrepreneurFactory(listed=True, trade_name=settings.COOPERATIVE["legal_form"])
    before = closed_with(fiche).data

    data = retire(fiche).data

    assert {name: data[name] for name in ("cooperative", "rules")} == {
        name: before[name] for name in ("cooperative", "rules")
    }


def test_a_document_that_fails_keeps_nobody_from_going_and_is_made_when_it_is_asked_for(client, monkeypatch):
    fiche = CoEntrepreneurFactory(listed=True, last_name="Zyglotrax")
    closed_with(fiche)

    def fails(*_args, **_kwargs):
        raise DocumentError("illisible")

    with monkeypatch.context() as patch:
        patch.setattr(records, "render_record", fails)
        row = retire(fiche)
    page = client.get(f"{row.record.get_absolute_url()}dossier.pdf")

    assert "Zyglotrax" not in str(row.data)
    assert bytes(row.pdf) == b""
    assert page.content.startswith(b"%PDF")


def test_who_was_erased_is_among_those_who_left():
    fiche, stays = CoEntrepreneurFactory.create_batch(2, listed=True)
    key = fiche.pk
    fiche.delete()

    assert objections.withdrawn_among({key, stays.pk}) == {key}
