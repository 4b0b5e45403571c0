"""Whether what a search found shares but a name, or a word, with a need whose trade nobody has."""

import re

from directory.search.lexicon import is_french
from directory.search.places import fold
from directory.search.reasons import HEADLINE, SKILL
from directory.search.tsquery import lexemes
from directory.search.understanding import RAREST
from directory.search.vocabulary import Role

NAMES = {"Marque", "Nom"}
# What says of itself what one does: a word of the trade there is no chance.
DOES = {HEADLINE, SKILL}
# Which share of what is needed, by weight, one fiche of the page must say for the page to be an answer.
ENOUGH = 0.6
# Of so few words of a trade, one that no fiche holds is the trade itself.
SHORT = 3


def lacking(search, fiches):
    """The words of the trade that nobody offers, when none of these fiches says enough of the need; else none.

    Args:
        search: a `CatalogueFilter` in the order of relevance.
        fiches: those of its first page, with the parts that are `answering`.
    """
    need = search.need
    trades = [unit for unit in need.units if unit.role == Role.TRADE]
    if not fiches or need.cpv or need.owners or not need.units or not (trades or need.missing):
        return []
    whole = RAREST * len(need.missing) + sum(unit.weight for unit in trades)
    typed = set(_words(" ".join([search.values["q"], *need.corrections.values()])))
    held = [_held(fiche, trades, typed) for fiche in fiches]
    is_short = bool(need.missing) and len(need.missing) + len(trades) <= SHORT
    if not is_short and any(_does(fiche, trades) for fiche in fiches):
        return []
    if max(sum(unit.weight for unit in units) for units in held) >= ENOUGH * whole:
        return []
    names = [*need.missing, *(unit.typed for unit in trades if not any(unit in units for units in held))]
    return list(dict.fromkeys(names))


def _does(fiche, trades):
    said = set().union(*(part.lexemes for part in fiche.answering if part.name in DOES))
    return any(said.intersection(lexemes(unit.query)) for unit in trades)


def _held(fiche, trades, typed):
    """Those of these units that a fiche says elsewhere than in a name that wasn't typed."""
    parts = [part for part in fiche.answering if part.name not in NAMES or _is_named(fiche, part, typed)]
    said = set().union(*(part.lexemes for part in parts))
    return [unit for unit in trades if said.intersection(lexemes(unit.query))]


def _is_named(fiche, part, typed):
    """Whether a name was typed: the whole of a marque, or a family name that is no word."""
    if part.name == "Marque":
        return typed.issuperset(_words(fiche.trade_name))
    family = _words(fiche.last_name)
    return typed.issuperset(family) and (typed.issuperset(_words(fiche.first_name)) or not all(map(is_french, family)))


def _words(text):
    return [word for word in re.findall(r"\w+", fold(text)) if word[1:]]
