"""What keeps some from using the page that a browser shows."""

from axe_playwright_python.sync_playwright import Axe

# The narrowest that pages are made for.
PHONE = {"width": 320, "height": 800}
TABBABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"


# Colours may take a while to change; what turns for as long as the page waits never ends, and what is hidden may not.
AT_REST = """async () => {
    const atMost = new Promise((done) => setTimeout(done, 2000));
    await Promise.race([new Promise(requestAnimationFrame), atMost]);
    const ending = document.getAnimations().map(({ finished }) => finished.catch(() => {}));
    await Promise.race([Promise.all(ending), atMost]);
}"""


# What WCAG 1.4.12 lets readers set.
SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
        + " p { margin-bottom: 2em !important }");
    document.adoptedStyleSheets = [sheet];
    const isSideways = document.documentElement.scrollWidth > innerWidth;
    document.adoptedStyleSheets = [];
    return isSideways || document.documentElement.scrollWidth > innerWidth;
}"""


def is_sideways(page):
    """Whether the page is wider than the window, as it comes or with the text spaced as readers may space it."""
    # What a click opened may have come without a word of it yet.
    page.wait_for_load_state()
    return page.evaluate(SPACED)


def violations(page):
    """What axe finds broken on this page, in light, then, of the contrasts alone, in dark."""
    page.wait_for_load_state()
    # `preload` would write inline style into the page, which the policy forbids.
    options = {"resultTypes": ["violations"], "preload": False}
    broken = Axe().run(page, options=options).response["violations"]
    page.emulate_media(color_scheme="dark")
    page.evaluate(AT_REST)
    options |= {"runOnly": ["color-contrast"]}
    broken += page.evaluate("options => axe.run(document, options)", options)["violations"]
    page.emulate_media(color_scheme="light")
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in broken]


def out_of_reach(page):
    """What shows and can be used, but that the Tab key never comes to."""
    page.evaluate("document.activeElement.blur()")
    # Once around, wherever one starts from; the address bar is a stop.
    for _ in range(page.locator(TABBABLE).count() + 2):
        page.keyboard.press("Tab")
        page.evaluate("document.activeElement.dataset.reached = ''")
    return page.evaluate(
        """tabbable => [...document.querySelectorAll(tabbable)].filter(element =>
            element.checkVisibility({ visibilityProperty: true }) && !element.matches(":disabled, [data-reached]")
            && element.tabIndex >= 0
            && !(element.type === "radio" && document.querySelector(`[name="${element.name}"][data-reached]`))
        ).map(element => element.outerHTML.slice(0, 150))""",
        TABBABLE,
    )


def what_is_wrong(page):
    """What keeps some from using this page: wider than the screen, out of reach of the keyboard, or broken for axe."""
    wrong = {
        "sideways": is_sideways(page),
        "out of reach": out_of_reach(page),
        "axe": violations(page),
    }
    return {fault: seen for fault, seen in wrong.items() if seen}
