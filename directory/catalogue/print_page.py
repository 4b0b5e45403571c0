"""All the results of a search as one table to print, in pieces: its memory doesn't grow with its length."""

from itertools import chain

from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from crealead.words import counted, moment, thousands
from directory.search.order import SORTS, Results
from directory.search.rotation import order_of

from .list_page import understood, unknown
from .search_urls import list_url

MOST_LINES = 12_000
# How many fiches are read at one go.
PIECE = 250
# Where the lines go: nothing else of the page holds it, since all the rest is escaped.
SEAM = mark_safe("<!-- -->")


def pieces(request, search):
    """The page in pieces, for a `CatalogueFilter`; what may fail in the search has failed before the first."""
    keys = Results(search).first(MOST_LINES)
    page = render_to_string("catalogue/print.html", _context(search, len(keys)), request)
    head, _, foot = page.partition(SEAM)
    return chain([head], _lines(search, keys), [foot])


def _context(search, number):
    version = search.index.version
    return {
        "summary": search.summary,
        "readings": understood(search),
        "unknown": unknown(search),
        "made_on": moment(timezone.now()),
        "version": f"{version.epoch[:8]}-{version.number}" if version else "",
        "number": counted(search.total, "fiche", "fiches"),
        "only": f"Les {thousands(number)} premières seulement" if number < search.total else "",
        "sort": SORTS[search.sort],
        "order_of": order_of(search.seed),
        "list_url": list_url(search),
        "address": settings.SITE_URL + list_url(search),
        "lines": SEAM,
    }


def _lines(search, keys):
    """The rows of the table, some fiches at a time; who left the catalogue meanwhile has none."""
    template, results = get_template("catalogue/_print_lines.html"), Results(search)
    for start in range(0, len(keys), PIECE):
        piece = keys[start : start + PIECE]
        ranks = {pk: rank for rank, pk in enumerate(piece, start + 1)}
        yield template.render({"lines": [(ranks[fiche.pk], fiche) for fiche in results.saying(piece)]})
