"""What a buyer means by the words they type: the only reader of a need, whatever page or tool has it read."""

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import islice
from math import log

from .conditions import ABOUT, FIRM_AGE, INSURED, RECENT
from .cpv import cpv_code, cpv_prefix, nearest_cpv
from .criteria import Term
from .facets import CpvFacet, DepartmentFacet, InsuranceFacet
from .figures import (
    AMOUNT,
    COUNTED,
    NAMED_BY_NUMBER,
    PHONE,
    ROUND,
    SIRET,
    SIZE,
    Amount,
    Owner,
    owner_of_phone,
    owner_of_siret,
    read_amount,
)
from .lexicon import is_french
from .tokens import tidy, tokens_of, with_stems
from .tsquery import both, either, quoted, to_tsquery
from .vocabulary import WEIGHTS, Role, key_of, nearest_words, role_of
from .zones import Zone, ZoneReader

MOST_WORDS = 24
MOST_PHRASES = 4
LONGEST_EXPRESSION = 8
# Past this, a word is rare by chance: « triennale » says no more than « recyclerie ».
RAREST = 3
# What notices recite: « en application des articles L. 2123-1 et R. 2123-1 du Code de la commande publique ».
RECITED = re.compile(
    r"\b(?:en application|en vertu|au sens|conform[ée]ment|pass[ée]e?s? (?:en|selon|sous))\b[^;:]{0,150}?"
    r"\bcode (?:de la commande publique|des march[ée]s publics|g[ée]n[ée]ral des collectivit[ée]s territoriales)",
    re.IGNORECASE,
)
QUOTED = re.compile(r'(-?)"([^"]*)"')
EXCLUDED = re.compile(r"(?<!\S)-(\w[\w'-]*)")
CPV = re.compile(r"\b(\d{8})(?:-\d)?\b|\bcpv\s*:?\s*(\d{2,8})(?:-\d)?\b", re.IGNORECASE)
MAIL_ADDRESS = re.compile(r"\S+@\S+")


@dataclass(frozen=True)
class Unit:
    """A word, or several that are read as one: « plan local d’urbanisme ».

    `query` is a tsquery of what says just that, its synonyms among them; `loose` of what holds its words anywhere. The
    fewer hold it, the greater its `rarity`, and the more it weighs.
    """

    typed: str
    query: str
    loose: str
    role: Role = Role.TRADE
    rarity: float = 1

    @property
    def counts(self):
        """Whether fiches are found by it."""
        return self.role in {Role.TRADE, Role.PUBLIC, Role.COMMON}

    @property
    def weight(self):
        return self.rarity * WEIGHTS[self.role]


def side_by_side(first, second):
    """The tsquery of two units next to each other, or with a word between."""
    return either(f"({first.query}) <{distance}> ({second.query})" for distance in (1, 2))


@dataclass(frozen=True)
class Part:
    """What was read of a need as one thing, and where it stands in the tidy text, once or several times."""

    label: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Need:
    """A need as it is read.

    `units` are what fiches are found by; `beside`, words of action or of procedure that weigh in their order alone.
    `excluded` are tsqueries that no answer may hold. `places` maps what was typed to its `Zone`; `cpv` maps the
    codes found among the words to the terms that answer them. `corrections` maps misspelt words to the nearest known
    ones; `missing` are the words that no fiche holds; `aside` those that say nothing of what is needed. `owners` maps a
    SIRET or a phone to whose it is; `insurances`, what was typed to the insurance that one must have; `recent` is what
    asks for a recent reference. Who worked for such an `amount` comes first, and nobody is left out for it. `parts`
    are all that fiches are found by, as it is typed.
    """

    units: list[Unit] = field(default_factory=list)
    beside: list[Unit] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    places: dict[str, Zone] = field(default_factory=dict)
    cpv: dict[str, Term] = field(default_factory=dict)
    corrections: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    owners: dict[str, Owner] = field(default_factory=dict)
    amount: Amount | None = None
    insurances: dict[str, Term] = field(default_factory=dict)
    recent: str = ""
    parts: list[Part] = field(default_factory=list)

    @property
    def says_something(self):
        parts = (self.units, self.excluded, self.places, self.cpv, self.missing, self.owners, self.amount)
        return any(parts) or bool(self.insurances or self.recent)

    @property
    def asks_recent(self):
        return bool(self.recent)

    @property
    def ranks(self):
        """Whether some fiches answer it better than others."""
        return bool(self.units or self.cpv or self.town or self.amount)

    @property
    def is_pair(self):
        """Whether it is two words and nothing else: « recyclage SST »."""
        return [len(self.units), len(self.beside), len(self.aside)] == [2, 0, 0]

    @property
    def town(self):
        """The town that it names, as a `Zone`; None for none, or several."""
        towns = [zone for zone in self.places.values() if zone.point]
        return towns[0] if len(towns) == 1 else None

    @cached_property
    def query(self):
        """The tsquery of any of its words; empty when there is none."""
        return either(unit.query for unit in [*self.units, *self.beside])

    def terms(self, vocabulary):
        """What it asks of facets: by parameter, the terms of its places and of its codes."""
        departments = vocabulary[DepartmentFacet.name]
        codes = sorted({code for zone in self.places.values() for code in zone.codes})
        return {DepartmentFacet.name: [departments[code] for code in codes], CpvFacet.name: list(self.cpv.values())}


class Reader:
    """Reads a need against an index: each step takes what it knows out of the text, and `need` is what they read."""

    def __init__(self, text, index):
        self.index = index
        # What is read is blanked, so that all keeps its place.
        self.text = tidy(text)
        self.excluded, self.phrases, self.missing, self.aside = [], [], [], []
        self.corrections, self.cpv, self.owners, self.spans = {}, {}, {}, defaultdict(list)
        self.amount, self.insurances, self.recent = None, {}, ""

    def number(self, query):
        """How many published fiches answer a tsquery."""
        return self.index.published.intersection_cardinality(self.index.answering(query)) if query else 0

    def need(self):
        self._take(RECITED, lambda _match: None)
        self._take(MAIL_ADDRESS, lambda match: self.aside.append(match[0]))
        self._take(QUOTED, self._read_quoted, most=MOST_PHRASES)
        self.text = self.text.replace('"', " ")
        self._take(EXCLUDED, lambda match: self.excluded.append(to_tsquery(match[1])))
        self._take(SIRET, partial(self._read_owner, owner_of_siret))
        self._take(PHONE, partial(self._read_owner, owner_of_phone))
        for kind, pattern in INSURED.items():
            self._take(pattern, partial(self._read_insurance, kind))
        self._take(RECENT, self._read_recent)
        self._take(FIRM_AGE, lambda match: self.aside.append(match[0]))
        self._take(AMOUNT, self._read_amount)
        self._take(CPV, self._read_code)
        self._take(SIZE, self._read_size)
        tokens = tokens_of(self.text, MOST_WORDS)
        self.zones = ZoneReader(self.text, tokens, self.index)
        units = self._units(tokens)
        return Need(
            [*self.phrases, *(unit for unit in units if unit.counts)],
            [unit for unit in units if not unit.counts],
            [query for query in self.excluded if query],
            self.zones.zones,
            self.cpv,
            self.corrections,
            self.missing,
            self.aside,
            self.owners,
            self.amount,
            self.insurances,
            self.recent,
            sorted((Part(label, tuple(spans)) for label, spans in self.spans.items()), key=lambda part: part.spans),
        )

    def _take(self, pattern, read, most=MOST_WORDS):
        """Blank what `read` takes of what a pattern finds, `most` times at most; it answers False to leave it."""
        for match in list(islice(pattern.finditer(self.text), most)):
            if read(match) is not False:
                start, end = match.span()
                self.text = f"{self.text[:start]}{' ' * (end - start)}{self.text[end:]}"

    # --- What the text says by its signs

    def _read_quoted(self, match):
        """A quoted phrase is to be found as it is; one that nobody says is read as words, and said."""
        query = to_tsquery(f'"{match[2]}"') if match[2].strip() else ""
        if match[1]:
            self.excluded.append(query)
            return True
        number = self.number(query)
        if number:
            self.phrases.append(Unit(match[2].strip(), query, query, rarity=self._rarity(number)))
            self.spans[f"«\N{NO-BREAK SPACE}{match[2].strip()}\N{NO-BREAK SPACE}»"].append(match.span())
        return bool(number)

    def _read_owner(self, owner_of, match):
        owner = owner_of(match["number"])
        if owner:
            self.owners[match["number"]] = owner
        else:
            self.aside.append(match["number"])

    def _read_insurance(self, kind, match):
        if ABOUT.search(self.text[: match.start()]):
            return False
        typed, vocabulary = match[0].strip(), self.index.vocabulary[InsuranceFacet.name]
        self.insurances[typed] = vocabulary[InsuranceFacet.value_of(kind)]
        self.spans[typed].append(match.span())
        return True

    def _read_recent(self, match):
        self.recent = match[0].strip()
        self.spans[self.recent].append(match.span())

    def _read_amount(self, match):
        amount = None if self.amount else read_amount(match)
        if amount:
            self.amount = amount
            self.spans[amount.typed].append(match.span())
        return bool(amount)

    def _read_code(self, match):
        code = match[1] or match[2]
        term = nearest_cpv(self.index.vocabulary[CpvFacet.name], cpv_prefix(code))
        if term:
            self.cpv[code] = term
            self.spans[f"CPV {cpv_code(term.value)}"].append(match.span())
        else:
            self.missing.append(f"CPV {code}")
        return True

    def _read_size(self, match):
        """« 16 pages » says how much, and is put aside; not « 3 agents d’accueil », if that is what a fiche does."""
        tokens = tokens_of(self.text[match.start("what") :], LONGEST_EXPRESSION)
        is_trade = tokens and self._expression(tokens, 0, several=True)
        if is_trade or NAMED_BY_NUMBER.search(self.text[: match.start()]):
            return False
        self.aside.append(match["size"].strip())
        return True

    # --- What its words say

    def _rarity(self, number):
        """What a word that so many hold says of those who do: the rarer, the more."""
        return min(RAREST, log((len(self.index.published) + 1) / max(1, number)))

    def _units(self, tokens):
        """The words that fiches hold, as units; the others name places, are put aside, corrected, or missing."""
        units, position = [], 0
        while position < len(tokens):
            length, unit = self._expression(tokens, position, several=True) or (self.zones.taken_at(position), None)
            start = tokens[position].start
            if length and not unit:
                self.spans[list(self.zones.zones.values())[-1].name].append((start, tokens[position + length - 1].end))
            elif not length:
                length, unit = self._expression(tokens, position) or self._word(tokens, position, units)
            if unit:
                units.append(unit)
                self.spans[unit.typed].append((start, tokens[position + length - 1].end))
            position += length
        return self._that_count(units)

    def _expression(self, tokens, position, *, several=False):
        """The longest expression that begins here, as (how many words, its `Unit`); None when none does.

        Args:
            tokens: all the words.
            position: of the first.
            several: whether to look for those of several words, rather than for one with a synonym.
        """
        if not tokens[position].stems:
            return None
        for length in range(LONGEST_EXPRESSION, 1, -1) if several else [1]:
            taken = tokens[position : position + length]
            stems = [stem for token in taken for stem in token.stems]
            query = self.index.words.expressions.get(key_of(stems)) if taken[-1].stems else None
            if not query or len(taken) < length or len([stem for stem in stems if stem[1:]]) > len(key_of(stems)):
                continue
            # A word with a synonym says what either says; several words say it, if less, wherever they stand.
            loose = either([both(map(quoted, stems)), query])
            if number := self.number(loose):
                typed = self.text[taken[0].start : taken[-1].end]
                role = role_of(typed)
                return length, Unit(typed, query, loose, role, self._rarity(number))
        return None

    def _word(self, tokens, position, units):
        token = tokens[position]
        if self._only_counts(tokens, position):
            self.aside.append(token.core)
            return 1, None
        role = role_of(token.core)
        if Role.FILLER in {role, role_of(token.typed)}:
            self.aside.append(token.typed)
        if not token.stems:
            return 1, None
        if not any(letter.isalpha() for letter in token.core):
            return self._number(token, units)
        query = token.query
        number = self.number(query)
        if not number and role == Role.PROCEDURE:
            self.aside.append(token.core)
        if not number and role == Role.TRADE and (parts := token.parts):
            tokens[position : position + 1] = parts
            return self._word(tokens, position, units)
        if not number and role in {Role.TRADE, Role.PUBLIC}:
            near = {} if is_french(token.core) else nearest_words([token.core], self.number)
            if not near:
                self.missing.append(token.core)
                return 1, None
            self.corrections |= near
            (token,) = with_stems([replace(token, typed=near[token.core])])
            query = token.query
            number = self.number(query)
        return 1, Unit(token.core, query, query, role, self._rarity(number)) if number else None

    def _only_counts(self, tokens, position):
        """Whether a word only counts what follows, « trois graphistes », and is of no name, as « Les Deux Rives »."""
        core, following = tokens[position].core, tokens[position + 1 : position + 3]
        if ROUND.fullmatch(core):
            following = following[1:] if following and following[0].typed.lower() == "de" else following[:1]
        elif not COUNTED.fullmatch(core):
            return False
        if following[1:] and following[0].typed in {"et", "ou", "à"} and COUNTED.fullmatch(following[1].core):
            return True
        if not following or not following[0].stems:
            return False
        side_by_side = " <-> ".join(map(quoted, [*tokens[position].stems, *following[0].stems]))
        return not self.index.answering(side_by_side, in_title=True)

    def _number(self, token, units):
        """A number says something with the word before it, as in « Natura 2000 »; else it is put aside."""
        if units:
            phrase = f"({units[-1].query}) <-> {quoted(token.core)}"
            if number := self.number(phrase):
                named = units.pop()
                return 1, replace(
                    named, typed=f"{named.typed} {token.core}", query=phrase, loose=phrase, rarity=self._rarity(number)
                )
        self.aside.append(token.core)
        return 1, None

    def _that_count(self, units):
        """Those that say something of a trade, each once; those that don't count when nothing else was typed."""
        units = list({unit.query: unit for unit in units}.values())
        asking = [unit for unit in units if unit.role in {Role.ASKING, Role.FILLER}]
        said = [unit for unit in units if unit not in asking]
        if any(unit.counts for unit in said) or self.phrases or self.missing:
            self.aside += [unit.typed for unit in said if unit.role == Role.PROCEDURE]
        else:
            said = [replace(unit, role=Role.TRADE) for unit in said or asking]
        for unit in units:
            if not any(unit.typed == counted.typed and counted.counts for counted in said):
                self.spans.pop(unit.typed, None)
        return said


def understand(text, *, index, exact=False):
    """Read a need.

    Args:
        text: what was typed.
        index: the `Index` that it is read against.
        exact: search the words as they are: no place, no code, no correction.

    Returns:
        Need
    """
    if exact or " OR " in text:
        query = to_tsquery(tidy(text))
        return Need([Unit(text, query, query)] if query else [])
    return Reader(text, index).need()
