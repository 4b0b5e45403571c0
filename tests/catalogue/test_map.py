import re
from html import unescape

import pytest
from django.http import QueryDict

from directory.catalogue.map_page import outlines
from directory.models import Department
from directory.search.filters import CatalogueFilter
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db


def links(page):
    """The links of the page that choose a department, as (identity, address, attributes)."""
    return {
        match["id"]: (unescape(match["href"]).partition("#")[0], match[0])
        for match in re.finditer(r'<a\s[^>]*?id="(?P<id>[ofl]\w{2,3})"[^>]*?href="(?P<href>[^"]*)"[^>]*>', page)
    }


def fiche(*codes, **fields):
    return CoEntrepreneurFactory(listed=True, departments=Department.objects.filter(code__in=codes), **fields)


def test_each_department_is_drawn_or_listed():
    known = set(Department.objects.values_list("code", flat=True))

    assert known - set(outlines()) == {"971", "972", "973", "974", "976"}
    assert set(outlines()) <= known
    for outline in outlines().values():
        left, top, right, bottom = outline.box
        assert left < outline.x < right
        assert top < outline.y < bottom
        assert re.fullmatch(r"(M\d+ \d+l[-\d ]+z)+", outline.path)


@pytest.mark.parametrize(
    "query", ["", "departement=34", "departement=34&departement=974&q=formation&tri=nom", "q=rien-de-tel"]
)
def test_each_link_adds_its_department_or_takes_it_off_and_keeps_the_rest(client, query):
    fiche("34", "30", "75", "974")
    before = CatalogueFilter(QueryDict(query))
    chosen = {term.value for term in before.values["departement"]}

    page = client.get("/catalogue/carte/", QUERY_STRING=query).text

    for identity, (href, tag) in links(page).items():
        code = identity[1:]
        after = CatalogueFilter(QueryDict(href.removeprefix("?").removeprefix(".")))
        assert {term.value for term in after.values["departement"]} == chosen ^ {code}
        assert ('aria-current="true"' in tag) == (code in chosen)
        for name in before.values.keys() - {"departement"}:
            assert after.values[name] == before.values[name]
    assert {"l34", "o34", "l974"} <= set(links(page)) or "rien" in query


def test_counts_are_those_of_the_zone_filter_and_nobody_is_no_link(client):
    fiche("34")
    fiche("34", "30")
    fiche(nationwide=True)

    page = client.get("/catalogue/carte/?departement=30").text

    assert "Hérault (34), 3 fiches" in page
    assert "Gard (30), 2 fiches" in page
    assert 'data-total="2"' in client.get("/catalogue/?departement=30").text


def test_where_nobody_answers_there_is_nothing_to_press(client):
    fiche("34")

    page = client.get("/catalogue/carte/").text

    assert set(links(page)) == {"o34", "f34", "l34"}
    assert "Gard (30), 0 fiche" in page


def test_the_list_says_all_that_the_map_says(client):
    fiche(nationwide=True)

    page = client.get("/catalogue/carte/").text
    drawn = {identity[1:] for identity in links(page) if identity[0] in "of"}
    listed = {identity[1:] for identity in links(page) if identity[0] == "l"}

    assert drawn < listed == set(Department.objects.values_list("code", flat=True))


def test_what_is_not_known_is_dropped_and_nothing_of_it_is_repeated(client):
    fiche("34")

    response = client.get('/catalogue/carte/?departement=999&departement="><script>&autre=1&page=x&departement=\x00')

    assert response.status_code == 200
    assert "script>&" not in response.text
    assert "autre=" not in response.text


def test_an_unticked_fiche_counts_no_more(client):
    one = fiche("34")
    assert "Hérault (34), 1 fiche" in client.get("/catalogue/carte/").text

    one.client_public = False
    one.save()

    assert "Hérault (34), 0 fiche" in client.get("/catalogue/carte/").text


def test_it_is_kept_as_any_public_page(client):
    response = client.get("/catalogue/carte/")

    assert response.headers["Cache-Control"] == "public, no-cache"
    assert not response.cookies
    assert '<meta name="robots" content="noindex,nofollow">' in response.text
    assert "Victor Cazanave" in response.text
    assert "creativecommons.org/licenses/by/4.0" in response.text


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("", "/catalogue/carte/"),
        ("?tri=nom", "/catalogue/carte/?tri=nom"),
        ("?tri=maj", "/catalogue/carte/?tri=maj"),
        ("?q=formation&departement=34&page=2", "/catalogue/carte/?q=formation&departement=34"),
    ],
)
def test_the_zone_filter_leads_to_the_map_of_its_own_search(client, query, where):
    fiche("34")

    page = client.get(f"/catalogue/{query}").text

    assert re.findall(r'href="([^"]*)"[^>]*>Choisir sur la carte', page) == [where.replace("&", "&amp;")]
