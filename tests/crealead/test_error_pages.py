"""What is said when a page can't be: each in the same frame, out of robots' sight, with a way out, and none to share."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from directory.pages.audit import AUDIT

PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html", "503.html", "507.html"]
PAGES += ["busy.html", "catalogue/gone.html"]


@pytest.mark.parametrize("page", PAGES)
def test_is_in_the_frame_of_the_site(page):
    html = render_to_string(page, {"kept": None, "action": "/"}, RequestFactory().get("/nulle-part/"))

    assert html.count("<h1") == html.count("<title>") == 1
    assert re.search(r"<title>.+ – Crealead, entrée client public</title>", html)
    assert '<meta name="robots" content="noindex">' in html
    assert re.search(r'<a class="marque" href="/">\s*<svg', html)
    assert re.search(r'<main.*<a class="bouton[^"]*" href="/">Page d’accueil</a>.*</main>', html, re.DOTALL)
    assert re.search(r'<body>\s*<a class="evitement[^"]*" href="#contenu">', html)
    assert '<main id="contenu" tabindex="-1">' in html
    assert f'href="/accessibilite/">Accessibilité\N{NO-BREAK SPACE}: {AUDIT.state().value}</a>' in html
    assert "og:" not in html
