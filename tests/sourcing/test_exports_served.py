"""How exports are served: to hostile searches, to many at once, to who reads slowly, and not twice for nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crealead import streaming
from tests.factories import ReferenceFactory

from .files import KINDS, fiche, lines, sent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "query", ["q=%00%FF", "f=" + "x" * 500, "page=99999", "q=zzzzqqq", "cpv=abc&tri=x&graine=%0D%0A"]
)
def test_hostile_or_fruitless_searches_make_a_file(client, kind, query):
    fiche()
    response = client.get(f"/catalogue/export.{kind}", QUERY_STRING=query)

    assert response.status_code == 200
    assert lines(b"".join(response.streaming_content), kind)


def test_head_makes_nothing(client):
    response = client.head("/catalogue/export.xlsx")

    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert not b"".join(response.streaming_content)


@pytest.mark.parametrize("long", ["/catalogue/export.csv", "/catalogue/imprimer/"])
def test_too_many_at_once_are_asked_to_come_back(client, long):
    fiche()
    held = [client.get("/catalogue/export.csv") for _ in range(streaming.AT_ONCE)]

    refused = client.get(long)
    for response in held:
        b"".join(response.streaming_content)

    assert refused.status_code == 503
    assert refused["Retry-After"]
    assert "dans quelques secondes" in refused.text
    assert sent(client, long)


def test_slow_readers_stop_nobody_for_long_and_are_bounded(client, monkeypatch):
    fiche()
    monkeypatch.setattr(streaming, "MADE_SECONDS", -1)
    monkeypatch.setattr(streaming, "AT_ALL", 4)
    slow = [client.get("/catalogue/export.csv") for _ in range(streaming.AT_ONCE + 1)]

    assert all(response.status_code == 200 for response in slow)
    assert sent(client, "/catalogue/export.csv")

    slow.append(client.get("/catalogue/export.csv"))
    assert client.get("/catalogue/export.csv").status_code == 503

    monkeypatch.setattr(streaming, "LONGEST_SECONDS", -1)
    assert sent(client, "/catalogue/") and client.get("/catalogue/export.csv").status_code == 200
    for response in slow:
        response.close()


def test_who_reads_for_too_long_is_cut_and_gives_its_place_back(client, monkeypatch):
    fiche()
    monkeypatch.setattr(streaming, "LONGEST_SECONDS", -1)

    with pytest.raises(streaming.TooSlowError):
        sent(client, "/catalogue/export.csv")

    monkeypatch.undo()
    assert sent(client, "/catalogue/export.csv")


def test_as_many_queries_however_many_the_rows(client, django_assert_num_queries):
    ReferenceFactory(co_entrepreneur=fiche())
    with CaptureQueriesContext(connection) as few:
        sent(client, "/catalogue/export.csv")
    for _ in range(6):
        ReferenceFactory(co_entrepreneur=fiche())

    with django_assert_num_queries(len(few)):
        sent(client, "/catalogue/export.csv")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["/catalogue/export.csv", "/selection/export.ods?f={}", "/catalogue/flux.atom"])
def test_asked_again_it_isnt_made_again_until_something_moves(client, address):
    person = fiche()
    address = address.format(person.slug)
    first = client.get(address)
    etag = first["ETag"]
    assert first.getvalue()

    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    person.headline = "Autre chose"
    person.save()
    moved = client.get(address, headers={"If-None-Match": etag})
    assert moved.status_code == 200
    assert moved.getvalue()
