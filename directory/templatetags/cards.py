"""The card of a fiche: rendered once for as long as the fiche is kept, but for what a search says of it."""

from html import escape

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

register = template.Library()
# Where the reasons go: no text of a fiche holds it, since each is escaped.
SEAM = mark_safe("<!-- -->")


@register.simple_tag
def card(fiche):
    """The list item of a fiche of `search.cards`, with its `reasons` where it has some."""
    if "card" not in fiche.markup:
        fiche.markup["card"] = render_to_string("catalogue/_card.html", {"fiche": fiche, "reasons": SEAM})
    before, _, after = fiche.markup["card"].partition(SEAM)
    return mark_safe(before + _reasons(getattr(fiche, "reasons", [])) + after)


def _reasons(reasons):
    if not reasons:
        return ""
    items = "".join(f"<div><dt>{escape(reason.name)}</dt><dd>{reason.text}</dd></div>" for reason in reasons)
    return f'<p class="visuellement-cache">Pourquoi cette fiche est ici :</p>\n<dl class="carte-raisons">{items}</dl>'
