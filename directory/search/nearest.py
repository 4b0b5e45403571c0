"""Which references of a fiche are nearest to a search: by the words, codes, clients and places that find fiches."""

from django.db.models import prefetch_related_objects

from .extracts import Text, answers
from .facets import ClientFacet, CpvFacet, DepartmentFacet
from .tsquery import lexemes

# What a word says of a reference in its subject or in the name of its client, and in its results.
IN_SUBJECT, IN_RESULTS = 1, 0.5
# In how many steps references are told apart by words.
STEPS = 10
# What a word weighs that every fiche holds.
LEAST_WEIGHT = 0.01


def nearness(search, references):
    """How near these references are to a search: what they say of it, then their codes, client, place and amount.

    Args:
        search: a `CatalogueFilter`.
        references: a list of `Reference`, with their clients.

    Returns:
        dict[int, tuple[int, ...]]: by key, the greatest for the nearest; all zeros where nothing is in common.
    """
    codes, clients, places = (_asked(search, facet) for facet in (CpvFacet, ClientFacet, DepartmentFacet))
    if codes:
        prefetch_related_objects(references, "cpv_codes")
    said = _said(search.need, references)
    return {
        reference.pk: (
            said[reference.pk],
            int(bool(codes) and any(row.code.startswith(codes) for row in reference.cpv_codes.all())),
            int(reference.client.type in clients),
            int(reference.client.department_id in places),
            int(_is_of(search.need.amount, reference)),
        )
        for reference in references
    }


def _asked(search, facet):
    """The values of a facet that a search asks for, in its filters or in its words."""
    read = search.need.terms(search.index.vocabulary).get(facet.name, [])
    return tuple(term.value for term in [*search.values[facet.name], *read])


def _said(need, references):
    """How much of the words of a need each reference says, from 0 to `STEPS`, by key."""
    units = [*need.units, *need.beside]
    if not units:
        return {reference.pk: 0 for reference in references}
    weights = [unit.weight or LEAST_WEIGHT for unit in units]
    ways = [[words for way in unit.query.split(" | ") if (words := set(lexemes(way)))] for unit in units]
    texts = [Text.of(text) for row in references for text in (f"{row.subject} – {row.client.name}", row.results)]
    held = iter([answer.lexemes for answer in answers(texts, lexemes(need.query))])
    said = {}
    for reference in references:
        in_subject, in_results = next(held), next(held)
        score = sum(
            weight * max(IN_SUBJECT * _share(unit, in_subject), IN_RESULTS * _share(unit, in_subject | in_results))
            for unit, weight in zip(ways, weights, strict=True)
        )
        said[reference.pk] = round(STEPS * score / sum(weights))
    return said


def _share(ways, held):
    """Which share of its words these lexemes are, for the way of saying a unit of which they say most."""
    return max((len(words & held) / len(words) for words in ways), default=0)


def _is_of(amount, reference):
    """Whether the band that the public reads of a reference is one of those of an `Amount`."""
    if amount is None or not reference.amount_band:
        return False
    return any(low <= reference.amount and (high is None or reference.amount < high) for low, high in amount.bands)
