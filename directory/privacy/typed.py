"""Whether what was typed in the catalogue's search names somebody: it is then neither kept nor counted."""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.db.models import Q

from directory.models import SearchDocument
from directory.search.lexicon import is_french
from directory.search.places import fold, place

NAMES = Path(__file__).resolve().parent.parent / "data" / "french"
ADDRESS_OF_MAIL = re.compile(r"[^\s@]@[^\s@]")
# A number of ten digits, whatever stands between them; or one with its country. A CPV code has eight.
PHONE = re.compile(
    r"(?<!\d)(?:(?:\+33|0033|0)[ .-]?(?:\(0\))?[ .-]?[1-9](?:[ ./-]?\d\d){4}|\+\d(?:[ ./-]?\d){7,14})(?!\d)"
)
STREET = re.compile(
    r"\b\d{1,4} (?:(?:bis|ter|quater|[a-d]) )?"
    r"(?:rue|avenue|av|bd|boulevard|chemin|impasse|allees?|route|quai|place|square|"
    r"lotissement|residence|faubourg|sentier|traverse|esplanade|rond point) [^\W\d]"
)
# « Monsieur le maire » is an office.
CIVILITY = re.compile(
    r"\b(?:M\. |Mr\.? |(?:Mme|Mlle|Monsieur|Madame|Mademoiselle)\.? )(?!(?:le|la|les) |l['’])[^\W\d]{2}", re.IGNORECASE
)
# « Saint-Martin-Vésubie » is a place.
SAINT = re.compile(r"(?<= )(?:st|saint)e? [^ ]+ (?:[^ ]+ )?")
SHORTEST = 3


def tells_of_someone(text):
    """Whether a text looks like, or holds, a name, a phone or an address; or names someone of the catalogue.

    A last name alone that is a common word too (« boulanger ») is taken for the word.
    """
    if any(pattern.search(text) for pattern in (ADDRESS_OF_MAIL, PHONE, CIVILITY)):
        return True
    words = fold(text).split()
    if STREET.search(" ".join(words)):
        return True
    people = SAINT.sub(" ", f" {' '.join(words)} ").split()
    pairs = [pair for pair in pairwise(people) if _first_names() & set(pair)]
    if any(_is_full_name(*pair) for pair in pairs):
        return True
    return _is_in_catalogue(pairs, [word for word in words if _is_no_word(word)])


def _is_full_name(one, other):
    """Whether a first name stands beside what can be a last one."""
    firsts = _first_names()
    return (one in firsts and _may_be_last(other)) or (other in firsts and _may_be_last(one))


def _may_be_last(word):
    return word in _last_names() or word in _first_names() or _is_no_word(word)


def _is_no_word(word):
    """Whether it is neither French, unless as a last name, nor a place."""
    if len(word) < SHORTEST or not word.isalpha():
        return False
    return word in _last_names() or not (is_french(word) or place(word))


def _is_in_catalogue(pairs, lone):
    names = [f"{one} {other}" for pair in pairs for one, other in (pair, pair[::-1])]
    condition = Q(sort_name__in=names)
    for word in lone:
        condition |= Q(sort_name__startswith=f"{word} ")
    return bool(names or lone) and SearchDocument.objects.filter(condition).exists()


@cache
def _first_names():
    return frozenset((NAMES / "first_names.txt").read_text(encoding="ascii").split())


@cache
def _last_names():
    return frozenset((NAMES / "last_names.txt").read_text(encoding="ascii").split())
