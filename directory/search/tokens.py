"""The words of a text, as they were typed and where, with what they mean to the index."""

import re
from dataclasses import dataclass, replace

from .places import fold
from .tsquery import either, lexemes_of, quoted

# What is put before a word, with a hyphen, a space or nothing: « co-développement », « éco conception ».
PREFIXES = {
    *("agro", "anti", "auto", "bio", "co", "cyber", "eco", "geo", "inter", "micro", "mini", "multi", "neo", "peri"),
    *("pluri", "post", "pre", "psycho", "radio", "semi", "socio", "tele", "trans", "video"),
}
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
ALIKE = str.maketrans("“”„‟«»‹›’‘ʼ‐‑‒–—―−", '""""""""' + "'''" + "-------")
ACRONYM = re.compile(r"(?<!\w)((?:[^\W\d_]\.){2,})([^\W\d_](?!\w))?")
# A word, with what belongs to it: C++, R&D, .NET, l’accueil, porte-à-porte.
WORD = re.compile(r"(?:(?<!\w)\.)?\w+(?:(?:['.&-]|\+\+|#)\w+)*(?:\+\+|#)?\.?")
ELISION = re.compile(r"^(?:[cdjlmnst]|(?:jus|lors|puis|quel|quoi)?qu)'", re.IGNORECASE)


def tidy(text):
    """A text as it is read: no invisible sign, one kind of quotes, apostrophes and dashes, « PLU » for « P.L.U. »."""
    text = INVISIBLE.sub("", text).translate(ALIKE)
    return ACRONYM.sub(lambda match: match[1].replace(".", "") + (match[2] or " "), text)


@dataclass(frozen=True)
class Token:
    """A word of a tidy text: as it is there, from `start` to `end`.

    `stems` are its lexemes, none for a word that says nothing; `whole` those of a compound written in one.
    """

    typed: str
    start: int
    end: int
    stems: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()

    @property
    def core(self):
        """Without the article that hangs on it, or the sign that ends a sentence."""
        return ELISION.sub("", self.typed).lstrip("-'").rstrip(".-'")

    @property
    def is_compound(self):
        return "-" in self.core

    @property
    def query(self):
        """The tsquery of the word: its parts side by side, or in one."""
        return either(" <-> ".join(map(quoted, stems)) for stems in (self.stems, self.whole) if stems)

    @property
    def parts(self):
        """The words of a compound; none when one of them is but a prefix."""
        if not self.is_compound:
            return []
        parts = [
            Token(match[0], self.start + match.start(), self.start + match.end())
            for match in re.finditer(r"[^-]+", self.typed)
        ]
        return [] if any(fold(part.core) in PREFIXES for part in parts) else with_stems(parts)


def tokens_of(text, most):
    """The first words of a tidy text."""
    tokens = []
    for match in WORD.finditer(text):
        if len(tokens) == most:
            break
        token = Token(match[0], match.start(), match.end())
        if tokens and tokens[-1].end + 1 == token.start and fold(tokens[-1].core) in PREFIXES:
            # A prefix is no word: « éco conception » is « éco-conception ».
            prefix = tokens.pop()
            token = Token(f"{prefix.typed}-{token.typed}", prefix.start, token.end)
        tokens.append(token)
    return with_stems(tokens)


def with_stems(tokens):
    """These tokens with their lexemes."""
    cores = [token.core if len(token.core) > 1 else "" for token in tokens]
    # The parser gives a compound and its parts; the parts are what an expression is made of.
    spaced = [core.replace("-", " ") for core in cores]
    joined = [core.replace("-", "") if "-" in core else "" for core in cores]
    stems = lexemes_of([*spaced, *joined])
    return [replace(token, stems=stems[place], whole=stems[place + len(tokens)]) for place, token in enumerate(tokens)]
