"""Each page of the walk in a real browser: axe, wide and narrow, light, dark and in forced colours; where the focus is."""

import mimetypes
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from django.contrib.staticfiles import finders
from playwright.sync_api import sync_playwright

from tests import chromium
from tests.browser.conftest import FLAGS

pytestmark = pytest.mark.walk
ORIGIN = "http://localhost"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 800}
RULES = {"resultTypes": ["violations"], "preload": False}
CONTRASTS = RULES | {"runOnly": ["color-contrast"]}
RUN = """async options => (await axe.run(document, options)).violations.map(
    ({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0].html.slice(0, 150)}`)"""
# How a page is looked at: the window, what the system asks for, and the rules.
LOOKS = {
    "wide": (WIDE, {}, RULES),
    "dark": (WIDE, {"color_scheme": "dark"}, CONTRASTS),
    "forced colours": (WIDE, {"forced_colors": "active"}, CONTRASTS),
    "narrow": (NARROW, {}, RULES),
}


def test_no_page_is_broken(pages):
    axe, faults = Path(AXE_FILE_PATH).read_text(encoding="utf-8"), []
    shown = {}

    def answer(route):
        url = urlsplit(route.request.url)
        if route.request.is_navigation_request():
            route.fulfill(status=200, headers={"Content-Type": "text/html; charset=utf-8"}, body=shown["html"])
        elif url.path.startswith("/static/") and (file := finders.find(url.path.removeprefix("/static/"))):
            route.fulfill(path=file, content_type=mimetypes.guess_type(file)[0] or "text/plain")
        else:
            route.fulfill(status=204, body="")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=FLAGS, chromium_sandbox=os.geteuid() != 0
        )
        tab = browser.new_context(locale="fr-FR", reduced_motion="reduce").new_page()
        tab.route("**/*", answer)
        for page in pages:
            shown["html"] = page.html
            tab.set_viewport_size(WIDE)
            tab.goto("about:blank")
            tab.goto(ORIGIN + page.visit.path.partition("#")[0])
            if page.visit.path.endswith("#sent-empty") and tab.evaluate("document.activeElement === document.body"):
                faults.append(f"{page.visit}: in error, the focus is nowhere")
            tab.evaluate(axe)
            for look, (window, media, rules) in LOOKS.items():
                tab.set_viewport_size(window)
                tab.emulate_media(**{"color_scheme": "light", "forced_colors": "none"} | media)
                faults += [f"{page.visit}, {look}: {fault}" for fault in tab.evaluate(RUN, rules)]
            if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{page.visit}: wider than 320 px")
        browser.close()
    assert not faults, "\n".join(faults)
