"""What a card says of a search: the headline, the skills and the reference that answer it, where its link leads."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from crealead.words import clipped
from directory.models import Reference

from .extracts import Answer, Text
from .facets import AmountFacet, ClientFacet, DepartmentFacet, SkillFacet
from .reasons import HEADLINE, REFERENCE, SKILL
from .zone_words import MOST_NAMED, zone_in_words

# How many skills a card names, and about how many characters of the subject of a reference, of one’s part in it.
CARD_SKILLS, SUBJECT_CHARACTERS, PART_CHARACTERS = 2, 80, 40
# What three lines of facts hold on a phone, and what parts two facts: past it, less is named.
FACTS_CHARACTERS, BETWEEN_FACTS = 135, 3
# What every card shows whole.
ALWAYS_SHOWN = {HEADLINE: {None}, "Marque": {None}, "Nom": {None}, "Ville": {None}}
# How many photos are asked for before the page is scrolled.
FIRST_SEEN = 4


@dataclass(frozen=True)
class Asked:
    """What a search asks for that a card may show: keys of skills, types of clients, bands; and its query."""

    query: str = ""
    skills: frozenset = frozenset()
    client_types: frozenset = frozenset()
    bands: tuple = ()
    # Of one same reference, beside the types of clients: its bands, whether it must be recent.
    bounds: tuple = ()
    is_recent: bool = False
    # Codes of departments, and what names them; none where they are too many to be named.
    departments: frozenset = frozenset()
    regions: dict | None = None

    @classmethod
    def of(cls, search):
        skills, clients = search.filters[SkillFacet.name].value, search.filters[ClientFacet.name].value
        amounts = search.filters[AmountFacet.name]
        zones = search.need.terms(search.index.vocabulary)[DepartmentFacet.name]
        departments = frozenset(term.value for term in [*search.filters[DepartmentFacet.name].value, *zones])
        are_named = 0 < len(departments) <= MOST_NAMED
        return cls(
            search.query_string,
            frozenset(int(term.tags[0].partition(":")[2]) for term in skills),
            frozenset(term.value for term in clients),
            search.need.amount.bands if search.need.amount else (),
            amounts.bounds,
            amounts.is_recent_asked,
            departments if are_named else frozenset(),
            DepartmentFacet.regions(search.index) if are_named else None,
        )


@dataclass(frozen=True)
class Said:
    """What is written on the card of a fiche for a search; safe HTML, with the words that answered in <mark>."""

    query: str
    headline: SafeString
    zone: str
    skills: list[SafeString]
    skills_left: int
    # « Bulletin municipal, Commune de Lodève, 2025 · 5 000 à 15 000 € HT »; empty without a public reference.
    proof: SafeString
    # By the names of parts, the keys of those that the card shows.
    shown_parts: dict
    is_first_seen: bool


NOTHING_ASKED = Asked()


def say(fiche, asked=NOTHING_ASKED, answering=(), *, place=FIRST_SEEN):
    """What the card of a fiche of `cards()` says.

    Args:
        fiche: its card.
        asked: what the search asks for.
        answering: the parts of the fiche that hold one of the words.
        place: its place on the page, from 0.
    """
    skills = {part.key: part for part in answering if part.name == SKILL}
    references = {part.key: part for part in answering if part.name == REFERENCE}
    keys = sorted(
        fiche.skill_names, key=lambda key: (-len(skills[key].lexemes) if key in skills else 0, key not in asked.skills)
    )
    zone, shown = _facts_shown(fiche, keys, _zone(fiche, asked))
    best = max(fiche.shown_references, key=lambda row: _answers(row, references.get(row["key"]), asked), default=None)
    headline = next((part.answers[0].whole() for part in answering if part.name == HEADLINE), escape(fiche.headline))
    return Said(
        asked.query,
        headline,
        zone,
        [_skill(skills[key]) if key in skills else escape(fiche.skill_names[key]) for key in shown],
        len(keys) - len(shown),
        _proof(fiche, best, references.get(best["key"])) if best else mark_safe(""),
        {**ALWAYS_SHOWN, SKILL: set(shown), REFERENCE: {best["key"]} if best else set()},
        place < FIRST_SEEN,
    )


def _zone(fiche, asked):
    """Where they work, those departments that were asked for first."""
    if fiche.nationwide or asked.departments.isdisjoint(fiche.department_keys):
        return fiche.zone_words
    return zone_in_words(fiche.department_keys, asked.regions, asked.departments)


def _facts_shown(fiche, keys, zone):
    """The zone, and those of these skills that are named, so that the facts stay low: one skill at least."""
    references = f"{len(fiche.shown_references)} références" if fiche.shown_references else ""
    skills = [fiche.skill_names[key] for key in keys[:CARD_SKILLS]]

    def is_low(zone, count):
        facts = filter(None, [getattr(fiche, "dated", ""), zone, references, *fiche.label_names, *skills[:count]])
        return sum(len(fact) + BETWEEN_FACTS for fact in facts) <= FACTS_CHARACTERS

    if not is_low(zone, 1):
        # « Ariège, Aude et 5 autres », which the fiche names.
        zone = zone.partition(" départements")[0]
    return zone, keys[: next((count for count in range(len(skills), 1, -1) if is_low(zone, count)), 1)]


def _skill(part):
    """The name of a skill that answers: marked whole where it is one of its synonyms that does."""
    name = part.answers[0]
    return name.whole() if name.marks else mark_safe(f"<mark>{name.whole()}</mark>")


def _answers(row, part, asked):
    """How much a reference answers, to be compared: all asked of one, its client, its words, its amount."""
    return (
        _is_as_asked(row, asked),
        row["client_type"] in asked.client_types,
        len(part.lexemes) if part else 0,
        bool(part) and part.is_client,
        _is_within(row, asked.bands),
    )


def _is_as_asked(row, asked):
    """Whether a reference meets all that the filters ask of one."""
    return (
        (not asked.client_types or row["client_type"] in asked.client_types)
        and (not asked.bounds or _is_within(row, asked.bounds))
        and (not asked.is_recent or _reference(row).is_recent)
    )


def _is_within(row, bands):
    """Whether the amount of a reference is in one of these bands, and its own is told."""
    amount, is_told = row["amount"], row["amount_shown"] == Reference.AmountShown.BAND
    return is_told and amount is not None and any(low <= amount and (not high or amount < high) for low, high in bands)


def _proof(fiche, row, part):
    subject, client, *_ = part.answers if part else [Answer(Text.of(row[name]), {}) for name in ("subject", "client")]
    # Made once for the card: the same whoever asks.
    facts = fiche.markup.get(row["key"]) or fiche.markup.setdefault(row["key"], _facts(row))
    return mark_safe(f"{_cut(subject)}, {client.whole()}, {facts}{_part(row)}")


def _part(row):
    """What this person did of it, where others did the rest."""
    return escape(f" ; sa part : {clipped(row['part'], PART_CHARACTERS)}") if row["part"] else ""


def _cut(subject):
    """The subject of a reference, or as many of its words around those that answer as may be read at a glance."""
    line = subject.text.line
    words = line.count(" ") + 1
    return subject.extract(words if len(line) <= SUBJECT_CHARACTERS else SUBJECT_CHARACTERS * words // len(line))


def _facts(row):
    """When it was, and the band of its amount: « 2025 · 5 000 à 15 000 € HT »."""
    reference = _reference(row)
    band = reference.amount_band.removeprefix("de ").replace(" ", "\N{NO-BREAK SPACE}")
    return "\N{NO-BREAK SPACE}· ".join(filter(None, [reference.period, band]))


def _reference(row):
    """A row of a card as a `Reference`, which knows its period, its band and its age."""
    ends_on = row["ends_on"] and date.fromisoformat(row["ends_on"])
    amount = None if row["amount"] is None else Decimal(str(row["amount"]))
    return Reference(
        starts_on=date.fromisoformat(row["starts_on"]), ends_on=ends_on, amount=amount, amount_shown=row["amount_shown"]
    )
