"""What only a browser shows of the map and of paper: where the focus comes back, what each sheet holds."""

import re
from io import BytesIO

from playwright.sync_api import expect
from pypdf import PdfReader


def test_a_department_is_chosen_by_keyboard_without_script_and_keeps_the_focus(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/catalogue/?q=formation&tri=nom")
    page.get_by_role("link", name="Choisir sur la carte").click()

    page.get_by_role("link", name=re.compile(r"^Gard \(30\), \d+ fiches$")).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#o30")

    chosen = page.locator(":focus")
    expect(chosen).to_have_attribute("aria-current", "true")
    expect(chosen).to_be_in_viewport()
    page.get_by_role("link", name=re.compile("^Voir les")).click()
    assert page.url.endswith("/catalogue/?q=formation&departement=30&tri=nom")


def test_each_sheet_of_the_list_repeats_its_header_and_no_line_is_cut(page):
    page.goto("/catalogue/?tri=nom")
    total = int(page.locator("[data-total]").get_attribute("data-total"))
    # All of it: the page comes in pieces.
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("link", name=f"Imprimer les {total}").click()
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(total)

    sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages]

    assert len(sheets) > 5
    assert "SIRET" in sheets[0]
    assert "Choisir" not in sheets[0]
    for number, sheet in enumerate(sheets, start=1):
        assert "Co-entrepreneur" in sheet
        assert f"Page {number} sur {len(sheets)}" in sheet.replace("\n", " ")
    names = page.locator("tbody th a").all_inner_texts()
    assert len(names) == total
    for name in names[:40]:
        words = name.split()
        assert sum(all(word in sheet for word in words) for sheet in sheets) >= 1, name
