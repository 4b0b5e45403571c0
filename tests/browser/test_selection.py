"""What only script does of a selection: keep without leaving the page, in all tabs, and refuse one too many."""

import json

import pytest

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
