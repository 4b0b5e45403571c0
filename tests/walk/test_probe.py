"""A walk that finds nothing proves nothing, unless it finds what is there: each property, on a page that breaks it."""

import asyncio
import os

import pytest
from playwright.async_api import async_playwright

from tests import chromium

from .visits import Visit
from .walker import PROBE, Role, Seen, Walker

pytestmark = pytest.mark.walk
PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Faux</title><style>
.mute { outline: 0 } .wide { width: 500px } .flat { border: 0 } [aria-current] { background: #ff0 }
.turned { display: flex } .turned a { order: 1 } .tiny { font: 8px/1 serif } .pale { color: #ccc } .night { color: #333 }
@media (prefers-color-scheme: dark) { body { background: #111 } }
</style></head><body><main>
<h1>Un</h1><h3>Trois</h3><p class="pale">Trop pâle</p><p class="night">Trop sombre la nuit</p><p class="wide">Trop large</p>
<table><tr><th>Tête</th><td>Corps</td></tr></table>
<p><button class="mute">Muet</button> <button class="flat" tabindex="3">Plat</button></p>
<ul class="tiny"><li><a href="#d">i</a></li><li><a href="#e">j</a></li></ul>
<nav><a href="#a" aria-current="page">Ici</a> <a href="#b">Là</a></nav>
<p class="turned"><a href="#c">Après</a><button>Avant</button></p>
<form method="post"><label>Nom <input name="name" required></label><label>Ville <input name="town"></label><button>Envoyer</button></form>
</main></body></html>"""
FOUND = {
    "axe": ["320 px, light: color-contrast", "Trop sombre la nuit", "target-size"],
    "headings": ["h3 after h1"],
    "tables": ["no name", "no scope"],
    "required": ["no rule"],
    "sideways": ["320 px, light"],
    "keyboard": ["tabindex", "shown in another order"],
    "focus": ["mute"],
    "forced colours": ["told by its ground alone", "no edge"],
}


async def examined():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.find(), args=chromium.FLAGS, chromium_sandbox=os.geteuid() != 0
        )
        context = await browser.new_context(reduced_motion="reduce")
        page = await context.new_page()
        await page.set_content(PAGE)
        await page.evaluate(PROBE)
        walker = Walker(context, page, await context.new_cdp_session(page), url="", cookies=[], role=Role())
        seen = Seen(Visit("a page", "/", "anybody"), "", 200, "Faux", PAGE)
        await walker._examine(seen)
        await browser.close()
    return seen


@pytest.fixture(scope="module")
def faulty():
    return asyncio.run(examined())


@pytest.mark.parametrize("what", FOUND)
def test_what_is_at_fault_is_found(faulty, what):
    said = "\n".join(faulty.faults[what])

    assert [words for words in FOUND[what] if words not in said] == []
