"""What names the person in the words of others, in whatever table: it is masked, and the rest stays as it is."""

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.models import Session
from django.db import connection, models
from pghistory.models import Context
from procrastinate.contrib.django.models import ProcrastinateJob

from directory.models import Alert, Answer, AnswerFile, BuyerSearch, ClosedRecord, FruitlessSearch
from directory.privacy.map import ENTRIES, MAP
from directory.privacy.vocabulary import Eraser, Plain

# What isn't masked as the rest is: what was sent or closed, opened by `frozen` alone; the queue, written by its own
# table; sessions, which are a secret for the database; searches, which go whole; and an alert, which would look for
# something else: it stays the datum of who asked, until its term.
OTHERWISE = {Answer, AnswerFile, ClosedRecord, ProcrastinateJob, Session, BuyerSearch, FruitlessSearch, Alert}
OF_WORDS = (models.CharField, models.TextField, models.JSONField, ArrayField)
# Paths aren't words; an address of mail is found by its own tie; the rest is what something else is found by.
OF_NO_WORDS = (models.FileField, models.EmailField, models.SlugField)


def columns_of_words(table):
    """The columns of a table where somebody may write a name."""
    return [
        field.name
        for field in table._meta.local_concrete_fields  # noqa: SLF001
        if isinstance(field, OF_WORDS)
        and not isinstance(field, OF_NO_WORDS)
        and not (field.primary_key or field.choices)
    ]


def mask_everywhere(marks, tally):
    """Mask the person in every table of the map; histories last, since what is masked writes there."""
    entries = [entry for entry in ENTRIES if entry.table not in OTHERWISE and entry.eraser is not Eraser.PROGRAM]
    for entry in sorted(entries, key=lambda entry: bool(entry.history_of) + 2 * (entry.table is Context)):
        if columns := columns_of_words(entry.table):
            rows = entry.table._base_manager.filter(pk__in=naming(entry.table, marks.everywhere))  # noqa: SLF001
            tally.mask_words(rows, columns, marks.everywhere)


def tell_of_texts(marks, tally):
    """The texts of the cooperative, which say nothing of anybody by themselves: those that name the person are told."""
    counts = {}
    for plain in (entry for entry in MAP if isinstance(entry, Plain)):
        table = apps.get_model(plain.model)
        columns = columns_of_words(table)
        if not (columns and table._meta.managed):  # noqa: SLF001
            continue
        rows = table._base_manager.filter(pk__in=naming(table, marks.everywhere))  # noqa: SLF001
        if count := sum(any(marks.everywhere.names(str(text)) for text in row) for row in rows.values_list(*columns)):
            counts[plain.what] = counts.get(plain.what, 0) + count
    if counts:
        told = ", ".join(f"{what} ({count})" for what, count in counts.items())
        tally.kept.append(f"Des textes de la coopérative qui nomment la personne, à relire\N{NO-BREAK SPACE}: {told}.")


def naming(table, wording):
    """The keys of the rows of a table that may name who a wording does, in any column; `Wording.names` tells."""
    if not wording.clues:
        return []
    meta = table._meta  # noqa: SLF001
    name, key = connection.ops.quote_name(meta.db_table), connection.ops.quote_name(meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            # No column is called so, which would be read in the place of the row.
            f'SELECT {key} FROM {name} AS "whole row" WHERE lower(unaccent("whole row"::text)) ~ %s ORDER BY 1',
            [wording.clues],
        )
        return [pk for (pk,) in cursor.fetchall()]
