"""What only a browser shows of the map and of paper: where the focus comes back, what each sheet holds."""

import re
from io import BytesIO

from playwright.sync_api import expect
from pypdf import PdfReader

from .member import sign_in_member

# She has a CV, and leads the open consultation of the demonstration, whose memo has begun.
LEAD = "manon-guiraud@example.org"


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


def printed(page):
    """The words of the sheets, without what parts them: a field wraps where it likes."""
    sheets = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    return "".join("".join(sheet.extract_text() for sheet in sheets).split())


def test_a_cv_and_a_section_of_the_memo_are_on_paper_as_they_are_written(site, open_page, mailbox):
    page = open_page()
    sign_in_member(page, site, mailbox, LEAD)
    [(part, consultation, title, body)] = site.sql(
        "SELECT part.id, part.consultation_id, part.title, part.body FROM directory_memopart AS part"
        " JOIN directory_consultation AS consultation ON consultation.id = consultation_id"
        " WHERE consultation.reference = 'CAEC-26-047' AND part.kind = 'understanding'"
    )
    [(summary,)] = site.sql(
        "SELECT cv.summary FROM directory_cv AS cv JOIN directory_coentrepreneur AS fiche ON fiche.id = co_entrepreneur_id"
        " WHERE fiche.email = %s",
        LEAD,
    )

    page.goto("/mon-espace/cv/")
    cv = printed(page)
    typed = [field.input_value() for field in page.locator("form[method=post] :is(input[type=text], textarea)").all()]
    page.goto(f"/consultations/{consultation}/memoire/{part}/")
    section = printed(page)

    assert len(typed) > 3
    assert "".join(summary.split()) in cv
    assert [words for words in typed if "".join(words.split()) not in cv] == []
    assert "".join(title.split()) in section
    assert [line for line in body.splitlines() if "".join(line.split()) not in section] == []
