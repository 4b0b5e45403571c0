"""The purge: what the map says to be over, counted and erased line by line, some rows at a time."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.admin.utils import NestedObjects
from django.db import transaction

from directory.models.files import discard, rehearsing

from .files import columns_of_files, named
from .map import ENTRIES, PLACES
from .vocabulary import Entry, FilesPurge, Place, Purge

logger = logging.getLogger(__name__)

# Rows erased in one transaction: nobody waits long for its locks.
BATCH = 500


@dataclass(frozen=True)
class Line:
    """A line of the purge: what the map says of one table, or of one place, and how long it is kept."""

    of: Entry | Place
    purge: Purge | FilesPurge
    kept: timedelta | None

    @property
    def words(self):
        return self.purge.line

    def count(self, *, but=frozenset()):
        """How many are past their term; `but` are paths of files that are left out."""
        past = self._past()
        return past.count() if isinstance(self.of, Entry) else sum(path not in but for path in past)

    def erase(self):
        """Erase them, by batches, with the files of the rows.

        Returns:
            int: how many.
        """
        return self._erase_rows() if isinstance(self.of, Entry) else self._erase_files()

    def _past(self):
        if isinstance(self.of, Entry):
            return self.purge.past(self.kept)
        return self.purge.past(self.kept, self.of.folders)

    def _erase_files(self):
        erased = 0
        for path in self._past():
            self.purge.erase(path)
            erased += 1
        return erased

    def _erase_rows(self):
        erased, rows = 0, self._past().order_by("pk")
        pks = list(rows.values_list("pk", flat=True)[:BATCH])
        while pks:
            with transaction.atomic():
                erased += erase(self.purge, rows.filter(pk__in=pks), pks)
            pks = list(rows.filter(pk__gt=pks[-1]).values_list("pk", flat=True)[:BATCH])
        return erased


def lines(kept: dict | None = None) -> Iterable[Line]:
    """The lines, in the order of the map: histories and reasons come after what they tell, files last.

    Args:
        kept: by `Term`, another length than its own.
    """
    lengths = kept or {}
    return [
        Line(of, part.purge, lengths.get(part.term, part.term.length))
        for of in (*ENTRIES, *PLACES)
        for part in (*getattr(of, "sooner", ()), of)
        if part.purge
    ]


@transaction.atomic
def rehearse(kept=None):
    """What `purge` would erase now, found by doing it all and undoing it: a line may leave rows to those after it.

    Returns:
        dict: how many of each line.
    """
    told = {}
    with rehearsing() as gone:
        for line in lines(kept):
            told[line.words] = line.erase() if isinstance(line.of, Entry) else line.count(but=gone)
    transaction.set_rollback(True)
    return told


def purge(kept=None):
    """Erase all that is past its term; a line that fails keeps no other from being erased.

    Args:
        kept: as `lines` has it.

    Returns:
        dict: how many of each line.

    Raises:
        ExceptionGroup: at the end, with what made lines fail.
    """
    erased, errors = {}, []
    for line in lines(kept):
        try:
            erased[line.words] = line.erase()
        except Exception as error:
            logger.exception("a line of the purge failed: %s", line.words)
            errors.append(error)
    if errors:
        raise ExceptionGroup("Some lines of the purge failed.", errors)
    return erased


def erase(purge, rows, pks):
    """Erase these rows of a table, their files and their history, in the current transaction.

    Args:
        purge: the line of the map that says so.
        rows: a queryset.
        pks: the keys that it is among.

    Returns:
        int: how many rows.
    """
    if purge.erase:
        count = rows.count()
        purge.erase(pks)
        return count
    return erase_rows(rows)


def erase_rows(rows):
    """The same, whatever their entry says erases them.

    Returns:
        int: how many rows.
    """
    # Who writes one right now, keeps it: the next night it is asked again.
    present = list(rows.select_for_update(of=["self"], skip_locked=True).values_list("pk", flat=True))
    to_erase = rows.model._base_manager.filter(pk__in=present)  # noqa: SLF001 whatever a manager hides
    files = [getattr(row, column) for column in columns_of_files(rows.model) for row in to_erase.only(column)]
    hanging = _hanging_on(to_erase)
    to_erase.delete()
    still_named = named([file.name for file in files if file])
    for file in files:
        if file.name not in still_named:
            discard(file)
    # After: a deletion may be told by an event of its own.
    for model, pks in hanging.items():
        if events := getattr(model, "pgh_event_model", None):
            events.objects.filter(pgh_obj__in=pks).delete()
    return len(present)


def _hanging_on(rows):
    """The keys of these rows, and of those that go with them, by model."""
    nested = NestedObjects(using=rows.db)
    nested.collect(rows)
    return {model: [row.pk for row in instances] for model, instances in nested.data.items()}
