"""Signs that no file can say, as they come with what is pasted: whatever buyers take away opens all the same."""

import zipfile
from io import BytesIO

import pytest
from lxml import etree

from directory.models import CoEntrepreneur
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db
SIGNS = "\x01\x08\x0b\x0c\x1f\ufffe\uffff"
TEXTS = ["first_name", "last_name", "trade_name", "headline", "city", "public_offer"]


@pytest.fixture
def pasted():
    fiche = CoEntrepreneurFactory(listed=True)
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(**dict.fromkeys(TEXTS, f"Web{SIGNS}site"))
    fiche.refresh_from_db()
    return fiche


@pytest.mark.parametrize("query", ["", "?q=web", "?q=%0B%EF%BF%BE%EF%BF%BF+web+%08"])
def test_a_feed_reads(client, pasted, query):
    feed = etree.fromstring(client.get(f"/catalogue/flux.atom{query}").getvalue())

    assert "Website" in "".join(feed.itertext())


@pytest.mark.parametrize("address", ["/catalogue/{}/carte.vcf", "/selection/cartes.vcf?f={}"])
def test_a_card_holds_none(client, pasted, address):
    card = client.get(address.format(pasted.slug)).getvalue().decode()

    assert "Website" in card
    assert not set(SIGNS) & set(card)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@pytest.mark.parametrize("address", ["/catalogue/export.{}?q=web%EF%BF%BF", "/selection/export.{}?f={}"])
def test_a_sheet_reads(client, pasted, kind, address):
    book = zipfile.ZipFile(BytesIO(client.get(address.format(kind, pasted.slug)).getvalue()))

    words = ["".join(etree.fromstring(book.read(name)).itertext()) for name in book.namelist() if name.endswith(".xml")]
    assert "Website" in "".join(words)
