"""Where an open record stands: who answered its searches, who is kept, who is set aside and why, who has no reason.

What stands for a group is a criterion, asked anew each time: its list is never written before the record is closed.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.http import QueryDict
from pyroaring import BitMap

from crealead.words import counted
from directory.models import CoEntrepreneur, RecordFiche, SetAside
from directory.models.masking import RETIRED_LINE
from directory.privacy.actions import objections
from directory.search.facets import (
    ClientFacet,
    DepartmentFacet,
    DomainFacet,
    InsuranceFacet,
    LabelFacet,
    ReferencesFacet,
    SkillFacet,
)
from directory.search.filters import CatalogueFilter
from directory.search.index import current
from directory.sourcing.selection.selection import gone_since, gone_words

# How what a fiche lacks is said, by facet, in the order in which it is offered; what one of its terms is told, if it
# doesn't go in the words.
LACKING = {
    ClientFacet: ("Sans référence pour ce type de client", "Sans référence : {}"),
    ReferencesFacet: ("Sans référence", "Sans référence publiée"),
    LabelFacet: ("Sans label", "Sans le label : {}"),
    InsuranceFacet: ("Sans assurance en cours", "Sans assurance en cours : {}"),
    DepartmentFacet: ("Zone d’intervention", "N’intervient pas dans : {}"),
    DomainFacet: ("Domaine", "Hors du domaine : {}"),
    SkillFacet: ("Compétence non déclarée", "Compétence non déclarée : {}"),
}
# The reason that a criterion is by itself.
REASONS = {
    ClientFacet.name: SetAside.Reason.REFERENCE,
    ReferencesFacet.name: SetAside.Reason.REFERENCE,
    LabelFacet.name: SetAside.Reason.LABEL,
    InsuranceFacet.name: SetAside.Reason.LABEL,
    DepartmentFacet.name: SetAside.Reason.ZONE,
    SkillFacet.name: SetAside.Reason.SKILL,
}

# How many names a list of a page shows.
MOST_LISTED = 100
GONE, REST = "Une fiche qui n’est plus au catalogue", "Toutes les autres fiches"


@dataclass(frozen=True)
class Who:
    """A fiche of the catalogue, by what names it."""

    pk: int
    name: str
    trade_name: str
    slug: str

    @property
    def title(self):
        return f"{self.name}, {self.trade_name}" if self.trade_name else self.name


@dataclass(frozen=True)
class Place:
    """A fiche that is kept: `who` is in the catalogue, or else `gone` says what became of it."""

    row: RecordFiche
    who: Who | None
    gone: str = ""


@dataclass(frozen=True)
class Motive:
    """A reason, and those set aside for it: by a criterion, `label`, or one by one, the `rows` of each.

    `covers` are those of them that are in the catalogue, as `Who`s.
    """

    row: SetAside
    label: str = ""
    covers: list[Who] = field(default_factory=list)
    rows: list[tuple[SetAside, str]] = field(default_factory=list)

    @property
    def count(self):
        return counted(len(self.covers), "fiche", "fiches")

    @property
    def listed(self):
        """Those that a page names."""
        return self.covers[:MOST_LISTED]

    @property
    def more(self):
        return more(self.covers)


@dataclass(frozen=True)
class Offered:
    """A criterion that would set some aside."""

    value: str
    label: str
    count: int


class Standing:
    """All that is worked out of an open record, on the index of this request."""

    def __init__(self, record, index=None):
        self.record, self.index = record, index or current()
        self.searches = list(record.searches.all())
        self.kept_rows = list(record.kept.select_related("co_entrepreneur"))
        self.rows = list(record.set_aside.select_related("co_entrepreneur"))
        self._sort()

    def _sort(self):
        published = self.index.published
        answered = BitMap.union(BitMap(), *(search.fiches for search in self.searches))
        self.answered = len(answered)
        self.candidates = answered & published
        self.gone = len(answered) - len(self.candidates)
        self.kept_keys = BitMap(row.co_entrepreneur_id for row in self.kept_rows if row.co_entrepreneur_id)
        left = self.candidates - self.kept_keys
        covered = {}
        # One by one first, then what each criterion leaves out, then all the others.
        for row in sorted(self.rows, key=lambda row: SetAside.Whom.values.index(row.whom)):
            covered[row.pk] = self._covered(row, left)
            left = left - covered[row.pk]
        self.covered, self.left = covered, left

    def _covered(self, row, left):
        if row.whom == SetAside.Whom.ONE:
            fiche = BitMap([row.co_entrepreneur_id] if row.co_entrepreneur_id else [])
            return fiche & self.index.published - self.kept_keys
        return left - self.answering(row.query) if row.whom == SetAside.Whom.WITHOUT else left

    def answering(self, query):
        """The fiches of today's catalogue that answer a criterion."""
        return CatalogueFilter(QueryDict(query), self.index).fiches

    @cached_property
    def people(self):
        """The fiches that the record is about, by key, in the order of their names."""
        keys = BitMap.union(self.candidates, self.kept_keys, *self.covered.values())
        rows = CoEntrepreneur.objects.published().filter(pk__in=list(keys))
        rows = rows.order_by("last_name", "first_name", "pk").only("first_name", "last_name", "trade_name", "slug")
        return {row.pk: Who(row.pk, row.name, row.trade_name, row.slug) for row in rows}

    def _who(self, keys):
        return [who for pk, who in self.people.items() if pk in keys]

    @cached_property
    def without_reason(self):
        return self._who(self.left)

    @cached_property
    def kept(self):
        return [self._place(row) for row in self.kept_rows]

    def _place(self, row):
        fiche = row.co_entrepreneur
        if row.co_entrepreneur_id in self.people:
            return Place(row, self.people[row.co_entrepreneur_id])
        # Withdrawn, or never shown: nothing says whose it was.
        is_named = fiche and fiche.listed_since and fiche.pk not in self._withdrawn
        return Place(row, None, gone_words(fiche.name, gone_since(fiche)) if is_named else RETIRED_LINE)

    @cached_property
    def _withdrawn(self):
        away = {row.co_entrepreneur_id for row in self.kept_rows} - self.people.keys() - {None}
        return objections.withdrawn_among(away)

    @cached_property
    def motives(self):
        """The criteria, in the order in which they count, after those set aside one by one, by reason."""
        alike = {}
        for row in self.rows:
            if row.whom == SetAside.Whom.ONE:
                alike.setdefault((row.reason, row.words), []).append(row)
        one_by_one = [
            Motive(
                rows[0],
                covers=self._who(BitMap.union(*(self.covered[row.pk] for row in rows))),
                rows=[(row, self._title(row)) for row in rows],
            )
            for rows in alike.values()
        ]
        criteria = sorted(
            (row for row in self.rows if row.whom != SetAside.Whom.ONE), key=lambda row: row.whom == SetAside.Whom.REST
        )
        return one_by_one + [Motive(row, row.label or REST, self._who(self.covered[row.pk])) for row in criteria]

    def _title(self, row):
        who = self.people.get(row.co_entrepreneur_id)
        return who.title if who else GONE

    @cached_property
    def number_set_aside(self):
        return len(BitMap.union(BitMap(), *self.covered.values()))

    @cached_property
    def contradictions(self):
        """Sentences: a kept fiche lacks what others are set aside for."""
        return [
            f"{who.title} est gardée, alors que d’autres sont écartées pour ce motif\N{NO-BREAK SPACE}: {row.label}."
            for row in self.rows
            if row.whom == SetAside.Whom.WITHOUT
            for who in self._who(self.kept_keys - self.answering(row.query))
        ]

    def offered(self):
        """The criteria that would set some of those without a reason aside, and none of those kept.

        Returns:
            list: (title of a group, [`Offered`]).
        """
        groups = []
        if searches := self._narrower():
            groups.append(("Ne répondent pas à cette recherche", searches))
        whole = CatalogueFilter({}, self.index)
        used = {row.query for row in self.rows}
        for facet, (title, phrase) in LACKING.items():
            if lacking := self._lacking(whole.filters[facet.name], phrase, used):
                groups.append((title, lacking))
        if self.left:
            groups.append(("Sinon", [Offered("rest", "Toutes celles qui restent", len(self.left))]))
        return groups

    def _narrower(self):
        taken = {row.query for row in self.rows}
        return [
            Offered(f"without:{search.query}", without_number(search.sentence), len(lacking))
            for search in self.searches
            if search.query
            and search.query not in taken
            and (lacking := self.left - self.answering(search.query))
            and not self.kept_keys & self.index.published - self.answering(search.query)
        ]

    def _lacking(self, facet, phrase, used):
        kept, offered = self.kept_keys & self.index.published, []
        among = self.left | kept
        for term in facet.vocabulary.values():
            query = _query(facet, term)
            holders = facet.members(term)
            lacking = self.left - holders
            # One that nobody at all holds tells none from another.
            if query not in used and lacking and holders & among and not kept - holders:
                offered.append(Offered(f"without:{query}", phrase.format(term.label), len(lacking)))
        return offered


def reason_of(value):
    """The reason that goes without saying for the value of an `Offered`; empty for a domain, a search or the rest."""
    names = list(QueryDict(value.partition(":")[2]))
    return REASONS.get(names[0], "") if len(names) == 1 else ""


def _query(facet, term):
    query = QueryDict(mutable=True)
    query[facet.name] = term.value
    return query.urlencode()


def more(people):
    """How many a page doesn't name of a list, in words; empty when it names all."""
    left_out = len(people) - MOST_LISTED
    return counted(left_out, "autre", "autres") if left_out > 0 else ""


def without_number(sentence):
    """What a search asks for, without how many answered."""
    _, _, rest = sentence.partition(" co-entrepreneur")
    rest = rest.removeprefix("s").strip(" ,")
    return f"{rest[:1].upper()}{rest[1:]}" if rest else sentence
