"""What only a layout shows of a card: how high it is on a phone, that nothing of it is cut, what looks read."""

import os

import pytest

from tests import chromium

PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 800}
# What WCAG 1.4.12 lets readers set.
SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
WEAR = """css => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
}"""
HIGHEST = 260
# Of each card: its height, and the texts that don't show whole.
HEIGHTS = """() => [...document.querySelectorAll("[data-fiche]")].map(card => {
    const parts = [card, ...card.querySelectorAll("h3, h3 a, p, ul, dl, li")].filter(
        part => !part.closest(".visuellement-cache")
    );
    const cut = parts.filter(part => getComputedStyle(part).display !== "inline" &&
        (part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth));
    return [card.dataset.fiche, Math.ceil(card.getBoundingClientRect().height),
            cut.map(part => part.className || part.tagName)]
})"""


def test_a_card_is_low_on_a_phone_and_nothing_of_it_is_cut(shared_page):
    shared_page.set_viewport_size(PHONE)
    cards = []
    for number in range(1, 8):
        # With its day, which is a fact more.
        shared_page.goto(f"/catalogue/?tri=maj&page={number}")
        cards += shared_page.evaluate(HEIGHTS)

    assert len(cards) > 100
    assert [card for card in cards if card[1] > HIGHEST or card[2]] == []


@pytest.fixture
def longest(site):
    """A fiche whose texts are as long as they may be."""
    [(pk, slug, *former)] = site.sql(
        "SELECT fiche.id, fiche.slug, headline, trade_name, city, reference.id, reference.subject, client.id, client.name"
        " FROM directory_coentrepreneur AS fiche JOIN directory_participation ON co_entrepreneur_id = fiche.id"
        " JOIN directory_reference AS reference ON reference.id = reference_id"
        " JOIN directory_publicclient AS client ON client.id = client_id"
        " WHERE client_public AND departed_on IS NULL AND reference.publishable AND reference.state = 'validated'"
        " ORDER BY fiche.id, reference.id LIMIT 1"
    )
    headline, trade_name, city, reference, subject, client, name = former

    def write(headline, trade_name, city, subject, name):
        site.sql(
            "UPDATE directory_coentrepreneur SET headline = %s, trade_name = %s, city = %s WHERE id = %s",
            headline, trade_name, city, pk,
        )  # fmt: skip
        # The only one of the fiche that a card may show, whatever the search.
        site.sql("UPDATE directory_reference SET subject = %s WHERE id = %s", subject, reference)
        site.sql("UPDATE directory_publicclient SET name = %s WHERE id = %s", name, client)

    write(
        ("Concertation et animation de réunions publiques " * 3)[:140],
        ("Les ateliers de la parole partagée en Languedoc " * 3)[:70],
        "Saint-Christol-lez-Alès et environs",
        ("Accompagnement de la concertation réglementaire " * 5)[:200],
        "Communauté d’agglomération Hérault Méditerranée et syndicat mixte",
    )
    yield slug
    write(headline, trade_name, city, subject, name)


def test_the_longest_texts_are_whole_even_spaced_on_the_narrowest_screen(shared_page, longest):
    shared_page.set_viewport_size(NARROWEST)
    shared_page.goto("/catalogue/?tri=maj")

    for spacing in ("", SPACING):
        shared_page.evaluate(WEAR, spacing)
        [cut] = [card[2] for card in shared_page.evaluate(HEIGHTS) if card[0] == longest]
        assert cut == [], spacing
        assert shared_page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"], spacing


def test_words_that_were_searched_show_in_forced_colours(shared_page):
    shared_page.emulate_media(color_scheme="dark", forced_colors="active")
    try:
        shared_page.goto("/catalogue/?q=formation")
        colours = shared_page.evaluate(
            "[...document.querySelectorAll('mark')].map(mark => [mark, mark.parentElement].map(e => getComputedStyle(e).color))"
        )
    finally:
        shared_page.emulate_media(forced_colors="none")

    assert colours
    assert [pair for pair in colours if pair[0] != pair[1]] == []


def test_a_fiche_already_read_looks_read(browser, site, tmp_path):
    """Whether it was is told to no script: only its pixels say it, and to who keeps a history."""
    with browser.browser_type.launch_persistent_context(
        tmp_path,
        executable_path=chromium.find(),
        args=chromium.FLAGS,
        chromium_sandbox=os.geteuid() != 0,
        base_url=site.url,
    ) as context:
        _looks_read(context.new_page())


def _looks_read(page):
    page.goto("/catalogue/")
    link = page.locator("[data-fiche] h3 a").first
    before = link.screenshot()

    link.click()
    page.wait_for_url("**/catalogue/*/")
    page.go_back()
    page.mouse.move(0, 0)

    assert link.screenshot() != before
