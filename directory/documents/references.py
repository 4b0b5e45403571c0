"""References as documents list them: the latest first, never an exact amount nor a contact."""

from django.utils import timezone

from .text import typeset

MOST_PLACES = 8


def latest_first(references):
    """Those under way, then the last ended; of two that end together, the last begun."""
    today = timezone.localdate()
    return sorted(
        references,
        key=lambda reference: (max(reference.ends_on or today, reference.starts_on), reference.starts_on, reference.pk),
        reverse=True,
    )


def row(reference, *, part=""):
    """A reference as a line of a table."""
    return {
        "client": typeset(reference.client.name),
        "subject": typeset(reference.subject),
        "period": reference.period,
        "amount": typeset(reference.amount_band),
        "part": typeset(part),
    }


def more(count):
    """How the references that aren't listed are counted; an empty string when there is none."""
    if count < 1:
        return ""
    return "et une autre référence." if count == 1 else f"et {count} autres références."


def places_in_line(places):
    """Places in a row, the first ones when they are many."""
    if len(places) <= MOST_PLACES:
        return ", ".join(places)
    return ", ".join(places[:MOST_PLACES]) + f" et {len(places) - MOST_PLACES} autres départements"
