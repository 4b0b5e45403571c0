"""The figures of the page on privacy: its tables and lengths, from the map; its words are the cooperative's."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.utils.text import capfirst, slugify

from crealead.words import lasting
from directory.doors import links
from directory.models import alert, departure
from directory.models.decision import ANNOUNCED_BEFORE

from . import terms
from .map import COOKIES, ENTRIES, PLACES, STORED
from .vocabulary import Basis, Entry

# What the text of the page holds in place of a table, or of a length.
MARK = re.compile(r"\[\[([^\[\]]+)\]\]")
TABLE = "tableau des données"
LENGTHS = {
    "des messages": terms.MESSAGE,
    "des messages à plusieurs": terms.GROUP_MESSAGE,
    "des messages à plusieurs à confirmer": terms.GROUP_TO_CONFIRM,
    "des demandes": terms.REQUEST,
    "des fiches de qui est parti": terms.DEPARTED,
    "des demandes sans fiche": terms.STRANGER,
    "des contacts": terms.CONTACT,
    "des brouillons": terms.DRAFT,
    "des liens": terms.LINK,
    "des sessions de membre": terms.MEMBER_SESSION,
    "des sessions": terms.SESSION,
    "des recherches": terms.SEARCH,
    "des alertes": terms.ALERT,
    "des alertes à confirmer": terms.ALERT_TO_CONFIRM,
    "des dossiers de sourçage": terms.RECORD,
    "des adresses à confirmer": terms.RECORD_EMAIL,
    "des connexions": terms.LOGIN,
    "du journal": terms.ADMIN_LOG,
    "des exports": terms.EXPORT,
    "des seconds facteurs": terms.SECRETS,
    "des courriels en échec": terms.FAILED_MAIL,
    "des imports": terms.FILE_TO_IMPORT,
    "des dossiers préparés": terms.KIT,
    "des réponses": terms.CONSULTATION,
    "des historiques sans objet": terms.HISTORY_OF_NONE,
    "des sauvegardes": terms.BACKUP,
    "des empreintes": terms.REMEMBERED,
    "des compteurs": terms.COUNTER,
    "des propositions": terms.PROPOSAL,
    "des références closes": terms.CLOSED_REFERENCE,
    "des usages des droits": terms.RIGHTS_USE,
}
# What isn't how long something is kept, but when it begins to go, or is told.
DELAYS = {
    "d’une alerte": alert.LASTS,
    "du suivi d’une demande": links.LISTING_STATUS.lasts,
    "de l’avis d’effacement": departure.NOTICE,
    "d’une attente": timedelta(days=settings.UNDECIDED_DAYS),
    "d’une attente sans fiche": timedelta(days=settings.UNDECIDED_STRANGER_DAYS),
    "de l’avis de clôture": ANNOUNCED_BEFORE,
    "la plus longue": terms.MOST,
}


@dataclass(frozen=True)
class Row:
    """What is kept, in sentences; whose it is, on what basis, who sees it and until when."""

    data: str
    persons: tuple[str, ...]
    basis: Basis
    seen_by: str
    until: str


def filled(text):
    """The text of the page with its tables and lengths, in Markdown; the table of data comes last if it has no place.

    What no mark is stays as it is written.
    """
    marks = _marks()
    if f"[[{TABLE}]]" not in text:
        text = f"{text}\n\n## Ce qui est gardé, et jusqu’à quand\n\n[[{TABLE}]]"
    return MARK.sub(lambda mark: marks.get(mark[1].strip(), mark[0]), text)


def rows():
    """What the table says: (the processing, its `Row`s), each of which has one basis, the same readers and one term."""
    told = {}
    for entry in (*ENTRIES, *(place for place in PLACES if place.in_production)):
        for name, data, person, basis, readers, term in _parts(entry):
            row = told.setdefault((entry.purpose, basis, readers, str(term)), ({}, {}))
            row[0].setdefault(name, {})[data] = None
            row[1][person.value] = None
    purposes = dict.fromkeys(purpose for purpose, *_ in told)
    for purpose in purposes:
        yield (
            purpose,
            [
                Row(_sentences(data), tuple(persons), basis, ", ".join(one.value for one in readers), term)
                for (of, basis, readers, term), (data, persons) in told.items()
                if of is purpose
            ],
        )


def _parts(entry):
    """What an entry says, by basis and by who sees it: (its name, data, person, basis, readers, term)."""
    readers = entry.readers or entry.purpose.readers
    if not isinstance(entry, Entry):
        yield entry.what, "", entry.person, entry.purpose.basis, readers, entry.term
    elif entry.history_of:
        yield "l’historique", entry.what, entry.person, entry.purpose.basis, readers, entry.term
    else:
        for columns in entry.columns:
            data = "" if columns.what == entry.what else columns.what
            said = entry.person_of(columns), entry.basis_of(columns), entry.readers_of(columns)
            yield entry.what, data, *said, entry.term_of(columns)
        for part in entry.sooner:
            if not part.names:
                yield part.what, "", entry.person, entry.purpose.basis, readers, part.term


def _sentences(told):
    """What is kept, a sentence for each thing: « La fiche : nom, marque. »."""
    sentences = [f"{name} : {', '.join(data)}" if any(data) else name for name, data in told.items()]
    return " ".join(f"{capfirst(sentence)}." for sentence in sentences)


@cache
def _marks():
    lengths = {what: term.words for what, term in LENGTHS.items()}
    lengths |= {what: lasting(length) for what, length in DELAYS.items()}
    return {f"durée {what}": words for what, words in lengths.items()} | {TABLE: _table(), "cookies": _cookies()}


def _table():
    told = list(rows())
    parts = ["\n".join(f"- [{purpose.title}](#{slugify(purpose.title)})" for purpose, _ in told)]
    for purpose, lines in told:
        persons = ", ".join(dict.fromkeys(person for line in lines for person in line.persons))
        parts += [
            f"### {purpose.title}",
            f"{purpose.why} De quel droit : {purpose.basis.value}. De qui : {persons}.",
            _markdown(["Ce qui est gardé", "Qui le voit", "Jusqu’à quand"], [_told(line, purpose) for line in lines]),
        ]
    return "\n\n".join(parts)


def _told(row, purpose):
    """A row of the page, which says its basis when that isn't the one of its processing."""
    basis = "" if row.basis is purpose.basis else f" De quel droit : {row.basis.value}."
    return row.data + basis, row.seen_by, row.until


def _cookies():
    kinds = [("cookie", COOKIES), ("mémoire du navigateur", STORED)]
    lines = [(f"`{row.name}`, {kind}", row.where, row.why, row.lasts) for kind, told in kinds for row in told]
    return _markdown(["Nom", "Où", "À quoi il sert", "Durée"], lines)


def _markdown(titles, lines):
    cells = [titles, ["---"] * len(titles), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
