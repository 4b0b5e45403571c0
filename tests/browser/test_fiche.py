"""The page of a fiche on a phone, by keyboard and on paper."""

from io import BytesIO

import pytest
from django.conf import settings
from pypdf import PdfReader

from .accessibility import violations

PHONE = {"width": 390, "height": 844}
# Of those whose phone shows, the longest headline and the one with a photo; with what they are reached by.
SHOWN = """
SELECT fiche.slug FROM directory_coentrepreneur AS fiche JOIN directory_consent AS consent
    ON consent.co_entrepreneur_id = fiche.id AND consent.item = 'phone' AND consent.withdrawn_at IS NULL
WHERE client_public AND departed_on IS NULL AND phone <> '' ORDER BY photo <> '' DESC, length(headline) DESC LIMIT 1
"""
# With as many published references as a fiche should print on two pages.
WITH_SIX = """
SELECT fiche.slug FROM directory_coentrepreneur AS fiche JOIN directory_searchdocument AS document
    ON document.co_entrepreneur_id = fiche.id
WHERE client_public AND fiche.departed_on IS NULL AND references_count >= 6
ORDER BY references_count, length(public_offer) DESC LIMIT 1
"""
# Whether some of what has the focus is under the bar, unless it stands in it.
COVERED = """() => {
    const bar = document.querySelector(".fiche-agir"), focused = document.activeElement
    if (bar.contains(focused) || focused === document.body) return false
    const above = bar.getBoundingClientRect(), under = focused.getBoundingClientRect()
    return under.bottom > above.top && under.top < above.bottom
}"""


@pytest.fixture
def fiche(site):
    [(slug,)] = site.sql(SHOWN)
    return f"/catalogue/{slug}/?q=formation&departement=34"


def test_on_a_phone_the_offer_shows_and_one_writes_or_calls_from_anywhere(shared_page, fiche):
    shared_page.set_viewport_size(PHONE)
    shared_page.goto(fiche)
    bar = shared_page.locator(".fiche-agir")

    assert shared_page.locator("#offre").bounding_box()["y"] <= 500
    for place in ("0", "1500", "document.body.scrollHeight"):
        shared_page.evaluate(f"scrollTo(0, {place})")
        links = bar.get_by_role("link")
        assert [link.inner_text().split("\n")[0].strip()[:6] for link in links.all()] == ["Écrire", "Appele"]
        for link in links.all():
            box = link.bounding_box()
            assert box["y"] + box["height"] <= PHONE["height"]
            assert box["height"] >= 44
    # At the end of the page, it stands before the footer.
    assert bar.evaluate(
        "bar => bar.getBoundingClientRect().bottom <= document.querySelector('footer').getBoundingClientRect().top"
    )


def test_what_has_the_focus_is_never_under_the_bar(shared_page, fiche):
    shared_page.set_viewport_size(PHONE)
    shared_page.goto(fiche)
    stops = shared_page.locator("a[href], button, summary").count()

    for key in ("Tab", "Shift+Tab"):
        for _ in range(stops):
            shared_page.keyboard.press(key)
            assert not shared_page.evaluate(COVERED), shared_page.evaluate("document.activeElement.outerHTML")


def test_no_width_scrolls_sideways_and_a_low_screen_has_no_bar_at_its_foot(shared_page, fiche):
    shared_page.goto(fiche)
    for width in (320, 390, 768, 1440):
        shared_page.set_viewport_size({"width": width, "height": 800})
        assert shared_page.evaluate("document.documentElement.scrollWidth") <= width, width

    shared_page.set_viewport_size(PHONE)
    assert violations(shared_page) == []

    shared_page.set_viewport_size({"width": 320, "height": 256})

    assert shared_page.locator(".fiche-agir").evaluate("bar => getComputedStyle(bar).position") == "static"


def test_a_fiche_with_six_references_is_printed_on_two_pages(shared_page, site):
    [(slug,)] = site.sql(WITH_SIX)
    shared_page.goto(f"/catalogue/{slug}/?q=formation")

    pages = PdfReader(BytesIO(shared_page.pdf(prefer_css_page_size=True))).pages

    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert len(pages) <= 2
    siret = settings.COOPERATIVE["siret"]
    assert siret in words.replace(" ", "").replace("\u00a0", "")
    assert settings.COOPERATIVE["name"] in words
    assert f"{site.url}/catalogue/{slug}/" in words.replace(" ", "")
    assert "Fiche consultée le" in words
    assert "Retour aux" not in words
