"""What every document says of the cooperative and of itself."""

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from stdnum.fr import siret

from .text import HARD, clip, typeset

# Of the words of a document that nothing shrinks, in points.
SIZE = 10
# Of the name of a file's window, in letters.
LONGEST_TITLE = 150


def cooperative():
    """The cooperative's identity as documents print it, and the lines of their foot."""
    known = {name: typeset(value) for name, value in settings.COOPERATIVE.items()}
    known["siret"] = siret.format(settings.COOPERATIVE["siret"], HARD)
    form = ", ".join(dict.fromkeys([known["name"], known["legal_form"]]))
    if known["capital"].lower() not in form.lower():
        form += f", {known['capital']}"
    known["identity"] = " · ".join(
        [form, f"SIRET {known['siret']}", known["rcs"], known["address"], known["phone"], known["email"]]
    )
    return known


def common(*, title, label, running, today=None):
    """What all data begin with.

    Args:
        title: of the file, as a reader's window shows it.
        label: what the document is, on its first line.
        running: the first line of the pages after the first.
        today: the day it is made.
    """
    today = today or timezone.localdate()
    return {
        "title": clip(typeset(title), LONGEST_TITLE),
        "label": f"{label} – {date_format(today, 'j F Y')}",
        "running": typeset(running),
        "dated": today.isoformat(),
        "cooperative": cooperative(),
    }
