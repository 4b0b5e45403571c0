"""Who holds which tag, as bitmaps that follow the database: exact counts for next to nothing."""

import sys
import threading
from array import array
from bisect import bisect_left, insort
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from django.db import OperationalError, connection
from django.utils import timezone
from psycopg import Cursor
from psycopg.pq import ExecStatus, TransactionStatus
from pyroaring import BitMap

from directory.models import CatalogueChange, Insurance

from .criteria import UNTIL, Term
from .facets import FACETS
from .kept import Kept
from .rotation import RING, cycle_and_turn, draw
from .vocabulary import expressions

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
# It begins with « select »: the history writes who acts before any other statement of a POST, and two of them can't be
# prepared as one.
TAGS_SQL = f"""
SELECT * FROM (
    WITH document AS NOT MATERIALIZED (SELECT * FROM directory_searchdocument WHERE {{which}})
    {" UNION ALL ".join(_statements).format(keys=KEYS)}
) AS tags
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
    """The bitmaps of each tag, of all fiches or of these, by the last day on which it is held; "" when it has none."""
    tags = {}
    with prepared_cursor() as cursor:
        if pks is None:
            cursor.execute(TAGS_SQL.format(which="true"))
        else:
            cursor.execute(TAGS_SQL.format(which="co_entrepreneur_id = ANY (%s::bigint[])"), [list(pks)])
        # Row by row: of a million fiches, the members of one tag at a time are enough to hold.
        for tag, keys in cursor:
            name, _, last_day = tag.partition(UNTIL)
            tags.setdefault(name, {})[last_day] = _bitmap(keys)
    return tags


def _answering(text_query, in_title):
    column = "title" if in_title else "document"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {KEYS} FROM directory_searchdocument WHERE {column} @@ %s::tsquery", [text_query])
        return _bitmap(cursor.fetchone()[0])


@dataclass(frozen=True)
class Version:
    """What names a state of the catalogue; see `CatalogueVersion`."""

    epoch: str
    number: int
    words_number: int

    def __str__(self):
        return f"{self.epoch[:8]}-{self.number}"

    def is_as_late_as(self, other):
        """Whether it is `other`, or a later state: another request may have been told of it meanwhile."""
        return self.epoch == other.epoch and self.number >= other.number


@dataclass
class Words:
    """What the facets are made of, and what words say: they outlive a change of fiches."""

    number: int | None
    vocabulary: dict[str, dict[str, Term]] = field(default_factory=_vocabulary)

    @cached_property
    def expressions(self):
        """What several words say as one, and what words stand for; see `expressions()`."""
        return expressions()


class Index:
    """The catalogue at one version, on one day: a later one is another, sharing what didn't move.

    What it says never changes, and threads share it. What it works out on the way is kept in ways that bear it: a
    dictionary is replaced, or only added to, and `lru_cache` has its own lock.
    """

    def __init__(self, version, tags, words):
        self.version = version
        self.day = timezone.localdate()
        self.tags = tags
        self.words = words
        self._rings = {}
        self._texts = lru_cache(KEPT_TEXTS)(_answering)
        self._members = {}
        # What was read of fiches at this version: their cards (`cards.py`), and their texts (`reasons.py`).
        self.cards, self.texts = Kept(), Kept()
        # What pages make of the whole catalogue, whoever asks.
        self.of_all = {}
        # By need, fiches that answer it whole: each does for as long as it doesn't move.
        self.witnesses = {}

    @property
    def vocabulary(self):
        return self.words.vocabulary

    @classmethod
    def load(cls, version):
        return cls(version, _tags(), Words(version and version.words_number))

    def updated(self, version, changed):
        """The index of a later version, in which these fiches, and no other, have moved."""
        gone, come = BitMap(changed), _tags(changed)
        moved = [
            (tag, last_day, fiches - gone)
            for tag, dated in self.tags.items()
            for last_day, fiches in dated.items()
            if fiches.intersect(gone)
        ]
        touched = {tag: self.tags.get(tag, {}).copy() for tag in come.keys() | {tag for tag, _, _ in moved}}
        for tag, last_day, fiches in moved:
            touched[tag][last_day] = fiches
        for tag, dated in come.items():
            for last_day, fiches in dated.items():
                touched[tag][last_day] = touched[tag].get(last_day, BitMap()) | fiches
        words = self.words if version.words_number == self.words.number else Words(version.words_number)
        index = Index(version, self.tags | touched, words)
        ticked = BitMap.union(BitMap(), *come.get("all", {}).values())
        index.ticked = self.ticked - gone | ticked
        left, arrived = self.ticked & gone - ticked, ticked - self.ticked
        index._rings = {cycle: _moved(ring, cycle, left, arrived) for cycle, ring in self._rings.items()}
        if index.day == self.day:
            kept = self._members.copy()
            index._members = {tags: fiches for tags, fiches in kept.items() if touched.keys().isdisjoint(tags)}
            index.texts = self.texts.without(changed)
            # A card names skills and departments, which move without the fiche.
            if words is self.words:
                index.cards = self.cards.without(changed)
                index.witnesses = {need: fiches - gone for need, fiches in self.witnesses.copy().items()}
        return index

    @cached_property
    def ticked(self):
        """Every fiche with a search document, those of the departed among them."""
        return BitMap.union(BitMap(), *self.tags.get("all", {}).values())

    @cached_property
    def published(self):
        """The fiches of `CoEntrepreneur.objects.published()`."""
        return self.holders("all")

    def holders(self, tag):
        """The fiches that hold a tag on this day, departed ones among them."""
        day = self.day.isoformat()
        dated = self.tags.get(tag, {}).items()
        return BitMap.union(BitMap(), *(fiches for last_day, fiches in dated if not last_day or last_day >= day))

    def members(self, term):
        """The fiches that answer a term of a facet, departed ones among them."""
        if term.tags not in self._members:
            self._members[term.tags] = BitMap.union(BitMap(), *(self.holders(tag) for tag in term.tags))
        return self._members[term.tags]

    @cached_property
    def insured(self):
        """The fiches that each kind of insurance told to buyers covers on this day; the cooperative's covers all."""
        holders = {kind: [] for kind in Insurance.PUBLIC}
        for kind, fiche in Insurance.objects.public().values_list("kind", "co_entrepreneur").order_by():
            holders[kind].append(fiche)
        return {kind: self.ticked if None in fiches else BitMap(fiches) for kind, fiches in holders.items()}

    def answering(self, text_query, *, in_title=False):
        """The fiches whose document, or whose title (names, headline, skills) alone, answers this text of a tsquery."""
        return self._texts(text_query, in_title)

    def forget_texts(self):
        """As if none had been looked up yet."""
        self._texts.cache_clear()

    def forget_fiches(self):
        """As if none had been shown yet."""
        self.cards, self.texts, self.of_all = Kept(), Kept(), {}

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
        ring = self._rings.get(cycle)
        if ring is None:
            ring = array("Q", sorted(_seat(cycle, pk) for pk in self.ticked))
            self._rings = {cycle: ring}
        return ring


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

GLANCE = b"catalogue_version"


VERSION_SQL = """
SELECT pg_current_xact_id_if_assigned() IS NULL, version.epoch, version.number, version.words_number
FROM (VALUES (1)) AS always LEFT JOIN directory_catalogueversion AS version ON true
"""


def _read_version():
    with prepared_cursor() as cursor:
        cursor.execute(VERSION_SQL)
        return cursor.fetchone()


def _glance():
    """What `_read_version` returns, asked of libpq itself: a third of the time, since nothing has to be converted.

    Returns:
        None where only a cursor will do: inside a transaction, for who counts queries, or on any failure.
    """
    connection.ensure_connection()
    if connection.in_atomic_block or connection.execute_wrappers or connection.queries_logged:
        return None
    asked = connection.connection.pgconn
    if asked.transaction_status != TransactionStatus.IDLE:
        return None
    # A connection that was lost takes what was prepared on it along.
    if getattr(connection, "glances_on", None) is not asked:
        if asked.prepare(GLANCE, VERSION_SQL.encode()).status != ExecStatus.COMMAND_OK:
            return None
        connection.glances_on = asked
    result = asked.exec_prepared(GLANCE, None)
    if result.status != ExecStatus.TUPLES_OK:
        connection.glances_on = None
        return None
    epoch, number, words_number = (result.get_value(0, column) for column in (1, 2, 3))
    return True, (epoch or b"None").decode(), int(number or 0), int(words_number or 0)


def catalogue_version():
    """What names the catalogue's last change.

    Returns:
        Version, or None inside a transaction that has written: what it changed has no number yet.
    """
    # Asked first on public pages, this tells whether the connection is alive as well as a ping would.
    connection.health_check_done = True
    try:
        read = _glance() or _read_version()
    except OperationalError:
        if connection.in_atomic_block:
            raise
        connection.close()
        read = _read_version()
    nothing_written, epoch, number, words_number = read
    return Version(str(epoch), number or 0, words_number or 0) if nothing_written else None


def current(version=None):
    """The index of the catalogue as this transaction sees it, today.

    Args:
        version: what `catalogue_version()` has just told, when it was asked already.
    """
    global _shared  # noqa: PLW0603 the one that requests share
    version = version or catalogue_version()
    if version is None:
        return Index.load(None)
    with _lock:
        if _shared is None or _shared.day != timezone.localdate() or not _shared.version.is_as_late_as(version):
            changed = _changed_between(_shared.version, version) if _shared else None
            _shared = Index.load(version) if changed is None else _shared.updated(version, changed)
        return _shared


def _changed_between(known, version):
    """The fiches that moved from one version to a later one; None when only reading everything would tell."""
    if version.epoch != known.epoch or version.number < known.number:
        return None
    changes = CatalogueChange.objects.filter(version__gt=known.number).values_list("co_entrepreneur_id", flat=True)
    changed = set(changes[: MANY + 1])
    return changed if len(changed) <= MANY else None
