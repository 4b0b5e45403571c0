"""What a buyer pastes into a record: the address of results, of a selection, of a fiche; or the link of a record."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict

from crealead.middleware import MAX_QUERY_BYTES
from directory.models.query import LONGEST_QUERY
from directory.models.sourcing_record import KEY_PATTERN
from directory.search.filters import CatalogueFilter
from directory.sourcing.selection.selection import Selection

RESULTS = re.compile(r"/catalogue/(imprimer/|export\.\w+)?")
SELECTION = re.compile(r"/selection/")
FICHE = re.compile(r"/catalogue/([-\w]+)/")
KEY = re.compile(rf"(?:^|/)({KEY_PATTERN})(?:[/?#]|$)")


@dataclass(frozen=True)
class Pasted:
    """What an address leads to: a `CatalogueFilter` or None, and the `Selection` of the fiches to keep, or None."""

    search: CatalogueFilter | None = None
    selection: Selection | None = None

    @property
    def fiches(self):
        """The keys of the fiches to keep."""
        return [fiche.pk for fiche in self.selection.fiches] if self.selection else []

    @property
    def is_too_long(self):
        """Whether its search can't be kept."""
        return self.search is not None and len(self.search.question) > LONGEST_QUERY


def of_parameters(parameters, index=None):
    """What the address of results or of a selection says, which have the same parameters."""
    selection = Selection(parameters, index)
    search = selection.search if selection.search.active else None
    return Pasted(search, selection)


def read(text, index=None):
    """What an address leads to; None when it is none of ours, or says nothing to keep."""
    try:
        parts = urlsplit(text.strip())
        parameters = QueryDict(parts.query[:MAX_QUERY_BYTES])
    except (ValueError, TooManyFieldsSent):
        return None
    if RESULTS.fullmatch(parts.path):
        # All the results of an empty search are a search too.
        pasted = of_parameters(parameters, index)
        return pasted if pasted.search else Pasted(CatalogueFilter(parameters, index), pasted.selection)
    if SELECTION.fullmatch(parts.path):
        pasted = of_parameters(parameters, index)
        return pasted if pasted.search or pasted.fiches else None
    if fiche := FICHE.fullmatch(parts.path):
        pasted = of_parameters(QueryDict(f"f={fiche[1]}"), index)
        return pasted if pasted.fiches else None
    return None


def key_in(text):
    """The key in the link of a record, or as it is; empty for none."""
    match = KEY.search(text.strip())
    return match[1] if match else ""
