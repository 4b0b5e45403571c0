"""The erasure of a person: all that the map ties to them goes."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import ProtectedError
from django.db.utils import InternalError

from directory.decisions import Refused, by_user

from . import purge
from .map import ENTRIES
from .vocabulary import Entry, Eraser, Sought


@dataclass(frozen=True)
class Line:
    """What an erasure did in one table: how many rows went, and in how many the person was masked."""

    of: Entry
    erased: int = 0
    masked: int = 0

    @property
    def words(self):
        """« les messages des acheteurs », as the map says it; « historique : la fiche » of a history."""
        return f"historique : {self.of.what}" if self.of.history_of else self.of.what


@dataclass(frozen=True)
class Report:
    """What an erasure did, or would do, by line of the map; nothing personal is in it.

    Attributes:
        lines: those where something was done, in the order of the map.
        files: how many files go.
        kept: what stays of the person, and why: French sentences.
    """

    lines: tuple[Line, ...] = ()
    files: int = 0
    kept: tuple[str, ...] = ()

    @property
    def erased(self):
        return sum(line.erased for line in self.lines)

    @property
    def masked(self):
        return sum(line.masked for line in self.lines)


def erase(sought: Sought, *, by, reason, dry_run=False) -> Report:
    """Erase a person from everywhere, all or nothing.

    Args:
        sought: the marks of the person.
        by: the account that does it, None for the daily purge.
        reason: why, a word for the journal, that names nobody.
        dry_run: whether nothing is done but counted.

    Raises:
        Refused: when the person can't be erased yet, with the sentence that says why.
    """
    counted = [(entry, list(entry.rows_of(sought).values_list("pk", flat=True))) for entry in ENTRIES]
    report = Report(tuple(Line(entry, len(pks)) for entry, pks in counted if pks))
    if dry_run:
        return report
    try:
        with transaction.atomic(), by_user(by, reason):
            for entry, pks in counted:
                if pks and entry.eraser in {Eraser.PURGE, Eraser.PERSON}:
                    purge.erase(entry, entry.table._base_manager.filter(pk__in=pks), pks)  # noqa: SLF001
    except (ProtectedError, InternalError) as error:
        raise Refused("Une réponse envoyée nomme encore cette personne : rien n’a été effacé.") from error
    return report
