"""What keeps a fiche, beside the buttons that name it."""

from urllib.parse import parse_qsl

from django import template
from django.urls import reverse

from crealead.words import counted
from directory.search.selected import KEPT
from directory.sourcing.selection.selection import NOT_OF_A_NEED

register = template.Library()


@register.simple_tag
def kept_most():
    """How many fiches one selection holds, for the script that keeps them."""
    return KEPT


@register.inclusion_tag("sourcing/_keep_form.html")
def keep_form(search):
    """The form of every « Garder » of a page: what is kept already and the search, which the button adds to."""
    return {"pairs": parse_qsl(search.url_without(**NOT_OF_A_NEED).removeprefix("?"))}


@register.inclusion_tag("sourcing/_drop_form.html")
def drop_form(fiche, search, url, look):
    """« Gardée », which leads to `url` for the same search and page without this fiche; `look` are its classes."""
    slugs = search.kept[fiche.pk]
    pairs = parse_qsl(search.query_string.removeprefix("?"))
    pairs = [(name, value) for name, value in pairs if name != "f" or value not in slugs]
    return {"fiche": fiche, "pairs": pairs, "url": url, "look": look}


@register.inclusion_tag("sourcing/_kept_here.html")
def kept_here(search):
    """How many fiches the address of this page keeps, and the way to them; nothing when it keeps none."""
    return {
        "words": counted(len(search.kept), "fiche gardée", "fiches gardées") if search.kept else "",
        "url": reverse("sourcing:selection") + search.url_without(**NOT_OF_A_NEED),
    }
