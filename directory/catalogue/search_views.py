"""What is done of a search beside reading its results: choose zones on a map, print all, tell it to the cooperative."""

from datetime import UTC, datetime

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crealead.middleware import client_address
from crealead.streaming import in_pieces
from crealead.words import moment
from directory.search.filters import CatalogueFilter
from directory.search.index import current

from . import actions, contact_page, map_page, need_page, print_page
from .caching import public_page
from .forms import NeedForm
from .limits import LIMITS
from .search_urls import need_url


def _search(request):
    return CatalogueFilter(request.GET, current(getattr(request, "catalogue_version", None)))


@require_safe
@public_page
def zone_map(request):
    return render(request, "catalogue/map.html", map_page.context_of(_search(request)))


@require_safe
@never_cache
def printed(request):
    """All the results as a table to print. It tells the hour, so nobody keeps it."""
    return in_pieces(request, lambda: print_page.pieces(request, _search(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def need(request):
    """The form that tells the need of a search to the cooperative."""
    search = _search(request)
    told, place = need_page.told(search), contact_page.Search(request.GET, search.index).place
    form = NeedForm(request.POST or None, initial={"message": told.as_message, "place": place})
    status = 200
    if request.method == "POST" and form.is_valid():
        message, network = form.instance, client_address(request)
        senders = {"network": network, "need_share": network, "buyer": message.email, "need": "cooperative"}
        passed = None if form.cleaned_data["trap"] else LIMITS.passed(senders)
        if passed is None:
            if not form.cleaned_data["trap"]:
                actions.tell_cooperative(message=message, need=told)
            return redirect(need_page.sent_url(search, timezone.now()))
        form.add_error(None, LIMITS.told(passed))
        status = 429
    return render(request, "catalogue/need.html", {"told": told, "form": form}, status=status)


@require_safe
@never_cache
def need_sent(request):
    """What was told and what happens next, for who has just written; anyone else is led to the form."""
    search = _search(request)
    seconds = need_page.left_at(request.GET.get(need_page.RECEIPT, ""))
    if seconds is None:
        return redirect(need_url(search))
    context = {"told": need_page.told(search), "sent_on": moment(datetime.fromtimestamp(seconds, tz=UTC))}
    return render(request, "catalogue/need_sent.html", context)
