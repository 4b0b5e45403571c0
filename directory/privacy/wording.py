"""The words by which a person is named in what others wrote, and what stands in their place once they are erased."""

import re
import unicodedata
from urllib.parse import unquote

from django.utils.text import slugify

from crealead.words import plain
from directory.models.masking import RETIRED
from directory.search.lexicon import is_french

# The clue of a name in other letters than ours.
EVERY_ROW = "."
# A word shorter than this says nobody.
SHORTEST = 3
# What isn't said of the person in a line about them.
KEPT_KEYS = frozenset({"role", "label", "kind"})
# What is read as one sign, however it is written: in an address of a page, in JSON, alone.
_SIGN = re.compile(r"(?:%[0-9a-fA-F]{2})+|\\+u[0-9a-fA-F]{4}|.", re.DOTALL)
# What stands between the words of a name in a text laid bare; a name of words that French has isn't cut by commas.
_BETWEEN, _BETWEEN_COMMON = r"(?:[\s\u2010-\u2015'’,;+_-]|\.(?=\w))+", r"[\s\u2010-\u2015'’+_-]+"
_DIGITS = r"[\s.()/\u2010-\u2015-]*"
_A_LETTER = re.compile(r"[^\W_]")
_WORDS = re.compile(r"[\s\u2010-\u2015'’-]+")
# For PostgreSQL: a letter that isn't written as itself, and what is invisible between two.
_MAY_HAVE_MARKS, _ESCAPED = "aceinosuyz", r"(%[0-9a-f]{2})+|\\+u[0-9a-f]{4}"
_INSIDE = "[\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff]*"
# Of a number, what its country or its zero comes before.
_LOCAL_DIGITS = 9


class Wording:
    r"""Finds a person in texts and in JSON, by what names them and nobody else.

    Accents, capitals, spaces of all kinds, places to break, what is written as in an address (« %C3%A9 ») or as in JSON
    (« \u00e9 ») make no difference. A name made of words that French has (« Claire Fontaine »,
    « Cercle ouvert ») is one with its capitals only.

    Args:
        names: whole ones, whatever they are written with: « Lucie Astruc », a trade name, an address, a site.
        phones: however they are written.
        capitalised: single words that French has, which name somebody with their capital alone.
    """

    def __init__(self, names=(), phones=(), *, capitalised=()):
        written = {}
        for name in [*names, *capitalised]:
            # Signs alone name nobody, and would be found between any two others.
            if len(bare := plain(name)) >= SHORTEST and _A_LETTER.search(bare):
                written.setdefault(bare, name)
                if "@" not in name and len(slug := slugify(name)) >= SHORTEST:
                    written.setdefault(slug, name)
        longest_first = sorted(written, key=lambda name: (-len(name), name))
        single = {plain(name) for name in capitalised}
        self._single = {f"common_{number}" for number, name in enumerate(longest_first) if name in single}
        patterns = [_name(name, f"common_{number}", name in single) for number, name in enumerate(longest_first)]
        self._capitals = {f"common_{number}": _capitals(written[name]) for number, name in enumerate(longest_first)}
        numbers = sorted({number for phone in phones if len(number := re.sub(r"\D", "", phone)) >= SHORTEST})
        patterns += [_phone(number) for number in numbers]
        self._pattern = re.compile("|".join(patterns)) if patterns else None
        self._clues = sorted({_clue(name) for name in written} | {_digits_in_rows(number) for number in numbers})

    @property
    def clues(self):
        """A regular expression of PostgreSQL that the lowered, unaccented text of any row that names them matches.

        Others match too: `names` tells. Empty when nothing names the person.
        """
        return EVERY_ROW if EVERY_ROW in self._clues else "|".join(self._clues)

    def names(self, text):
        """Whether a text names the person."""
        return next(self._found(text), None) is not None

    def masked(self, text):
        return self._replaced(text, RETIRED)

    def masked_name(self, name):
        """A file's name without the person's, for any system."""
        return self._replaced(name, slugify(RETIRED))

    def masked_json(self, value):
        """The same, of what JSON holds; a line that is the person's own, a seat or a CV, is emptied."""
        if isinstance(value, str):
            return self.masked(value)
        if isinstance(value, list):
            return [self.masked_json(one) for one in value]
        if not isinstance(value, dict):
            return value
        owns = [key for key in ("name", "holder", "covers") if self._is_whole(value.get(key))]
        if owns:
            return {key: RETIRED if key in owns else self._emptied(key, one) for key, one in value.items()}
        return {self.masked_name(key): self.masked_json(one) for key, one in value.items()}

    def _found(self, text):
        """Where the person is named in a text: pairs of a start and an end."""
        if not self._pattern:
            return
        bare, starts = _laid_bare(text)
        for match in self._pattern.finditer(bare):
            start, end = starts[match.start()], starts[match.end()]
            if not match.lastgroup or self._is_name(text[start:end], match.lastgroup):
                yield start, end

    def _is_name(self, text, group):
        """Whether words that French has are written as in the name: with its capitals, or several in one piece."""
        text = unquote(text)
        capitals = zip(_capitals(text, none=False), self._capitals[group], strict=False)
        is_in_one_piece = group not in self._single and not re.search(r"\s", text)
        return is_in_one_piece or all(has or not needs for has, needs in capitals)

    def _replaced(self, text, by):
        parts, at = [], 0
        for start, end in self._found(text):
            parts += [text[at:start], by]
            at = end
        return "".join([*parts, text[at:]])

    def _is_whole(self, value):
        return isinstance(value, str) and [(0, len(value.strip()))] == list(self._found(value.strip()))

    def _emptied(self, key, value):
        if key in KEPT_KEYS:
            return self.masked_json(value)
        return type(value)() if isinstance(value, str | list | dict) else None


def _laid_bare(text):
    """A text without accents, capitals nor invisible signs, and where each of its signs began in the text.

    A mark that follows a letter goes with it.
    """
    if text.isascii() and "%" not in text and "\\u" not in text:
        return text.lower(), range(len(text) + 1)
    signs, starts = [], []
    for match in _SIGN.finditer(text):
        for sign in unicodedata.normalize("NFKD", _read(match[0])):
            if unicodedata.category(sign) not in {"Mn", "Cf"}:
                folded = sign.casefold()
                signs.append(folded)
                starts += [match.start()] * len(folded)
    return "".join(signs), [*starts, len(text)]


def _read(sign):
    if sign.startswith("%") and len(sign) > 1:
        return unquote(sign, errors="replace")
    return chr(int(sign[-4:], 16)) if sign.startswith("\\") and len(sign) > 1 else sign


def _capitals(name, *, none=True):
    """For each word of a name, whether it begins with a capital; `none` is what is said of one without any."""
    capitals = [word[0].isupper() for word in _WORDS.split(name.strip()) if word]
    return capitals if any(capitals) else [none] * len(capitals)


def _name(name, group, is_single):
    if "@" in name:
        return rf"(?<![\w.+-]){re.escape(name)}(?![\w-])"
    words = [word for word in _WORDS.split(name) if word]
    if is_single or (len(words) > 1 and all(map(is_french, words))):
        return rf"(?<![^\W_])(?P<{group}>{_BETWEEN_COMMON.join(map(re.escape, words))})(?![^\W_])"
    return rf"(?<![^\W_]){_BETWEEN.join(map(re.escape, words))}(?![^\W_])"


def _phone(number):
    """A number, with whatever stands between its figures; with its country too when it is of France."""
    local = number[-_LOCAL_DIGITS:]
    if number in {f"0{local}", f"33{local}", f"0033{local}", f"330{local}"}:
        digits = _DIGITS.join(local)
        return rf"(?<!\d)(?:0{_DIGITS}|(?:(?:\+|00){_DIGITS})?33{_DIGITS}(?:0{_DIGITS})?){digits}(?!\d)"
    return rf"(?<!\d)\+?{_DIGITS.join(number)}(?!\d)"


def _clue(name):
    """The longest word of a name, in any writing that `_laid_bare` reads."""
    word = max(re.findall(r"[a-z0-9]+", name), key=len, default="")
    if not word:
        return EVERY_ROW
    return _INSIDE.join(f"({sign}|{_ESCAPED})" if sign in _MAY_HAVE_MARKS else sign for sign in word)


def _digits_in_rows(number):
    return "([^0-9]|%[0-9a-f]{2}){0,9}".join(number[-_LOCAL_DIGITS:])
