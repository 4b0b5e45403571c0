from html import unescape

from django.shortcuts import get_object_or_404, render
from django.utils.html import strip_tags
from django.views.decorators.http import require_safe

from crealead.markdown import render as render_markdown
from crealead.words import clipped
from directory.models import Page
from directory.privacy.actions import filled


@require_safe
def site_map(request):
    """Every page that one can go to, in one list."""
    return render(request, "pages/site_map.html")


def page(request, slug):
    """One of the texts that the cooperative edits.

    The legal notice prints the cooperative's identity too; the page on privacy, what the map of personal data says.
    """
    text = get_object_or_404(Page, slug=slug)
    html = render_markdown(filled(text.body) if slug == Page.Slug.PRIVACY else text.body)
    context = {
        "page": text,
        "html": html,
        "description": clipped(unescape(strip_tags(html))),
        "show_identity": slug == Page.Slug.LEGAL,
    }
    return render(request, "pages/page.html", context)
