"""What an erasure under way has done, and what it does to rows: they go, or the person is masked in them."""

from dataclasses import dataclass

from django.db import models

from directory.privacy.files import columns_of_files
from directory.privacy.map import ENTRIES
from directory.privacy.vocabulary import Entry


@dataclass(frozen=True)
class Line:
    """What an erasure did in one table: how many rows went, and in how many the person was masked."""

    of: Entry
    erased: int = 0
    masked: int = 0

    @property
    def words(self):
        """« les messages des acheteurs », as the map says it; « historique : la fiche » of a history."""
        return f"historique : {self.of.what}" if self.of.history_of else self.of.what


class Tally:
    """Rows gone and masked, by table.

    Attributes:
        gone, masked: the keys of these rows, by model.
        paths: the files that what is gone named.
        contexts: why events that are gone were written, as keys.
        kept: what stays of the person, and why: French sentences.
    """

    def __init__(self):
        self.gone, self.masked = {}, {}
        self.paths, self.contexts = set(), set()
        self.kept = []

    def delete(self, table, pks):
        self.note(table, pks)
        table._base_manager.filter(pk__in=pks).delete()  # noqa: SLF001

    def note(self, table, pks):
        """Remember what goes, and the files that it names."""
        if pks:
            self.note_files(table._base_manager.filter(pk__in=pks))  # noqa: SLF001
            self.gone.setdefault(table, set()).update(pks)

    def note_files(self, rows):
        for column in columns_of_files(rows.model):
            self.paths |= {path for path in rows.values_list(column, flat=True) if path}

    def mask(self, rows, **values):
        self.masked.setdefault(rows.model, set()).update(rows.values_list("pk", flat=True))
        return rows.update(**values)

    def mask_words(self, rows, columns, wording):
        """Mask who a wording names in these columns: texts, lists or JSON; an address of a page is emptied."""
        for row in rows:
            texts = {column: getattr(row, column) for column in columns}
            masked = {column: wording.masked_json(text) for column, text in texts.items() if text is not None}
            if changed := {column: text for column, text in masked.items() if text != texts[column]}:
                fields = {column: row._meta.get_field(column) for column in changed}  # noqa: SLF001
                cut = {column: _fitting(fields[column], text, row) for column, text in changed.items()}
                self.mask(row._meta.model._base_manager.filter(pk=row.pk), **cut)  # noqa: SLF001

    def lines(self):
        lines = []
        for entry in ENTRIES:
            erased = self.gone.get(entry.table, set())
            masked = self.masked.get(entry.table, set()) - erased
            if erased or masked:
                lines.append(Line(entry, len(erased), len(masked)))
        return tuple(lines)


def _fitting(field, text, row):
    """What a column takes of a text that was masked: two people's may be the same by now."""
    if isinstance(field, models.URLField):
        return ""
    constraints = row._meta.constraints  # noqa: SLF001
    must_differ = any(field.name in getattr(constraint, "fields", ()) for constraint in constraints)
    text = f"{text} n° {row.pk}" if must_differ and isinstance(text, str) else text
    return text[: field.max_length] if isinstance(text, str) else text
