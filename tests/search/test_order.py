import pytest
from django.http import QueryDict

from directory.models import Skill
from directory.search.filters import CatalogueFilter
from directory.search.order import Results
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db


def test_past_the_bound_those_whose_title_answers_come_first(monkeypatch):
    monkeypatch.setattr("directory.search.order.RANKED", 3)
    titled = CoEntrepreneurFactory.create_batch(4, listed=True, headline="Hydrologie")
    others = CoEntrepreneurFactory.create_batch(4, listed=True, headline="", public_offer="Une étude d’hydrologie.")

    fiches = Results(CatalogueFilter(QueryDict("q=hydrologie")))

    assert set(fiches[:4]) == set(titled)
    assert set(fiches[4:]) == set(others)
    assert fiches[2:6] == list(fiches)[2:6]


def test_walking_the_ring_and_ordering_a_few_give_the_same_order(monkeypatch):
    CoEntrepreneurFactory.create_batch(12, listed=True)
    by_database = list(CatalogueFilter(QueryDict("graine=abc")).qs)

    few = list(Results(CatalogueFilter(QueryDict("graine=abc"))))
    monkeypatch.setattr("directory.search.index.FEW", 0)
    walked = list(Results(CatalogueFilter(QueryDict("graine=abc"))))

    assert few == walked == by_database


@pytest.mark.parametrize("sort", ["nom", "maj"])
def test_walking_an_index_and_ordering_a_few_give_the_same_order(monkeypatch, sort):
    skill = Skill.objects.first()
    CoEntrepreneurFactory.create_batch(9, listed=True, skills=[skill])
    CoEntrepreneurFactory.create_batch(9, listed=True)
    query = QueryDict(f"competence={skill.slug}&tri={sort}&graine=abc")
    few = [list(Results(CatalogueFilter(query))[start : start + 3]) for start in (0, 3, 6)]

    monkeypatch.setattr("directory.search.order.RANKED", 3)
    walked = [list(Results(CatalogueFilter(query))[start : start + 3]) for start in (0, 3, 6)]

    assert walked == few
    assert all(len(page) == 3 for page in walked)
