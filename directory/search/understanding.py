"""What a buyer means by the words they type: the only reader of a need, whatever page or tool has it read."""

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import log

from .cpv import cpv_prefix, nearest_cpv
from .facets import CpvFacet, DepartmentFacet, Term
from .figures import PHONE, SIRET, Amount, Owner, owner_of_phone, owner_of_siret, read_amount
from .lexicon import is_french
from .places import COMMUNE, POSTAL_CODE, Place, by_postal_code, department_of, fold, place
from .tsquery import both, either, lexemes_of, quoted, to_tsquery
from .vocabulary import WEIGHTS, Role, key_of, nearest_words

MOST_WORDS = 24
LONGEST_PLACE = 7
CODE = re.compile(r"\d{2}|2[ab]|97\d", re.IGNORECASE)
# What is said before the number of a department, before a place of any kind, and between the two.
BEFORE_A_CODE = re.compile(r"(?:\bdepartements?|\bdept|\bdpt|\bdep|dans le)$")
BEFORE_A_PLACE = {
    "departement",
    "region",
    "ville",
    "commune",
    "mairie",
    "agglomeration",
    "agglo",
    "metropole",
    "secteur",
}
ARTICLES = {"le", "la", "les", "l", "de", "du", "des", "d"}
# Regions that no sentence says otherwise.
INITIALS = {"paca", "idf"}
# A commune of fewer people is less known than someone who bears its name.
VILLAGE = 5000
# Past this, a word is rare by chance: « triennale » says no more than « recyclerie ».
RAREST = 3
FEW_WORDS = 2
LONGEST_EXPRESSION = 8
# What is put before a word, with a hyphen, a space or nothing: « co-développement », « éco conception ».
PREFIXES = {
    *("agro", "anti", "auto", "bio", "co", "cyber", "eco", "geo", "inter", "micro", "mini", "multi", "neo", "peri"),
    *("pluri", "post", "pre", "psycho", "radio", "semi", "socio", "tele", "trans", "video"),
}
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# What notices recite: « en application des articles L. 2123-1 et R. 2123-1 du Code de la commande publique ».
RECITED = re.compile(
    r"\b(?:en application|en vertu|au sens|conform[ée]ment|pass[ée]e?s? (?:en|selon|sous))\b[^;:]{0,150}?"
    r"\bcode (?:de la commande publique|des march[ée]s publics|g[ée]n[ée]ral des collectivit[ée]s territoriales)",
    re.IGNORECASE,
)
QUOTED = re.compile(r'(-?)"([^"]*)"')
EXCLUDED = re.compile(r"(?<!\S)-(\w[\w'-]*)")
# A word, with what belongs to it: C++, R&D, .NET, P.L.U., l’accueil, porte-à-porte.
WORD = re.compile(r"(?:(?<!\w)\.)?\w+(?:(?:['’.&-]|\+\+|#)\w+)*(?:\+\+|#)?\.?")
ELISION = re.compile(r"^(?:[cdjlmnst]|(?:jus|lors|puis|quel|quoi)?qu)['’]", re.IGNORECASE)


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


@dataclass(frozen=True)
class Zone:
    """A place that a need names: codes of departments, how it is written, and where it is if it is one town."""

    codes: list[str]
    name: str
    point: tuple[float, float] | None = None
    meant: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Need:
    """A need as it is read.

    `units` are what fiches are found by; `beside`, words of action or of procedure that weigh in their order alone.
    `excluded` are tsqueries that no answer may hold. `places` maps what was typed to its `Zone`; `cpv` maps the
    codes found among the words to the terms that answer them. `corrections` maps misspelt words to the nearest known
    ones; `missing` are the words that no fiche holds; `aside` those that say nothing of what is needed. `owners` maps a
    SIRET or a phone to whose it is; who worked for such an `amount` comes first, and nobody is left out for it.
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

    @property
    def says_something(self):
        parts = (self.units, self.excluded, self.places, self.cpv, self.missing, self.owners, self.amount)
        return any(parts)

    @property
    def ranks(self):
        """Whether some fiches answer it better than others."""
        return bool(self.units or self.cpv or self.town or self.amount)

    @property
    def is_short(self):
        """Whether it is a word or two: « recyclage SST » is nothing by half."""
        return len(self.units) + len(self.beside) + len(self.aside) <= FEW_WORDS

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


def tidy(text):
    """A text as it is read: no invisible sign, one kind of quotes, apostrophes and dashes, « PLU » for « P.L.U. »."""
    text = INVISIBLE.sub("", text)
    text = text.translate(str.maketrans("“”„‟«»‹›’‘ʼ‐‑‒–—―−", '""""""""' + "'''" + "-------"))
    return re.sub(
        r"(?<!\w)((?:[^\W\d_]\.){2,})([^\W\d_](?!\w))?",
        lambda match: match[1].replace(".", "") + (match[2] or " "),
        text,
    )


def read_cpv(text):
    """Take the CPV codes out of a text: eight digits with or without their key, or « cpv » before a shorter one.

    Returns:
        tuple[str, list[str]]: what is left of the text, and the codes, digits only.
    """
    codes = []

    def take(match):
        codes.append(match[1] or match[2])
        return " "

    left = re.sub(r"\b(\d{8})(?:-\d)?\b|\bcpv\s*:?\s*(\d{2,8})(?:-\d)?\b", take, text, flags=re.IGNORECASE)
    return left, codes


@dataclass(frozen=True)
class Token:
    """A word of a need, as it was typed and where; `stems` are its lexemes, none for a word that says nothing."""

    typed: str
    start: int
    end: int
    stems: tuple[str, ...] = ()

    @property
    def core(self):
        """Without the article that hangs on it, or the sign that ends a sentence."""
        return ELISION.sub("", self.typed).lstrip("-'").rstrip(".-'")


class Reader:
    """Reads a need against an index: each step takes what it knows out of the text, and `need` is what they read."""

    def __init__(self, text, index):
        self.index = index
        self.text = RECITED.sub(" ", tidy(text))
        self.excluded, self.phrases, self.missing, self.aside = [], [], [], []
        self.corrections, self.places, self.cpv, self.owners = {}, {}, {}, {}
        self.amount = None

    def number(self, query):
        """How many published fiches answer a tsquery."""
        return self.index.published.intersection_cardinality(self.index.answering(query)) if query else 0

    def need(self):
        self._take_quoted()
        self._take_excluded()
        self._take_figures()
        units = self._units(_with_stems(_joined(_tokens(self.text)[:MOST_WORDS])))
        return Need(
            [*self.phrases, *(unit for unit in units if unit.counts)],
            [unit for unit in units if not unit.counts],
            self.excluded,
            self.places,
            self.cpv,
            self.corrections,
            self.missing,
            self.aside,
            self.owners,
            self.amount,
        )

    # --- What the text says by its signs

    def _take_quoted(self):
        """A quoted phrase is to be found as it is; one that nobody says is read as words, and said."""

        def take(match):
            query = to_tsquery(f'"{match[2]}"')
            if match[1] and query:
                self.excluded.append(query)
            elif number := self.number(query):
                self.phrases.append(Unit(match[0], query, query, rarity=self._rarity(number)))
            else:
                return f" {match[2]} "
            return " "

        self.text = QUOTED.sub(take, self.text).replace('"', " ")

    def _take_excluded(self):
        def take(match):
            if query := to_tsquery(match[1]):
                self.excluded.append(query)
            return " "

        self.text = EXCLUDED.sub(take, self.text)

    def _take_figures(self):
        for pattern, owner_of in [(SIRET, owner_of_siret), (PHONE, owner_of_phone)]:
            for match in pattern.finditer(self.text):
                if owner := owner_of(match["number"]):
                    self.owners[match["number"]] = owner
                    self.text = self.text.replace(match[0], " ")
        self.amount, self.text = read_amount(self.text)
        self.text, codes = read_cpv(self.text)
        known = self.index.vocabulary[CpvFacet.name]
        self.cpv = {code: term for code in codes if (term := nearest_cpv(known, cpv_prefix(code)))}

    def _places_at(self, tokens, position):
        """How many words name a place here, the most that do; 0 when none does."""
        lengths = range(min(LONGEST_PLACE, len(tokens) - position), 0, -1)
        return next((taken for length in lengths if (taken := self._place(tokens, position, length))), 0)

    def _place(self, tokens, position, length):
        """Keep, if these words name a place here, what it means; how many words that is, 0 when they don't."""
        first, last = tokens[position], tokens[position + length - 1]
        after = tokens[position + length] if position + length < len(tokens) else None
        whole = self.text[first.start : last.end].strip(".-'")
        bare = ELISION.sub("", whole)
        if length == 1 and bare[:1].isdigit():
            return self._place_of_number(tokens, position, bare)
        if re.search(r"[,;:()/]", whole):
            return 0
        for typed in dict.fromkeys([whole, bare]):
            meant = place(typed)
            if meant and self._is_place(meant, typed, tokens, position, after):
                self._keep_place(typed, meant)
                return length
        return 0

    def _keep_place(self, typed, meant):
        known = self.index.vocabulary[DepartmentFacet.name]
        codes = list(dict.fromkeys(code for one in meant for code in one.departments if code in known))
        if codes:
            self.places[typed] = Zone(codes, meant[0].name, meant[0].point if len(meant) == 1 else None, tuple(meant))

    def _is_place(self, meant, typed, tokens, position, after):
        """Whether the name of a place is one here: a common word is only with a capital, or after « à » or « dans »."""
        start = tokens[position].start
        capital = any(word[:1].isupper() for word in typed.split()) and any(letter.islower() for letter in self.text)
        said_before = self._said_before(tokens, position)
        is_introduced = bool(said_before & BEFORE_A_PLACE) or (
            "a" in said_before if meant[0].kind == COMMUNE else bool(said_before & {"en", "dans"})
        )
        rest = self.text[start + len(typed) :]
        if fold(typed) == "lot" and re.match(r"\s*(?:n\s*[°o]|\d)", rest, re.IGNORECASE):
            return False
        # What the fiches say, or how one of them is called, is no village, nor a commune that was.
        if meant[0].kind == COMMUNE and (meant[0].population < VILLAGE or fold(meant[0].name) != fold(typed)):
            (stems,) = lexemes_of([typed])
            is_said = not stems or meant[0].is_word or self.number(both(map(quoted, stems)))
            is_named = bool(said_before & BEFORE_A_PLACE) or (is_introduced and capital)
            if (is_said and not is_named) or (stems in self.index.words.roles and not is_named):
                return False
        if is_introduced and (not meant[0].is_word or " " not in typed):
            return True
        if meant[0].is_word and fold(typed) not in INITIALS:
            opens = not self.text[:start].strip(" (")
            return capital and (not opens or after is None or rest.lstrip()[:1] in set(":-,("))
        return True

    def _said_before(self, tokens, position):
        """The word before a place, less articles: « dans » of « dans les Landes », « ville » of « ville de Gap »."""
        words = [fold(token.typed) for token in tokens[max(0, position - 3) : position]]
        said = []
        while words:
            said.append(words.pop())
            if said[-1] not in ARTICLES:
                break
        # « à l’aube » is no place: towns are said without an article, or bear theirs.
        elided = ELISION.match(tokens[position].typed)
        return {said[-1]} - {"a"} if said and (len(said) > 1 or elided) else set(said)

    def _place_of_number(self, tokens, position, typed):
        """Keep what a number says of a place: a postal code, or a department; how many words that takes."""
        token, before = tokens[position], tokens[position - 1] if position else None
        after = tokens[position + 1] if position + 1 < len(tokens) else None
        beside = self._zone_that_ends(token)
        bracketed = self.text[token.start - 1 : token.start] == "("
        alone = before is None and after is None
        if POSTAL_CODE.fullmatch(typed):
            return self._postal_code(
                tokens, position, typed, stands=bracketed or alone or bool(beside) or after is None
            )
        if not CODE.fullmatch(typed):
            return 0
        said = " ".join(fold(word.typed) for word in tokens[max(0, position - 2) : position])
        stands = bracketed or alone or bool(beside) or bool(BEFORE_A_CODE.search(said))
        if not stands and not (after is None and self._ends_with_code(typed, before)):
            return 0
        meant = place(f"departement {typed}")
        if beside and set(self.places[beside].codes) >= {typed.upper()}:
            # « Saint-Denis (974) »: of namesakes, the one that is there.
            meant = [one for one in self.places[beside].meant if typed.upper() in one.departments]
            self._keep_place(beside, meant)
        elif meant:
            self._keep_place(typed, meant)
        return int(bool(meant))

    def _zone_that_ends(self, token):
        """The place that was read just before a word, as it was typed; None when none was."""
        before = self.text[: token.start].rstrip(" (,-")
        return next((typed for typed in self.places if before.endswith(typed)), None)

    def _postal_code(self, tokens, position, typed, *, stands):
        department = department_of(typed)
        following = " ".join(fold(token.typed) for token in tokens[position + 1 : position + 5])
        towns = [town for town in by_postal_code(typed) if following.startswith(fold(town.name))]
        is_introduced = bool(self._said_before(tokens, position) & {"a", "dans"})
        if not department or not (stands or towns or is_introduced or "cedex" in following):
            return 0
        if towns:
            self._keep_place(towns[0].name, towns[:1])
            return 1 + len(fold(towns[0].name).split())
        if "cedex" in following:
            words = following.split()
            length = 1 + words.index("cedex") + 1
            length += len(words) > length - 1 and words[length - 1].isdigit()
            self._keep_place(typed, place(f"departement {department}"))
            return length
        self._keep_place(typed, by_postal_code(typed)[:1] or place(f"departement {department}"))
        return 1

    def _ends_with_code(self, typed, before):
        """« photographe 34 », but neither « agenda 21 » nor « groupe pour 12 »."""
        (stems,) = lexemes_of([before.core]) if before else ((),)
        declared = self.index.holders(f"departement:{typed.upper()}")
        return bool(
            stems
            and stems not in self.index.words.roles
            and declared
            and self.index.answering(both(map(quoted, stems)), in_title=True)
            and not self.number(" <-> ".join(map(quoted, [*stems, typed])))
        )

    # --- What its words say

    def _rarity(self, number):
        """What a word that so many hold says of those who do: the rarer, the more."""
        return min(RAREST, log((len(self.index.published) + 1) / max(1, number)))

    def _units(self, tokens):
        """The words that fiches hold, as units; the others name places, are put aside, corrected, or missing."""
        units, position = [], 0
        while position < len(tokens):
            length, unit = self._expression(tokens, position, several=True) or (self._places_at(tokens, position), None)
            if not length:
                length, unit = self._expression(tokens, position) or self._word(tokens, position, units)
            position += length
            if unit:
                units.append(unit)
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
                role = self.index.words.roles.get(tuple(stems), Role.TRADE)
                typed = self.text[taken[0].start : taken[-1].end]
                return length, Unit(typed, query, loose, role, self._rarity(number))
        return None

    def _word(self, tokens, position, units):
        token = tokens[position]
        if not token.stems:
            return 1, None
        role = self.index.words.roles.get(token.stems, Role.TRADE)
        if role == Role.FILLER:
            self.aside.append(token.core)
        if not any(letter.isalpha() for letter in token.core):
            return self._number(token, units)
        query = _query_of(token)
        number = self.number(query)
        if not number and "-" in token.core and (parts := self._parts(token)):
            tokens[position : position + 1] = parts
            return self._word(tokens, position, units)
        if not number and role in {Role.TRADE, Role.PUBLIC}:
            near = {} if is_french(token.core) else nearest_words([token.core], self.number)
            if not near:
                self.missing.append(token.core)
                return 1, None
            self.corrections |= near
            (token,) = _with_stems([Token(near[token.core], token.start, token.end)])
            query = _query_of(token)
            number = self.number(query)
        return 1, Unit(token.core, query, query, role, self._rarity(number)) if number else None

    def _parts(self, token):
        """The words of a compound that nobody says; none when one of them is but a prefix or a letter."""
        parts = [
            Token(match[0], token.start + match.start(), token.start + match.end())
            for match in re.finditer(r"[^-]+", token.typed)
        ]
        if any(fold(part.core) in PREFIXES for part in parts):
            return []
        return [part for part in _with_stems(parts) if part.stems]

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
        """Those that say something of a trade; those that don't count when nothing else was typed."""
        asking = [unit for unit in units if unit.role in {Role.ASKING, Role.FILLER}]
        units = [unit for unit in units if unit not in asking]
        if any(unit.counts for unit in units) or self.phrases or self.missing:
            self.aside += [unit.typed for unit in units if unit.role == Role.PROCEDURE]
            return units
        return [replace(unit, role=Role.TRADE) for unit in units or asking]


def _tokens(text):
    return [Token(match[0], match.start(), match.end()) for match in WORD.finditer(text)]


def _joined(tokens):
    """« éco conception » as « éco-conception »: a prefix is no word."""
    joined = []
    for token in tokens:
        if joined and fold(joined[-1].core) in PREFIXES and joined[-1].end + 1 == token.start:
            before = joined.pop()
            joined.append(Token(f"{before.typed}-{token.typed}", before.start, token.end))
        else:
            joined.append(token)
    return joined


def _with_stems(tokens):
    """These tokens with their lexemes; « à », « les » and letters alone have none."""
    cores = [token.core if len(token.core) > 1 else "" for token in tokens]
    # Of « porte-à-porte » the parser gives the whole and its parts: the parts are what an expression is made of.
    stems = lexemes_of(core.replace("-", " ") for core in cores)
    return [replace(token, stems=found) for token, found in zip(tokens, stems, strict=True)]


def _query_of(token):
    """The tsquery of a word: its parts side by side, or in one."""
    parts = " <-> ".join(map(quoted, token.stems))
    if "-" not in token.core:
        return parts
    whole, *_ = lexemes_of([token.core.replace("-", "")])
    return either([parts, *map(quoted, whole)])


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
