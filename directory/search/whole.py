"""All the results of a search, some at a time, and what says where they come from: for the paper and for files."""

from django.conf import settings
from django.utils import timezone

from crealead.words import counted, moment, thousands

from .order import SORTS, Results
from .rotation import order_of

MOST_LINES = 12_000
# The files in which they leave, and what a link calls each.
FILES = {"csv": "CSV", "xlsx": "Excel (XLSX)", "ods": "LibreOffice (ODS)"}
# How many fiches are read at one go.
PIECE = 250


class Whole:
    """The fiches that answer a `CatalogueFilter`, in the order of its pages; or `keys`, in their own order."""

    def __init__(self, search, path, keys=None):
        self.search, self.index, self.path = search, search.index, path
        self.keys = Results(search).first(MOST_LINES) if keys is None else keys

    @property
    def origin(self):
        """What tells how the same list is found again; each value a text, empty when there is nothing to say."""
        version, total = self.index.version, self.search.total
        return {
            "summary": self.search.summary,
            "made_on": moment(timezone.now()),
            "version": str(version or ""),
            "number": counted(total, "fiche", "fiches"),
            "only": f"Les {thousands(len(self.keys))} premières seulement" if len(self.keys) < total else "",
            "sort": SORTS[self.search.sort],
            "order_of": order_of(self.search.seed),
            "address": settings.SITE_URL + self.path,
        }

    def pieces(self):
        """Lists of (rank, card with what is `said`); who left the catalogue meanwhile isn't there."""
        results = Results(self.search)
        for ranks in self.ranks():
            yield [(ranks[fiche.pk], fiche) for fiche in results.saying(list(ranks))]

    def ranks(self):
        """The rank of each, by key, some at a time."""
        for start in range(0, len(self.keys), PIECE):
            yield {pk: rank for rank, pk in enumerate(self.keys[start : start + PIECE], start + 1)}
