"""The pages of a list that a form narrows."""

from django.core.paginator import Paginator
from django.http import QueryDict

PAGE_SIZE = 20


def page_of(rows, request):
    """The page of these rows that the address names, else the nearest that there is."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def title_of(name, page, *asked):
    """The title of a page of a list: what was asked for, and which page, from the second on."""
    told = ", ".join(words for words in asked if words)
    number = f", page {page.number}" if page.number > 1 else ""
    return f"{name}{told and f' : {told}'}{number}"


def label_of(form, name):
    """The label of what was chosen in a field, or nothing when it is its first choice."""
    value = form.cleaned_data.get(name)
    return str(dict(form.fields[name].choices).get(value, "")) if value else ""


def query_of(criteria):
    """What was asked for, as the query of an address; empty when nothing was."""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in criteria.items() if value})
    return query.urlencode()
