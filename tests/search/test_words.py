"""What is taken for a misspelling, on the demonstration: two samples, and the trades that nobody offers (docs/search.md)."""

import re
from pathlib import Path

import pytest
from django.http import QueryDict

from directory.search.filters import CatalogueFilter
from directory.search.index import current
from directory.search.tsquery import to_tsquery

from .test_gold import queries

HERE = Path(__file__).resolve().parent
# Common words that no fiche holds.
FRENCH = (HERE / "french_words.txt").read_text(encoding="utf-8").split()
# A misspelling and the word that fiches hold, a pair a line.
MISSPELT = dict(line.split("\t") for line in (HERE / "misspellings.txt").read_text(encoding="utf-8").splitlines())
NOBODY = [query for query in queries("titles") if query.nobody]
# Of the 200 misspellings; 194 when this was written, while 121 of the 200 French words were corrected, and must not be.
ENOUGH = 190


@pytest.fixture(scope="module")
def index(on_demonstration, django_db_blocker):
    with django_db_blocker.unblock():
        return current()


def correction(word, index):
    """What a word typed alone is corrected to; empty when it isn't."""
    query = QueryDict(mutable=True)
    query["q"] = word
    return " ".join(CatalogueFilter(query, index).need.corrections.values())


@pytest.mark.django_db
def test_the_samples_are_two_hundred_words_that_no_fiche_holds_and_two_hundred_that_some_do(index):
    assert len(set(FRENCH)) == len(MISSPELT) == 200
    assert not [word for word in FRENCH if index.answering(to_tsquery(word))]
    assert not [word for word in MISSPELT if index.answering(to_tsquery(word))]
    assert not [word for word in MISSPELT.values() if not index.answering(to_tsquery(word))]


@pytest.mark.django_db
def test_a_word_that_french_knows_is_never_corrected(index):
    corrected = {word: near for word in FRENCH if (near := correction(word, index))}

    assert not corrected, len(corrected)


@pytest.mark.django_db
def test_a_misspelling_is_corrected_to_the_word_that_fiches_hold(index):
    read = {word: correction(word, index) for word in MISSPELT}
    missed = {word: read[word] for word, right in MISSPELT.items() if to_tsquery(read[word]) != to_tsquery(right)}

    assert len(MISSPELT) - len(missed) >= ENOUGH, missed


@pytest.mark.django_db
@pytest.mark.parametrize("query", NOBODY, ids=lambda query: query.text)
def test_the_page_says_which_words_of_a_title_no_fiche_holds(on_demonstration, client, query):
    page = client.get("/catalogue/", {"q": query.text}).content.decode().replace("\N{NO-BREAK SPACE}", " ")

    for word in query.nobody:
        assert re.search(rf"(?i)aucune fiche ne dit[^.]*« {word} »", page), word
