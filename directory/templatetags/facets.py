"""The values of a facet, some 450 on a page: written here, they cost a tenth of what a template loop does."""

from functools import lru_cache
from html import escape

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

register = template.Library()
# The same names and codes on every page.
_escaped = lru_cache(maxsize=4096)(escape)
# Where what differs from a search to another goes; no text of a facet holds these, since each is escaped.
SEAMS = {name: mark_safe(f"<!--{name}-->") for name in ("map", "first", "others")}


def _items(facet_name, values):
    """The list items of these values: a box, what it stands for, how many it would find."""
    name = _escaped(facet_name)
    items = []
    for value in values:
        code = _escaped(value.value)
        state = " checked" if value.checked else ""
        items.append(
            f'<li><label><input type="checkbox" name="{name}" value="{code}"{state}>'
            f'<span>{_escaped(value.label)}</span><b data-count="{value.count}">{value.count}</b></label></li>\n'
        )
    return "".join(items)


@register.simple_tag(takes_context=True)
def panel(context, facet):
    """The group of a facet, rendered once for as long as its panel is kept, but for where the map of a search is.

    Nothing for an empty one.
    """
    if facet.is_empty:
        return ""
    if "group" not in facet.markup:
        markup = _frame(facet, context["search"].index.of_all)
        for name, values in [("first", facet.first), ("others", facet.others)]:
            markup = markup.replace(SEAMS[name], _items(facet.name, values))
        facet.markup["group"] = markup
    return mark_safe(facet.markup["group"].replace(SEAMS["map"], escape(context["map_url"])))


def _frame(facet, kept):
    """What stands around the values of a facet: of one in which nothing is chosen, rendered once for an index."""
    if facet.chosen or facet.within:
        return _rendered(facet)
    shape = "frame", facet.name, facet.is_long, facet.has_box
    if shape not in kept:
        kept[shape] = _rendered(facet)
    return kept[shape]


def _rendered(facet):
    return render_to_string("catalogue/_facet.html", {"facet": facet, "seams": SEAMS})
