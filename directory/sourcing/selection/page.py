"""What the page of a selection says: the comparison, the ways to put it in order, what was left out."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from crealead.words import counted, day
from directory.models import group_message
from directory.search.selected import KEPT

from .comparison import Comparison
from .selection import COMPARED, gone_words
from .sheet import Sheet

FULL = f"Une sélection garde {KEPT} fiches."
# Of what was refused, how many are named; the others are counted.
MOST_NAMED = 5
RULE = f"{COMPARED} fiches se comparent côte à côte, {KEPT} se gardent."


@dataclass(frozen=True)
class Ways:
    """Where the links of one fiche lead; empty for a move that it can't make.

    What puts in order leads back to the fiche that moved, what removes one to that which takes its place.
    """

    fiche_url: str
    write_url: str
    remove_url: str
    earlier_url: str
    later_url: str


# A fiche is shown as a column on a desk, as a card on a phone; below, those that aren't compared. Each has its anchor.
COLUMN, CARD, ALSO = "colonne", "carte", "aussi"
COMPARISON = "comparaison"


def context_of(selection):
    """What `sourcing/selection.html` reads."""
    fiches, query = selection.fiches, selection.search.url_without(f="", page="").removeprefix(".")
    slugs = selection.slugs
    for place, fiche in enumerate(fiches):
        fiche.ways, fiche.card_ways = (
            Ways(
                fiche.get_absolute_url() + selection.search.query_string,
                reverse("catalogue:contact", args=[fiche.slug]) + query,
                _removing(selection, place, shown_as),
                _moving(selection, place, place - 1, shown_as),
                _moving(selection, place, place + 1, shown_as),
            )
            for shown_as in (COLUMN, CARD)
        )
        fiche.compare_url = f"{selection.url_of(_moved(slugs, place, COMPARED - 1))}#{COMPARISON}"
    need = selection.search.criteria_alone
    comparison, told = Comparison.of(fiches[:COMPARED], selection.search), left_out_of(selection)
    address = settings.SITE_URL + selection.url
    return {
        "selection": selection,
        "title": counted(len(fiches), "fiche gardée", "fiches gardées") if fiches else "Votre sélection",
        "comparison": comparison,
        "sheet": Sheet.of(comparison, need=need, others=fiches[COMPARED:], told=told, address=address),
        "not_compared": fiches[COMPARED:],
        "rule": RULE,
        "told": told,
        "need": need,
        "today": day(timezone.localdate()),
        # What the browser keeps under addresses that are nobody's any more.
        "left": " ".join(selection.left),
        "renamed": " ".join(f"{former}:{slug}" for former, slug in selection.renamed.items()),
        "url": selection.url,
        "address": address,
        "back_url": _list_url(selection),
        "send_url": send_url(selection),
        "message_url": _message_url(selection),
        "record_url": reverse("sourcing:record_new") + "?" + selection.url.partition("?")[2],
    }


def send_url(selection):
    """Where it is sent to a colleague."""
    return reverse("sourcing:send") + "?" + selection.url.partition("?")[2]


def _message_url(selection):
    """Where one writes to several of them; empty for too few."""
    query = selection.url.partition("?")[2]
    return f"{reverse('group_messages:new')}?{query}" if len(selection.fiches) >= group_message.FEWEST else ""


def _moving(selection, place, to, shown_as):
    """Where the fiche of a place has another; empty for a place that there isn't."""
    slugs = selection.slugs
    if not 0 <= to < len(slugs):
        return ""
    return f"{selection.url_of(_moved(slugs, place, to))}#{_anchor(to, shown_as)}-{slugs[place]}"


def _removing(selection, place, shown_as):
    """Where it is no more, at the fiche that takes its place, or else at the last, or at those that are compared."""
    left = selection.slugs[:place] + selection.slugs[place + 1 :]
    if len(left) <= COMPARED <= place:
        return f"{selection.url_of(left)}#{COMPARISON}"
    place = min(place, len(left) - 1)
    return selection.url_of(left) + (f"#{_anchor(place, shown_as)}-{left[place]}" if left else "")


def _anchor(place, shown_as):
    return shown_as if place < COMPARED else ALSO


def _moved(slugs, place, to):
    slugs = list(slugs)
    slugs.insert(to, slugs.pop(place))
    return slugs


def _list_url(selection):
    """The results that one comes from, which go on carrying what is kept."""
    query = selection.url.partition("?")[2]
    return reverse("catalogue:list") + (f"?{query}" if query else "")


def left_out_of(selection):
    """What an address keeps in vain, as sentences."""
    sentences = [f"{gone_words(row.name, row.since)}." for row in selection.gone]
    if selection.unknown:
        dropped = counted(selection.unknown, "adresse de fiche", "adresses de fiches")
        words = _named(
            [f"«\N{NO-BREAK SPACE}{slug}\N{NO-BREAK SPACE}»" for slug in selection.unknown_slugs], selection.unknown
        )
        sentences.append(f"Le catalogue ne connaît pas, et n’a pas gardé, {dropped}{words}.")
    if selection.too_many:
        refused = counted(selection.too_many, "fiche de plus n’est pas gardée", "fiches de plus ne sont pas gardées")
        words = _named([fiche.name for fiche in selection.refused], selection.too_many)
        sentences.append(f"{FULL} {refused}{words}. Retirez-en pour en ajouter.")
    return sentences


def _named(names, count):
    """The first of these names, and how many others there are, of `count` in all; nothing without a name."""
    shown = names[:MOST_NAMED]
    others = count - len(shown)
    if shown and others:
        shown = [*shown[:-1], f"{shown[-1]} et {counted(others, 'autre', 'autres')}"]
    return f"\N{NO-BREAK SPACE}: {', '.join(shown)}" if shown else ""
