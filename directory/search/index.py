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

from directory.models import CatalogueChange, CpvCode, Department, Domain, Label, PublicClient, Skill

from .rotation import RING, cycle_and_turn, draw
from .understanding import gazetteer

KEPT_TEXTS = 256
CPV_CLASS_DIGITS = 4
# Below this many, a page is found by ordering the fiches that answer; above, by walking the ring.
FEW = 2000
# Past this many changes, reading everything again is quicker.
MANY = 5000

# The keys of many fiches as bytes, which `_bitmap` reads: a tenth of the time that an array takes.
KEYS = "string_agg(int4send(co_entrepreneur_id::int4), '')"

# Each tag with the fiches that hold it. `all`: ticked; `x:<day>`: leaves that day; `l:<label>:<last day>`: proved;
# `c:<code>`: declares it or a finer one; `e:<code>`: declares it.
TAGS_SQL = f"""
WITH document AS NOT MATERIALIZED (SELECT * FROM directory_searchdocument WHERE {{which}})
SELECT 'all', {KEYS} FROM document HAVING count(*) > 0
UNION ALL SELECT 'd:' || tag, {KEYS} FROM document, unnest(domains) AS tag GROUP BY tag
UNION ALL SELECT 's:' || tag, {KEYS} FROM document, unnest(skills) AS tag GROUP BY tag
UNION ALL SELECT 'z:' || tag, {KEYS} FROM document, unnest(departments) AS tag GROUP BY tag
UNION ALL SELECT 'c:' || tag, {KEYS} FROM document, unnest(cpv_codes) AS tag GROUP BY tag
UNION ALL SELECT 't:' || tag, {KEYS} FROM document, unnest(client_types) AS tag GROUP BY tag
UNION ALL SELECT 'e:' || cpvcode_id, {KEYS}
    FROM document JOIN directory_coentrepreneur_cpv_codes ON coentrepreneur_id = co_entrepreneur_id GROUP BY cpvcode_id
UNION ALL SELECT 'z:FR', {KEYS} FROM document WHERE nationwide HAVING count(*) > 0
UNION ALL SELECT 'r:1', {KEYS} FROM document WHERE references_count > 0 HAVING count(*) > 0
UNION ALL SELECT 'x:' || departed_on, {KEYS} FROM document
    WHERE departed_on IS NOT NULL GROUP BY departed_on
UNION ALL SELECT 'l:' || label_id || ':' || coalesce(expires_on::text, ''), {KEYS}
    FROM directory_certification JOIN document USING (co_entrepreneur_id)
    WHERE proof <> '' GROUP BY label_id, expires_on
"""


@dataclass(frozen=True)
class Term:
    """A value of a facet, as the URL says it and as people read it, and the tags that answer it."""

    value: str
    label: str
    tags: tuple[str, ...]


def cpv_prefix(code):
    """The significant digits of a code, two at least: 80500000 gives 805, 80 and 80000000 give 80."""
    return code.rstrip("0").ljust(2, "0")


def cpv_class(code):
    """For a code finer than a class, the coarser codes, class included, whose declaration covers it; else nothing."""
    prefix = cpv_prefix(code)
    return [prefix[:length].ljust(8, "0") for length in range(CPV_CLASS_DIGITS, len(prefix))]


def _vocabulary():
    """The terms of each facet, by parameter and value, in the order they are read."""
    lists = {
        "domaine": [Term(row.slug, row.name, (f"d:{row.pk}",)) for row in Domain.objects.all()],
        "competence": [Term(row.slug, row.name, (f"s:{row.pk}",)) for row in Skill.objects.order_by("name", "pk")],
        "departement": [Term(row.code, str(row), (f"z:{row.code}", "z:FR")) for row in Department.objects.all()],
        "cpv": [
            Term(
                cpv_prefix(row.code), str(row), (f"c:{row.code}", *(f"e:{coarser}" for coarser in cpv_class(row.code)))
            )
            for row in CpvCode.objects.all()
        ],
        "client": [Term(kind.value, kind.label, (f"t:{kind.value}",)) for kind in PublicClient.Type],
        "label": [Term(row.slug, row.name, (f"l:{row.pk}",)) for row in Label.objects.all()],
        "references": [Term("1", "Avec des références publiées", ("r:1",))],
    }
    return {name: {term.value: term for term in terms} for name, terms in lists.items()}


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

    @cached_property
    def names(self):
        """The names of skills by key and of departments by code, in the order that they are read."""
        return (
            {int(term.tags[0][2:]): term.label for term in self.vocabulary["competence"].values()},
            {code: term.label.rpartition(" (")[0] for code, term in self.vocabulary["departement"].items()},
        )


class Index:
    """The catalogue at one version. It never changes: a later version makes another, which shares what didn't move."""

    def __init__(self, version, tags, words, rings=None):
        self.version = version
        self.tags = tags
        self.words = words
        self._rings = rings or {}
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
        before, after = self.tags.get("all", BitMap()), tags.get("all", BitMap())
        rings = {cycle: _moved(ring, cycle, before - after, after - before) for cycle, ring in self._rings.items()}
        index = Index(version, tags, words, rings)
        touched = {tag for tag, members in tags.items() if members is not self.tags.get(tag)}
        touched |= {_label(tag) for tag in touched if tag.startswith("l:")}
        index._members = {key: members for key, members in self._members.items() if touched.isdisjoint(key)}
        return index

    @cached_property
    def _published_by_day(self):
        return {}

    @property
    def published(self):
        """The fiches of `CoEntrepreneur.objects.published()`, today."""
        today = timezone.localdate()
        if today not in self._published_by_day:
            left = [members for tag, members in self.tags.items() if tag[:2] == "x:" and tag[2:] <= today.isoformat()]
            self._published_by_day.clear()
            self._published_by_day[today] = self.tags.get("all", BitMap()) - BitMap.union(BitMap(), *left)
            # Who holds a label is another's day.
            self._members = {key: members for key, members in self._members.items() if not key[-1]}
        return self._published_by_day[today]

    def members(self, term):
        """The fiches that answer a term of a facet, departed ones among them."""
        # A label is held until some day.
        today = timezone.localdate().isoformat() if term.tags[0].startswith("l:") else ""
        key = (*term.tags, today)
        if key not in self._members:
            self._members[key] = BitMap.union(BitMap(), *(self._holders(tag, today) for tag in term.tags))
        return self._members[key]

    def _holders(self, tag, today):
        if not today:
            return self.tags.get(tag, BitMap())
        valid = (members for last_day, members in self._proofs.get(tag, ()) if not last_day or last_day >= today)
        return BitMap.union(BitMap(), *valid)

    @cached_property
    def _proofs(self):
        """By tag of a label, the last days of its proofs, each with the fiches that hold one."""
        proofs = {}
        for tag, members in self.tags.items():
            if tag.startswith("l:"):
                proofs.setdefault(_label(tag), []).append((tag.rpartition(":")[2], members))
        return proofs

    def name_lists(self, fiche):
        """Give a fiche read `with_card()` the names of its lists: `skill_names`, and `zone_names` in one sentence."""
        skills, departments = self.words.names
        keys = set(fiche.skill_keys)
        fiche.skill_names = [name for key, name in skills.items() if key in keys]
        zone = ["Toute la France"] if fiche.nationwide else [departments[code] for code in fiche.department_keys]
        fiche.zone_names = ", ".join(zone)
        return fiche

    def answering(self, text_query, *, in_title=False):
        """The fiches whose document, or whose title (names, headline, skills) alone, answers this text of a tsquery."""
        key = (text_query, in_title)
        if key in self._texts:
            self._texts.move_to_end(key)
            return self._texts[key]
        column = "title" if in_title else "document"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {KEYS} FROM directory_searchdocument WHERE {column} @@ %s::tsquery", [text_query])
            found = _bitmap(cursor.fetchone()[0])
        self._texts[key] = found
        if len(self._texts) > KEPT_TEXTS:
            self._texts.popitem(last=False)
        return found

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
        found = []
        for position in range(len(ring)):
            pk = ring[(origin + position) % len(ring)] & 0xFFFFFFFF
            if pk in fiches:
                found.append(pk)
                if len(found) == stop:
                    break
        return found[start:]

    def _ring(self, cycle):
        """Every ticked fiche by its place in a cycle, each as `place << 32 | pk`; one cycle is kept."""
        if cycle not in self._rings:
            ring = array("Q", sorted(_seat(cycle, pk) for pk in self.tags.get("all", ())))
            self._rings.clear()
            self._rings[cycle] = ring
        return self._rings[cycle]


def _label(tag):
    """The tag of a label, without the last day of a proof."""
    return tag.rpartition(":")[0]


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
    """The index of the catalogue as this transaction sees it."""
    global _shared  # noqa: PLW0603 the one that requests share
    version = catalogue_version()
    if version is None:
        return Index.load(None)
    with _lock:
        if _shared is None or _shared.version != version:
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
