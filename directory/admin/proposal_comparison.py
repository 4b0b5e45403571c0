"""What a proposal would change, set beside what the fiche says now; once decided, beside what it said then."""

from dataclasses import dataclass

from directory.models import FicheProposal
from directory.my_space.proposals import content_of, in_words, label_of, rows_of, version_of

from .comparison import ListRow, TextRow
from .diff import word_diff


@dataclass
class Row:
    """A field of the proposal.

    Attributes:
        shown: the two sides, a `TextRow` or a `ListRow`; None for the photo.
        changed_since: what the fiche said when the proposal was made, when it no longer does; else an empty string.
        is_taken: once decided, whether the fiche took it.
    """

    name: str
    shown: TextRow | ListRow | None
    label: str
    changed_since: str
    is_taken: bool


def version_seen(fiche):
    """What tells whether the fiche is still what this page compares."""
    return version_of(content_of(fiche))


def compare(proposal):
    """The rows of a proposal, in the order of the fiche."""
    decided = proposal.state != proposal.State.SUBMITTED
    present = proposal.before if decided else content_of(proposal.co_entrepreneur)
    former = {said.name: said.words for said in in_words(proposal.before)}
    return [
        Row(
            name=name,
            shown=_shown(name, present[name], proposal.changes[name]),
            label=label_of(name),
            changed_since="" if present[name] == proposal.before[name] else former[name] or "rien",
            is_taken=name in proposal.accepted_fields,
        )
        for name in FicheProposal.FIELDS
        if name in proposal.changes
    ]


def _shown(name, old, new):
    if name == "photo":
        return None
    if name in FicheProposal.LISTS:
        rows = {row.pk: row for row in rows_of(name, {*old, *new})}
        return ListRow(
            label_of(name),
            kept=[row for key, row in rows.items() if key in old and key in new],
            added=[row for key, row in rows.items() if key not in old],
            removed=[row for key, row in rows.items() if key not in new],
        )
    if name == "nationwide":
        old, new = ("Oui" if value else "Non" for value in (old, new))
    current, proposed = word_diff(old, new)
    return TextRow(label_of(name), current, proposed, differs=old != new)
