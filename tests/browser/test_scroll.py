"""The catalogue, scrolled: what one acts on stays where it is in the window, and keeps the focus."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

WINDOWS = {390: 800, 768: 1024, 1440: 900}
FACETS = ["departement", "montant", "references", "client", "label", "assurance", "competence", "domaine", "cpv"]
# The finest grid of a screen, and what rounding adds.
NEAR = 2
# Under the edge of the window, what `scroll-padding-top` and `scroll-margin-top` leave.
HEAD = 40
# Looks at each frame, where `expect` would after ever longer waits.
SWAPPED = """async () => {
    const until = performance.now() + 10000;
    while (!document.querySelector("#recherche:not([data-former], .htmx-settling)")) {
        if (performance.now() > until) throw new Error("the search was not swapped");
        await new Promise((done) => { setTimeout(done, 200); requestAnimationFrame(done); });
    }
}"""
# Twice: what the first draws may move what the next one shows. A page that isn't drawn has nothing to wait for.
PAINTED = """() => new Promise((done) => {
    setTimeout(done, 2000);
    requestAnimationFrame(() => requestAnimationFrame(done));
})"""
CHOSEN = "/catalogue/?departement=34&departement=30&client=commune&references=1"


@pytest.fixture(params=WINDOWS, ids=lambda width: f"{width}px")
def results(request, open_page):
    """The catalogue at each width."""
    width = request.param
    page = open_page(viewport={"width": width, "height": WINDOWS[width]})
    page.goto("/catalogue/")
    return page


@pytest.fixture
def reader(results):
    """The same, its filters unfolded."""
    unfold(results)
    return results


def unfold(page):
    if page.locator("#volet > summary").is_visible():
        page.locator("#volet > summary").click()
        page.evaluate("for (const group of document.querySelectorAll('.groupe-filtre')) group.open = true")


def facets_at(page):
    """All of them on a phone, where the page is longest; elsewhere the first and the last two."""
    return FACETS if page.viewport_size["width"] == min(WINDOWS) else [FACETS[0], *FACETS[-2:]]


def top(locator):
    return locator.evaluate("element => element.getBoundingClientRect().top")


def bring_up(locator):
    """Scroll the page, and the list it is in, until this is the first thing in the window."""
    locator.evaluate("element => element.scrollIntoView({ block: 'start' })")
    return top(locator)


@contextmanager
def swap(page):
    """What is done within makes a new search take the place of the old one, and the page come to rest."""
    page.evaluate("document.getElementById('recherche').dataset.former = ''")
    yield
    page.evaluate(SWAPPED)
    page.evaluate(PAINTED)


def assert_stays(locator, place):
    assert top(locator) == pytest.approx(place, abs=NEAR)
    expect(locator).to_be_in_viewport()
    expect(locator).to_be_focused()


def box_of(page, locator):
    """A box under a name that holds once the search is swapped."""
    name, value = locator.get_attribute("name"), locator.get_attribute("value")
    return page.locator(f"#filtres [name='{name}'][value='{value}']")


def assert_ticks_and_unticks(page, box, act):
    place = bring_up(box)
    for count in (1, 0):
        with swap(page):
            act()
        expect(page.locator("#filtres :checked")).to_have_count(count)
        assert_stays(box, place)


def test_a_box_ticked_and_unticked(reader):
    for facet in facets_at(reader):
        box = box_of(reader, reader.locator(f"#facette-{facet} > .valeurs :enabled").last)

        assert_ticks_and_unticks(reader, box, box.click)


def test_a_box_beyond_the_fold(reader):
    long = [facet for facet in facets_at(reader) if reader.locator(f"#suite-{facet}").count()]
    assert {"departement", "cpv"} <= set(long)
    for facet in long:
        more = reader.locator(f"#suite-{facet} > summary")
        place = bring_up(more)
        more.click()
        assert_stays(more, place)
        # The last, which few answer: what remains is short.
        box = box_of(reader, reader.locator(f"#suite-{facet} .valeurs :enabled").last)

        assert_ticks_and_unticks(reader, box, box.click)


def test_a_box_by_keyboard_and_without_motion(reader):
    reader.emulate_media(reduced_motion="reduce")
    box = box_of(reader, reader.locator("#facette-competence .valeurs :enabled").first)
    box.focus()

    assert_ticks_and_unticks(reader, box, lambda: reader.keyboard.press("Space"))


def test_a_filter_that_is_gone_leaves_the_focus_to_what_is_left(reader):
    reader.goto("/catalogue/?q=zzxxqq&domaine=numerique")
    unfold(reader)

    with swap(reader):
        reader.locator("[name=domaine]:checked").click()

    expect(reader.locator(".facette")).to_have_count(0)
    left = reader.locator("#filtrer" if reader.viewport_size["width"] < 960 else "#resume")
    expect(left).to_be_focused()
    expect(left).to_be_in_viewport()


def test_another_order(results):
    order = results.get_by_label("Trier par")
    place = bring_up(order)

    with swap(results):
        order.focus()
        order.select_option("nom")

    assert_stays(order, place)


def test_the_search_inside_a_filter(reader):
    box = reader.get_by_label("Chercher une zone")
    facet = reader.get_by_role("group", name="Zone d’intervention")
    place = bring_up(box)

    for by_enter, words, told in (
        (False, "haut", "choix contiennent"),
        (True, "zzxxqq", "Rien ne contient"),
        (False, "", "co-entrepreneurs"),
        (True, "haut", "choix contiennent"),
    ):
        box.fill(words)
        with swap(reader):
            box.press("Enter") if by_enter else facet.get_by_role("button", name="Chercher").click()
        expect(box).to_have_value(words)
        assert_stays(box, place)
        if words == "haut":
            number = int(re.search(r"\d+", facet.locator("[data-trouve]").inner_text())[0])
            expect(facet.locator(".valeurs label").filter(visible=True)).to_have_count(number)
        expect(reader.get_by_role("status")).to_contain_text(told)


def test_the_links_that_take_filters_off(results):
    results.goto(CHOSEN)
    summary = results.locator("#resume")
    place = bring_up(summary)

    for name in ("Retirer le filtre.*Gard", "Retirer le filtre.*Commune", "Tout retirer"):
        with swap(results):
            results.get_by_role("link", name=re.compile(name)).click()
        assert_stays(summary, place)


def assert_at_the_head_of_the_results(page):
    summary = page.locator("#resume")
    assert 0 <= top(summary) <= HEAD
    expect(summary).to_be_focused()


def test_the_pager_goes_to_the_head_of_the_results(results):
    with swap(results):
        results.get_by_role("link", name="Suivante").click()

    expect(results.locator("#resume")).to_contain_text("page 2")
    assert_at_the_head_of_the_results(results)


@pytest.mark.parametrize("results", [390, 768], indirect=True)
def test_the_button_of_the_filters_leads_to_the_results(reader):
    with swap(reader):
        reader.locator("[name=departement]").first.click()
    entries = reader.evaluate("history.length")

    reader.get_by_role("button", name=re.compile("Voir les")).click()

    expect(reader.locator("#volet")).not_to_have_attribute("open", "")
    assert_at_the_head_of_the_results(reader)
    assert reader.evaluate("history.length") == entries


def test_back_finds_the_box_as_it_was(reader):
    reader.locator("#suite-departement > summary").click()
    box = box_of(reader, reader.locator("#facette-client > .valeurs input:enabled").last)
    place = bring_up(box)
    with swap(reader):
        box.click()

    for step, is_ticked in ((reader.go_back, False), (reader.go_forward, True)):
        step()
        expect(box).to_be_checked(checked=is_ticked)
        expect(box).to_be_in_viewport()
        assert top(box) == pytest.approx(place, abs=NEAR)


def test_back_to_the_end_of_the_first_page(results):
    link = results.get_by_role("link", name="Suivante")
    place = bring_up(link)
    with swap(results):
        link.click()

    results.go_back()

    expect(results.locator("#resume")).not_to_contain_text("page")
    assert top(link) == pytest.approx(place, abs=NEAR)


def test_back_from_a_fiche(results):
    results.goto("/catalogue/?departement=34")
    card = results.locator("[data-fiche] a").first
    place = bring_up(card)
    card.click()
    results.wait_for_url(lambda url: "/catalogue/?" not in url)

    results.go_back()

    assert top(card) == pytest.approx(place, abs=NEAR)
