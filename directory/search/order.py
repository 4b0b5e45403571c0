"""In what order fiches answer: the sorts, and the fiches of a search a page at a time."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from django.db.models import BooleanField, ExpressionWrapper, FloatField, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.html import escape
from pyroaring import BitMap

from crealead.words import day
from directory.models import CoEntrepreneur

from .cards import cards
from .cpv import cpv_code
from .places import distance_km, point_of
from .reasons import Reason, reasons
from .rotation import place_expression
from .saying import Asked, say
from .tsquery import both
from .understanding import side_by_side

RELEVANCE, ROTATION, NAME, UPDATED = "pertinence", "equitable", "nom", "maj"
SORTS = {
    RELEVANCE: "Pertinence",
    ROTATION: "À tour de rôle",
    NAME: "Nom",
    UPDATED: "Mise à jour récente",
}
# Past this many fiches, a word says too little to rank them all: those whose title answers come first, in rotation.
RANKED = 2000
# How many fiches a page shows.
PAGE_SIZE = 20


def expressions(sort, need, seed, fiches):
    """What `order_by` takes for a sort of `SORTS` of these fiches; ties go by the fair order of this seed."""
    first = {
        RELEVANCE: _relevance(need, fiches) if sort == RELEVANCE else [],
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
SIDE_BY_SIDE, IN_TITLE, ELSEWHERE = 0.5, 0.85, 0.5
# In how many steps scores are told apart, of all that can be said; where nothing else counts, hundredths are.
STEPS, FINE_STEPS = 20, 100
# Farther than any town: where one lives that isn't known.
FAR_AWAY = 99_999


def standing(query, classes):
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
        params += [unit.weight, *(standing(unit.query, name) for name in STANDING), unit.loose]
    for first, second in pairwise(need.units):
        near = side_by_side(first, second)
        terms.append(
            f"%s * CASE WHEN said @@ %s::tsquery THEN {IN_TITLE} WHEN said @@ %s::tsquery THEN {ELSEWHERE} ELSE 0 END"
        )
        params += [SIDE_BY_SIDE * min(first.weight, second.weight), standing(near, "AB"), near]
    return " + ".join(terms), params


def _relevance(need, fiches):
    """Those who say most of the need; then who did work of such an amount; then the nearest to the town it names."""
    keys = []
    if need.units:
        score, params = _score(need)
        # Read out of its table once, not for each of the words.
        document = (
            "SELECT kept.document || ''::tsvector AS said FROM directory_searchdocument AS kept"
            " WHERE kept.co_entrepreneur_id = directory_coentrepreneur.id OFFSET 0"
        )
        # Where what is near counts, a fiche that says hardly more doesn't come before it.
        steps = STEPS / sum(unit.weight for unit in need.units) if need.town or need.amount else FINE_STEPS
        sql = f"(SELECT round({steps} * ({score})) FROM ({document}) AS flat)"
        keys.append(RawSQL(sql, params, output_field=FloatField()).desc())
    elif need.cpv:
        # Before those that declared a larger family.
        codes = [cpv_code(term.value) for term in need.cpv.values()]
        declared = Q(search_document__cpv_codes__overlap=codes)
        keys.append(ExpressionWrapper(declared, BooleanField()).desc())
    if need.amount and (did := list(need.amount.fiches() & fiches)):
        keys.append(ExpressionWrapper(Q(pk__in=did), BooleanField()).desc())
    if need.town:
        far = kilometres(need.town, fiches)
        sql = "coalesce((%s::int[])[array_position(%s::text[], directory_coentrepreneur.city::text)], %s)"
        keys.append(RawSQL(sql, [list(far.values()), list(far), FAR_AWAY], output_field=FloatField()))
    return keys


@lru_cache(5000)
def _point_of(city):
    return point_of(city)


def kilometres(town, fiches):
    """How far from a `Zone` some fiches are, by town as it is written; towns that aren't known are left out.

    Past `RANKED` fiches, none is: too many answer for a few kilometres to tell them apart.
    """
    if len(fiches) > RANKED:
        return {}
    cities = CoEntrepreneur.objects.filter(pk__in=list(fiches)).values_list("city", flat=True).distinct().order_by()
    points = {city: _point_of(city) for city in cities}
    return {city: round(distance_km(town.point, point)) for city, point in points.items() if point}


def _foremost(need, index):
    """Those that come first when there are too many to rank: their title answers, or they declared the code."""
    if need.units:
        return index.answering(both(unit.loose for unit in need.units), in_title=True)
    return BitMap.union(BitMap(), *(index.holders(term.tags[0]) for term in need.cpv.values()))


class Results(Sequence):
    """The fiches that answer a `CatalogueFilter`, in order, as cards: what is `said`, `answering`, `reasons`.

    A slice is read at one go.
    """

    def __init__(self, search):
        self.search = search
        self.fiches = search.fiches

    def __len__(self):
        return len(self.fiches)

    def __getitem__(self, key):
        if isinstance(key, int):
            return self[key : key + 1 or None][0]
        start, stop, _ = key.indices(len(self))
        fiches = self.saying(self._keys(start, stop))
        told, town = (
            reasons(self.search, fiches, {fiche.pk: fiche.answering for fiche in fiches}),
            self.search.need.town,
        )
        far = kilometres(town, BitMap(fiche.pk for fiche in fiches)) if town else {}
        for fiche in fiches:
            fiche.reasons = told[fiche.pk]
            if km := far.get(fiche.city):
                away = f"{fiche.city}, à {km}\N{NO-BREAK SPACE}km de {town.name}"
                fiche.reasons.append(Reason("Ville", escape(away)))
            elif fiche.city in far:
                fiche.reasons.append(Reason("Ville", escape(fiche.city), plain=True))
        return fiches

    def saying(self, keys):
        """The cards of these fiches, with what is `said` of the search and the parts that are `answering`."""
        fiches = cards(self.search.index, keys)
        answering, asked = self.search.filters["q"].answering(fiches), Asked.of(self.search)
        for place, fiche in enumerate(fiches):
            fiche.answering = answering.get(fiche.pk, [])
            if self.search.sort == UPDATED:
                fiche.dated = f"Mise à jour le {day(timezone.localdate(fiche.content_updated_at))}"
            fiche.said = say(fiche, asked, fiche.answering, place=place)
        return fiches

    def first(self, number):
        """The keys of the first `number` of them, in order; no card is read for it."""
        return self._keys(0, min(number, len(self)))

    def rank(self, pk):
        """The place in this order, from 1, of one of those that answer; no card is read for it."""
        return self._keys(0, len(self)).index(pk) + 1

    def _keys(self, start, stop):
        sort = self.search.sort
        if sort != ROTATION and len(self) <= RANKED:
            return list(self.search.qs.values_list("pk", flat=True)[start:stop])
        if sort in {NAME, UPDATED}:
            return self._walking(start, stop)
        return self._in_rotation(start, stop, title_first=sort == RELEVANCE)

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
