"""The pages of a list that a form narrows."""

from django.core.paginator import Paginator
from django.http import QueryDict

PAGE_SIZE = 20


def page_of(rows, request):
    """The page of these rows that the address names, else the nearest that there is."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def query_of(criteria):
    """What was asked for, as the query of an address; empty when nothing was."""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in criteria.items() if value})
    return query.urlencode()
