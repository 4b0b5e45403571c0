"""What only a browser does of a selection: keep without leaving the page, in all tabs, put in order, tell."""

import json

import pytest
from playwright.sync_api import expect

KEEP = "[data-keep]"
STORE = "slugs => localStorage.setItem('selection', slugs)"


def test_what_is_kept_shows_at_once_and_in_other_tabs(page):
    page.goto("/catalogue/?q=formation")
    other = page.context.new_page()
    other.goto(page.url)

    first = page.locator(KEEP).first
    first.click()

    assert first.get_attribute("aria-pressed") == "true"
    assert "/catalogue/" in page.url
    other.locator("[data-kept]").get_by_text("1 gardée").wait_for()
    other.locator("[data-kept] a").click()
    assert other.locator("[data-selection]").get_attribute("data-selection") == "1"
    other.locator("[data-drop]").first.click()
    page.locator("[data-kept]").wait_for(state="hidden")
    assert not page.context.cookies()


@pytest.mark.parametrize("path", ["/", "/catalogue/?q=formation", "/catalogue/teresa-vitali/"])
def test_wherever_one_keeps_a_region_that_was_there_says_so(page, path):
    page.goto(path)
    region = page.get_by_role("status")
    assert region.inner_text() == ""

    page.locator(KEEP).first.press("Enter")

    assert region.inner_text() == "Fiche gardée."


def test_one_too_many_is_refused_with_a_sentence(page):
    page.goto("/catalogue/?q=formation")
    page.evaluate(STORE, json.dumps([f"fiche-{number}" for number in range(30)]))
    page.reload()

    page.locator(KEEP).first.click()

    assert "30 fiches" in page.locator("[data-refused]").inner_text()
    assert "30 fiches" in page.get_by_role("status").inner_text()
    assert page.locator(KEEP).first.get_attribute("aria-pressed") == "false"


def test_a_full_storage_sends_the_form(page):
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }")
    page.goto("/catalogue/?q=formation")
    slug = page.locator(KEEP).first.get_attribute("data-keep")

    page.locator(KEEP).first.click()
    page.wait_for_url("**/selection/**")

    assert f"f={slug}" in page.url


def test_what_the_storage_holds_that_is_no_selection_breaks_nothing(page):
    page.goto("/catalogue/?q=formation")
    page.evaluate(STORE, '{"a": 1')
    page.reload()

    page.locator(KEEP).first.click()

    assert page.locator(KEEP).first.get_attribute("aria-pressed") == "true"


def kept(page):
    return json.loads(page.evaluate("() => localStorage.getItem('selection')"))


def test_somebody_elses_selection_is_changed_without_touching_ones_own(page):
    page.goto("/catalogue/?q=formation")
    slugs = [button.get_attribute("data-keep") for button in page.locator(KEEP).all()[:3]]
    page.evaluate(STORE, json.dumps(slugs[:2]))

    page.goto("/selection/?" + "&".join(f"f={slug}" for slug in slugs))
    page.locator(f"[data-drop={slugs[0]}]").first.click()
    page.wait_for_url(lambda url: slugs[0] not in url)

    assert kept(page) == slugs[:2]


def selection_of(page, count):
    """Opens the page of the first fiches of a search, that nobody keeps yet; their slugs."""
    page.goto("/catalogue/?q=formation")
    slugs = [button.get_attribute("data-keep") for button in page.locator(KEEP).all()[:count]]
    page.goto("/selection/?" + "&".join(f"f={slug}" for slug in slugs))
    return slugs


def told(page):
    return page.get_by_role("status").inner_text().replace("\u00a0", " ")


def test_somebody_elses_selection_is_added_to_ones_own(page):
    slugs = selection_of(page, 2)
    page.evaluate(STORE, json.dumps(["fiche-0", slugs[0]]))
    page.reload()

    button = page.get_by_role("button", name="Ajouter à celles que je garde")
    button.click()

    assert kept(page) == ["fiche-0", *slugs]
    assert told(page) == "Fiches gardées."
    assert button.is_hidden()
    # Who pressed it stays there.
    assert page.evaluate("() => document.activeElement.textContent") == "Fiches gardées."


def test_past_the_last_place_the_last_are_not_added_and_that_is_said(page):
    slugs = selection_of(page, 2)
    page.evaluate(STORE, json.dumps([f"fiche-{number}" for number in range(29)]))
    page.reload()

    page.get_by_role("button", name="Ajouter à celles que je garde").click()

    assert kept(page)[29:] == slugs[:1]
    name = page.locator(f"[data-selection] [data-fiche={slugs[1]}] a").first.inner_text()
    assert told(page) == f"Une sélection garde 30 fiches : {name} n’y est pas."


def test_a_storage_that_is_full_is_said(page):
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }")
    selection_of(page, 2)

    page.get_by_role("button", name="Ajouter à celles que je garde").click()

    assert told(page) == "Votre navigateur n’a rien gardé : copiez plutôt l’adresse de cette page."
    assert page.locator("[data-kept]").is_hidden()


def test_its_link_is_copied(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    slugs = selection_of(page, 2)

    page.get_by_role("button", name="Copier le lien").click()
    page.locator("[data-told]").get_by_text("Lien copié.").wait_for()

    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.endswith(f"/selection/?f={slugs[0]}&f={slugs[1]}")


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("name", ["Copier le lien", "Ajouter à celles que je garde"])
def test_what_a_button_did_is_told_beside_it(open_page, width, name):
    page = open_page(viewport={"width": width, "height": 844})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    selection_of(page, 2)
    button = page.get_by_role("button", name=name)
    before = button.bounding_box()

    button.click()

    sentence = page.locator("[data-told]:not(:empty)")
    sentence.wait_for()
    told_at = sentence.bounding_box()
    assert abs(told_at["y"] - before["y"]) <= before["height"] + 24
    assert told_at["x"] + told_at["width"] <= width


@pytest.mark.parametrize(("width", "shown_as"), [(390, "carte"), (1440, "colonne")])
def test_a_fiche_that_moves_keeps_the_focus_and_its_place_in_the_window(open_page, width, shown_as):
    page = open_page(viewport={"width": width, "height": 844})
    slugs = selection_of(page, 4)
    link = page.locator(f"#{shown_as}-{slugs[1]} [data-rang=apres]")
    link.scroll_into_view_if_needed()
    top = link.bounding_box()["y"]

    for place in ("3", "4"):
        link.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(f"place {place} sur 4.")
        focused = page.locator(":focus")
        assert abs(focused.bounding_box()["y"] - top) <= 2
        assert "Reculer" in focused.inner_text() if place == "3" else "Avancer" in focused.inner_text()

    assert page.evaluate("() => sessionStorage.getItem('selection-deplacee')") is None


def test_two_tabs_of_what_an_address_keeps_do_not_wake_each_other_without_end(open_page):
    first = open_page()
    second = first.context.new_page()
    [slug] = selection_of(first, 1)
    for tab in (first, second):
        tab.add_init_script("""
            self.woken = 0;
            addEventListener("storage", () => { self.woken += 1; });
        """)
        tab.goto(f"/catalogue/?q=formation&f={slug}")

    second.locator(KEEP).last.click()
    first.wait_for_function("() => self.woken")
    first.wait_for_timeout(300)

    # The try of the second, then what it keeps.
    assert first.evaluate("self.woken") + second.evaluate("self.woken") <= 6


def test_once_a_fiche_is_removed_the_next_has_the_focus(page):
    slugs = selection_of(page, 3)

    page.locator(f"#colonne-{slugs[1]} [data-drop]").press("Enter")

    expect(page.get_by_role("status")).to_have_text("Fiche retirée de votre sélection.")
    assert page.evaluate("() => document.activeElement.dataset.drop") == slugs[2]


@pytest.mark.parametrize(("width", "shown_as"), [(390, "carte"), (1440, "colonne")])
def test_without_script_one_comes_back_to_the_fiche_that_moved(open_page, width, shown_as):
    page = open_page(viewport={"width": width, "height": 844}, java_script_enabled=False)
    slugs = selection_of(page, 4)
    part = page.locator(f"#{shown_as}-{slugs[1]}")

    part.locator("[data-rang=apres]").click()
    page.wait_for_url("**/selection/?**#*")

    assert 0 <= part.bounding_box()["y"] < 844 / 2


def test_without_script_results_and_fiches_say_what_is_kept(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page.goto("/catalogue/?q=formation")
    button = page.locator(KEEP).nth(2)
    slug = button.get_attribute("data-keep")
    button.click()
    page.get_by_role("link", name="Garder d’autres fiches").click()

    own = page.locator(f"[data-keep={slug}]")
    assert own.inner_text().startswith("Gardée")
    assert own.get_attribute("aria-pressed") == "true"
    assert "1 fiche gardée" in page.locator("[data-kept-here]").inner_text()
    page.locator(f"#fiche-{slug} h3 a").click()
    assert own.inner_text().startswith("Gardée")
    page.get_by_role("link", name="voir votre sélection").click()
    assert page.locator("[data-selection]").get_attribute("data-selection") == "1"
    page.go_back()
    page.go_back()
    own.click()
    page.wait_for_url(lambda url: "f=" not in url)
    assert own.inner_text().startswith("Garder")
    assert own.is_visible()
    assert 0 <= own.bounding_box()["y"] < 844
    assert page.locator("[data-kept-here]").count() == 0


def test_with_script_what_this_browser_keeps_counts_and_not_what_the_address_says(page):
    page.goto("/catalogue/?q=formation")
    first, second = [button.get_attribute("data-keep") for button in page.locator(KEEP).all()[:2]]
    page.evaluate(STORE, json.dumps([first]))

    page.goto(f"/catalogue/?q=formation&f={first}&f={second}")

    assert page.locator("[data-kept-here]").is_hidden()
    assert page.locator("[data-kept]").inner_text() == "1 gardée"
    buttons = {slug: page.locator(f"[data-keep={slug}]") for slug in (first, second)}
    assert [button.get_attribute("aria-pressed") for button in buttons.values()] == ["true", "false"]
    assert buttons[second].inner_text().startswith("Garder")
    carried = (
        "() => [...document.querySelectorAll('main a')].filter(({ href }) => href.includes('f=')).map(a => a.search)"
    )
    assert page.evaluate(carried)
    assert not [search for search in page.evaluate(carried) if second in search]
    buttons[first].click()
    assert buttons[first].inner_text().startswith("Garder")
    assert page.evaluate(carried) == []
    assert "f=" in page.url
    page.locator("#tri").select_option("nom")
    page.wait_for_url("**tri=nom**")
    assert "f=" not in page.url


def test_where_the_browser_keeps_nothing_the_address_does(page):
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }")
    page.goto("/catalogue/?q=formation")
    first, second = [button.get_attribute("data-keep") for button in page.locator(KEEP).all()[:2]]

    page.goto(f"/catalogue/?q=formation&f={first}&f={second}")

    assert "2 fiches gardées" in page.locator("[data-kept-here]").inner_text()
    assert page.locator(f"[data-keep={first}]").get_attribute("aria-pressed") == "true"
    page.locator(f"[data-keep={first}]").click()
    page.wait_for_url(lambda url: first not in url.partition("#")[0])
    assert second in page.url


def test_a_browser_that_lets_nothing_be_copied_says_so(page):
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new DOMException('no'))")
    selection_of(page, 1)

    page.get_by_role("button", name="Copier le lien").click()
    page.locator("[data-told]").get_by_text("Votre navigateur n’a pas laissé copier").wait_for()


def test_a_button_prints_it(page):
    page.add_init_script("window.print = () => { document.title = 'imprimé'; }")
    selection_of(page, 1)

    page.get_by_role("button", name="Imprimer").click()

    assert page.title() == "imprimé"


def test_an_empty_selection_has_no_button_and_no_fault(page):
    page.goto("/selection/")

    assert page.get_by_role("button", name="Imprimer").count() == 0


def test_on_a_phone_cards_stand_in_place_of_the_table(open_page):
    phone, desk = open_page(viewport={"width": 390, "height": 844}), open_page()
    slugs = selection_of(phone, 3)
    selection_of(desk, 3)

    cards = phone.locator(".selection-cartes > li")
    assert cards.count() == len(slugs)
    assert all(card.is_visible() for card in cards.all())
    assert cards.first.get_by_role("definition").first.inner_text()
    assert phone.locator(".selection-table").is_hidden()
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert desk.locator(".selection-table").is_visible()
    assert desk.locator(".selection-cartes").is_hidden()


def test_what_left_or_was_never_there_is_not_kept_any_more(page):
    page.goto("/catalogue/?q=formation")
    slug = page.locator(KEEP).first.get_attribute("data-keep")
    page.evaluate(STORE, json.dumps(["personne-du-tout", slug]))

    page.goto("/selection/")
    page.wait_for_url("**/selection/?**")
    page.get_by_text("1 gardée").first.wait_for()

    assert kept(page) == [slug]


def test_the_count_is_on_every_public_page(page):
    page.goto("/catalogue/?q=formation")
    page.locator(KEEP).first.click()

    for path in ["/", "/acheter/", "/referencement/", "/confidentialite/", "/plan-du-site/", "/catalogue/personne/"]:
        page.goto(path)
        page.locator("[data-kept]").get_by_text("1 gardée").wait_for()
