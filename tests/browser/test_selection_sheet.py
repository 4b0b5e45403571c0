"""A comparison on paper: one landscape sheet, whatever is kept, with no word cut."""

import re
from io import BytesIO

import pytest
from django.conf import settings
from pypdf import PdfReader

KEEP = "[data-keep]"


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
