"""Who brings what a consultation asks for, what nobody brings, and who could."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max, Q
from django.utils import timezone

from crealead.words import day
from directory.models import Certification, CoEntrepreneur, Insurance, Participation, TeamMember
from directory.search.cpv import cpv_class, cpv_prefix
from directory.search.rotation import place, today_seed

Role = TeamMember.Role
# How many people are proposed for each hole: a choice, not a catalogue.
MOST_SUGGESTED = 3


@dataclass(frozen=True)
class Need:
    """Something that the consultation asks for; `query` is what finds its holders in the catalogue."""

    kind: str
    key: str
    label: str
    query: str

    @property
    def short(self):
        """As a line of reasons holds it."""
        return f"CPV\u00a0{self.key}" if self.kind == "CPV" else self.label


@dataclass
class Suggestion:
    """Someone who would fill holes, and why them: the needs they bring, and what they did for such clients."""

    fiche: CoEntrepreneur
    fills: list[Need]
    also: list[Need]
    reasons: list[str] = field(default_factory=list)

    @property
    def brings(self):
        """What they would fill, as a sentence."""
        words = ", ".join(need.short for need in self.fills)
        return f"Comble {len(self.fills)} manques : {words}" if len(self.fills) > 1 else f"Apporte {words}"

    @property
    def brings_too(self):
        return ", ".join(need.short for need in self.also)

    @property
    def mission(self):
        """What they would be asked in for, as short as a mission is."""
        return ", ".join(need.short for need in self.fills)[:200]


@dataclass(frozen=True)
class Row:
    """A need, with each seat of the team and whether it brings it; stand-ins only replace, and fill nothing."""

    need: Need
    cells: list[tuple[TeamMember, bool]]
    suggestions: list[Suggestion] = field(default_factory=list)

    @property
    def is_hole(self):
        return not any(brings and not seat.is_stand_in for seat, brings in self.cells)

    @property
    def awaits(self):
        """Whether it is only brought by people who haven't answered yet."""
        return not self.is_hole and not any(
            brings and not seat.is_stand_in and seat.is_accepted for seat, brings in self.cells
        )


@dataclass(frozen=True)
class Composition:
    """The team of a consultation against what it needs."""

    seats: list[TeamMember]
    declined: list[TeamMember]
    rows: list[Row]

    @property
    def holes(self):
        return [row for row in self.rows if row.is_hole]

    @property
    def holes_told(self):
        """« une chose », « 3 choses »."""
        return "une chose" if len(self.holes) == 1 else f"{len(self.holes)} choses"

    @property
    def is_complete(self):
        """Whether something is asked for, and nothing lacks."""
        return bool(self.rows) and not self.holes

    @property
    def is_awaiting(self):
        return any(row.awaits for row in self.rows)


def seats_of(consultation):
    """Every seat of a team, the lead first, stand-ins last, then in the order they were asked."""
    return list(consultation.team.select_related("co_entrepreneur", "stands_in_for__co_entrepreneur").by_role())


def compose(consultation):
    """The team of a consultation against its needs, with people for the holes, in a fixed number of queries.

    Those who fill most holes come first; equals in the catalogue's fair order of the day, never by name.
    """
    seats = seats_of(consultation)
    there = [seat for seat in seats if not seat.is_declined]
    needs = _needs(consultation)
    holders = _holders(needs, [seat.co_entrepreneur_id for seat in there])
    rows = [Row(need, [(seat, seat.co_entrepreneur_id in holders[need]) for seat in there]) for need in needs]
    known = {seat.co_entrepreneur_id for seat in seats}
    _suggest(consultation, rows, {need: pks - known for need, pks in holders.items()})
    return Composition(there, [seat for seat in seats if seat.is_declined], rows)


def warnings(consultation, seats):
    """What ends before the contract does, or before the deadline when its end isn't known.

    Returns:
        list[tuple[str, list[str]]]: by name, the cooperative's own first, sentences; nobody without any.
    """
    until = consultation.contract_ends_on or timezone.localdate(consultation.deadline)
    members = {seat.co_entrepreneur_id: seat.co_entrepreneur for seat in seats if not seat.is_declined}
    told = defaultdict(list)
    for member in members.values():
        told[member.pk] += _endings(member, until)
    insured = Insurance.objects.covering(list(members)).values("co_entrepreneur", "kind")
    lapsing = insured.annotate(last=Max("expires_on"), endless=Count("pk", filter=Q(expires_on__isnull=True)))
    for row in lapsing.filter(endless=0, last__lt=until).order_by("kind"):
        told[row["co_entrepreneur"]].append(f"{Insurance.Kind(row['kind']).label} : {_until(row['last'])}")
    expiring = Certification.objects.filter(co_entrepreneur__in=list(members), expires_on__lt=until)
    for certification in expiring.select_related("label"):
        told[certification.co_entrepreneur_id].append(f"{certification.label} : {_until(certification.expires_on)}")
    names = {None: "La coopérative"} | {pk: member.name for pk, member in members.items()}
    return [(name, told[pk]) for pk, name in names.items() if told.get(pk)]


def _endings(member, until):
    if member.departed_on and member.departed_on <= until:
        verb = "a quitté" if member.is_departed else "quitte"
        yield f"{verb} la coopérative le {day(member.departed_on)}"
    elif member.contract_ends_on and member.contract_ends_on < until:
        name = member.get_contract_stage_display() or "contrat"
        yield f"{name} : se termine le {day(member.contract_ends_on)}"


def _until(last: date):
    return f"{'échu depuis le' if last < timezone.localdate() else 'valable jusqu’au'} {day(last)}"


def _needs(consultation):
    skills = [Need("Compétence", str(s.pk), s.name, f"competence={s.slug}") for s in consultation.skills.all()]
    codes = [Need("CPV", c.code, str(c), f"cpv={cpv_prefix(c.code)}") for c in consultation.cpv_codes.all()]
    zones = [Need("Zone", d.code, d.name, f"departement={d.code}") for d in consultation.departments.all()]
    return skills + codes + zones


def _holders(needs, team):
    """Who brings each need, among the listed members and the team; codes as the catalogue understands them."""
    eligible = CoEntrepreneur.objects.published().values("pk")
    anyone = Q(coentrepreneur__in=eligible) | Q(coentrepreneur__in=team)
    keys = {kind: [need.key for need in needs if need.kind == kind] for kind in ("Compétence", "CPV", "Zone")}
    by_skill, by_code, by_zone = defaultdict(set), defaultdict(set), defaultdict(set)
    for pk, skill in _pairs("skills", "skill_id", anyone, Q(skill_id__in=keys["Compétence"])):
        by_skill[str(skill)].add(pk)
    codes = Q(pk__in=[])
    for code in keys["CPV"]:
        codes |= Q(cpvcode__code__startswith=cpv_prefix(code)) | Q(cpvcode_id__in=cpv_class(code))
    for pk, code in _pairs("cpv_codes", "cpvcode_id", anyone, codes):
        by_code[code].add(pk)
    for pk, code in _pairs("departments", "department_id", anyone, Q(department_id__in=keys["Zone"])):
        by_zone[code].add(pk)
    everywhere = set(
        CoEntrepreneur.objects.filter(Q(pk__in=eligible) | Q(pk__in=team), nationwide=True).values_list("pk", flat=True)
        if keys["Zone"]
        else []
    )

    def holders(need):
        if need.kind == "Compétence":
            return by_skill[need.key]
        if need.kind == "Zone":
            return by_zone[need.key] | everywhere
        declared = (c for c in by_code if c.startswith(cpv_prefix(need.key)) or c in cpv_class(need.key))
        return set().union(*(by_code[code] for code in declared))

    return {need: holders(need) for need in needs}


def _pairs(name, key, anyone, wanted):
    through = getattr(CoEntrepreneur, name).through
    return through.objects.filter(anyone, wanted).values_list("coentrepreneur_id", key)


def _suggest(consultation, rows, holders):
    """Give each row that is a hole the people who would fill it."""
    holes = [row for row in rows if row.is_hole]
    filled = Counter(pk for row in holes for pk in holders[row.need])
    seed = today_seed()
    best = {
        row.need: sorted(holders[row.need], key=lambda pk: (-filled[pk], place(seed, pk), pk))[:MOST_SUGGESTED]
        for row in holes
    }
    fiches = CoEntrepreneur.objects.published().in_bulk({pk for pks in best.values() for pk in pks})
    experience = _experience(consultation.buyer, fiches)

    def suggestion(pk):
        fills = [row.need for row in holes if pk in holders[row.need]]
        also = [row.need for row in rows if not row.is_hole and pk in holders[row.need]]
        return Suggestion(fiches[pk], fills, also, experience[pk])

    for row in holes:
        row.suggestions.extend(suggestion(pk) for pk in best[row.need] if pk in fiches)


def _experience(buyer, members):
    """What these members did for this buyer, or for such buyers, as sentences by member."""
    counted = (
        Participation.objects.filter(
            co_entrepreneur__in=members, reference__client__type=buyer.type, reference__state="validated"
        )
        .values("co_entrepreneur")
        .annotate(number=Count("pk"), here=Count("pk", filter=Q(reference__client=buyer)))
    )
    sentences = defaultdict(list)
    for row in counted:
        pk, number = row["co_entrepreneur"], row["number"]
        if row["here"]:
            sentences[pk].append(f"A déjà travaillé pour {buyer}")
        plural = "s" if number > 1 else ""
        sentences[pk].append(f"{number} référence{plural} pour ce type de client ({buyer.get_type_display()})")
    return sentences
