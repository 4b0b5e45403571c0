import re
from datetime import timedelta
from html import unescape

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import timezone

from crealead.words import day
from directory.catalogue import print_page
from directory.models import Consent, Department
from directory.search import whole
from directory.search.filters import CatalogueFilter
from directory.search.index import Version
from tests.factories import CoEntrepreneurFactory, ReferenceFactory

pytestmark = pytest.mark.django_db


def printed(client, query=""):
    response = client.get("/catalogue/imprimer/", QUERY_STRING=query)
    assert response.status_code == 200
    return unescape(b"".join(response.streaming_content).decode()).replace("\u00a0", " ")


def rows(page):
    return re.findall(r'<tr data-fiche="([^"]+)"', page)


def shown(client, query):
    """The fiches of all the pages of results, in order."""
    slugs = []
    for number in range(1, 9):
        page = client.get("/catalogue/", QUERY_STRING=f"{query}&page={number}").text
        if f"– page {number}" not in page and number > 1:
            break
        slugs += re.findall(r'<li[^>]* data-fiche="([^"]+)"', page)
    return slugs


@pytest.mark.parametrize(
    "query", ["", "tri=nom", "tri=maj", "q=formation", "q=accueil&departement=34&graine=2026-01-02"]
)
def test_all_results_in_the_order_of_the_pages(client, query, monkeypatch):
    monkeypatch.setattr(whole, "PIECE", 7)
    CoEntrepreneurFactory.create_batch(23, listed=True, departments=[Department.objects.get(code="34")])
    CoEntrepreneurFactory()

    page = printed(client, query)

    assert rows(page) == shown(client, query)
    assert len(rows(page)) == 23
    assert re.findall(r"<td>(\d+)</td><th", page) == [str(rank) for rank in range(1, 24)]


def test_the_reference_that_answers_stands_under_the_offer(client):
    fiche, _ = CoEntrepreneurFactory.create_batch(2, listed=True)
    ReferenceFactory(co_entrepreneur=fiche, subject="Étude du tuffeau", starts_on="2019-01-01", amount=20_000)
    ReferenceFactory(co_entrepreneur=fiche, subject="La dernière", starts_on="2024-03-01")

    latest, answering = (re.sub(r"<[^>]+>", "", printed(client, query)) for query in ("", "q=tuffeau"))

    assert "Déjà fait : La dernière, " in latest
    assert "Déjà fait : Étude du tuffeau, " in answering
    assert latest.count("Déjà fait") == 1


def test_what_says_where_it_comes_from_stands_on_top(client, settings):
    fiche = CoEntrepreneurFactory(listed=True, city="Béziers", departments=[Department.objects.get(code="34")])
    ReferenceFactory(co_entrepreneur=fiche)

    page = printed(client, "q=formation&departement=34&tri=nom&inconnu=1&domaine=rien")
    head, _, table = page.partition("<table ")

    for words in [
        "1 co-entrepreneur pour « formation », intervenant dans : Hérault (34)",
        f"{timezone.localtime():%H h}",
        "Nombre</dt><dd>1 fiche",
        f"Nom, ordre du {day(timezone.localdate())}",
        settings.COOPERATIVE["name"],
        "732 829 320 00074",
        f"{settings.SITE_URL}/catalogue/?q=formation&departement=34&tri=nom",
        "Domaine : rien",
    ]:
        assert words in head, words
    for words in [fiche.name, fiche.trade_name, fiche.headline, "Béziers", "Hérault", "<td>1</td>"]:
        assert words in table


def test_the_version_of_the_catalogue_is_said():
    search = CatalogueFilter(QueryDict("tri=nom"))
    search.index.version = Version("0a1b2c3d-4e5f", 17, 1)

    page = "".join(print_page.pieces(RequestFactory().get("/"), search))

    assert "version 0a1b2c3d-17 du catalogue" in page


def test_nothing_private_is_on_paper_even_with_consent(client, tmp_path):
    fiche = CoEntrepreneurFactory(listed=True, phone="06 39 98 12 34", website="https://atelier.example")
    for item in Consent.Item.values:
        Consent.objects.create(co_entrepreneur=fiche, item=item)

    page = printed(client)

    for private in ["06 39", "atelier.example", fiche.email, "photo.webp", "<img"]:
        assert private not in page


def test_who_is_unticked_or_has_left_is_not_there(client):
    kept, unticked, gone = CoEntrepreneurFactory.create_batch(3, listed=True)
    unticked.client_public = False
    unticked.save()
    gone.departed_on = timezone.localdate() - timedelta(days=1)
    gone.save()

    assert rows(printed(client)) == [kept.slug]


def test_who_is_unticked_while_it_is_sent_has_no_line(client, monkeypatch):
    monkeypatch.setattr(whole, "PIECE", 2)
    CoEntrepreneurFactory.create_batch(4, listed=True)
    content = client.get("/catalogue/imprimer/?tri=nom").streaming_content
    sent = next(content) + next(content)
    last = CoEntrepreneurFactory._meta.model.objects.published().order_by("-pk").first()

    last.client_public = False
    last.save()

    assert last.slug not in (sent + b"".join(content)).decode()


def test_past_the_most_lines_it_says_so(client, monkeypatch):
    monkeypatch.setattr(whole, "MOST_LINES", 2)
    CoEntrepreneurFactory.create_batch(3, listed=True)

    page = printed(client)

    assert len(rows(page)) == 2
    assert "3 fiches. Les 2 premières seulement." in page


def test_it_costs_a_query_more_for_each_piece_only(client, monkeypatch, django_assert_max_num_queries):
    CoEntrepreneurFactory.create_batch(30, listed=True, departments=Department.objects.all()[:3])
    printed(client)

    with django_assert_max_num_queries(12):
        printed(client)


def test_nobody_keeps_it_and_it_sets_no_cookie(client):
    response = client.get("/catalogue/imprimer/")

    assert "no-store" in response["Cache-Control"]
    assert "ETag" not in response
    assert not response.cookies
    assert client.post("/catalogue/imprimer/").status_code == 405


@pytest.mark.parametrize("query", ["q=%00&domaine=<i>&page=zz", "departement=999", "graine=<script>", "q=" + "é" * 500])
def test_any_query_makes_a_list(client, query):
    CoEntrepreneurFactory(listed=True, headline="<script>alert(1)</script>", trade_name="<!-- -->")

    page = client.get("/catalogue/imprimer/", QUERY_STRING=query)
    text = b"".join(page.streaming_content).decode()

    assert page.status_code == 200
    assert "<script>alert" not in text
    assert text.rstrip().endswith("</html>")


def test_a_query_beyond_reason_is_refused(client):
    assert client.get("/catalogue/imprimer/?q=" + "a" * 5000).status_code == 400


def test_a_page_of_results_says_where_all_are_printed(client, settings):
    CoEntrepreneurFactory.create_batch(22, listed=True)

    page = unescape(client.get("/catalogue/?q=formation&page=2").text).replace("\u00a0", " ")

    assert '<a href="/catalogue/imprimer/?q=formation" rel="nofollow">Imprimer les 22</a>' in page
    assert (
        f"20 autres fiches répondent : imprimez toute la liste depuis {settings.SITE_URL}/catalogue/imprimer/?q="
        in page
    )
    assert "732 829 320 00074" in page
