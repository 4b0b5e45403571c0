"""Where the pages about one search are: each has the query string that makes it the same search."""

from django.urls import reverse

# What finds a value inside a filter says nothing of the search.
NO_BOXES = {"dans_departement": "", "dans_competence": "", "dans_cpv": ""}


def list_url(search):
    """Its results, from the first page."""
    return _url("catalogue:list", search)


def map_url(search):
    """The map on which its zones are chosen."""
    return _url("catalogue:map", search)


def print_url(search):
    """All its results as a table."""
    return _url("catalogue:print", search, f="")


def need_url(search):
    """The form that tells its need to the cooperative."""
    return _url("catalogue:need", search, tri="", graine="", f="")


def alert_url(search):
    """The form that asks for its new fiches by mail."""
    return reverse("alerts:new") + (f"?{search.question}" if search.question else "")


def _url(name, search, **changes):
    query = search.url_without(**NO_BOXES, **changes)
    return reverse(name) + (query if query != "." else "")
