"""What only a browser does of a selection: keep without leaving the page, in all tabs; print it on one sheet."""

import json
import re
from io import BytesIO

import pytest
from django.conf import settings
from playwright.sync_api import expect
from pypdf import PdfReader

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


def sheet_of(page, slugs, search=""):
    """The one sheet that a selection prints, its text, and the size of its letters in points."""
    page.goto("/selection/?" + "&".join(f"f={slug}" for slug in slugs) + search)
    [sheet] = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    page.emulate_media(media="print")
    # What the margins of the sheet leave, as a window.
    page.set_viewport_size({"width": 1062, "height": 733})
    assert page.evaluate(CUT) == []
    size = min(page.evaluate(SIZES))
    page.emulate_media(media="null")
    return sheet, " ".join(sheet.extract_text().split()), round(size * 72 / 96, 2)


CUT = """() => [...document.querySelectorAll(".feuille :is(th, td)")].filter(cell => {
    const words = document.createRange();
    for (const line of cell.querySelectorAll("span")) {
        const text = line.firstChild;
        for (const word of text.data.matchAll(/[^\\s-]+/g)) {
            words.setStart(text, word.index);
            words.setEnd(text, word.index + word[0].length);
            if (words.getClientRects().length > 1) return true;
        }
    }
    return cell.scrollWidth > cell.clientWidth + 1;
}).map(cell => cell.innerText)"""
SIZES = """() => [...document.querySelectorAll(".feuille :is(th, td, p, dt, dd)")].map(
    part => parseFloat(getComputedStyle(part).fontSize))"""


@pytest.fixture
def loaded(site):
    """The slugs of the twelve fiches with most references, each lengthened: texts, zones, skills, types of clients."""
    rows = site.sql(
        "SELECT fiche.id, slug, headline, trade_name FROM directory_coentrepreneur AS fiche"
        " JOIN directory_participation ON co_entrepreneur_id = fiche.id"
        " JOIN directory_reference AS reference ON reference.id = reference_id AND reference.state = 'validated'"
        " WHERE client_public AND departed_on IS NULL AND reference.publishable"
        " GROUP BY fiche.id ORDER BY count(*) DESC, fiche.id LIMIT 12"
    )
    pks = [row[0] for row in rows]
    donor = "SELECT DISTINCT reference_id FROM directory_participation WHERE co_entrepreneur_id = ANY(%s)"
    skills = site.sql(
        "INSERT INTO directory_coentrepreneur_skills (coentrepreneur_id, skill_id)"
        " SELECT fiche, skill.id FROM unnest(%s::bigint[]) AS fiche CROSS JOIN"
        " (SELECT id FROM directory_skill ORDER BY length(name) DESC LIMIT 14) AS skill"
        " ON CONFLICT DO NOTHING RETURNING id",
        pks,
    )
    shared = site.sql(
        "INSERT INTO directory_participation (reference_id, co_entrepreneur_id)"
        f" SELECT reference, fiche FROM unnest(%s::bigint[]) AS fiche CROSS JOIN ({donor}) AS own(reference)"
        " WHERE (reference + fiche) %% 3 > 0 ON CONFLICT DO NOTHING RETURNING id",
        pks,
        pks,
    )
    for number, (pk, *_) in enumerate(rows):
        site.sql(
            "UPDATE directory_coentrepreneur SET headline = %s, trade_name = %s WHERE id = %s",
            (f"{number} Accompagner la concertation réglementaire, les réunions publiques " * 2)[:140],
            ("Les ateliers de la parole partagée en Languedoc et en Cévennes " * 2)[:120],
            pk,
        )
    yield [slug for _, slug, *_ in rows]
    site.sql("DELETE FROM directory_coentrepreneur_skills WHERE id = ANY(%s)", [pk for (pk,) in skills])
    site.sql("DELETE FROM directory_participation WHERE id = ANY(%s)", [pk for (pk,) in shared])
    for pk, _, headline, trade_name in rows:
        site.sql(
            "UPDATE directory_coentrepreneur SET headline = %s, trade_name = %s WHERE id = %s", headline, trade_name, pk
        )


SEARCH = "&q=Accompagnement+%C3%A0+la+concertation&departement=34&departement=30&competence=participation-citoyenne&competence=intelligence-collective"


@pytest.mark.parametrize(
    ("count", "search"), [(1, ""), (2, SEARCH), (3, ""), (4, SEARCH), (5, ""), (6, SEARCH), (12, "")]
)
def test_a_comparison_is_printed_on_one_landscape_sheet(open_page, loaded, site, count, search):
    page = open_page()
    names = {slug: f"{first} {last}" for slug, first, last in site.sql(
        "SELECT slug, first_name, last_name FROM directory_coentrepreneur WHERE slug = ANY(%s)", loaded
    )}  # fmt: skip

    sheet, text, size = sheet_of(page, loaded[:count], search)

    assert sheet.mediabox.width > sheet.mediabox.height
    assert size >= (8.5 if count <= 4 else 6.5)
    assert settings.COOPERATIVE["siret"] in re.sub(r"\s", "", text)
    assert "Établie le" in text
    assert ("Besoin" in text) == bool(search)
    for slug in loaded[:count]:
        assert names[slug] in text
    assert "Garder d’autres" not in text


def test_thirty_kept_with_a_search_are_still_one_sheet_which_says_what_it_leaves_out(open_page, loaded, site):
    others = site.sql(
        "SELECT slug FROM directory_coentrepreneur WHERE client_public AND departed_on IS NULL AND slug <> ALL(%s)"
        " ORDER BY length(slug) DESC LIMIT 18",
        loaded,
    )

    _, text, size = sheet_of(open_page(), [*loaded, *(slug for (slug,) in others)], SEARCH)

    assert size >= 6.5
    assert re.search(r"et \d+ autres", text)
    assert "Gardées aussi" in text


def test_few_fiches_that_leave_room_are_printed_large(open_page):
    page = open_page()
    page.goto("/catalogue/?tri=nom")
    slugs = [button.get_attribute("data-keep") for button in page.locator(KEEP).all()[:3]]

    _, text, size = sheet_of(page, slugs)

    assert size >= 9
    assert not re.search(r"et \d+ autres?\b(?! départ)", text)
