"""Whether a word is French: such a word is never taken for a misspelling of another."""

import gzip
import re
from functools import cache
from pathlib import Path

from crealead.words import plain

WORDS = Path(__file__).resolve().parent.parent / "data" / "french" / "words.txt.gz"
# « co-développement », « écoconception », « désimperméabilisation »: made as they are needed, in no dictionary.
PREFIXES = (
    *("aero", "agro", "anti", "audio", "auto", "bio", "co", "contre", "cyber", "data", "de", "des", "eco", "electro"),
    *("extra", "geo", "hydro", "hyper", "inter", "intra", "ludo", "macro", "mega", "micro", "mini", "mono", "multi"),
    *("musico", "neo", "non", "oeno", "para", "peri", "photo", "pluri", "poly", "post", "pre", "pro", "psycho"),
    *(
        "radio",
        "re",
        "semi",
        "socio",
        "sous",
        "sur",
        "super",
        "tele",
        "thermo",
        "trans",
        "ultra",
        "uni",
        "video",
        "web",
    ),
)
# A shorter rest is a word by chance: « geo-mettre », « pro-pretee ».
LEAST_REST = 7
ELISION = re.compile(r"(?:[cdjlmnst]|(?:jus|lors|puis|quel|quoi)?qu)'")


@cache
def _words():
    """Every word without its accents, in order, one a line: five megabytes as they are, ten times more as a set."""
    return gzip.decompress(WORDS.read_bytes())


def _holds(word):
    words, sought = _words(), word.encode()
    low, high = 0, len(words)
    while low < high:
        middle = words.rfind(b"\n", 0, (low + high) // 2) + 1
        end = words.find(b"\n", middle)
        end = len(words) if end < 0 else end
        line = words[middle:end]
        if line == sought:
            return True
        if line < sought:
            low = end + 1
        else:
            high = middle
    return False


def _is_word(word):
    if not re.fullmatch(r"[a-z'-]*[a-z]", word):
        return False
    if len(word) == 1 or _holds(word):
        return True
    rests = (word.removeprefix(prefix) for prefix in PREFIXES if word.startswith(prefix))
    return any(len(rest) >= LEAST_REST and _holds(rest) for rest in rests)


def is_french(word):
    """Whether French has this word, in any form: plural, feminine, conjugated, elided, hyphenated; or as a proper name.

    Accents and capitals are optional, since buyers type without: « elagage » is as French as « élagage », which makes
    « creche » and « crêche » so too. A word put together of French ones is French (« second-œuvre »), as is one with a
    prefix of the kind that is put before any (« écoconception »). Anything with a digit is not.
    """
    folded = plain(word.replace("œ", "oe").replace("æ", "ae").replace("’", "'"))
    bare = ELISION.sub("", folded, count=1) if ELISION.match(folded) else folded
    return any(
        _is_word(said) or _is_word(said.replace("-", "")) or all(map(_is_word, re.split("['-]", said)))
        for said in {folded, bare}
    )
