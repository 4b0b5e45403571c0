"""What a page of the catalogue says of the fiches that its own address keeps, for whoever asks for it."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory.models import CoEntrepreneur
from directory.search.order import PAGE_SIZE
from tests.cast import text_of
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db


def kept_on(page):
    """The slugs of the buttons that are pressed."""
    return re.findall(r'data-keep="([^"]*)" aria-pressed="true">Gardée<', page.text)


def drop_address(page, slug):
    """Where the form of a kept fiche leads, with what it sends."""
    forms = re.findall(r'<form class="garder-retrait.*?</form>', page.text, re.DOTALL)
    [form] = [form for form in forms if f'data-keep="{slug}"' in form]
    action = re.search(r'action="([^"]*)"', form)[1]
    return action, [tuple(map(unescape, pair)) for pair in re.findall(r'name="([^"]*)" value="([^"]*)"', form)]


def test_a_kept_card_says_so_and_the_results_how_many_are(client):
    kept, other = CoEntrepreneurFactory.create_batch(2, listed=True)

    page = client.get(f"/catalogue/?f={kept.slug}&tri=nom")

    assert kept_on(page) == [kept.slug]
    assert f'form="garder" name="f" value="{other.slug}"' in page.text
    assert "1 fiche gardée : <a" in text_of(page)
    assert f'href="/selection/?f={kept.slug}" rel="nofollow">voir votre sélection' in page.text


def test_a_kept_card_is_taken_off_where_it_is(client):
    kept, other = CoEntrepreneurFactory.create_batch(2, listed=True)
    CoEntrepreneurFactory.create_batch(PAGE_SIZE, listed=True)
    first = client.get(f"/catalogue/?f={kept.slug}&f={other.slug}&tri=nom")
    second = client.get(f"/catalogue/?f={kept.slug}&f={other.slug}&tri=nom&page=2")
    page, number = (first, []) if kept.slug in kept_on(first) else (second, [("page", "2")])

    action, pairs = drop_address(page, kept.slug)

    assert action == f"/catalogue/#fiche-{kept.slug}"
    assert pairs == [("tri", "nom"), ("f", other.slug), *number]


def test_a_kept_fiche_says_so_and_is_taken_off(client):
    kept, other = CoEntrepreneurFactory.create_batch(2, listed=True)

    page = client.get(f"{kept.get_absolute_url()}?q=conseil&f={other.slug}&f={kept.slug}")
    another = client.get(f"{other.get_absolute_url()}?f={kept.slug}")

    assert kept_on(page) == [kept.slug]
    assert drop_address(page, kept.slug) == (kept.get_absolute_url(), [("q", "conseil"), ("f", other.slug)])
    assert "2 fiches gardées" in page.text
    assert kept_on(another) == []
    assert "1 fiche gardée" in another.text


def test_a_former_address_keeps_the_fiche_of_today(client):
    fiche = CoEntrepreneurFactory(listed=True)
    former = fiche.slug
    fiche.last_name = "Autrement"
    fiche.save()

    page = client.get(f"/catalogue/?f={former}&f={fiche.slug.upper()}")

    assert kept_on(page) == [fiche.slug]
    assert "1 fiche gardée" in page.text
    assert drop_address(page, fiche.slug)[1] == []


def test_who_left_or_was_never_there_is_not_counted(client):
    gone, draft = CoEntrepreneurFactory(listed=True), CoEntrepreneurFactory()
    CoEntrepreneur.objects.filter(pk=gone.pk).update(client_public=False)

    page = client.get(f"/catalogue/?f={gone.slug}&f={draft.slug}&f=personne&f=%00")

    assert "data-kept-here" not in page.text


def test_an_address_that_keeps_nothing_says_nothing_of_it(client):
    fiche = CoEntrepreneurFactory(listed=True)

    pages = [client.get("/catalogue/"), client.get(fiche.get_absolute_url()), client.get("/")]

    for page in pages:
        assert "data-kept-here" not in page.text
        assert "aria-pressed" not in page.text
        assert "garder-retrait" not in page.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/catalogue/", "fiche"])
def test_it_is_the_same_page_for_all_who_ask_for_that_address_and_another_for_others(client, path):
    kept, other = CoEntrepreneurFactory.create_batch(2, listed=True)
    path = kept.get_absolute_url() if path == "fiche" else path
    nothing, one, two = (client.get(path, {"f": slugs}) for slugs in ([], [kept.slug], [other.slug]))

    again = client.get(path, {"f": [kept.slug]})
    known = client.get(path, {"f": [kept.slug]}, headers={"if-none-match": one["ETag"]})

    assert again.content == one.content
    assert known.status_code == 304
    assert len({page.content for page in (nothing, one, two)}) == 3
    assert client.get(path).content == nothing.content
    assert not one.cookies
    CoEntrepreneur.objects.filter(pk=other.pk).update(client_public=False)
    assert "data-kept-here" not in client.get(path, {"f": [other.slug]}).text


@pytest.mark.parametrize("path", ["/catalogue/?tri=nom", "fiche"])
def test_every_way_to_results_or_fiches_carries_what_is_kept(client, path):
    fiches = CoEntrepreneurFactory.create_batch(PAGE_SIZE + 1, listed=True)
    path = f"{fiches[0].get_absolute_url()}?tri=nom" if path == "fiche" else path

    page = client.get(f"{path}&f={fiches[1].slug}&f={fiches[2].slug}", headers={"hx-request": "true"})

    main = page.text.partition("<main")[2] or page.text
    ways = [unescape(link) for link in re.findall(r'href="(/catalogue/[^"]*tri=nom[^"]*)"', main)]
    ways = [urlsplit(way) for way in ways if not re.match(r"/catalogue/(export|flux|imprimer|ordre)", way)]
    assert ways
    for way in ways:
        assert [value for name, value in parse_qsl(way.query) if name == "f"] == [fiches[1].slug, fiches[2].slug]


def test_kept_fiches_cost_the_same_few_queries_however_many_they_are(client):
    fiches = CoEntrepreneurFactory.create_batch(8, listed=True)
    client.get("/catalogue/")
    counts = []
    for kept in (fiches[:1], fiches):
        with CaptureQueriesContext(connection) as queries:
            client.get("/catalogue/", {"f": [fiche.slug for fiche in kept]})
        counts.append(len(queries))

    assert counts[0] == counts[1]
