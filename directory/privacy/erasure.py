"""The erasure of a person: all that the map ties to them goes, or is masked where others rest on it."""

from dataclasses import dataclass

from .map import ENTRIES
from .vocabulary import Entry, Sought


@dataclass(frozen=True)
class Line:
    """What an erasure did in one table: how many rows went, and in how many the person was masked."""

    of: Entry
    erased: int = 0
    masked: int = 0

    @property
    def words(self):
        """« les messages des acheteurs », as the map says it; « historique : la fiche » of a history."""
        return f"historique : {self.of.what}" if self.of.history_of else self.of.what


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


def erase(sought: Sought, *, by, reason, dry_run=False) -> Report:  # noqa: ARG001
    """Erase a person from everywhere, all or nothing; what is dropped on the disk goes once that is committed.

    A fiche or an account is erased by its key, or by its address, which is one person's; never by a name or a phone,
    which others may have: these erase the rest (messages, requests, clients' contacts).

    Args:
        sought: the marks of the person.
        by: the account that does it, None for the daily purge.
        reason: why, a word for the journal, that names nobody.
        dry_run: whether nothing is done but counted, exactly.

    Raises:
        Refused: when the person can't be erased yet, with the sentence that says why (`directory.decisions`).
    """
    counts = ((entry, entry.rows_of(sought).count()) for entry in ENTRIES)
    report = Report(tuple(Line(entry, count) for entry, count in counts if count))
    if dry_run:
        return report
    raise NotImplementedError
