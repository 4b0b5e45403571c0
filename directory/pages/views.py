from html import unescape

from django.shortcuts import get_object_or_404, render
from django.utils.html import strip_tags
from django.views.decorators.http import require_safe

from crealead.markdown import contents, html_of, parse
from crealead.words import clipped
from directory.models import Page
from directory.privacy.actions import filled as filled_by_the_map

from .declaration import filled as filled_by_the_audit

# What stands in a text instead of its marks.
FILLED = {Page.Slug.PRIVACY: filled_by_the_map, Page.Slug.ACCESSIBILITY: filled_by_the_audit}

# How many parts a page has, at least, to begin with their list.
LEAST_PARTS = 6


@require_safe
def site_map(request):
    """Every page that one can go to, in one list."""
    return render(request, "pages/site_map.html")


def page(request, slug):
    """One of the texts that the cooperative edits.

    The legal notice prints the cooperative's identity too; the page on privacy, what the map of personal data says; the
    declaration of accessibility, what the audit found.
    """
    text = get_object_or_404(Page, slug=slug)
    tokens = parse(FILLED.get(slug, str)(text.body))
    html, parts = html_of(tokens), contents(tokens)
    context = {
        "page": text,
        "html": html,
        # A short text needs none.
        "contents": parts if len(parts) >= LEAST_PARTS else [],
        "description": clipped(unescape(strip_tags(html))),
        "show_identity": slug == Page.Slug.LEGAL,
    }
    return render(request, "pages/page.html", context)
