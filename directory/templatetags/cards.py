"""The card of a fiche: rendered once for as long as the fiche is kept, but for what a search says of it."""

from html import escape

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe

from directory.search.saying import say

register = template.Library()
PARTS = ["query", "headline", "loading", "proof", "reasons", "dated", "zone", "skills"]
# Where what a search says goes: no text of a fiche holds these, since each is escaped.
SEAMS = {name: mark_safe(f"<!--{name}-->") for name in PARTS}


@register.simple_tag
def card(fiche, search=None):
    """The list item of a fiche of `search.cards`, with what is `said` of it, its `reasons`, and what it is `dated`.

    One that the address of `search`, whose results these are, keeps says so.
    """
    markup = _kept_markup(fiche, search) if search and fiche.pk in search.kept else _markup(fiche)
    said = getattr(fiche, "said", None) or say(fiche)
    written = {
        "query": escape(said.query),
        "headline": said.headline,
        "loading": "" if said.is_first_seen else ' loading="lazy"',
        "proof": _proof(said.proof),
        "reasons": _reasons([reason for reason in getattr(fiche, "reasons", []) if not reason.plain]),
        "dated": _items([fiche.dated] if hasattr(fiche, "dated") else []),
        "zone": escape(said.zone),
        "skills": _items([*said.skills, *([f"+\N{NO-BREAK SPACE}{said.skills_left}"] if said.skills_left else [])]),
    }
    for name, seam in SEAMS.items():
        markup = markup.replace(seam, written[name])
    return mark_safe(markup)


def _markup(fiche):
    if "card" not in fiche.markup:
        fiche.markup["card"] = _rendered(fiche, search=None, drop_url="")
    return fiche.markup["card"]


def _kept_markup(fiche, search):
    return _rendered(fiche, search=search, drop_url=f"{reverse('catalogue:list')}#fiche-{fiche.slug}")


def _rendered(fiche, **context):
    return render_to_string("catalogue/_card.html", {"fiche": fiche, "seams": SEAMS, **context})


def _proof(proof):
    if not proof:
        return '<p class="carte-preuve doux">Pas encore de référence publiée</p>'
    return f'<p class="carte-preuve"><b>Déjà fait\N{NO-BREAK SPACE}:</b> {proof}</p>'


def _items(items):
    return "".join(f"<li>{item}</li>" for item in items)


def _reasons(reasons):
    if not reasons:
        return ""
    items = "".join(f"<div><dt>{escape(reason.name)}</dt><dd>{reason.text}</dd></div>" for reason in reasons)
    return f'<p class="visuellement-cache">Pourquoi cette fiche est ici :</p>\n<dl class="carte-raisons">{items}</dl>'
