"""The words that référents teach the catalogue."""

import pytest
from django.http import QueryDict

from directory.models import FruitlessSearch, Synonym
from directory.search.filters import CatalogueFilter
from directory.search.order import Results
from tests import cast
from tests.cast import admin_url, browser_of
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db


def test_a_search_without_result_becomes_a_synonym_at_work_at_the_next_search():
    fiche = CoEntrepreneurFactory(listed=True, headline="Hydrologie des bassins")
    FruitlessSearch.objects.create(words="eaux de pluie", count=4)
    client = browser_of(cast.referent())

    listed = client.get(admin_url("fruitlesssearch_changelist")).content.decode()
    form = client.get(admin_url("synonym_add") + "?words=eaux+de+pluie").content.decode()
    client.post(admin_url("synonym_add"), {"words": "eaux de pluie", "meaning": "hydrologie"})

    assert "words=eaux+de+pluie" in listed
    assert 'value="eaux de pluie"' in form
    assert list(Results(CatalogueFilter(QueryDict("q=eaux de pluie")))) == [fiche]


@pytest.mark.parametrize(
    ("meaning", "is_told"), [("hydrologie", False), ("l’hydrologie des bassins", False), ("zorglub", True)]
)
def test_a_synonym_of_what_no_fiche_says_is_told_so(meaning, is_told):
    CoEntrepreneurFactory(listed=True, headline="Hydrologie des bassins")

    saved = browser_of(cast.referent()).post(
        admin_url("synonym_add"), {"words": "eaux de pluie", "meaning": meaning}, follow=True
    )

    assert Synonym.objects.filter(meaning=meaning).exists()
    assert (f"Aucune fiche ne dit « {meaning} »" in cast.text_of(saved)) == is_told


def test_the_same_synonym_twice_is_refused():
    client = browser_of(cast.referent())
    for _ in range(2):
        response = client.post(admin_url("synonym_add"), {"words": "zorglub", "meaning": "hydrologie"})

    assert response.status_code == 200
    assert Synonym.objects.filter(words="zorglub").count() == 1


def test_words_that_say_nothing_are_refused():
    response = browser_of(cast.referent()).post(admin_url("synonym_add"), {"words": "…", "meaning": "!"})

    assert response.status_code == 200
    assert not Synonym.objects.filter(words="…").exists()


def test_searches_without_result_are_not_typed_in():
    assert browser_of(cast.referent()).get(admin_url("fruitlesssearch_add")).status_code == 403
