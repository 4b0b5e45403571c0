"""Which references of a fiche are nearest to what a buyer looks for."""

from datetime import date

import pytest
from django.http import QueryDict

from directory.models import CpvCode, Department, PublicClient
from directory.search.filters import CatalogueFilter
from directory.search.nearest import nearness
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def fiche():
    """Someone whose words are those of the needs below; others hold them too, so that none says nothing."""
    CoEntrepreneurFactory.create_batch(3, listed=True, headline="Autre chose", public_offer="Autre chose.")
    return CoEntrepreneurFactory(listed=True, headline="Bulletins municipaux, affiches, signalétique")


def reference(fiche, subject, **fields):
    client = PublicClientFactory(
        name=fields.pop("client", "Ville de Lunas"),
        type=fields.pop("type", PublicClient.Type.MUNICIPALITY),
        department=Department.objects.get(code=fields.pop("department", "30")),
    )
    return ReferenceFactory(co_entrepreneur=fiche, client=client, subject=subject, **fields)


def nearest_first(query, *references):
    near = nearness(CatalogueFilter(QueryDict(query)), list(references))
    return sorted(references, key=lambda row: near[row.pk], reverse=True)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("q=bulletin municipal", {"subject": "Bulletin municipal, quatre numéros"}),
        ("q=bulletin", {"results": "Le bulletin est lu par tous."}),
        ("q=lunas", {"client": "Commune de Lunas-le-Vieux"}),
        ("client=sdis", {"type": PublicClient.Type.FIRE_RESCUE}),
        ("departement=34", {"department": "34"}),
        ("q=Hérault", {"department": "34"}),
        ("q=affiches 10 000 euros", {"amount": 12000}),
    ],
)
def test_what_a_search_asks_for_brings_a_reference_first(fiche, query, fields):
    plain = {"subject": "Affiches et plans", "client": "Ville de Ganges", "amount": 2000}
    others = [reference(fiche, **plain | {"client": f"Ville de Ganges {number}"}) for number in range(2)]
    answering = reference(fiche, **plain | fields)

    assert nearest_first(query, *others, answering)[0] == answering


def test_a_code_brings_first_what_lies_under_it(fiche, django_assert_num_queries):
    others = [reference(fiche, "Affiches", client=f"Ville {number}") for number in range(2)]
    answering = reference(fiche, "Plans", client="Ville 3")
    answering.cpv_codes.set([CpvCode.objects.get(code="79822500")])
    search = CatalogueFilter(QueryDict("cpv=79820000"))

    with django_assert_num_queries(1):
        near = nearness(search, [*others, answering])

    assert max(near, key=near.get) == answering.pk


def test_words_come_before_places_and_all_words_before_some(fiche):
    some_there = reference(fiche, "Bulletin paroissial", client="Ville 1", department="34")
    all_elsewhere = reference(fiche, "Bulletin municipal", client="Ville 2")
    all_there = reference(fiche, "Le bulletin municipal", client="Ville 3", department="34")

    ordered = nearest_first("q=bulletin municipal&departement=34", some_there, all_elsewhere, all_there)

    assert ordered == [all_there, all_elsewhere, some_there]


def test_an_amount_that_is_hidden_says_nothing(fiche):
    hidden = reference(fiche, "Affiches", client="Ville 1", amount=12000, amount_shown="hidden")

    near = nearness(CatalogueFilter(QueryDict("q=affiches 10 000 euros")), [hidden])

    assert near[hidden.pk][-1] == 0


@pytest.mark.parametrize("query", ["", "q=zorglub", "q=le la les", "domaine=inconnu", "q=-affiches"])
def test_a_search_that_says_nothing_of_references_tells_none_apart(fiche, query):
    references = [
        reference(fiche, "Affiches", client=f"Ville {number}", starts_on=date(2020, 1, 1)) for number in range(2)
    ]

    near = nearness(CatalogueFilter(QueryDict(query)), references)

    assert not any(any(points) for points in near.values())
