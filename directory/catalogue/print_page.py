"""All the results of a search as one table to print, in pieces: its memory doesn't grow with its length."""

from itertools import chain

from django.template.loader import get_template, render_to_string
from django.utils.safestring import mark_safe

from directory.search.whole import Whole

from .list_page import understood, unknown
from .search_urls import list_url

# Where the lines go: nothing else of the page holds it, since all the rest is escaped.
SEAM = mark_safe("<!-- -->")


def pieces(request, search):
    """The page in pieces, for a `CatalogueFilter`; what may fail in the search has failed before the first."""
    whole = Whole(search, list_url(search))
    context = {
        **whole.origin,
        "readings": understood(search),
        "unknown": unknown(search),
        "list_url": list_url(search),
        "lines": SEAM,
    }
    page = render_to_string("catalogue/print.html", context, request)
    head, _, foot = page.partition(SEAM)
    template = get_template("catalogue/_print_lines.html")
    return chain([head], (template.render({"lines": lines}) for lines in whole.pieces()), [foot])
