from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.catalogue.caching import public_page
from directory.search.index import current

from .selection import Selection


@require_safe
@public_page
def selection(request):
    selection = Selection.read(request.GET, current(getattr(request, "catalogue_version", None)))
    response = render(request, "sourcing/selection.html", {"selection": selection})
    # Who left the catalogue may ask to be forgotten, and no version tells it.
    response.is_kept = not selection.gone
    return response
