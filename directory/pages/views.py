from django.shortcuts import get_object_or_404, render

from crealead.markdown import render as render_markdown
from directory.models import Page


def page(request, slug):
    """One of the texts that the cooperative edits; the legal notice prints the cooperative's identity too."""
    text = get_object_or_404(Page, slug=slug)
    return render(
        request,
        "pages/page.html",
        {"page": text, "html": render_markdown(text.body), "show_identity": slug == Page.Slug.LEGAL},
    )
