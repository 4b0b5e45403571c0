"""In what order fiches answer: the sorts, and the fiches of a search a page at a time."""

from collections.abc import Sequence

from django.db.models import BooleanField, ExpressionWrapper, F, FloatField, Func, Q
from django.db.models.expressions import RawSQL
from pyroaring import BitMap

from directory.models import CoEntrepreneur

from .cards import cards
from .cpv import cpv_code
from .reasons import reasons
from .rotation import place_expression

RELEVANCE, ROTATION, NAME, UPDATED = "pertinence", "equitable", "nom", "maj"
SORTS = {
    RELEVANCE: "Pertinence",
    ROTATION: "Ordre équitable",
    NAME: "Nom",
    UPDATED: "Mise à jour récente",
}
# Past this many fiches, a word says too little to rank them all: those whose title answers come first, in rotation.
RANKED = 2000


def expressions(sort, need, seed):
    """What `order_by` takes for a sort of `SORTS`; ties go by the fair order of this seed."""
    first = {
        RELEVANCE: _relevance(need),
        ROTATION: [],
        NAME: ["search_document__sort_name"],
        UPDATED: ["-content_updated_at"],
    }
    return [*first[sort], place_expression(seed), "pk"]


def _relevance(need):
    if need.query:
        document = "directory_searchdocument.document"
        # Those that answer all the words, then those that answer most.
        wanted = [*need.words, *([need.all_words] * len(need.words) if need.all_words else [])]
        held = " + ".join(f"({document} @@ %s::tsquery)::int" for _ in wanted) or "0"
        coverage = RawSQL(held, wanted)
        # What is excluded is no part of the rank: beside a word that isn't there, ts_rank gives nothing.
        words = RawSQL("querytree(%s::tsquery)::tsquery", [need.query])
        rank = Func(F("search_document__document"), words, function="ts_rank", output_field=FloatField())
        return [coverage.desc(), rank.desc()] if need.words else [rank.desc()]
    if need.cpv:
        # Before those that declared a larger family.
        codes = [cpv_code(term.value) for term in need.cpv.values()]
        declared = Q(search_document__cpv_codes__overlap=codes)
        return [ExpressionWrapper(declared, BooleanField()).desc()]
    return []


def _foremost(need, index):
    """Those that come first when there are too many to rank: their title answers, or they declared the code."""
    if need.query:
        return index.answering(need.query, in_title=True)
    return BitMap.union(BitMap(), *(index.holders(term.tags[0]) for term in need.cpv.values()))


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
        fiches = cards(self.search.index, self._keys(start, stop))
        told = reasons(self.search, fiches)
        for fiche in fiches:
            fiche.reasons = told[fiche.pk]
        return fiches

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
