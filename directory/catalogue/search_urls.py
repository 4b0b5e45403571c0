"""Where the pages about one search are: each has the query string that makes it the same search."""

from django.urls import reverse

from directory.search.facets import NO_BOXES


def list_url(search):
    """Its results, from the first page."""
    return _url("catalogue:list", search)


def search_url(search):
    """The results alone, without what is kept: what is told to others."""
    return _url("catalogue:list", search, f="")


def map_url(search):
    """The map on which its zones are chosen."""
    return _url("catalogue:map", search)


def print_url(search):
    """All its results as a table."""
    return _url("catalogue:print", search, f="")


def export_url(search, kind):
    """All its results as a file: `csv`, `xlsx` or `ods`."""
    return _url("sourcing:export", search, f="", kind=kind)


def feed_url(search):
    """What is new among its results, for a feed reader."""
    return _url("sourcing:feed", search, f="", tri="", graine="")


def need_url(search):
    """The form that tells its need to the cooperative."""
    return _url("catalogue:need", search, tri="", graine="", f="")


def alert_url(search):
    """The form that asks for its new fiches by mail."""
    return reverse("alerts:new") + (f"?{search.question}" if search.question else "")


def _url(name, search, kind=None, **changes):
    query = search.url_without(**NO_BOXES, **changes)
    return reverse(name, kwargs={"kind": kind} if kind else None) + (query if query != "." else "")


def record_url(search):
    """The page that opens a sourcing record with it, and with what it keeps."""
    return _url("sourcing:record_new", search)
