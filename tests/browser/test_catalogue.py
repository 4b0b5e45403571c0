"""The catalogue in a browser: filters by mouse, by keyboard, with and without script; nothing kept on the reader."""

import re

import pytest
from playwright.sync_api import expect

from directory.privacy.map import STORED


def total(page):
    return int(page.locator("[data-total]").get_attribute("data-total"))


def test_a_filter_narrows_keeps_the_address_and_tells_the_new_count(page):
    page.goto("/catalogue/")
    before = total(page)
    box = page.locator("input[name=domaine]").first
    promised = int(page.locator("input[name=domaine] ~ [data-count]").first.get_attribute("data-count"))

    box.check()
    page.wait_for_url("**/catalogue/?domaine=*")

    expect(page.locator(f"[data-total='{promised}']")).to_be_visible()
    assert promised < before
    expect(page.locator("[aria-live=polite], [role=status]").first).to_contain_text(str(promised))
    page.go_back()
    expect(page.locator(f"[data-total='{before}']")).to_be_visible()


def test_a_chip_takes_itself_away(page):
    page.goto("/catalogue/?q=formation&departement=34")
    narrowed = total(page)

    page.get_by_role("link", name=re.compile("Retirer le filtre.*Hérault")).click()
    page.wait_for_url(lambda url: "departement" not in url)

    assert total(page) >= narrowed
    assert "q=formation" in page.url


def test_everything_works_without_script(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/catalogue/")
    before = total(page)

    page.get_by_label("Votre besoin, en quelques mots").fill("formation")
    page.locator("input[name=departement][value='34']").check()
    page.get_by_role("button", name="Voir les résultats").click()

    assert 0 < total(page) < before
    assert "q=formation" in page.url
    assert "departement=34" in page.url


def test_the_filters_work_by_keyboard_alone(page):
    page.goto("/catalogue/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Aller au contenu")
    page.keyboard.press("Enter")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "departement":
            break
    promised = int(page.locator(":focus ~ [data-count]").get_attribute("data-count"))

    page.keyboard.press("Space")
    page.wait_for_url("**/catalogue/?departement=*")

    expect(page.locator(f"[data-total='{promised}']")).to_be_visible()
    assert page.evaluate("document.activeElement.name") == "departement"


def test_two_quick_choices_both_count(page):
    page.goto("/catalogue/")
    boxes = page.locator("input[name=domaine]")

    boxes.nth(0).check()
    boxes.nth(1).check()
    page.wait_for_url(re.compile(r"domaine=.*domaine="))

    expect(page.locator("input[name=domaine]:checked")).to_have_count(2)


def test_a_reader_is_left_no_cookie_and_nothing_stored(page):
    for path in ("/", "/catalogue/", "/catalogue/?q=formation", "/mentions-legales/", "/referencement/"):
        page.goto(path)

        assert page.context.cookies() == [], path
        assert page.evaluate("localStorage.length") == 0, path
        # Until the tab is closed; the page on privacy tells it.
        assert set(page.evaluate("Object.keys(sessionStorage)")) <= {row.name for row in STORED}, path


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/catalogue/?q=formation&departement=34", "/referencement/", "/mentions-legales/"),
        *(
            f"/catalogue/?q={word}"
            for word in ("x" * 290, "https://exemple.example/?" + "a_b" * 80, "formation+" + "é" * 250)
        ),
    ],
)
def test_no_page_scrolls_sideways(shared_page, path):
    shared_page.goto(path)

    for width in (320, 390, 768, 1440):
        shared_page.set_viewport_size({"width": width, "height": 800})
        assert shared_page.evaluate("document.documentElement.scrollWidth") <= width, width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["checkbox", "radio", "text"])
def test_what_can_not_be_changed_is_drawn_otherwise(shared_page, scheme, kind):
    shared_page.emulate_media(color_scheme=scheme)
    shared_page.goto("/catalogue/")

    free, fixed = shared_page.locator("#q").evaluate(
        """(field, kind) => [false, true].map((disabled) => {
            const box = document.createElement("input");
            Object.assign(box, { type: kind, disabled });
            field.after(box);
            const { borderTopStyle, backgroundColor, cursor } = getComputedStyle(box);
            return [borderTopStyle, backgroundColor, cursor];
        })""",
        kind,
    )

    assert fixed[0] == "dashed" != free[0]
    assert fixed[1] != free[1]
    assert fixed[2] == "not-allowed"


def test_a_broken_network_falls_back_to_a_plain_page(browser, site):
    # Of its own: here the console is right to complain.
    with browser.new_context(base_url=site.url) as context:
        page = context.new_page()
        page.goto("/catalogue/")
        page.route(
            "**/catalogue/?*",
            lambda route: route.abort() if "hx-request" in route.request.headers else route.continue_(),
        )

        page.locator("input[name=domaine]").first.check()
        page.wait_for_url("**/catalogue/?domaine=*")

        expect(page.locator("[data-total]")).to_be_visible()


def test_links_at_the_foot_of_the_results_are_far_enough_apart_for_a_finger(shared_page):
    shared_page.set_viewport_size({"width": 390, "height": 844})
    shared_page.goto("/catalogue/?q=formation")

    heights = shared_page.evaluate(
        "() => [...document.querySelectorAll('.ordre a')].map(link => link.getBoundingClientRect().height)"
    )

    # WCAG 2.5.8.
    assert len(heights) >= 8
    assert min(heights) >= 24
