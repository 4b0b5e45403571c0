"""Why a fiche answers a search or doesn't: criterion by criterion, out of the very sets that the page is made of."""

from dataclasses import dataclass, field
from itertools import takewhile

from django.db import connection
from django.utils.functional import cached_property
from pyroaring import BitMap

from .criteria import Term
from .delivered import AmountFacet, ClientFacet, OfOneReference
from .facets import DepartmentFacet, InsuranceFacet
from .order import STANDING, Results, standing
from .tsquery import lexemes
from .understanding import Unit

# The first of the criteria: whether there is anything to search.
LISTED, WORDS, EXCLUDED, OWNER = "catalogue", "mots", "exclus", "numero"


@dataclass(frozen=True)
class Part:
    """What can be held or not of a criterion: a word of the need, a value of a facet; `fiches` hold it."""

    key: str
    words: str
    fiches: BitMap
    term: Term | None = None
    unit: Unit | None = None


@dataclass(frozen=True)
class Line:
    """A criterion of a search, and the published fiches that it lets through.

    `parameter` is the one that asks for it; `kind` is the name of a facet, or one of the kinds above. Who holds one of
    the `parts` at least meets a facet; of the words of a need, they say how much is held.
    """

    parameter: str
    kind: str
    label: str
    words: str
    fiches: BitMap
    parts: list[Part] = field(default_factory=list)


def lines(search):
    """The criteria of a `CatalogueFilter`, in order: a fiche answers it if, and only if, each lets it through."""
    found = [Line(LISTED, LISTED, "Catalogue", "être au catalogue", search.index.published)]
    for criterion in search.active:
        if criterion.field_name == "q":
            found += _need_lines(search)
        else:
            parts = _terms(criterion, criterion.asked)
            let_through = search.let_through[criterion.field_name]
            if isinstance(criterion, OfOneReference):
                parts, let_through = _of_one_reference(search, criterion)
            name, label = criterion.field_name, str(criterion.label)
            found.append(Line(name, name, label, criterion.words, let_through, parts))
    return found


def _terms(facet, terms):
    return [Part(term.value, term.label, facet.members(term), term=term) for term in terms]


def _of_one_reference(search, facet):
    """The parts of a facet that another joins, and whom it lets through, so that each line says what it lacks itself.

    The type of client is looked at alone; the amount, among the references for this type, where there are any.
    """
    published, served = search.index.published, search.filters[ClientFacet.name]
    # Those who lack what another line asks: theirs is told there.
    others = published
    if facet.is_joined and facet is not served:
        others = published - served.filter_alone(published)
    elif facet.is_joined and not facet.companion.is_active:
        others = published - search.index.members(AmountFacet.recent(search.index))
    parts = [
        Part(term.value, term.label, facet.members(term) | facet.alone(term) & others, term=term)
        for term in facet.asked
    ]
    return parts, published & BitMap.union(BitMap(), *(part.fiches for part in parts))


def _need_lines(search):
    """What the words typed ask for, one condition after the other, as `NeedFilter.filter` puts them together."""
    index, need, asking = search.index, search.need, search.filters["q"]
    left, found = index.published, []
    for query in need.excluded:
        holders = index.answering(query)
        words = " ".join(stems_of(query))
        part = Part(query, words, holders)
        found.append(Line("q", EXCLUDED, "Mots écartés", words, index.published - holders, [part]))
    for number, owner in need.owners.items():
        if owner.fiches is not None:
            found.append(Line("q", OWNER, "Numéro", number, index.published & owner.fiches))
    for name, terms in need.terms(index.vocabulary).items():
        if terms:
            facet = search.filters[name]
            typed = need.places if name == DepartmentFacet.name else need.cpv
            parts, words = _terms(facet, terms), ", ".join(typed)
            found.append(Line("q", name, str(facet.label), words, facet.filter(index.published, terms), parts))
    insurance = search.filters[InsuranceFacet.name]
    for typed, term in need.insurances.items():
        [part] = _terms(insurance, [term])
        found.append(Line("q", InsuranceFacet.name, str(insurance.label), typed, index.published & part.fiches, [part]))
    if need.asks_recent:
        amounts, term = search.filters[AmountFacet.name], AmountFacet.recent(index)
        part = Part(term.value, term.label, index.members(term), term=term)
        found.append(
            Line("q", AmountFacet.name, str(amounts.label), need.recent, index.published & part.fiches, [part])
        )
    for line in found:
        left = left & line.fiches
    if need.units or need.missing:
        enough = asking.saying_enough(left, need) if need.units else BitMap()
        parts = [Part(unit.typed, unit.typed, index.answering(unit.loose), unit=unit) for unit in need.units]
        parts += [Part(word, word, BitMap()) for word in dict.fromkeys(need.missing)]
        words = ", ".join(f"« {part.words} »" for part in parts)
        found.append(Line("q", WORDS, "Mots cherchés", words, enough, parts))
    return found


class Answer:
    """What a search, a `CatalogueFilter`, answers of one fiche."""

    def __init__(self, search, pk):
        self.search, self.pk = search, pk
        self.lines = lines(search)

    def meets(self, line):
        return self.pk in line.fiches

    def holds(self, part):
        return self.pk in part.fiches

    @property
    def missed(self):
        """The criteria that leave it out."""
        return [line for line in self.lines if not self.meets(line)]

    @property
    def is_found(self):
        return self.pk in self.search.fiches

    @cached_property
    def rank(self):
        """Its place among those found, from 1; None when it isn't."""
        return Results(self.search).rank(self.pk) if self.is_found else None

    @cached_property
    def standings(self):
        """Where its document says the words that it holds: by what was typed, the weights of `STANDING`."""
        units = [part.unit for line in self.lines for part in line.parts if part.unit and self.holds(part)]
        asked = [(unit.typed, weight, standing(unit.loose, weight)) for unit in units for weight in STANDING]
        if not asked:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT asked.typed, asked.weight
                FROM unnest(%s::text[], %s::text[], %s::text[]) AS asked (typed, weight, query)
                JOIN directory_searchdocument AS kept ON kept.document @@ asked.query::tsquery
                WHERE kept.co_entrepreneur_id = %s ORDER BY asked.weight
                """,
                [*map(list, zip(*asked, strict=True)), self.pk],
            )
            told = {}
            for typed, weight in cursor:
                told.setdefault(typed, []).append(weight)
            return told


def skills_saying(queries):
    """Which skills say these tsqueries, by their names and what they are also called: by query, (key, name)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT asked.query, skill.id, skill.name
            FROM unnest(%s::text[]) AS asked (query)
            JOIN directory_skill AS skill
              ON to_tsvector('directory_french',
                     directory_search_text(skill.name, array_to_string(skill.synonyms, ' '))) @@ asked.query::tsquery
            ORDER BY length(skill.name), skill.id
            """,
            [list(queries)],
        )
        said = {}
        for query, key, name in cursor:
            said.setdefault(query, []).append((key, name))
        return said


def stems_of(query):
    """What a tsquery looks for, one way of saying it after the other, by stems."""
    return list(dict.fromkeys(" ".join(lexemes(way)) for way in query.split(" | ") if lexemes(way)))


def nearest_code(code, codes):
    """Of these CPV codes, the one that shares the most digits with a code, two at least; None when none does."""

    def shared(other):
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(code, other, strict=False)))

    nearest = max(codes, key=shared, default="")
    return nearest if shared(nearest) >= len("80") else None
