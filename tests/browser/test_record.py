"""A sourcing record in a real browser: made, written and closed with the keyboard's own forms, script or not."""

import re

import pytest

from .accessibility import PHONE, is_sideways, violations

SEARCH = "/catalogue/?q=concertation&departement=34"
PAGES = ["", "besoin/", "gardees/", "ecarter/", "adresse/", "cloturer/", "effacer/"]


def open_record(page):
    """Open a record from a selection of the first two results; its address."""
    page.goto(SEARCH)
    slugs = page.locator("[data-fiche]").evaluate_all("cards => cards.slice(0, 2).map(card => card.dataset.fiche)")
    page.goto(f"/selection/?f={slugs[0]}&f={slugs[1]}&{SEARCH.partition('?')[2]}")
    page.get_by_role("link", name="Ouvrir un dossier de sourçage").click()
    page.get_by_label("Objet du besoin").fill("Animer une concertation sur le centre-bourg")
    page.get_by_role("button", name="Ouvrir le dossier").click()
    page.wait_for_url("**/?fait=ouvert")
    return re.sub(r"\?.*", "", page.url)


def set_the_rest_aside(page, record):
    page.goto(f"{record}ecarter/")
    page.locator("select[name=group]").select_option("rest")
    page.get_by_label("Offre moins adaptée au besoin").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer ce motif").click()


def close(page, record):
    page.goto(f"{record}cloturer/")
    page.get_by_label("deux ans").check()
    page.get_by_role("button", name="Clore définitivement").click()
    page.wait_for_url("**/?fait=clos")


def the_story(page):
    record = open_record(page)
    missing = page.locator(".dossier-etat").inner_text()
    set_the_rest_aside(page, record)
    done = page.locator(".dossier-etat").inner_text()
    close(page, record)
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF, à signer et à classer").click()
    return record, missing, done, download.value.path().read_bytes()


def test_what_is_missing_then_done_then_closed_is_told(page):
    _, missing, done, pdf = the_story(page)

    assert "sans motif" in missing
    assert "Rien ne manque" in done
    assert pdf.startswith(b"%PDF")


def test_the_same_without_script(open_page):
    _, _, done, pdf = the_story(open_page(java_script_enabled=False))

    assert "Rien ne manque" in done
    assert pdf.startswith(b"%PDF")


def test_no_request_tells_the_key_to_the_next_page(page):
    record = open_record(page)
    key = record.rstrip("/").rpartition("/")[2]
    told = []
    page.on("request", lambda request: told.append(request.headers.get("referer", "")))

    for url in [record, f"{record}besoin/"]:
        page.goto(url)
        with page.expect_navigation():
            page.get_by_role("navigation", name="Principale").get_by_role("link", name="Catalogue").click()
    set_the_rest_aside(page, record)

    assert told
    assert [referer for referer in told if key in referer] == []
    assert {cookie["name"] for cookie in page.context.cookies()} == {"csrftoken"}


@pytest.mark.parametrize("is_closed", [False, True])
def test_pages_are_accessible_and_narrow_enough(page, is_closed):
    record = open_record(page)
    if is_closed:
        set_the_rest_aside(page, record)
        close(page, record)
    pages = [record, f"{record}suite/", f"{record}effacer/"] if is_closed else [f"{record}{name}" for name in PAGES]

    for url in [*pages, "/selection/dossier/?q=formation", "/selection/dossier/empreinte/?empreinte=abc"]:
        page.goto(url)
        assert violations(page) == [], url
        page.set_viewport_size(PHONE)
        assert not is_sideways(page), url
        page.set_viewport_size({"width": 1280, "height": 800})


def test_going_back_ticks_nobody_else(page):
    record = open_record(page)
    page.goto(f"{record}ecarter/")
    page.locator("[name=fiches]").first.check()
    page.get_by_label("Offre moins adaptée au besoin").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer ce motif").click()

    page.go_back()

    assert page.locator("[name=fiches]").count() > 1
    assert page.locator("[name=fiches]:checked, [name=reason]:checked").count() == 0
