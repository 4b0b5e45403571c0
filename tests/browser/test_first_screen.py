"""The first screen of the results: the first card on it, and on a phone the filters in a drawer that covers it."""

import re

import pytest
from playwright.sync_api import expect

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
# How low the first card may start.
LOWEST = [(PHONE, 420), (DESK, 330)]
FILTERS = "departement=34&client=commune&references=1"
TENDER = (
    "Accord-cadre à bons de commande pour des prestations de formation, d’animation de réunions publiques et de "
    "conception graphique au profit de la communauté d’agglomération, lot 2 : Béziers et Hérault, 80511000"
)
SEARCHES = {
    "no search": "",
    "a word": "q=formation",
    "a word and three filters": f"q=formation&{FILTERS}",
    "a tender": f"q={TENDER}",
    "a tender and three filters": f"q={TENDER}&{FILTERS}&competence=inconnue",
    "an unknown word": "q=formation+zorglubique",
    "a correction": "q=fromation+%C3%A0+B%C3%A9ziers",
}


@pytest.mark.parametrize(("window", "lowest"), LOWEST, ids=["phone", "desk"])
def test_the_first_card_starts_on_the_first_screen(shared_page, window, lowest):
    shared_page.set_viewport_size(window)
    starts = {}
    for name, query in SEARCHES.items():
        shared_page.goto(f"/catalogue/?{query}")
        starts[name] = shared_page.locator("[data-fiche]").first.bounding_box()["y"]

    assert {name: y for name, y in starts.items() if y > lowest} == {}


def test_what_is_kept_doesnt_push_it_down(page):
    page.set_viewport_size(PHONE)
    page.goto("/catalogue/?q=formation")
    page.evaluate("localStorage.setItem('selection', JSON.stringify([...Array(30).keys()].map((n) => `fiche-${n}`)))")
    page.reload()
    expect(page.locator("[data-kept] a")).to_have_text("30 gardées")

    assert page.locator("[data-fiche]").first.bounding_box()["y"] <= LOWEST[0][1]
    brand, kept = (page.locator(part).bounding_box() for part in (".marque span", "[data-kept] a"))
    assert brand["x"] + brand["width"] <= kept["x"]


@pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])
def test_the_need_is_written_once(shared_page, window):
    shared_page.set_viewport_size(window)
    shared_page.goto(f"/catalogue/?q=formation&{FILTERS}")

    head = shared_page.locator("#recherche").evaluate(
        "search => [...search.querySelectorAll(':scope > :not(.resultats), .choix, .lecture')]"
        ".map((part) => part.innerText).join()"
    )
    expect(shared_page.get_by_label("Votre besoin, en quelques mots")).to_have_value("formation")
    assert "« formation »" not in re.sub(r"\s", " ", shared_page.locator(".choix").inner_text())
    assert head.count("Chercher exactement") == 0


def focused(page):
    return page.evaluate("document.activeElement.closest('#volet') !== null")


@pytest.fixture
def drawer(open_page):
    page = open_page(viewport=PHONE)
    page.goto(f"/catalogue/?q=formation&{FILTERS}")
    page.locator("#filtrer").click()
    return page


def test_the_drawer_has_closed_groups_that_say_what_is_chosen(drawer):
    expect(drawer.locator(".groupe-filtre[open]")).to_have_count(0)
    expect(drawer.locator("#groupe-departement > summary")).to_contain_text("Hérault (34)")
    expect(drawer.locator("#groupe-client > summary")).to_contain_text("Commune")
    assert drawer.locator("#volet [data-count='0']").count() == 0


def test_the_focus_stays_in_the_drawer_until_escape_gives_it_back(drawer):
    expect(drawer.locator(".groupe-filtre > summary").first).to_be_focused()
    seen = set()
    for _ in range(14):
        drawer.keyboard.press("Tab")
        if drawer.evaluate("document.activeElement !== document.body"):
            assert focused(drawer)
            seen.add(drawer.evaluate("document.activeElement.outerHTML"))
    assert len(seen) >= 8

    drawer.keyboard.press("Escape")

    expect(drawer.locator("#volet")).not_to_have_attribute("open", "")
    expect(drawer.locator("#filtrer")).to_be_focused()
    drawer.get_by_role("link", name=re.compile("Retirer le filtre.*Hérault")).focus()


def test_the_button_at_the_foot_says_how_many_and_is_always_there(drawer):
    button = drawer.locator(".appliquer")
    total = drawer.locator("[data-total]")
    expect(button).to_have_text(re.compile(rf"Voir les {total.get_attribute('data-total')}"))
    drawer.locator("#groupe-departement > summary").click()
    box = drawer.locator("input[type=checkbox][name=departement]:not(:checked)").last

    drawer.locator("#suite-departement > summary").click()
    box.click()
    drawer.wait_for_url(lambda url: url.count("departement=") == 2)

    expect(button).to_be_in_viewport()
    expect(button).to_have_text(re.compile(rf"Voir les {total.get_attribute('data-total')}"))


def test_the_drawer_serves_without_script(open_page):
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/catalogue/")
    page.locator("#filtrer").click()
    page.locator("#groupe-departement > summary").click()
    page.locator("[name=departement][value='34']").check()

    button = page.get_by_role("button", name="Voir les résultats")
    expect(button).to_be_in_viewport()
    button.click()

    assert "departement=34" in page.url
    expect(page.locator("[data-fiche]").first).to_be_in_viewport()


@pytest.mark.parametrize("path", ["/catalogue/imprimer/?q=formation", "/selection/?f=teresa-vitali&f=ibrahima-diallo"])
def test_what_waits_for_a_script_does_not_show_without_any(open_page, path):
    page = open_page(java_script_enabled=False)
    page.goto(path)

    waiting = page.locator("main [hidden]").all()
    assert waiting
    assert [part.inner_text() for part in waiting if part.is_visible()] == []
