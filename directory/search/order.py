"""In what order fiches answer: the sorts, and the fiches of a search a page at a time."""

import re
from collections.abc import Sequence
from itertools import pairwise

from django.db.models import BooleanField, ExpressionWrapper, FloatField, Q
from django.db.models.expressions import RawSQL
from pyroaring import BitMap

from directory.models import CoEntrepreneur

from .cpv import cpv_code
from .facets import DepartmentFacet, SkillFacet
from .reasons import reasons
from .rotation import place_expression
from .understanding import both, either

RELEVANCE, ROTATION, NAME, UPDATED = "pertinence", "equitable", "nom", "maj"
SORTS = {
    RELEVANCE: "Pertinence",
    ROTATION: "Ordre équitable",
    NAME: "Nom",
    UPDATED: "Mise à jour récente",
}
# Past this many fiches, a word says too little to rank them all: those whose title answers come first, in rotation.
RANKED = 2000
# How many skills a card names.
CARD_SKILLS = 5


def expressions(sort, need, seed):
    """What `order_by` takes for a sort of `SORTS`; ties go by the fair order of this seed."""
    first = {
        RELEVANCE: _relevance(need),
        ROTATION: [],
        NAME: ["search_document__sort_name"],
        UPDATED: ["-content_updated_at"],
    }
    return [*first[sort], place_expression(seed), "pk"]


# What a word says of a fiche by where it stands: headline and names, skills, offer and presentation, the rest; it says
# more where it stands in several. Words of an expression that stand apart say less.
STANDING = {"A": 0.9, "B": 0.8, "C": 0.5, "D": 0.5}
APART = 0.4
# What two words say by standing side by side, in a title and elsewhere, beside what they say alone.
SIDE_BY_SIDE, IN_TITLE, ELSEWHERE = 0.3, 0.85, 0.5


def _standing(query, classes):
    """A tsquery whose words must stand in one of these classes of the document."""
    return re.sub(r"('(?:[^']|'')+')(?::[A-D]+)?", rf"\1:{classes}", query)


def _score(need):
    """How much a document says of a need: SQL over `said`, and its parameters."""
    terms, params = [], []
    for unit in [*need.units, *need.beside]:
        missed = " * ".join(
            f"(CASE WHEN said @@ %s::tsquery THEN {1 - share} ELSE 1 END)" for share in STANDING.values()
        )
        terms.append(f"%s * greatest(1 - {missed}, CASE WHEN said @@ %s::tsquery THEN {APART} ELSE 0 END)")
        params += [unit.weight, *(_standing(unit.query, name) for name in STANDING), unit.loose]
    for first, second in pairwise(need.units):
        near = either(f"({first.query}) <{distance}> ({second.query})" for distance in (1, 2))
        terms.append(
            f"%s * CASE WHEN said @@ %s::tsquery THEN {IN_TITLE} WHEN said @@ %s::tsquery THEN {ELSEWHERE} ELSE 0 END"
        )
        params += [SIDE_BY_SIDE * min(first.weight, second.weight), _standing(near, "AB"), near]
    return " + ".join(terms), params


def _relevance(need):
    if need.units:
        score, params = _score(need)
        # Read out of its table once, not for each of the words.
        document = (
            "SELECT kept.document || ''::tsvector AS said FROM directory_searchdocument AS kept"
            " WHERE kept.co_entrepreneur_id = directory_coentrepreneur.id OFFSET 0"
        )
        rounded = RawSQL(
            f"(SELECT round(100 * ({score})) FROM ({document}) AS flat)", params, output_field=FloatField()
        )
        return [rounded.desc()]
    if need.cpv:
        # Before those that declared a larger family.
        codes = [cpv_code(term.value) for term in need.cpv.values()]
        declared = Q(search_document__cpv_codes__overlap=codes)
        return [ExpressionWrapper(declared, BooleanField()).desc()]
    return []


def _foremost(need, index):
    """Those that come first when there are too many to rank: their title answers, or they declared the code."""
    if need.units:
        return index.answering(both(unit.loose for unit in need.units), in_title=True)
    return BitMap.union(BitMap(), *(index.holders(term.tags[0]) for term in need.cpv.values()))


def name_lists(fiche, index):
    """Give a fiche read `with_card()` the names of its lists.

    They are `skill_names`, the first, of which `skills_left` are left; and `zone_names` in one sentence.
    """
    names = SkillFacet.names(index, fiche)
    fiche.skill_names, fiche.skills_left = names[:CARD_SKILLS], len(names[CARD_SKILLS:])
    fiche.zone_names = DepartmentFacet.names(index, fiche)


class Results(Sequence):
    """The fiches that answer a `CatalogueFilter`, in order, as cards with `reasons`; a slice is read at one go."""

    def __init__(self, search):
        self.search = search
        self.fiches = search.fiches

    def __len__(self):
        return len(self.fiches)

    def __getitem__(self, key):
        if isinstance(key, int):
            return self[key : key + 1 or None][0]
        start, stop, _ = key.indices(len(self))
        fiches = self._read(start, stop)
        told = reasons(self.search, fiches)
        for fiche in fiches:
            name_lists(fiche, self.search.index)
            fiche.reasons = told[fiche.pk]
        return fiches

    def _read(self, start, stop):
        sort = self.search.sort
        if sort != ROTATION and len(self) <= RANKED:
            return list(self.search.qs.with_card()[start:stop])
        if sort in {NAME, UPDATED}:
            pks = self._walking(start, stop)
        else:
            pks = self._in_rotation(start, stop, title_first=sort == RELEVANCE)
        # From `published()` again: whoever left since the index was read isn't shown.
        fiches = CoEntrepreneur.objects.published().with_card().in_bulk(pks)
        return [fiches[pk] for pk in pks if pk in fiches]

    def _in_rotation(self, start, stop, *, title_first):
        """The keys from `start` to `stop` in the fair order; first, if they are to be, of those that come foremost."""
        index, seed = self.search.index, self.search.seed
        first = self.fiches & _foremost(self.search.need, index) if title_first else self.fiches
        pks = index.in_rotation(first, seed, start, min(stop, len(first))) if start < len(first) else []
        if stop > len(first):
            pks += index.in_rotation(self.fiches - first, seed, max(0, start - len(first)), stop - len(first))
        return pks

    def _walking(self, start, stop):
        """The keys from `start` to `stop` in an order that has an index: all are read along it until enough answer."""
        # Those without a document aren't in the index; to say so lets PostgreSQL walk the index of names.
        listed = CoEntrepreneur.objects.published().filter(search_document__isnull=False)
        everyone = listed.order_by(*self.search.order).values_list("pk", flat=True)
        published = len(self.search.index.published)
        read = stop * published // len(self)
        while True:
            read = min(2 * read + 1, published)
            pks = [pk for pk in everyone[:read] if pk in self.fiches]
            if len(pks) >= stop or read == published:
                return pks[start:stop]

    def __iter__(self):
        return iter(self[:])
