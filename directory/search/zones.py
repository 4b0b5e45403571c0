"""Which words of a need name a place: towns, departments, regions, their groups, their codes."""

import re
from dataclasses import dataclass

from .facets import DepartmentFacet
from .places import COMMUNE, POSTAL_CODE, Place, by_postal_code, department_of, fold, place
from .tokens import ELISION
from .tsquery import both, quoted
from .vocabulary import Role, role_of

LONGEST_PLACE = 7
CODE = re.compile(r"\d{2}|2[ab]|97\d", re.IGNORECASE)
# What is said before the number of a department, before a place of any kind, and between the two.
BEFORE_A_CODE = re.compile(r"(?:\bdepartements?|\bdept|\bdpt|\bdep|dans le)$")
ANOTHER_CODE = re.compile(r"\b(?:et|ou)(?: le)?$")
# What no sentence writes so, but a title in Which Each Word Has A Capital.
CAPITALISED = {"De", "Du", "Des", "Et", "En", "Au", "Aux", "Pour", "Dans", "Sur"}
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
# A region that no sentence says otherwise, and one that most say otherwise.
INITIALS, MIDDLE = {"paca", "idf"}, "centre"
# A commune of fewer people is less known than a word of the fiches, or than someone who bears its name.
VILLAGE = 5000
# « Lot n° 3 », « Lot 12 », « Lot unique ».
NUMBERED = re.compile(r"\s*(?:n\s*[°o]|\d|uniques?\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Zone:
    """A place that a need names: codes of departments, how it is written, and where it is if it is one town."""

    codes: list[str]
    name: str
    point: tuple[float, float] | None = None
    meant: tuple[Place, ...] = ()


class ZoneReader:
    """Reads the places of a tidy text, word after word; `zones` are those read so far, by how they are typed."""

    def __init__(self, text, tokens, index):
        self.text, self.tokens, self.index = text, tokens, index
        self.zones = {}
        self.is_capitalised = self._is_capitalised()

    def taken_at(self, position):
        """How many words name a place from here, the most that do; 0 when none does. The place is kept."""
        if self.tokens[position].core[:1].isdigit():
            return self._number(position)
        lengths = range(min(LONGEST_PLACE, len(self.tokens) - position), 0, -1)
        return next((length for length in lengths if self._name(position, length)), 0)

    def _is_capitalised(self):
        """Whether capitals tell nothing: most words after the first have one, small ones too, or all their letters."""
        if self.text.isupper() or any(token.typed in CAPITALISED for token in self.tokens[1:]):
            return True
        words = [token.core for token in self.tokens[1:] if len(token.core) > len("des") and token.core[0].isalpha()]
        capitals = sum(word[0].isupper() for word in words)
        # One that is alone is where a place would be.
        return capitals > 1 and 2 * capitals > len(words)

    def _keep(self, typed, meant):
        known = self.index.vocabulary[DepartmentFacet.name]
        codes = list(dict.fromkeys(code for one in meant for code in one.departments if code in known))
        if codes:
            self.zones[typed] = Zone(codes, meant[0].name, meant[0].point if len(meant) == 1 else None, tuple(meant))
        return bool(codes)

    # --- Names

    def _name(self, position, length):
        taken = self.tokens[position : position + length]
        whole = self.text[taken[0].start : taken[-1].end].strip(".-'")
        if re.search(r"[,;:()/]", whole):
            return False
        for typed in dict.fromkeys([whole, ELISION.sub("", whole)]):
            meant = place(typed)
            if meant and self._is_meant(meant, typed, position, taken):
                return self._keep(typed, meant)
        return False

    def _is_meant(self, meant, typed, position, taken):
        """Whether the name of a place is one here: a common word is only with a capital, or after « à » or « dans »."""
        first, name = meant[0], fold(typed)
        before = self._said_before(position)
        is_named = before in BEFORE_A_PLACE
        is_introduced = is_named or (before == "a" if first.kind == COMMUNE else before in {"en", "dans"})
        capital = not self.is_capitalised and any(word[:1].isupper() for word in typed.split())
        rest = self.text[taken[-1].end :]
        if (name == "lot" and NUMBERED.match(rest)) or (name == MIDDLE and before != "region"):
            return False
        is_village = first.kind == COMMUNE and (first.population < VILLAGE or fold(first.name) != name)
        if is_village and not is_named and not (is_introduced and capital):
            # What the fiches say, or how one of them is called; nor is it a commune that was.
            stems = tuple(stem for token in taken for stem in token.stems)
            if not stems or (first.is_word and not capital) or role_of(typed) != Role.TRADE or self._is_said(stems):
                return False
        if is_introduced and (not first.is_word or " " not in typed):
            return True
        if first.is_word and name not in INITIALS:
            # A sentence begins with a capital, as does what stands in brackets or after a dash.
            opens = re.search(r"(?:^|[(:.]|\s-)\s*$", self.text[: taken[0].start])
            ends = not rest.strip() or rest.lstrip()[:1] in set(":-,)")
            return capital and (ends or not (opens or is_village))
        return True

    def _is_said(self, stems):
        return self.index.published.intersect(self.index.answering(both(map(quoted, stems))))

    def _said_before(self, position):
        """The word before a place, less articles: « dans » of « dans les Landes », « ville » of « ville de Gap »."""
        for place_of_word in range(position - 1, max(-1, position - 4), -1):
            word = fold(self.tokens[place_of_word].typed)
            if word not in ARTICLES:
                # « à l’aube » is no place: towns are said without an article, or bear theirs.
                has_article = place_of_word < position - 1 or ELISION.match(self.tokens[position].typed)
                return "" if word == "a" and has_article else word
        return ""

    # --- Numbers

    def _number(self, position):
        """Keep what a number says of a place: a postal code, or a department; how many words that takes."""
        token, typed = self.tokens[position], self.tokens[position].core
        alone = len(self.tokens) == 1
        is_last = position + 1 == len(self.tokens)
        beside = self._zone_before(token)
        stands = alone or beside or self.text[token.start - 1 : token.start] == "("
        if POSTAL_CODE.fullmatch(typed):
            return self._postal_code(position, typed, stands=stands or (is_last and by_postal_code(typed)))
        if not CODE.fullmatch(typed):
            return 0
        said = " ".join(fold(word.typed) for word in self.tokens[max(0, position - 2) : position])
        stands = stands or BEFORE_A_CODE.search(said) or (self.zones and ANOTHER_CODE.search(said))
        if not stands and not (is_last and self._ends_with_code(position, typed)):
            return 0
        if beside and typed.upper() in self.zones[beside].codes:
            # « Saint-Denis (974) »: of namesakes, the one that is there.
            meant = [one for one in self.zones[beside].meant if typed.upper() in one.departments]
            return int(self._keep(beside, meant))
        return int(self._keep(typed, place(f"departement {typed}")))

    def _zone_before(self, token):
        """The place that was read just before a word, as it was typed; None when none was."""
        before = self.text[: token.start].rstrip(" (,-")
        return next((typed for typed in self.zones if before.endswith(typed)), None)

    def _postal_code(self, position, typed, *, stands):
        department = department_of(typed)
        following = [fold(token.typed) for token in self.tokens[position + 1 : position + 6]]
        town = next((t for t in by_postal_code(typed) if " ".join(following).startswith(fold(t.name))), None)
        cedex = following.index("cedex") + 1 if "cedex" in following else 0
        if not department or not (stands or town or cedex or self._said_before(position) in {"a", "dans"}):
            return 0
        if town:
            self._keep(town.name, [town])
            length = next(n for n in range(1, 6) if len(" ".join(following[:n])) >= len(fold(town.name)))
        else:
            length = cedex
            self._keep(typed, (not cedex and by_postal_code(typed)[:1]) or place(f"departement {department}"))
        length = max(length, cedex)
        return 1 + length + (bool(cedex) and following[length : length + 1] != [] and following[length].isdigit())

    def _ends_with_code(self, position, typed):
        """« photographe 34 », but neither « agenda 21 » nor « groupe pour 12 »."""
        before = self.tokens[position - 1]
        stems = before.stems
        return bool(
            stems
            and role_of(before.core) == Role.TRADE
            and self.index.holders(f"{DepartmentFacet.name}:{typed.upper()}")
            and self.index.answering(both(map(quoted, stems)), in_title=True)
            and not self.index.answering(" <-> ".join(map(quoted, [*stems, typed])))
        )
