"""The map of personal data: what each table and each place holds of people, and until when.

Everything else of this room follows from it: the purge, the page's table, the register; and a test fails on a column
that it doesn't name. See docs/privacy.md to add one.
"""

from directory.privacy.vocabulary import Entry

from . import accounts, buyers, fiches, records, references, site, tenders
from .site import COOKIES, PLACES, STORED

__all__ = ["COOKIES", "ENTRIES", "MAP", "PLACES", "STORED", "entry_of"]

# In the order in which a page tells it.
MAP = (
    *buyers.ENTRIES,
    *records.ENTRIES,
    *fiches.ENTRIES,
    *references.ENTRIES,
    *tenders.ENTRIES,
    *accounts.ENTRIES,
    *site.ENTRIES,
)
# Those that hold something of people.
ENTRIES = tuple(entry for entry in MAP if isinstance(entry, Entry))
_BY_MODEL = {entry.model: entry for entry in MAP}


def entry_of(model):
    """The entry of a model, an `Entry` or a `Plain`.

    Raises:
        KeyError: the map doesn't name it; a test sees to it that it does.
    """
    return _BY_MODEL[model._meta.label]  # noqa: SLF001
