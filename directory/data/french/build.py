"""Spells out a Hunspell dictionary of French as the lists that the site reads: see README.md.

python -m directory.data.french.build fr.aff fr.dic
"""

import gzip
import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

WORDS = Path(__file__).parent / "words.txt.gz"
FIRST_NAMES, LAST_NAMES = (Path(__file__).parent / f"{which}_names.txt" for which in ("first", "last"))
# A flag is two signs long. Elisions (l', d', qu') are taken off by the module; units (kilo-, micro-) are nobody's need.
FLAG = 2
UNFINISHED = "()"
# Forms that a sentence about work has: neither « tu castres » and « vous rodez » nor « nous castrâmes ».
SAID = re.compile(r"po:(?:3|infi|ppas|ppre|adj)")
PAST_OF_NOVELS = re.compile(r"po:(?:ipsi|simp)")
OTHER_TENSE = re.compile(r"po:(?:ipre|spre|iimp|ifut|cond|ppas|adj)")
SPELT = re.compile(r"[a-z]{2,}(?:['-][a-z]+)*")


def plain(word):
    """Without capitals, accents, ligatures or typographic apostrophes."""
    signs = unicodedata.normalize("NFKD", word.replace("’", "'").lower().replace("œ", "oe").replace("æ", "ae"))
    return "".join(sign for sign in signs if not unicodedata.combining(sign))


def read_suffixes(affixes):
    """By flag, each suffix: what it takes off, what it adds, a pattern of what it follows, what the form is."""
    suffixes = defaultdict(list)
    for line in Path(affixes).read_text(encoding="utf-8").splitlines():
        kind, *parts = line.split() or [""]
        if kind == "SFX" and parts[1] not in {"Y", "N"}:
            flag, taken, added, follows, *notes = parts
            taken, added = (part.split("/")[0].replace("0", "") for part in (taken, added))
            suffixes[flag].append((taken, added, re.compile(f"{follows}$"), " ".join(notes)))
    return suffixes


def is_said(notes):
    """Whether a form with these notes is found in a sentence about work; forms of nouns have no note on this."""
    if "po:" not in notes:
        return True
    return bool(SAID.search(notes)) and (not PAST_OF_NOVELS.search(notes) or bool(OTHER_TENSE.search(notes)))


def forms(affixes, dictionary):
    """Each form of each word as it is written, with whether it is a common word: no proper name, none but `is_said`."""
    suffixes = read_suffixes(affixes)
    for entry in Path(dictionary).read_text(encoding="utf-8").splitlines()[1:]:
        head, _, notes = entry.partition(" ")
        word, _, joined = head.partition("/")
        flags = [joined[place : place + FLAG] for place in range(0, len(joined), FLAG)]
        is_name = word[:1].isupper()
        if UNFINISHED not in flags and "po:err" not in notes:
            yield word, not is_name
        for flag in flags:
            for taken, added, follows, says in suffixes.get(flag, ()):
                if word.endswith(taken) and follows.search(word):
                    yield word.removesuffix(taken) + added, is_said(says) and not is_name


def common_words(affixes, dictionary):
    """The common words, with their accents."""
    return frozenset(form for form, is_common in forms(affixes, dictionary) if is_common)


def write_names(dictionary):
    """The first names, and the last names that are no common word."""
    first, last, common = set(), set(), set()
    for entry in Path(dictionary).read_text(encoding="utf-8").splitlines()[1:]:
        head, _, notes = entry.partition(" ")
        word = head.split("/")[0]
        if not re.fullmatch("[a-z-]{2,}", plain(word)):
            continue
        names = first if "po:prn" in notes else last if "po:patr" in notes else common
        if names is not common or word[0].islower():
            names.add(plain(word))
    FIRST_NAMES.write_text("\n".join([*sorted(first), ""]), encoding="ascii")
    LAST_NAMES.write_text("\n".join([*sorted(last - common), ""]), encoding="ascii")


def main(affixes, dictionary):
    words = {word for form, _ in forms(affixes, dictionary) if SPELT.fullmatch(word := plain(form))}
    # The module reads the parts of a word: only those with a part that is no word by itself have to be told.
    lines = sorted(word for word in words if word.isalpha() or not words.issuperset(re.split("['-]", word)))
    WORDS.write_bytes(gzip.compress("\n".join(lines).encode("ascii"), mtime=0))
    write_names(dictionary)


if __name__ == "__main__":
    main(*sys.argv[1:])
