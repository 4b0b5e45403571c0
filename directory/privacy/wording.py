"""The words by which a person is named in what others wrote, and what stands in their place once they are erased."""

import re

from django.utils.text import slugify

RETIRED = "co-entrepreneur retiré"
# A word shorter than this says nobody.
SHORTEST = 3
# What documents put between and into the words of a name: spaces of all kinds, hyphens, apostrophes, places to break.
_BETWEEN = r"[\s\u00a0\u202f\u2011\u200b'’-]+"
_INSIDE = "\u200b?"
_DIGITS = r"[\s.\u00a0\u202f\u200b/-]*"
# What isn't said of the person in a line about them.
KEPT_KEYS = frozenset({"role", "label", "kind"})


class Wording:
    """Finds a person in texts and in JSON, by what names them and nobody else.

    Args:
        names: whole ones, whatever they are written with: « Lucie Astruc », a trade name, an address, a site.
        phones: as they are kept.
    """

    def __init__(self, names=(), phones=()):
        written = {name.strip() for name in names if len(name.strip()) >= SHORTEST}
        written |= {slugify(name) for name in written if "@" not in name and len(slugify(name)) >= SHORTEST}
        patterns = [_name(name) for name in sorted(written, key=lambda name: (-len(name), name))]
        patterns += [_phone(phone) for phone in sorted(set(phones)) if len(re.sub(r"\D", "", phone)) >= SHORTEST]
        self._pattern = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None
        self._whole = re.compile(f"\\s*(?:{'|'.join(patterns)})\\s*", re.IGNORECASE) if patterns else None

    def names(self, text):
        """Whether a text names the person."""
        return bool(self._pattern and self._pattern.search(text))

    def masked(self, text):
        return self._pattern.sub(RETIRED, text) if self._pattern else text

    def masked_name(self, name):
        """A file's name without the person's, for any system."""
        return self._pattern.sub(slugify(RETIRED), name) if self._pattern else name

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

    def _is_whole(self, value):
        return isinstance(value, str) and bool(self._whole and self._whole.fullmatch(value))

    def _emptied(self, key, value):
        if key in KEPT_KEYS:
            return self.masked_json(value)
        return type(value)() if isinstance(value, str | list | dict) else None


def _name(name):
    if "@" in name:
        return rf"(?<![\w.+-]){re.escape(name)}(?![\w-])"
    words = [word for word in re.split(r"[\s\u00a0\u202f'’-]+", name) if word]
    return rf"(?<!\w){_BETWEEN.join(_INSIDE.join(map(re.escape, word)) for word in words)}(?!\w)"


def _phone(phone):
    """A number, with whatever stands between its figures; with its country too when it is of France."""
    digits = re.sub(r"\D", "", phone)
    if digits.startswith("0") and not digits.startswith("00"):
        return rf"(?<!\d)(?:0|(?:\+|00)33{_DIGITS}(?:\(0\))?{_DIGITS}){_DIGITS.join(digits[1:])}(?!\d)"
    return rf"(?<!\d)\+?{_DIGITS.join(digits)}(?!\d)"
