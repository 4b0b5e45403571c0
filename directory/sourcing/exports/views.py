"""Files that a buyer takes away, and the feed: of a search, or of a selection."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crealead.streaming import in_pieces
from crealead.words import counted
from directory.catalogue.caching import public_page
from directory.catalogue.fiche_page import shown_with_consent
from directory.catalogue.formats import vcard
from directory.catalogue.search_urls import list_url
from directory.search.filters import CatalogueFilter
from directory.search.index import current
from directory.search.whole import Whole
from directory.sourcing.selection.selection import Selection

from .exports import table_of
from .feed import feed_of
from .files import KINDS


def _index(request):
    return current(getattr(request, "catalogue_version", None))


def _file(request, kind, name, table_maker):
    """The table as a file in pieces, or 503 when too many are being made."""
    write, content_type = KINDS[kind]
    response = in_pieces(request, lambda: write(table_maker()), content_type=content_type)
    if response.streaming:
        response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate():%Y-%m-%d}.{kind}"'
        response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@public_page
def export(request, kind):
    """All the results of a search."""
    search = CatalogueFilter(request.GET, _index(request))
    return _file(request, kind, "catalogue", lambda: table_of(Whole(search, list_url(search))))


@require_safe
@public_page
def export_selection(request, kind):
    """The fiches of a selection, in its order; of those that left, only how many they are."""
    selection = Selection(request.GET, _index(request))
    notes = [
        counted(number, one, several)
        for number, one, several in [
            (len(selection.gone), "fiche gardée n’est plus au catalogue", "fiches gardées ne sont plus au catalogue"),
            (selection.unknown, "adresse inconnue", "adresses inconnues"),
            (selection.too_many, "fiche de trop, laissée de côté", "fiches de trop, laissées de côté"),
        ]
        if number
    ]

    def table():
        whole = Whole(selection.search, selection.url, [fiche.pk for fiche in selection.fiches])
        return table_of(whole, sentence=counted(len(whole.keys), "fiche gardée", "fiches gardées"), notes=notes)

    response = _file(request, kind, "selection", table)
    response.is_kept = not selection.gone
    return response


@require_safe
@public_page
def vcards(request):
    """The cards of a selection in one file, each as its own fiche gives it."""
    cards = []
    for fiche in Selection(request.GET, _index(request)).fiches:
        shown = shown_with_consent(fiche)
        cards.append(vcard(fiche, phone=shown["phone"], website=shown["website"]))
    response = HttpResponse("".join(cards), content_type="text/vcard; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="selection.vcf"'
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@public_page
def feed(request):
    return HttpResponse(
        feed_of(CatalogueFilter(request.GET, _index(request))), content_type="application/atom+xml; charset=utf-8"
    )
