"""The search of an alert, and the sentence that says it."""

from django.http import QueryDict

from directory.search.facets import InsuranceFacet
from directory.search.filters import CatalogueFilter


def search_of(query, *, index=None, among=None):
    """The search of an alert.

    Args:
        query: its query string.
        index: the one to search, when it isn't the current one.
        among: a bitmap, of the fiches that it shows, and no other, for as long as they are in the catalogue.
    """
    search = CatalogueFilter(QueryDict(query), index)
    if among is not None:
        search.fiches = search.index.published & among
    return search


def version_of(search):
    """The number of the catalogue's version that is searched; None inside a transaction that has written."""
    return search.index.version and search.index.version.number


def asks_insurance(search):
    return bool(search.filters[InsuranceFacet.name].is_active or search.need.insurances)


def asks(search):
    """What it asks for, as a sentence goes on: « pour « accueil », intervenant dans : Hérault (34) »."""
    return search.criteria or " dans tout le catalogue"


def sentence_of(search):
    return f"Les co-entrepreneurs{asks(search)}."


def sentence_without_words(search):
    """The same, where whoever typed the words may be a stranger to who reads it: of them, only that there are some."""
    filters = "".join(criterion.sentence for criterion in search.active if criterion.field_name != "q")
    words = " qui répondent aux mots tapés sur le site" if search.need.says_something else ""
    return f"Les co-entrepreneurs{words}{filters or ('' if words else ' dans tout le catalogue')}."
