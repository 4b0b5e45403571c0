"""Who holds which tag, as bitmaps that follow the database: exact counts for next to nothing."""

import sys
import threading
from array import array
from bisect import bisect_left, insort
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property

from django.db import OperationalError, connection
from django.utils import timezone
from psycopg import Cursor
from pyroaring import BitMap

from directory.models import CatalogueChange

from .facets import FACETS, UNTIL, Term
from .rotation import RING, cycle_and_turn, draw
from .understanding import gazetteer

KEPT_TEXTS = 256
# Below this many, a page is found by ordering the fiches that answer; above, by walking the ring.
FEW = 2000
# Past this many changes, reading everything again is quicker.
MANY = 5000

# The keys of many fiches as bytes, which `_bitmap` reads: a tenth of the time that an array takes.
KEYS = "string_agg(int4send(co_entrepreneur_id::int4), '')"

# Each tag with the fiches that hold it, `all` with those that are ticked. What follows `UNTIL` in a tag is the last day
# on which it is held: the eve of a departure, the last day of a label.
_statements = [
    f"SELECT 'all' || coalesce('{UNTIL}' || (departed_on - 1), ''), {{keys}} FROM document GROUP BY departed_on",
    *(statement for facet in FACETS for statement in facet.tags_sql()),
]
TAGS_SQL = f"""
WITH document AS NOT MATERIALIZED (SELECT * FROM directory_searchdocument WHERE {{which}})
{" UNION ALL ".join(_statements).format(keys=KEYS)}
"""


def _vocabulary():
    """The terms of each facet, by parameter and value, in the order they are read."""
    return {facet.name: {term.value: term for term in facet.terms()} for facet in FACETS}


class Prepared(Cursor):
    """A cursor for what is asked again and again: planned once, and read as bytes."""

    def execute(self, query, params=None):
        return super().execute(query, params, prepare=True, binary=True)


def prepared_cursor():
    """The connection's cursor, but `Prepared`, which Django's own never is."""
    connection.ensure_connection()
    cursor = Prepared(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)


def _bitmap(keys):
    """The bitmap of what `KEYS` gives."""
    members = array("I", keys or b"")
    if sys.byteorder == "little":
        members.byteswap()
    return BitMap(members)


def _tags(pks=None):
    """The bitmap of each tag, of all fiches or of these."""
    with prepared_cursor() as cursor:
        if pks is None:
            cursor.execute(TAGS_SQL.format(which="true"))
        else:
            cursor.execute(TAGS_SQL.format(which="co_entrepreneur_id = ANY (%s::bigint[])"), [list(pks)])
        # Row by row: of a million fiches, the members of one tag at a time are enough to hold.
        return {tag: _bitmap(keys) for tag, keys in cursor}


@dataclass(frozen=True)
class Version:
    """What names a state of the catalogue; see `CatalogueVersion`."""

    epoch: str
    number: int
    words_number: int


@dataclass
class Words:
    """What the facets are made of, and the places that can be typed: they outlive a change of fiches."""

    number: int | None
    vocabulary: dict[str, dict[str, Term]] = field(default_factory=_vocabulary)

    @cached_property
    def places(self):
        """Every place that can be typed, with its departments."""
        return gazetteer()


class Index:
    """The catalogue at one version, on one day. It never changes: a later one is another, sharing what didn't move."""

    def __init__(self, version, tags, words):
        self.version = version
        self.day = timezone.localdate()
        self.tags = tags
        self.words = words
        self._rings = {}
        self._texts = OrderedDict()
        self._members = {}

    @property
    def vocabulary(self):
        return self.words.vocabulary

    @classmethod
    def load(cls, version):
        return cls(version, _tags(), Words(version and version.words_number))

    def updated(self, version, changed):
        """The index of a later version, in which these fiches, and no other, have moved."""
        gone = BitMap(changed)
        tags = {tag: members - gone if members.intersect(gone) else members for tag, members in self.tags.items()}
        for tag, members in _tags(changed).items():
            tags[tag] = tags[tag] | members if tag in tags else members
        words = self.words if version.words_number == self.words.number else Words(version.words_number)
        index = Index(version, tags, words)
        left, come = self.ticked - index.ticked, index.ticked - self.ticked
        index._rings = {cycle: _moved(ring, cycle, left, come) for cycle, ring in self._rings.items()}
        if index.day == self.day:
            touched = {tag.partition(UNTIL)[0] for tag, members in tags.items() if members is not self.tags.get(tag)}
            index._members = {key: members for key, members in self._members.items() if touched.isdisjoint(key)}
        return index

    @cached_property
    def _dated(self):
        """By tag, those that are held until some day, as (that day, fiches)."""
        dated = {}
        for tag, fiches in self.tags.items():
            if UNTIL in tag:
                name, _, last_day = tag.partition(UNTIL)
                dated.setdefault(name, []).append((last_day, fiches))
        return dated

    @cached_property
    def ticked(self):
        """Every fiche with a search document, those of the departed among them."""
        return BitMap.union(self.tags.get("all", BitMap()), *(fiches for _, fiches in self._dated.get("all", ())))

    @cached_property
    def published(self):
        """The fiches of `CoEntrepreneur.objects.published()`."""
        return self.holders("all")

    def holders(self, tag):
        """The fiches that hold a tag on this day, departed ones among them."""
        fiches = self.tags.get(tag, BitMap())
        if tag not in self._dated:
            return fiches
        day = self.day.isoformat()
        return BitMap.union(fiches, *(dated for last_day, dated in self._dated[tag] if last_day >= day))

    def members(self, term):
        """The fiches that answer a term of a facet, departed ones among them."""
        if term.tags not in self._members:
            self._members[term.tags] = BitMap.union(BitMap(), *(self.holders(tag) for tag in term.tags))
        return self._members[term.tags]

    def answering(self, text_query, *, in_title=False):
        """The fiches whose document, or whose title (names, headline, skills) alone, answers this text of a tsquery."""
        key = (text_query, in_title)
        if key in self._texts:
            self._texts.move_to_end(key)
            return self._texts[key]
        column = "title" if in_title else "document"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {KEYS} FROM directory_searchdocument WHERE {column} @@ %s::tsquery", [text_query])
            fiches = _bitmap(cursor.fetchone()[0])
        self._texts[key] = fiches
        if len(self._texts) > KEPT_TEXTS:
            self._texts.popitem(last=False)
        return fiches

    def forget_texts(self):
        """As if none had been looked up yet."""
        self._texts.clear()

    def in_rotation(self, fiches, seed, start, stop):
        """Those of `fiches` that stand from `start` to `stop` in the fair order of this seed."""
        cycle, turn = cycle_and_turn(seed)
        if len(fiches) <= FEW:
            return sorted(fiches, key=lambda pk: ((draw(cycle, pk) - turn) % RING, pk))[start:stop]
        ring = self._ring(cycle)
        origin = bisect_left(ring, turn << 32)
        first = []
        for position in range(len(ring)):
            pk = ring[(origin + position) % len(ring)] & 0xFFFFFFFF
            if pk in fiches:
                first.append(pk)
                if len(first) == stop:
                    break
        return first[start:]

    def _ring(self, cycle):
        """Every ticked fiche by its place in a cycle, each as `place << 32 | pk`; one cycle is kept."""
        if cycle not in self._rings:
            ring = array("Q", sorted(_seat(cycle, pk) for pk in self.ticked))
            self._rings.clear()
            self._rings[cycle] = ring
        return self._rings[cycle]


def _seat(cycle, pk):
    return draw(cycle, pk) << 32 | pk


def _moved(ring, cycle, left, come):
    """The ring of a cycle after some fiches left and others came."""
    if len(left) + len(come) == 0:
        return ring
    ring = array("Q", ring)
    for pk in left:
        del ring[bisect_left(ring, _seat(cycle, pk))]
    for pk in come:
        insort(ring, _seat(cycle, pk))
    return ring


_lock = threading.Lock()
_shared = None


VERSION_SQL = """
SELECT pg_current_xact_id_if_assigned() IS NULL, version.epoch, version.number, version.words_number
FROM (VALUES (1)) AS always LEFT JOIN directory_catalogueversion AS version ON true
"""


def _read_version():
    with prepared_cursor() as cursor:
        cursor.execute(VERSION_SQL)
        return cursor.fetchone()


def catalogue_version():
    """What names the catalogue's last change.

    Returns:
        Version, or None inside a transaction that has written: what it changed has no number yet.
    """
    # Asked first on public pages, this tells whether the connection is alive as well as a ping would.
    connection.health_check_done = True
    try:
        nothing_written, epoch, number, words_number = _read_version()
    except OperationalError:
        if connection.in_atomic_block:
            raise
        connection.close()
        nothing_written, epoch, number, words_number = _read_version()
    return Version(str(epoch), number or 0, words_number or 0) if nothing_written else None


def current():
    """The index of the catalogue as this transaction sees it, today."""
    global _shared  # noqa: PLW0603 the one that requests share
    version = catalogue_version()
    if version is None:
        return Index.load(None)
    with _lock:
        if _shared is None or (_shared.version, _shared.day) != (version, timezone.localdate()):
            changed = _changed_between(_shared.version, version) if _shared else None
            _shared = Index.load(version) if changed is None else _shared.updated(version, changed)
        return _shared


def _changed_between(known, version):
    """The fiches that moved from one version to a later one; None when only reading everything would tell."""
    if version.epoch != known.epoch or not 0 <= version.number - known.number < CatalogueChange.KEPT:
        return None
    changes = CatalogueChange.objects.filter(version__gt=known.number).values_list("co_entrepreneur_id", flat=True)
    changed = set(changes[: MANY + 1])
    return changed if len(changed) <= MANY else None
