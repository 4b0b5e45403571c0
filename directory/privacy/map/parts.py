"""What entries are made of again and again."""

from dataclasses import replace

from directory.privacy import past, terms
from directory.privacy.purposes import HISTORY
from directory.privacy.vocabulary import By, Columns, Entry, Eraser, Person, Plain, Purge, Tie

EVENT = "pgh_id pgh_created_at pgh_label pgh_context"
OF_DECIDER = Columns("decided_by decided_at", "qui a décidé, et quand", of=Person.STAFF)
BY_FICHE = Tie(By.FICHE, "co_entrepreneur")
BY_DECIDER = Tie(By.ACCOUNT, "decided_by", of=Person.STAFF)


def history(entry, *, model="", without="", columns="pgh_obj", ties=None, owner=None):
    """The entry of the history of a table: the same columns, and those of its events.

    It goes when what it tells is gone, or with the row when that is purged.

    Args:
        entry: that of the table.
        model: its label, when it isn't the table's with « Event ».
        without: the columns that aren't followed, with spaces.
        columns: what an event has beside the table's columns and those that all events have.
        ties: where they aren't those of the entry.
        owner: (column, model) of what it outlives by a term only; the row itself, unless it is said.
    """
    model = model or f"{entry.model}Event"
    left_out = set(without.split())
    followed = [
        replace(group, names=" ".join(name for name in group.names.split() if name not in left_out))
        for group in entry.columns
    ]
    column, owner_model = owner or ("pgh_obj", entry.model)
    return Entry(
        model=model,
        what=entry.what,
        person=entry.person,
        purpose=HISTORY,
        term=terms.HISTORY_OF_NONE,
        eraser=Eraser.PURGE,
        columns=tuple(group for group in followed if group.names),
        plain=" ".join([*(name for name in entry.plain.split() if name not in left_out), EVENT, columns]),
        ties=entry.ties if ties is None else ties,
        purge=Purge(f"historiques sans objet : {entry.what}", past.history_of_none(model, column, owner_model)),
        history_of=entry.model,
    )


def link(model, columns, *, of):
    """The rows of a list, which go with the row whose list it is, and say of it what that row's entry does."""
    return Plain(model, f"liste {of}", f"id {columns}")
