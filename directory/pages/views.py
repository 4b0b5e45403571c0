from django.shortcuts import get_object_or_404, render

from crealead.markdown import render as render_markdown
from directory.models import Page
from directory.privacy.actions import filled


def page(request, slug):
    """One of the texts that the cooperative edits.

    The legal notice prints the cooperative's identity too; the page on privacy, what the map of personal data says.
    """
    text = get_object_or_404(Page, slug=slug)
    body = filled(text.body) if slug == Page.Slug.PRIVACY else text.body
    return render(
        request,
        "pages/page.html",
        {"page": text, "html": render_markdown(body), "show_identity": slug == Page.Slug.LEGAL},
    )
