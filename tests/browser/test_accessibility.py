"""axe on the public pages, those of members, and the admin pages shaped for référents: no violation, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from .member import sign_in_member

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
    "/admin/directory/listingrequest/",
    "/admin/directory/referent/add/",
    "/admin/directory/skill/",
    "/admin/directory/standin/",
    "/admin/directory/standin/add/",
]
# She leads the open consultation of the demonstration whose team lacks someone, and holds references.
LEAD = "manon-guiraud@example.org"
SPACE = [
    "",
    "accords/",
    "apercu/",
    "cv/",
    "deconnexion/",
    "fiche/",
    "mes-donnees/",
    "quitter-le-catalogue/",
    "visibilite/",
    "visibilite/?q=formation&tri=nom",
    "visibilite/?q=formation+zorglub&departement=23&departement=30&cpv=80511000&client=sdis&label=qualiopi&references=1",
    "references/",
    "references/nouvelle/",
]
REFERENCE = ["", "modifier/", "supprimer/"]
CONSULTATIONS = ["", "bibliotheque/", "ouvrir/"]
CONSULTATION = [
    "",
    "dossier/",
    "dossier/references/",
    "envoi/",
    "envoi/?suite=1",
    "equipe/",
    "equipe/inviter/",
    "issue/",
    "memoire/",
    "memoire/ajouter/",
    "memoire/trame/",
    "modifier/",
]
PHONE = {"width": 390, "height": 800}


# Colours may take a while to change.
AT_REST = """async () => {
    await new Promise(requestAnimationFrame);
    await Promise.all(document.getAnimations().map(({ finished }) => finished));
}"""


def violations(page):
    """What axe finds broken on this page, in light, then, of the contrasts alone, in dark."""
    # `preload` would write inline style into the page, which the policy forbids.
    options = {"resultTypes": ["violations"], "preload": False}
    broken = Axe().run(page, options=options).response["violations"]
    page.emulate_media(color_scheme="dark")
    page.evaluate(AT_REST)
    options |= {"runOnly": ["color-contrast"]}
    broken += page.evaluate("options => axe.run(document, options)", options)["violations"]
    page.emulate_media(color_scheme="light")
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in broken]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page(shared_page, path):
    shared_page.goto(path)

    assert violations(shared_page) == []
    assert shared_page.locator("h1").count() == 1


def test_fiche_and_its_form(site, shared_page):
    [(slug,)] = site.sql(
        "SELECT slug FROM directory_coentrepreneur WHERE client_public AND departed_on IS NULL AND photo <> '' LIMIT 1"
    )
    for path in ("", "contact/", "contact/envoye/"):
        shared_page.goto(f"/catalogue/{slug}/{path}")
        assert violations(shared_page) == [], path
    shared_page.goto(f"/catalogue/{slug}/contact/")
    shared_page.locator("form button").last.click()
    assert violations(shared_page) == []


def test_gone_page(site, shared_page):
    [(slug,)] = site.sql(
        "SELECT slug FROM directory_coentrepreneur WHERE listed_since IS NOT NULL AND departed_on < now() LIMIT 1"
    )

    assert shared_page.goto(f"/catalogue/{slug}/").status == 410
    assert violations(shared_page) == []


def test_pages_before_one_is_signed_in(shared_page):
    faulty = {}
    for path in ("login/", "mot-de-passe/", "mot-de-passe/envoye/", "mot-de-passe/MQ/faux/"):
        shared_page.goto(f"/admin/{path}")
        if broken := violations(shared_page):
            faulty[path] = broken

    assert faulty == {}


def test_pages_of_members(site, open_page, mailbox):
    page = open_page(viewport=PHONE, reduced_motion="reduce")
    [(consultation, part, reference)] = site.sql(
        "SELECT seat.consultation_id, max(part.id), max(reference.id) FROM directory_coentrepreneur AS fiche"
        " JOIN directory_teammember AS seat ON seat.co_entrepreneur_id = fiche.id AND seat.role = 'lead'"
        " JOIN directory_memopart AS part ON part.consultation_id = seat.consultation_id"
        " JOIN directory_reference AS reference ON reference.co_entrepreneur_id = fiche.id"
        " WHERE fiche.email = %s GROUP BY seat.consultation_id",
        LEAD,
    )
    sign_in_member(page, site, mailbox, LEAD)
    paths = [
        *(f"/mon-espace/{path}" for path in SPACE),
        *(f"/mon-espace/references/{reference}/{path}" for path in REFERENCE),
        *(f"/consultations/{path}" for path in CONSULTATIONS),
        *(f"/consultations/{consultation}/{path}" for path in CONSULTATION),
        *(f"/consultations/{consultation}/memoire/{part}/{path}" for path in ("", "retirer/")),
    ]

    faulty = {}
    for path in paths:
        answer = page.goto(path)
        sideways = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        seen = answer.ok, sideways, violations(page)
        if seen != (True, False, []):
            faulty[path] = seen

    assert faulty == {}


def test_admin_pages(site, open_page):
    page = open_page(reduced_motion="reduce")
    [(request, fiche)] = site.sql(
        "SELECT id, co_entrepreneur_id FROM directory_listingrequest"
        " WHERE state = 'submitted' AND co_entrepreneur_id IS NOT NULL LIMIT 1"
    )
    [(proposal, reference, contract)] = site.sql(
        "SELECT (SELECT max(id) FROM directory_ficheproposal WHERE state = 'submitted'),"
        " (SELECT max(id) FROM directory_reference WHERE state = 'to_validate'),"
        " (SELECT max(id) FROM directory_contractsuggestion WHERE state = 'awaiting')"
    )
    site.sign_in(page, site.accounts("administrateur")[0]["username"])
    paths = [
        *ADMIN,
        f"/admin/directory/coentrepreneur/{fiche}/change/",
        f"/admin/directory/coentrepreneur/{fiche}/history/",
        f"/admin/directory/coentrepreneur/{fiche}/visibilite/?q=formation&departement=23",
        f"/admin/directory/listingrequest/{request}/decision/",
        f"/admin/directory/ficheproposal/{proposal}/decision/",
        f"/admin/directory/reference/{reference}/decision/",
        f"/admin/directory/contractsuggestion/{contract}/decision/",
    ]

    faulty = {}
    for path in paths:
        page.goto(path)
        if broken := violations(page):
            faulty[path] = broken

    assert faulty == {}
