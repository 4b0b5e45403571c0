"""axe on every public page, and on the admin pages that were shaped for référents: no violation, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

PUBLIC = [
    "/",
    "/catalogue/",
    "/catalogue/?q=formation&departement=34&tri=nom",
    "/catalogue/?q=introuvable-nulle-part&domaine=inconnu",
    "/catalogue/ordre/",
    "/catalogue/personne/",
    "/mentions-legales/",
    "/confidentialite/",
    "/accessibilite/",
    "/referencement/",
    "/referencement/demande/",
]
ADMIN = [
    "/admin/",
    "/admin/directory/coentrepreneur/",
    "/admin/directory/coentrepreneur/add/",
    "/admin/directory/coentrepreneur/import/",
    "/admin/directory/referencingrequest/",
    "/admin/directory/skill/",
]


def violations(page):
    # `preload` would write inline style into the page, which the policy forbids.
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PUBLIC)
def test_public_page(open_page, path, scheme):
    page = open_page(color_scheme=scheme)

    page.goto(path)

    assert violations(page) == []
    assert page.locator("h1").count() == 1


def test_fiche_and_its_form(site, page):
    [(slug,)] = site.sql(
        "SELECT slug FROM directory_coentrepreneur WHERE client_public AND departed_on IS NULL AND photo <> '' LIMIT 1"
    )
    for path in ("", "contact/", "contact/envoye/"):
        page.goto(f"/catalogue/{slug}/{path}")
        assert violations(page) == [], path
    page.goto(f"/catalogue/{slug}/contact/")
    page.locator("form button").last.click()
    assert violations(page) == []


def test_gone_page(site, page):
    [(slug,)] = site.sql(
        "SELECT slug FROM directory_coentrepreneur WHERE listed_since IS NOT NULL AND departed_on < now() LIMIT 1"
    )

    assert page.goto(f"/catalogue/{slug}/").status == 410
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_admin_pages(site, open_page, scheme):
    page = open_page(color_scheme=scheme)
    [(request, fiche)] = site.sql(
        "SELECT id, co_entrepreneur_id FROM directory_referencingrequest"
        " WHERE state = 'submitted' AND co_entrepreneur_id IS NOT NULL LIMIT 1"
    )
    site.sign_in(page, site.accounts("administrateur")[0]["username"])
    paths = [
        *ADMIN,
        f"/admin/directory/coentrepreneur/{fiche}/change/",
        f"/admin/directory/coentrepreneur/{fiche}/history/",
        f"/admin/directory/referencingrequest/{request}/decision/",
    ]

    found = {}
    for path in paths:
        page.goto(path)
        if broken := violations(page):
            found[path] = broken

    assert found == {}


def test_login_page(page):
    page.goto("/admin/login/")

    assert violations(page) == []
