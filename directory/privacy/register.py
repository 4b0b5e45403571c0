"""The register of processing that the law asks for (GDPR, art. 30), from the map, as a workbook."""

import io
from datetime import timedelta

import openpyxl
from django.conf import settings
from django.utils import timezone
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from . import page
from .map import ENTRIES, PLACES
from .vocabulary import Entry, Term

WIDEST = 60
MEASURES = (
    "Connexions chiffrées ; mots de passe hachés, second facteur pour l’espace des référents ; mot de passe "
    "redemandé avant tout export ; chaque rôle ne voit que ce qu’il lui faut ; historique des décisions ; "
    "sauvegardes de chaque nuit."
)
TRANSFERS = "Aucun transfert hors de l’Union européenne, hors ce que dit le contrat de l’hébergeur."


def workbook():
    """The register, as the bytes of an XLSX file."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, titles, lines in _sheets():
        sheet = book.create_sheet(title)
        sheet.append(titles)
        for line in lines:
            sheet.append(line)
        _make_readable(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheets():
    """(title, titles of the columns, rows); numbers, days and booleans stay what they are."""
    yield "Responsable", ["Quoi", "Valeur"], _controller()
    yield (
        "Traitements",
        [
            "Traitement",
            "Pourquoi",
            "Base légale",
            "Personnes",
            "Données",
            "Destinataires",
            "Durées",
            "Transferts",
            "Mesures de sécurité",
        ],
        [_processing(purpose, lines) for purpose, lines in page.rows()],
    )
    yield (
        "Données",
        [
            "Table ou lieu",
            "Colonnes",
            "Ce que c’est",
            "De qui",
            "Traitement",
            "Base légale",
            "Qui le voit",
            "Texte libre",
            "Jusqu’à quand",
            "Jours",
            "Effacé par",
        ],
        [row for entry in (*ENTRIES, *PLACES) for row in _data(entry)],
    )
    yield (
        "Durées",
        ["Comptée de", "Jours", "Jusqu’à quand", "Pourquoi"],
        [[term.since, _days(term.length), str(term), term.reason] for term in _terms()],
    )


def _controller():
    cooperative = settings.COOPERATIVE
    return [
        ["Responsable du traitement", cooperative["name"]],
        ["Forme", cooperative["legal_form"]],
        ["SIRET", cooperative["siret"]],
        ["Adresse", cooperative["address"]],
        ["Adresse électronique", cooperative["email"]],
        ["Téléphone", cooperative["phone"]],
        ["Hébergeur (sous-traitant)", cooperative["host"]],
        ["Registre écrit le", timezone.localdate()],
    ]


def _processing(purpose, lines):
    return [
        purpose.title,
        purpose.why,
        _each_once(line.basis.value for line in lines),
        _each_once(person for line in lines for person in line.persons),
        _each_once(line.data for line in lines),
        _each_once(line.seen_by for line in lines),
        _each_once(line.until for line in lines),
        TRANSFERS,
        MEASURES,
    ]


def _each_once(words):
    return "\n".join(dict.fromkeys(words))


def _data(entry):
    """A row for each group of columns, or one for a place."""
    if isinstance(entry, Entry):
        groups = [
            (
                columns.names.replace(" ", ", "),
                columns.what,
                entry.person_of(columns),
                entry.basis_of(columns),
                entry.readers_of(columns),
                columns.is_free,
            )
            for columns in entry.columns
        ]
    else:
        groups = [("", entry.what, entry.person, entry.purpose.basis, entry.readers or entry.purpose.readers, True)]
    for names, what, person, basis, readers, is_free in groups:
        yield [
            entry.model if isinstance(entry, Entry) else entry.where,
            names,
            what,
            person.value,
            entry.purpose.title,
            basis.value,
            ", ".join(reader.value for reader in readers),
            is_free,
            str(entry.term),
            _days(entry.term.length),
            entry.eraser.value,
        ]


def _terms() -> list[Term]:
    """Each term once, in the order of the map."""
    return list(dict.fromkeys(entry.term for entry in (*ENTRIES, *PLACES)))


def _days(length):
    """A number of days, with its part of a day; nothing for a term without a length."""
    return length / timedelta(days=1) if length else None


def _make_readable(sheet):
    sheet.freeze_panes = "B2"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for rank, column in enumerate(sheet.iter_cols(), 1):
        longest = max(len(line) for cell in column for line in str(cell.value or "").split("\n"))
        sheet.column_dimensions[get_column_letter(rank)].width = min(longest + 2, WIDEST)
        for cell in column:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
