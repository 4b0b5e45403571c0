"""Words as they are printed: by French typography, and with nothing that would break a page or a tagged PDF."""

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate

THIN, HARD, BREAK = "\u202f", "\u00a0", "\u200b"
# Stands for what no font draws.
MISSING = "□"
# Joiners that scripts and emoji need, and the two marks of direction; other invisible controls go.
KEPT_CONTROLS = {"\u200c", "\u200d", "\u200e", "\u200f"}
_UNSEEN = " " + "".join(sorted(KEPT_CONTROLS))
EMOJI = range(0x1F000, 0x1FB00)
# The skin of the emoji before, which isn't printed in colour.
SKIN_TONES = range(0x1F3FB, 0x1F400)
# A line of prose takes at least so much of the room given to a text, in letters.
LINE = 70
# A word longer than this, or half as long in wide letters, may be cut anywhere: it would leave its column.
LONGEST_WORD, PIECE = 30, 12
# From here on, scripts and signs are as wide as they are high.
SQUARE = 0x2E80

_UNUSUAL = re.compile("[^\n -~¡-\u00ac®-ɏ‘’“”…–—•€]")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_MARK = "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_PILED_MARKS = re.compile(f"({_MARK}{{3}}){_MARK}+")
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD // 2},}}")
_SPACES = re.compile(r"\s+")
_BULLET = re.compile(r"[-–—•*·]\s+")
_UNITS = (
    "%|€|k€|M€|euros?|h|heures?|min|minutes?|jours?|semaines?|mois|ans?|années?|km|m|m²|m³|ha|kg|t|kWh|Mo|"
    "agents?|élus?|personnes?|participants?|habitants?|communes?|pages?"
)
_RULES = [
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r"\.{3,}"), "…"),
    (re.compile(r"(?<![^\s(])\"([^\s\"](?:[^\"\n]*[^\s\"])?)\"(?!\w)"), rf"«{HARD}\1{HARD}»"),
    (re.compile(r"« ?(?=\S)"), f"«{HARD}"),
    (re.compile(r"(?<=\S) ?»"), f"{HARD}»"),
    (re.compile(r" +(?=[;!?])"), THIN),
    (re.compile(r"(?<=[\w)»’%])(?=[;!?]+(?:\s|$|»))"), THIN),
    (re.compile(r" +(?=:(?:\s|$))"), HARD),
    (re.compile(r"(?<=[\w)»’%])(?=:(?:\s|$))"), HARD),
    (re.compile(r"(?<=\d)(?=[%€](?!\w))"), HARD),
    (re.compile(rf"(?<=\d) (?=(?:{_UNITS})(?!\w))"), HARD),
    (re.compile(r"(?<=€) (?=HT|TTC)"), HARD),
    (re.compile(r"(?<=\b\d{5}) (?=[A-ZÀ-Ý])"), HARD),
    (re.compile(r"(?<=n°) ?(?=\d)"), HARD),
    (re.compile(r"\b(MM?\.|Mmes?|Mlles?|Dr) (?=\w)"), rf"\1{HARD}"),
]
_THOUSANDS = re.compile(r"(?<![\d,.])\d{1,3}(?: \d{3})+(?!\d)")


def _kept(match):
    character = match[0]
    category = unicodedata.category(character)
    if category == "Zs" or character == "\t":
        return " "
    if category == "Cf":
        return character if character in KEPT_CONTROLS else ""
    if category in {"Cc", "Cs"} or ord(character) in SKIN_TONES:
        return ""
    # This Python may be older than an emoji.
    if category in {"Co", "Cn"} and ord(character) not in EMOJI:
        return MISSING
    return character


def plain(text):
    """The text without what can't be printed, its lines ended by line feeds."""
    text = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    return _PILED_MARKS.sub(r"\1", _UNUSUAL.sub(_kept, text))


def french(text):
    """The spaces, quotation marks and apostrophes that French printing wants, whatever keys were struck."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return _THOUSANDS.sub(lambda match: match[0].replace(" ", THIN), text)


def _width(character):
    """About how wide a character is, in letters of running text."""
    if ord(character) >= SQUARE:
        return 3
    return 2 if character.isupper() or character in "mwœæ" else 1


def width(words):
    """About how wide words are, in letters of running text."""
    return sum(map(_width, words))


def _cut_up(match):
    word = match[0]
    if width(word) <= LONGEST_WORD:
        return word
    pieces, piece = [], 0
    for before, character in zip(" " + word, word, strict=False):
        piece += _width(character)
        # Never inside what reads as one sign: letter and accent, or joined emoji.
        if piece > PIECE and not unicodedata.category(character).startswith(("M", "Cf")) and before != "\u200d":
            pieces.append(BREAK)
            piece = _width(character)
        pieces.append(character)
    return "".join(pieces)


def typeset(text, *, edges=False, otherwise=""):
    """One line of text, ready to print.

    Args:
        text: as it was typed.
        edges: whether the spaces at its ends stay.
        otherwise: what is printed when there is nothing to see in it.
    """
    words = _SPACES.sub(" ", plain(text))
    if not words.strip(_UNSEEN):
        return " " if edges and words else otherwise
    return _LONG_WORD.sub(_cut_up, french(words if edges else words.strip()))


def clip(words, most):
    """The words, or as many as are `most` letters wide, and « … »."""
    # Each is one letter wide at least.
    reached = list(accumulate(map(_width, words[: most + 1])))
    if not reached or reached[-1] <= most:
        return words
    end = bisect_right(reached, most)
    cut = words[:end].rsplit(" ", 1)[0] if " " in words[: end + 1] else words[:end]
    return cut.rstrip(" ,;:.–-\u200d" + HARD + THIN + BREAK) + "…"


def blocks(text, *, listed=False):
    """A text typed in a form, as blocks: its lines are paragraphs, those that start with a dash are lists.

    Args:
        text: as it was typed.
        listed: whether each line is an item of a list, dash or not.
    """
    made = []
    for line in plain(text).split("\n"):
        words = line.strip()
        bullet = _BULLET.match(words)
        words = typeset(words[bullet.end() :] if bullet else words)
        if not words:
            continue
        runs = [{"text": words}]
        if not listed and not bullet:
            made.append({"type": "paragraph", "runs": runs})
        elif made and made[-1]["type"] == "list":
            made[-1]["items"].append(runs)
        else:
            made.append({"type": "list", "items": [runs]})
    return made


class Width:
    """A width in letters, taken from as text is laid; what comes when none is left stays out."""

    def __init__(self, letters):
        self.left = letters
        self.was_enough = True

    def take(self, runs):
        """As much of a line of runs as there is room for; None when there is none."""
        if self.left <= 0:
            self.was_enough = False
            return None
        kept, length = [], 0
        for run in runs:
            words = clip(run["text"], self.left - length)
            kept.append(run | {"text": words})
            length += width(words)
            if words != run["text"]:
                self.was_enough = False
                break
        self.left -= max(length, LINE)
        return kept


def fit(content, letters):
    """The same blocks in a room of so many letters.

    Returns:
        tuple: the blocks, and whether all could be kept.
    """
    room = Width(letters)
    kept = []
    for block in content:
        if block["type"] == "table":
            lines = [block["header"], *block["rows"]]
            taken = [[room.take(cell) for cell in line] for line in lines]
            if all(cell is not None for line in taken for cell in line):
                kept.append(block | {"header": taken[0], "rows": taken[1:]})
        elif "items" in block:
            items = [item for item in map(room.take, block["items"]) if item]
            if items:
                kept.append(block | {"items": items})
        elif runs := room.take(block["runs"]):
            kept.append(block | {"runs": runs})
    return kept, room.was_enough


def length(content):
    """About how long blocks are, in letters."""
    lines = [line for block in content for line in block.get("items", [block.get("runs", [])])]
    return sum(max(LINE, sum(width(run["text"]) for run in line)) for line in lines)
