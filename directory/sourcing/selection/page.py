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
RULE = f"{COMPARED} fiches se comparent côte à côte, {KEPT} se gardent."


@dataclass(frozen=True)
class Ways:
    """Where the links of one fiche lead; empty for a move that it can't make."""

    fiche_url: str
    write_url: str
    remove_url: str
    earlier_url: str
    later_url: str


def context_of(selection):
    """What `sourcing/selection.html` reads."""
    fiches, query = selection.fiches, selection.search.url_without(f="", page="").removeprefix(".")
    slugs = selection.slugs
    for place, fiche in enumerate(fiches):
        fiche.ways = Ways(
            fiche.get_absolute_url() + selection.search.query_string,
            reverse("catalogue:contact", args=[fiche.slug]) + query,
            selection.url_of(slugs[:place] + slugs[place + 1 :]),
            selection.url_of(_moved(slugs, place, place - 1)) if place else "",
            selection.url_of(_moved(slugs, place, place + 1)) if place + 1 < len(slugs) else "",
        )
        fiche.compare_url = selection.url_of(_moved(slugs, place, COMPARED - 1))
    need = selection.search.criteria.removeprefix(" ").removeprefix(", ").removeprefix("pour ")
    need = f"{need[:1].upper()}{need[1:]}" if need else ""
    comparison, told = Comparison.of(fiches[:COMPARED], selection.search), _told(selection)
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


def _moved(slugs, place, to):
    slugs = list(slugs)
    slugs.insert(to, slugs.pop(place))
    return slugs


def _list_url(selection):
    """The results that one comes from, which go on carrying what is kept."""
    query = selection.url.partition("?")[2]
    return reverse("catalogue:list") + (f"?{query}" if query else "")


def _told(selection):
    """What was left out of the page, as sentences."""
    sentences = [f"{gone_words(row.name, row.since)}." for row in selection.gone]
    if selection.unknown:
        dropped = counted(selection.unknown, "adresse de fiche", "adresses de fiches")
        sentences.append(f"Le catalogue ne connaît pas, et n’a pas gardé, {dropped}.")
    if selection.too_many:
        refused = counted(selection.too_many, "fiche de plus n’est pas gardée", "fiches de plus ne sont pas gardées")
        sentences.append(f"{FULL} {refused}\N{NO-BREAK SPACE}: retirez-en pour en ajouter.")
    return sentences
