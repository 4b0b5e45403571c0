"""Where a text answers the lexemes of a query: words that PostgreSQL would reduce to them, and what stands around."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from html import escape

from django.utils.safestring import mark_safe

from .index import prepared_cursor

EXTRACT_WORDS = 16
# Words before the first that answers, when not all can be told.
LEAD_WORDS = 4
# The last letters of a lexeme may not be those of the word: « national » stands for « nationaux ».
STEM_ENDING = 2
MOST_STEMS = 50_000
# Signs that are part of a word: « C++ », « R&D ».
ODD_SIGNS = set("+#&")
WORD = re.compile(r"[\w\u0300-\u036f]+")
# What may stand inside of one word, and outside of it: « co-développement », « P.L.U. ».
INNER_SIGNS = "-.'/"
OUTER_SIGNS = " \u00a0\u202f,;:!?.()[]«»“”\"'’/–—-<>…"
SPACES = re.compile(r"[\t\r\n ]{2,}|[\t\r\n]")
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"

_letters = (chr(code) for code in range(0xC0, 0x250))
FOLDED = (
    {ord(letter): unicodedata.normalize("NFD", letter)[0] for letter in _letters}
    | {ord(accent): None for accent in map(chr, range(0x300, 0x370))}
    | {ord("œ"): "oe", ord("æ"): "ae", ord("ß"): "ss", ord("’"): "'", ord("\u2010"): "-", ord("\u2011"): "-"}
    | {ord(sign): None for sign in INVISIBLE}
)

# As the search document is made: what a word becomes there, whatever PostgreSQL and its stemmer are.
STEMS_SQL = """
SELECT word, tsvector_to_array(to_tsvector('directory_french', directory_search_text(word)))
FROM unnest(%s::text[]) AS word
"""
# What each folded word became: the same come on every page.
_stems = {}


# Nearly all that French is written with has its place among 256 signs, which are translated twenty times quicker.
_WRITTEN = {
    "æ": "ae",
    "ß": "ss",
    "\u00ad": "",
    "œ": "oe",
    "’": "'",
    "–": ",",
    "—": ",",
    "…": ",",
    "“": '"',
    "”": '"',
    "€": ",",
    "\u202f": "\u00a0",
}
_LATIN = bytes(ord(chr(code).translate(FOLDED)[:1] or "\0") for code in range(256))


def fold(text):
    """A text without capitals, accents or invisible signs."""
    text = text.lower()
    if text.isascii():
        return text
    for sign, letters in _WRITTEN.items():
        text = text.replace(sign, letters)
    try:
        return text.encode("latin-1").translate(_LATIN).decode("latin-1")
    except UnicodeEncodeError:
        return text.translate(FOLDED)


def stems(words):
    """The lexemes of each of these folded words, as sets by word."""
    known = {word: _stems.get(word) for word in words}
    if unknown := [word for word, lexemes in known.items() if lexemes is None]:
        with prepared_cursor() as cursor:
            cursor.execute(STEMS_SQL, [unknown])
            found = {word: frozenset(lexemes) for word, lexemes in cursor}
        if len(_stems) > MOST_STEMS:
            _stems.clear()
        _stems.update(found)
        known |= found
    return known


@dataclass
class Text:
    """A text on one line, as it is read; kept, so that it is folded once."""

    line: str

    @classmethod
    def of(cls, text):
        return cls(SPACES.sub(" ", text).strip(" "))

    @cached_property
    def is_odd(self):
        """Whether it has a sign that is part of some words."""
        return not ODD_SIGNS.isdisjoint(self.folded)

    @cached_property
    def folded(self):
        """Chunk by chunk what the line is, a chunk being what stands between spaces; only to see what may answer."""
        folded = fold(self.line)
        for sign in INNER_SIGNS:
            folded = folded.replace(sign, "")
        return folded


class Sought:
    """The lexemes that are looked for, and the chunks of texts that may answer them."""

    def __init__(self, lexemes):
        self.lexemes = frozenset(lexemes)
        # What a word starts with, whatever its ending: all is stemmed that holds one, and nothing else.
        self.starts = [fold(lexeme)[: max(STEM_ENDING, len(lexeme) - STEM_ENDING)] for lexeme in lexemes]

    def candidates(self, text):
        """The chunks that may answer: by their place, the spans of their words, then of the chunk as one."""
        line = text.folded
        starts = [start for start in self.starts if start in line]
        if not (starts or text.is_odd):
            return {}
        chunks, folded = text.line.split(" "), line.split(" ")
        # What hundreds of words are compared with, a start at a time.
        places = {place for start in starts for place, chunk in enumerate(folded) if start in chunk}
        if text.is_odd:
            places |= {place for place, chunk in enumerate(folded) if not ODD_SIGNS.isdisjoint(chunk)}
        return {place: (chunks[place], _spans(chunks[place])) for place in sorted(places)}


def _spans(chunk):
    words = [match.span() for match in WORD.finditer(chunk)]
    start = len(chunk) - len(chunk.lstrip(OUTER_SIGNS))
    whole = start, max(start, len(chunk.rstrip(OUTER_SIGNS)))
    return [*words, whole] if words != [whole] else words


@dataclass
class Answer:
    """A text with what of it answers: by the place of a chunk, the (start, end) there and the lexemes."""

    text: Text
    marks: dict[int, list]

    @property
    def lexemes(self):
        return {lexeme for spans in self.marks.values() for _, _, lexemes in spans for lexeme in lexemes}

    def without(self, lexemes):
        """The same, but for the marks of these lexemes."""
        kept = {
            place: [(start, end, said - lexemes) for start, end, said in spans if said - lexemes]
            for place, spans in self.marks.items()
        }
        return Answer(self.text, {place: spans for place, spans in kept.items() if spans})

    def extract(self, words=EXTRACT_WORDS):
        """What stands around the most lexemes, as safe HTML with them in <mark>."""
        chunks = self.text.line.split(" ")
        start = min(max(0, len(chunks) - words), max(0, self._densest() - LEAD_WORDS))
        stop = start + words
        told = self._told(chunks[start:stop], start)
        return mark_safe(("… " if start else "") + told + (" …" if stop < len(chunks) else ""))

    def whole(self):
        """The text, all of it, as safe HTML with the lexemes in <mark>."""
        return mark_safe(self._told(self.text.line.split(" ")))

    def _told(self, chunks, start=0):
        """These chunks, of which the first stands at the place `start`: escaped at one go but for those marked."""
        told = escape(" ".join(chunks)).split(" ")
        for place, spans in self.marks.items():
            if 0 <= place - start < len(chunks):
                told[place - start] = _marked(chunks[place - start], spans)
        return " ".join(told)

    def _densest(self):
        """The place from which an extract holds the most of the lexemes."""

        def held(first):
            reach = range(first, first + EXTRACT_WORDS - LEAD_WORDS)
            return len({lexeme for place in reach for *_, lexemes in self.marks.get(place, []) for lexeme in lexemes})

        return max(self.marks, key=held, default=0)


def _marked(chunk, spans):
    told, read = [], 0
    for start, end, _ in spans:
        told += [escape(chunk[read:start]), "<mark>", escape(chunk[start:end]), "</mark>"]
        read = end
    return "".join([*told, escape(chunk[read:])])


def answers(texts, lexemes):
    """What of each text answers these lexemes, as a list of `Answer` in their order, empty ones among them."""
    sought = Sought(lexemes)
    candidates = [sought.candidates(text) for text in texts]
    words = {fold(chunk[start:end]) for found in candidates for chunk, spans in found.values() for start, end in spans}
    known = stems(words) if words else {}
    # Of hundreds of texts, a few have any.
    return [
        Answer(text, _all_marks(found, known, sought) if found else {})
        for text, found in zip(texts, candidates, strict=True)
    ]


def _all_marks(found, known, sought):
    marks = {place: _marks(chunk, spans, known, sought) for place, (chunk, spans) in found.items()}
    return {place: spans for place, spans in marks.items() if spans}


def _marks(chunk, spans, known, sought):
    """The words of a chunk that answer; the chunk as one where none does."""
    marks = []
    for start, end in spans:
        lexemes = known[fold(chunk[start:end])] & sought.lexemes
        overlaps = any(start < mark_end and mark_start < end for mark_start, mark_end, _ in marks)
        if lexemes and not overlaps:
            marks.append((start, end, lexemes))
    return marks
