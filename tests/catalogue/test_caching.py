"""Public pages are kept while the catalogue stands still, and only then."""

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor

import brotli
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from directory.catalogue import caching, views
from directory.models import CoEntrepreneur
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def renderings(monkeypatch):
    """The searches made by the catalogue's view: one for each page that wasn't kept."""
    made = []
    search = views.CatalogueFilter
    monkeypatch.setattr(views, "CatalogueFilter", lambda data, index: made.append(data) or search(data, index))
    return made


def test_a_page_is_rendered_once_for_all_the_ways_to_write_its_address(client, renderings):
    for query in ["domaine=a&q=x", "q=x&domaine=a", "q=x&domaine=a&utm_source=lettre"]:
        client.get(f"/catalogue/?{query}")

    assert len(renderings) == 1


def test_a_hot_page_costs_one_query(client, django_assert_num_queries):
    client.get("/catalogue/")

    with django_assert_num_queries(1):
        client.get("/catalogue/")


def test_a_hot_page_has_every_header_of_the_page_that_was_kept(client):
    first = client.get("/catalogue/", headers={"Accept-Encoding": "br"})
    from_the_cache = Client().get("/catalogue/", headers={"Accept-Encoding": "br"})
    ready = client.get("/catalogue/", headers={"Accept-Encoding": "br"})

    assert dict(first.items()) == dict(from_the_cache.items()) == dict(ready.items())
    assert first.content == from_the_cache.content == ready.content
    assert "default-src 'none'" in first["Content-Security-Policy"]
    assert first["X-Frame-Options"] == "DENY"


def test_a_ready_page_answers_for_its_own_address_encoding_and_kind_alone(client):
    plain = {"Accept-Encoding": ""}
    asked = [
        ("/catalogue/", plain),
        ("/catalogue/?q=hydrologie", plain),
        ("/catalogue/", {"Accept-Encoding": "br"}),
        ("/catalogue/", plain | {"HX-Request": "true"}),
        ("/", plain),
    ]
    fresh = [Client().get(path, headers=headers).content for path, headers in asked]

    for _ in range(2):
        assert [client.get(path, headers=headers).content for path, headers in asked] == fresh
    assert len(set(fresh)) == len(fresh)


def test_no_more_answers_are_held_ready_than_said(monkeypatch):
    monkeypatch.setattr(caching, "MOST_READY", 2)
    middleware = caching.KeptPagesMiddleware(lambda _: None)

    for number in range(5):
        middleware._make_ready((number,), "etag", caching.KeptPage({}, brotli.compress(b"x")), "br")

    assert list(middleware.ready) == [(3,), (4,)]


def test_a_page_with_a_cookie_is_not_kept(client, renderings, monkeypatch):
    render = views.render

    def with_cookie(*args, **kwargs):
        response = render(*args, **kwargs)
        response.set_cookie("mine", "1")
        return response

    monkeypatch.setattr(views, "render", with_cookie)

    for _ in range(2):
        client.get("/catalogue/")

    assert len(renderings) == 2


def test_an_address_of_another_host_is_refused_with_the_headers_of_any_refusal(client):
    response = client.get("/catalogue/", headers={"Host": "example.com"})

    assert response.status_code == 400
    assert "Content-Security-Policy" in response


def test_a_change_in_the_catalogue_renders_again_and_another_change_does_not(client, renderings):
    fiche = CoEntrepreneurFactory(listed=True)
    client.get("/catalogue/")

    CoEntrepreneurFactory()
    client.get("/catalogue/")
    assert len(renderings) == 1

    CoEntrepreneur.objects.filter(pk=fiche.pk).update(trade_name="Une autre marque")
    assert "Une autre marque" in client.get("/catalogue/").content.decode()
    assert len(renderings) == 2


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0", None, bytes),
        ("", None, bytes),
    ],
)
def test_a_page_comes_in_the_best_encoding_that_the_client_accepts(client, accepted, encoding, decode):
    response = client.get("/catalogue/", headers={"Accept-Encoding": accepted})

    assert response.get("Content-Encoding") == encoding
    assert b"data-total" in decode(response.content)
    assert "Accept-Encoding" in response["Vary"]


def test_a_fragment_and_a_page_have_names_of_their_own(client):
    page = client.get("/catalogue/")
    fragment = client.get("/catalogue/", headers={"HX-Request": "true"})

    assert page["ETag"] != fragment["ETag"]
    assert b"<html" not in fragment.content
    assert b"<html" in client.get("/catalogue/").content


def test_refusals_are_not_kept(client):
    fiche = CoEntrepreneurFactory(listed=True)
    CoEntrepreneur.objects.update(client_public=False)

    gone = client.get(fiche.get_absolute_url())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_coentrepreneur SET client_public = true")

    assert gone.status_code == 410
    assert "ETag" not in gone
    assert client.get(fiche.get_absolute_url()).status_code == 200


def test_many_at_once_render_once(monkeypatch, renderings):
    CoEntrepreneurFactory(listed=True)
    together = threading.Barrier(4)

    def get(_):
        together.wait()
        try:
            return Client().get("/catalogue/").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(get, range(4)))

    assert statuses == [200] * 4
    assert len(renderings) == 1
    assert not caching._rendering


@pytest.mark.parametrize(
    ("poison", "clean"), [("q=hydrologie&q=", "q=hydrologie"), ("q=zzz&q=hydrologie", "q=hydrologie&q=zzz")]
)
def test_another_way_to_read_an_address_never_answers_for_it(client, poison, clean):
    CoEntrepreneurFactory(listed=True, headline="Hydrologie")
    CoEntrepreneurFactory(listed=True, headline="Jardins")
    expected = client.get(f"/catalogue/?{clean}").content
    cache.clear()

    client.get(f"/catalogue/?{poison}")

    assert client.get(f"/catalogue/?{clean}").content == expected


def test_a_kept_page_repeats_nothing_of_the_address_it_was_first_asked_by(client):
    client.get("/catalogue/?q=archives&token=SECRET")

    assert b"SECRET" not in client.get("/catalogue/?q=archives").content


def test_a_star_is_not_an_answer_for_a_page_that_is_not_there(client):
    assert client.get("/catalogue/personne/", headers={"If-None-Match": "*"}).status_code == 404
