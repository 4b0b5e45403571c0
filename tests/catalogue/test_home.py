"""The entry page: what it gives to try, for whom and what was done, and who it is for."""

import json
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from directory.catalogue import home_page
from directory.models import CoEntrepreneur, CpvCode, Reference
from directory.search import rotation
from directory.search.index import current
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory

pytestmark = pytest.mark.django_db

# Keys that no other row of a test has, and the cycle that begins on 8 November 2026.
FAR_KEY, WHOLE_CYCLE = 900_000, 26426


def part(page, name):
    """What stands between the tags of a list of the page."""
    return re.search(rf'<ul class="{name}".*?</ul>', page, re.DOTALL)[0] if f'class="{name}"' in page else ""


def links(html):
    return {
        re.sub("<.*?>", "", words).strip(): unescape(url)
        for url, words in re.findall(r'href="(.*?)">(.*?)</a>', html, re.DOTALL)
    }


def test_an_example_that_finds_nobody_is_not_shown(client, monkeypatch):
    monkeypatch.setattr(home_page, "NEEDS", ["accueil du public", "hydrogéologie", "accueil des baleines", "79416000"])
    CoEntrepreneurFactory(listed=True)

    assert list(links(part(client.get("/").text, "exemples-liste"))) == ["accueil du public"]

    CoEntrepreneurFactory(listed=True, cpv_codes=[CpvCode.objects.get(code="79416000")])

    assert len(links(part(client.get("/").text, "exemples-liste"))) == 2

    CoEntrepreneur.objects.update(client_public=False)

    assert "Par exemple" not in client.get("/").text


class TestProofs:
    def shown(self, client):
        return re.findall(r"<h3>(.*?)</h3>.*?href=\"(.*?)\"", part(client.get("/").text, "preuves"), re.DOTALL)

    def test_says_client_year_band_and_whose_fiche(self, client):
        reference = ReferenceFactory(
            co_entrepreneur__listed=True, client=PublicClientFactory(name="Commune de Lunel"), amount=12000
        )

        proofs = part(client.get("/").text, "preuves").replace("\N{NO-BREAK SPACE}", " ")

        author = reference.co_entrepreneur
        for words in ["Commune de Lunel", reference.period, "de 5 000 à 15 000 € HT", author.name, author.trade_name]:
            assert words in proofs
        assert self.shown(client) == [(reference.subject, author.get_absolute_url())]
        assert "12000" not in proofs

    @pytest.mark.parametrize(
        "change",
        [
            {"publishable": False},
            {"state": Reference.State.TO_VALIDATE},
            {
                "ends_on": timezone.localdate() - timedelta(days=4 * 365),
                "starts_on": timezone.localdate() - timedelta(days=5 * 365),
            },
            {"co_entrepreneur__listed": False},
            {"co_entrepreneur__departed_on": timezone.localdate()},
        ],
    )
    def test_shows_none_that_is_not_public_or_not_recent(self, client, change):
        ReferenceFactory(**{"co_entrepreneur__listed": True} | change)

        page = client.get("/")

        assert page.status_code == 200
        assert not self.shown(client)
        assert "Déjà fait pour" not in page.text

    def test_hides_an_amount_that_is_not_to_be_shown(self, client):
        ReferenceFactory(co_entrepreneur__listed=True, amount=12000, amount_shown=Reference.AmountShown.HIDDEN)

        assert "€" not in part(client.get("/").text, "preuves")

    def test_each_has_their_turn(self, client, monkeypatch):
        # The places on the ring are drawn from the cycle and the keys: both are named, so that the same are drawn again. From
        # the first day of a cycle: 28 days over two of them are the halves of two draws, and owe nobody a turn.
        authors = [CoEntrepreneurFactory(pk=FAR_KEY + number, listed=True) for number in range(9)]
        for author in authors:
            ReferenceFactory(co_entrepreneur=author)
        first_day, shown = date.fromordinal(WHOLE_CYCLE * rotation.CYCLE_DAYS), []
        for number in range(rotation.CYCLE_DAYS):
            seed = (first_day + timedelta(days=number)).isoformat()
            monkeypatch.setattr(home_page, "today_seed", lambda seed=seed: seed)
            shown.append([url for _, url in self.shown(client)])

            in_order = sorted(authors, key=lambda author: rotation.place(seed, author.pk))
            assert shown[-1] == [author.get_absolute_url() for author in in_order[: home_page.PROOFS]]

        assert {url for urls in shown for url in urls} == {author.get_absolute_url() for author in authors}

    def test_the_newest_stands_for_who_has_several_and_a_shared_one_stands_once(self, client):
        today = timezone.localdate()
        one, other = CoEntrepreneurFactory.create_batch(2, listed=True)
        ReferenceFactory(
            co_entrepreneur=one,
            subject="Ancienne",
            starts_on=today - timedelta(days=300),
            ends_on=today - timedelta(days=200),
        )
        shared = ReferenceFactory(co_entrepreneur=one, subject="Partagée")
        shared.participants.add(other)

        assert [subject for subject, _ in self.shown(client)].count("Partagée") == 1
        assert len(self.shown(client)) == 2 or self.shown(client)[0][0] == "Partagée"

    def test_costs_a_few_queries_however_many_have_done_nothing_lately(self, django_assert_max_num_queries):
        long_ago = timezone.localdate() - timedelta(days=5 * 365)
        for _ in range(home_page.READ_AT_FIRST * 4):
            ReferenceFactory(co_entrepreneur__listed=True, starts_on=long_ago, ends_on=long_ago)
        index = current()

        with django_assert_max_num_queries(3):
            assert home_page._proofs(index) == []


@pytest.mark.django_db(transaction=True)
def test_a_reference_that_changes_or_goes_is_changed_or_gone_at_the_next_request(client):
    reference = ReferenceFactory(co_entrepreneur__listed=True, subject="Premier objet", amount=3000)
    assert "Premier objet" in client.get("/").text

    Reference.objects.filter(pk=reference.pk).update(amount=50_000)
    assert "de 40\N{NO-BREAK SPACE}000" in client.get("/").text.replace("40 000", "40\N{NO-BREAK SPACE}000")

    Reference.objects.filter(pk=reference.pk).update(publishable=False)
    assert "Premier objet" not in client.get("/").text


def test_says_whose_the_site_is_and_how_it_is_searched(client):
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', client.get("/").text, re.DOTALL)[1]
    described = {node["@type"]: node for node in json.loads(block)["@graph"]}

    assert described["Organization"]["name"] == settings.COOPERATIVE["name"]
    assert described["Organization"]["identifier"]["value"] == settings.COOPERATIVE["siret"]
    template = described["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    assert client.get(template.removeprefix(settings.SITE_URL).format(search_term_string="accueil")).status_code == 200


def test_an_identity_cannot_break_out_of_its_description(client, settings, request):
    # The page with that name isn't kept for others.
    cache.clear()
    request.addfinalizer(cache.clear)
    settings.COOPERATIVE = settings.COOPERATIVE | {"name": "</script><script>alert(1)</script>"}

    assert "<script>alert" not in client.get("/").text


def test_what_is_a_buyer_s_and_what_is_a_member_s_stand_apart(client):
    fiche = CoEntrepreneurFactory(listed=True)

    for path in ["/", "/catalogue/", fiche.get_absolute_url(), "/mentions-legales/", "/referencement/", "/nulle-part/"]:
        page = client.get(path).text
        buyers, members = re.findall(r"<nav.*?</nav>", page.partition("</header>")[0], re.DOTALL)
        foot = page.rpartition("<footer")[2]
        assert "Catalogue" in buyers
        assert "Se faire référencer" not in buyers + members
        assert "/mon-espace/" in members
        assert 'href="/referencement/"' in foot
        assert 'href="/mon-espace/"' in foot


@pytest.mark.parametrize(
    ("change", "status"), [({"client_public": False}, 410), ({"client_public": False, "listed_since": None}, 404)]
)
def test_who_lost_their_way_can_search_and_learns_nothing_of_who_left(client, change, status):
    fiche = CoEntrepreneurFactory(listed=True, first_name="Ana", last_name="Lopez", trade_name="Atelier Lopez")
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(**change)

    response = client.get(fiche.get_absolute_url())

    assert response.status_code == status
    assert not response.cookies
    assert re.search(r'<form class="chercher" action="/catalogue/" role="search">', response.text)
    assert re.search(r'<input type="search" id="q" name="q"', response.text)
    assert '<meta name="robots" content="noindex">' in response.text
    assert "Lopez" not in response.text
    assert response.text.replace(fiche.slug, "").count("Ana") == 0


@pytest.mark.django_db(transaction=True)
def test_an_example_is_looked_for_anew_only_when_who_answered_it_has_moved(client, monkeypatch):
    looked_for, search = [], home_page.CatalogueFilter
    monkeypatch.setattr(home_page, "NEEDS", ["hydrogéologie des sources"])
    monkeypatch.setattr(
        home_page, "CatalogueFilter", lambda data, index: looked_for.append(data["q"]) or search(data, index)
    )
    hydrogeologist, other = CoEntrepreneurFactory.create_batch(2, listed=True)
    CoEntrepreneur.objects.filter(pk=hydrogeologist.pk).update(headline="Hydrogéologie des sources")

    def is_shown():
        return "hydrogéologie des sources" in part(client.get("/").text, "exemples-liste")

    assert is_shown()
    CoEntrepreneur.objects.filter(pk=other.pk).update(headline="Autre chose")
    assert is_shown()
    assert len(looked_for) == 1

    CoEntrepreneur.objects.filter(pk=hydrogeologist.pk).update(headline="Autre chose encore")
    assert not is_shown()

    CoEntrepreneur.objects.filter(pk=other.pk).update(headline="Hydrogéologie des sources")
    assert is_shown()
