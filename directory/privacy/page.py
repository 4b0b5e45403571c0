"""The figures of the page on privacy: its tables and lengths, from the map; its words are the cooperative's."""

import re
from functools import cache

from django.utils.text import capfirst

from crealead.words import lasting

from . import terms
from .map import COOKIES, ENTRIES, PLACES
from .vocabulary import Entry

# What the text of the page holds in place of a table, or of a length.
MARK = re.compile(r"\[\[([^\[\]]+)\]\]")
TABLE = "tableau des données"
LENGTHS = {
    "des messages": terms.MESSAGE,
    "des demandes": terms.REQUEST,
    "des brouillons": terms.DRAFT,
    "des liens": terms.LINK,
    "des sessions de membre": terms.MEMBER_SESSION,
    "des sessions": terms.SESSION,
    "des recherches": terms.SEARCH,
    "des connexions": terms.LOGIN,
    "du journal": terms.ADMIN_LOG,
    "des courriels en échec": terms.FAILED_MAIL,
    "des imports": terms.FILE_TO_IMPORT,
    "des dossiers préparés": terms.KIT,
    "des historiques sans objet": terms.HISTORY_OF_NONE,
    "des sauvegardes": terms.BACKUP,
}


def filled(text):
    """The text of the page with its tables and lengths, in Markdown; the table of data comes last if it has no place.

    What no mark is stays as it is written.
    """
    marks = _marks()
    if f"[[{TABLE}]]" not in text:
        text = f"{text}\n\n## Ce qui est gardé, et jusqu’à quand\n\n[[{TABLE}]]"
    return MARK.sub(lambda mark: marks.get(mark[1].strip(), mark[0]), text)


def rows():
    """What the table says: (the processing, [(data, whose, on what basis, who sees it, until when)])."""
    told = {}
    for entry in (*ENTRIES, *(place for place in PLACES if place.in_production)):
        for name, data, person, basis, readers in _parts(entry):
            row = told.setdefault((entry.purpose, basis, readers, str(entry.term)), ({}, {}))
            row[0].setdefault(name, {})[data] = None
            row[1][person.value] = None
    purposes = dict.fromkeys(purpose for purpose, *_ in told)
    for purpose in purposes:
        yield (
            purpose,
            [
                (_sentences(data), ", ".join(persons), basis.value, ", ".join(one.value for one in readers), term)
                for (of, basis, readers, term), (data, persons) in told.items()
                if of is purpose
            ],
        )


def _parts(entry):
    """What an entry says, by basis and by who sees it: (its name, data, person, basis, readers)."""
    readers = entry.readers or entry.purpose.readers
    if not isinstance(entry, Entry):
        yield entry.what, "", entry.person, entry.purpose.basis, readers
    elif entry.history_of:
        yield "l’historique", entry.what, entry.person, entry.purpose.basis, readers
    else:
        for columns in entry.columns:
            data = "" if columns.what == entry.what else columns.what
            yield entry.what, data, entry.person_of(columns), entry.basis_of(columns), entry.readers_of(columns)


def _sentences(told):
    """What is kept, a sentence for each thing: « La fiche : nom, marque. »."""
    sentences = [f"{name} : {', '.join(data)}" if any(data) else name for name, data in told.items()]
    return " ".join(f"{capfirst(sentence)}." for sentence in sentences)


@cache
def _marks():
    lengths = {f"durée {what}": term.words for what, term in LENGTHS.items()}
    return lengths | {"durée la plus longue": lasting(terms.MOST), TABLE: _table(), "cookies": _cookies()}


def _table():
    parts = []
    for purpose, lines in rows():
        parts += [f"### {purpose.title}", purpose.why]
        parts.append(_markdown(["Ce qui est gardé", "De qui", "De quel droit", "Qui le voit", "Jusqu’à quand"], lines))
    return "\n\n".join(parts)


def _cookies():
    lines = [(f"`{cookie.name}`", cookie.where, cookie.why, cookie.lasts) for cookie in COOKIES]
    return _markdown(["Cookie", "Où", "À quoi il sert", "Durée"], lines)


def _markdown(titles, lines):
    cells = [titles, ["---"] * len(titles), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
