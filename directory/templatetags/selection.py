"""What keeps a fiche, beside the buttons that name it."""

from urllib.parse import parse_qsl

from django import template

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
