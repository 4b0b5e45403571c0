"""Whether what two people typed names one buyer, one consultation, one lot: by words, whatever stands between them."""

import re
from difflib import SequenceMatcher

from crealead.words import plain

# What is written before a number and says nothing of it.
NUMBER_SIGN = re.compile(r"\bn\s*[°º]", re.IGNORECASE)
REFERENCE_WORDS = {"n", "no", "num", "numero", "ref", "reference", "consultation", "marche", "dossier"}
LOT_WORDS = {"lot", "lots", "n", "no", "num", "numero"}
# How a town signs: « Ville de Lodève », « Mairie de Lodève ».
BUYER_WORDS = {"ville", "commune", "mairie", "de", "d", "du", "des", "la", "le", "les", "l", "et", "a", "au", "aux"}
# Where a reference may go on with its lot.
LOT_IN_REFERENCE = re.compile(
    r"^(?P<reference>.+?)[\s,;–-]*\blot\b(?P<lot>.*)$|^(?P<start>.+)/(?P<end>.*)$", re.IGNORECASE
)
# A reference cut before its lot is one above so many signs: « 2026 » alone names no consultation.
FEWEST_SIGNS = 5
# Two names whose signs are this alike are one, misspelt.
SPELT_ALIKE = 0.85
SIREN_LENGTH = 9


def words_of(text):
    """The words of a text, letters and digits apart, without accents, capitals or signs."""
    return re.findall(r"[^\W\d_]+|\d+", plain(NUMBER_SIGN.sub(" numero ", text)))


def readings(reference, lot):
    """What a reference and a lot may say, as pairs of keys: a lot is also read at the end of the reference.

    Returns:
        set[tuple[str, str]]: « PS-2026-18 / 2 » alone is ("ps2026182", "") and ("ps202618", "2"); nothing without
            a reference.
    """
    whole = _reference_key(reference)
    if not whole:
        return set()
    pairs = {(whole, lot_key(lot))}
    cut = LOT_IN_REFERENCE.match(reference)
    if cut and not lot_key(lot):
        key = _reference_key(cut["reference"] or cut["start"])
        end = lot_key(cut["lot"] or cut["end"] or "")
        if end and len(key) >= FEWEST_SIGNS:
            pairs.add((key, end))
    return pairs


def lot_key(lot):
    """A lot by its number, or by its words when it has none: « Lot n° 02 – Concertation » is "2"."""
    words = [word for word in words_of(lot) if word not in LOT_WORDS]
    number = next((word for word in words if word.isdecimal()), None)
    return str(int(number)) if number else "".join(words)


def same_reference(one, two):
    """Whether two have a reference that may be the same.

    Args:
        one: what `readings` gives.
        two: the same.

    Returns:
        bool | None: True when they may be the same lot of it; False when each says another lot; None when no
            reference is shared.
    """
    lots = [(own, other) for key, own in one for twin, other in two if key == twin]
    if not lots:
        return None
    return any(not own or not other or own == other for own, other in lots)


class BuyerName:
    """A buyer as it is compared with others.

    Args:
        name: what it is called.
        siret: its number, or nothing.
    """

    def __init__(self, name, siret=""):
        words = words_of(name)
        self.words = {word for word in words if word not in BUYER_WORDS} or set(words)
        self.key = " ".join(sorted(self.words))
        self.numbers = sorted(word for word in self.words if word.isdecimal())
        self.siren = siret[:SIREN_LENGTH]

    def is_same(self, other):
        """Whether they are one: by their numbers when both have one, else by the words of their names."""
        if self.siren and other.siren:
            return self.siren == other.siren
        return self.key == other.key

    def is_near(self, other):
        """Whether they may be one: one has all the words of the other, or is spelt almost as it is."""
        if self.siren and other.siren:
            return self.siren == other.siren
        if self.words <= other.words or other.words <= self.words:
            return True
        # « Lycée 12 » and « Lycée 13 » aren't one that is misspelt.
        return self.numbers == other.numbers and SequenceMatcher(None, self.key, other.key).ratio() >= SPELT_ALIKE


def _reference_key(reference):
    return "".join(word for word in words_of(reference) if word not in REFERENCE_WORDS)
