"""One browser goes through the visits, a page for each role, two roles at a time, and notes what each property finds."""

import asyncio
import os
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.async_api import Error, async_playwright

from tests import chromium

from .visits import Visit

PROBE = Path(__file__).with_name("probe.js").read_text(encoding="utf-8")
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
WIDTHS = {"320 px": {"width": 320, "height": 800}, "1280 px": {"width": 1280, "height": 800}}
COLOURS = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}
TAB = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
AT_ONCE = 2
# More visits than one should make alone.
SEVERAL = 60
# A download, or an answer without a word.
NO_PAGE_CAME = "Download is starting|ERR_ABORTED|ERR_HTTP_RESPONSE_CODE_FAILURE"


@dataclass
class Seen:
    """A page in one of its states, as a browser showed it.

    Attributes:
        visit: how one comes there.
        state: what was done there: nothing, a form sent empty, a swap.
        status: of the answer; None after a swap.
        answered: where a form that was sent led, if it led elsewhere.
        html: as it came; after a swap, nothing.
        words: those of the button that was pressed.
        is_elsewhere: whether the address leads to another.
        faults: by property, what is wrong.
    """

    visit: Visit
    state: str
    status: int | None
    title: str
    html: str
    answered: str = ""
    words: str = ""
    is_elsewhere: bool = False
    content_type: str = "text/html"
    faults: dict = field(default_factory=lambda: defaultdict(list))

    @property
    def is_html(self):
        return self.content_type.startswith("text/html")

    def __str__(self):
        return f"{self.visit}{self.state and f' [{self.state}]'}"


@dataclass
class Role:
    """What those who walk as one share: the visits that are left, the colours judged, the forms sent already."""

    visits: list = field(default_factory=list)
    judged: dict = field(default_factory=lambda: defaultdict(set))
    sent: set = field(default_factory=set)


class Walker:
    """A role, on its page."""

    def __init__(self, context, page, keyboard, *, url, cookies, role):
        self._context, self._page, self._keyboard = context, page, keyboard
        self._url, self._cookies = url, cookies
        self._judged, self._sent = role.judged, role.sent
        self.seen = []

    async def walk(self, visit):
        """Note the page as it comes, after each swap, and after each of its forms is sent with nothing typed."""
        answer = await self._open(visit)
        if answer is None or not _is_page(answer):
            self.seen.append(await self._not_a_page(visit, answer))
            return
        if visit.sends:
            await self._send(visit, await self._do("sending", visit.sends, visit.words))
            return
        first = await self._note(visit, "", answer, is_elsewhere=answer.request.redirected_from is not None)
        await self._examine(first)
        forms = await self._do("forms")
        for trigger in await self._do("triggers"):
            await self._swap(visit, trigger)
        for form in forms:
            # What stands on every page is sent from one.
            if form["action"] == visit.path or form["key"] not in self._sent:
                self._sent.add(form["key"])
                await self._send(visit, form)

    async def _open(self, visit):
        try:
            answer = await self._page.goto(self._url + visit.path)
        except Error as error:
            if not re.search(NO_PAGE_CAME, error.message):
                raise
            await self._page.goto("about:blank")
            return None
        await self._prepare()
        return answer

    async def _prepare(self):
        await self._page.evaluate(PROBE)

    async def _not_a_page(self, visit, answer):
        return Seen(
            visit,
            "",
            answer and answer.status,
            "",
            "",
            content_type=answer.headers.get("content-type", "") if answer else "",
        )

    async def _note(self, visit, state, answer=None, **more):
        html = await answer.text() if answer else ""
        seen = Seen(visit, state, answer and answer.status, await self._page.title(), html, **more)
        self.seen.append(seen)
        return seen

    async def _do(self, what, *args):
        return await self._page.evaluate(f"args => walk.{what}(...args)", list(args))

    async def _examine(self, seen):
        """All that is held of a page, without loading it again."""
        await self._page.evaluate(AXE)
        # A form that was sent empty shows the same page with what is to be corrected: the narrow one tells.
        widths = {"320 px": WIDTHS["320 px"]} if seen.words else WIDTHS
        for width, size in widths.items():
            await self._page.set_viewport_size(size)
            for colour, media in COLOURS.items():
                await self._page.emulate_media(**media)
                if (width, colour) == ("1280 px", "light"):
                    await self._press_tab(seen)
                found = await self._do("examine", width, colour, sorted(self._judged[colour]))
                self._judged[colour] |= set(found.pop("judged"))
                for what, faults in found.items():
                    seen.faults[what] += [f"{width}, {colour}: {fault}" for fault in faults]
        await self._page.emulate_media(**COLOURS["light"])

    async def _press_tab(self, seen):
        presses = await self._do("begin")
        await asyncio.gather(*(self._keyboard.send("Input.dispatchKeyEvent", TAB) for _ in range(presses)))
        seen.faults["keyboard"] += await self._do("order")

    async def _swap(self, visit, trigger):
        await self._open(visit)
        await self._do("beforeSwap")
        settled = asyncio.ensure_future(self._do("settled"))
        await self._act(trigger)
        if not await settled:
            return
        seen = await self._note(visit, f"swap: {trigger['kind']}")
        seen.faults["focus kept"] += await self._do("lost")
        seen.faults["status regions"] += await self._do("afterSwap")
        await self._prepare()
        await self._examine(seen)

    async def _act(self, trigger):
        """As someone would with the keyboard alone."""
        kind, how = trigger["kind"], trigger["how"]
        if how == "wait":
            # Who waits stands somewhere in what will be replaced.
            await self._do("stand")
            return
        if how == "link":
            name = kind.removeprefix("boost ")
            await self._page.locator(
                f"[hx-boost=true][class='{name}'] a:visible, [hx-boost=true][id='{name}'] a:visible"
            ).first.press("Enter")
        elif how == "form":
            await self._page.locator(f"#{kind} button:visible").first.press("Enter")
        else:
            await self._page.locator(f"[name='{kind}'], [id='{kind}']").first.press_sequentially("an")

    async def _send(self, visit, form):
        if urlsplit(self._page.url).path != urlsplit(visit.path).path or not await self._page.evaluate("!!window.walk"):
            await self._open(visit)
        state = f"sent{'' if visit.sends else ' empty'}: {form['words']}"
        try:
            async with self._page.expect_navigation(timeout=20_000) as navigation:
                await self._do("send", form)
            answer = await navigation.value
        except Error as error:
            if not re.search(NO_PAGE_CAME, error.message):
                raise
            await self._page.goto("about:blank")
            return
        await self._context.add_cookies(self._cookies)
        if answer is None or not _is_page(answer):
            return
        await self._prepare()
        led = answer.request.redirected_from
        answered = urlsplit(self._page.url).path if led else ""
        seen = await self._note(visit, state, answer, answered=answered, words=form["words"])
        if not led:
            seen.faults["focus kept"] += await self._do("leads")
            await self._examine(seen)


def _is_page(answer):
    return answer.headers.get("content-type", "").startswith("text/html")


async def walk(url, visits, browsers):
    """What is seen of those visits, by the browsers of the test's client that are signed in as each role."""
    roles = defaultdict(Role)
    for visit in visits:
        roles[visit.who].visits.append(visit)
    gate = asyncio.Semaphore(AT_ONCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.find(), args=chromium.FLAGS, chromium_sandbox=os.geteuid() != 0
        )
        # The longest first, by two: neither is left alone at the end.
        by_length = sorted(roles, key=lambda who: -len(roles[who].visits))
        walkers = [who for who in by_length for _ in range(1 + (len(roles[who].visits) > SEVERAL))]
        seen = await asyncio.gather(*(_walk_as(browser, gate, url, roles[who], browsers[who]) for who in walkers))
        await browser.close()
    return [page for of_walker in seen for page in of_walker]


async def _walk_as(browser, gate, url, role, client):
    cookies = [{"name": name, "value": cookie.value, "url": url} for name, cookie in client.cookies.items()]
    async with gate:
        context = await browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce")
        context.set_default_timeout(20_000)
        await context.add_cookies(cookies)
        page = await context.new_page()
        walker = Walker(context, page, await context.new_cdp_session(page), url=url, cookies=cookies, role=role)
        while role.visits:
            visit = role.visits.pop()
            try:
                await walker.walk(visit)
            except Error as error:
                raise AssertionError(f"{visit}: {error}") from error
        await context.close()
    return walker.seen
