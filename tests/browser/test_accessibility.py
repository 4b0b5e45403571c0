"""axe on the public pages, those of members, and the admin pages shaped for référents: no violation, light and dark."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from .member import sign_in_member

PUBLIC = [
    "/",
    "/catalogue/",
    "/catalogue/?q=formation&departement=34&tri=nom",
    "/catalogue/?q=introuvable-nulle-part&domaine=inconnu",
    "/catalogue/ordre/",
    "/acheter/",
    "/catalogue/carte/?q=formation&departement=34&departement=75",
    "/catalogue/imprimer/?q=formation",
    "/selection/",
    "/selection/?f=teresa-vitali&f=ibrahima-diallo&q=formation",
    "/selection/envoyer/?f=teresa-vitali",
    "/messages/nouveau/?f=teresa-vitali",
    "/messages/nouveau/?f=teresa-vitali&f=ibrahima-diallo&q=formation",
    "/messages/demande/",
    "/catalogue/cooperative/contact/?q=formation&departement=34",
    "/catalogue/personne/",
    "/mentions-legales/",
    "/confidentialite/",
    "/accessibilite/",
    "/referencement/",
    "/referencement/demande/",
]
ADMIN = [
    "/admin/",
    "/admin/auth/group/add/",
    "/admin/auth/user/add/",
    "/admin/directory/coentrepreneur/",
    "/admin/directory/coentrepreneur/add/",
    "/admin/directory/coentrepreneur/import/",
    "/admin/directory/failedmail/",
    "/admin/directory/listingrequest/",
    "/admin/directory/paper/add/",
    "/admin/directory/referent/add/",
    "/admin/directory/rightsuse/",
    "/admin/directory/skill/",
    "/admin/directory/standin/",
    "/admin/directory/standin/add/",
    "/admin/directory/threshold/",
    "/admin/droits-d-une-personne/",
    "/admin/second-facteur/",
    "/admin/second-facteur/application/",
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
    "realisations/",
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
# The narrowest that pages are made for.
PHONE = {"width": 320, "height": 800}
TABBABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"


# Colours may take a while to change; what turns for as long as the page waits never ends, and what is hidden may not.
AT_REST = """async () => {
    const atMost = new Promise((done) => setTimeout(done, 2000));
    await Promise.race([new Promise(requestAnimationFrame), atMost]);
    const ending = document.getAnimations().map(({ finished }) => finished.catch(() => {}));
    await Promise.race([Promise.all(ending), atMost]);
}"""


# What WCAG 1.4.12 lets readers set.
SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
        + " p { margin-bottom: 2em !important }");
    document.adoptedStyleSheets = [sheet];
    const isSideways = document.documentElement.scrollWidth > innerWidth;
    document.adoptedStyleSheets = [];
    return isSideways || document.documentElement.scrollWidth > innerWidth;
}"""


def is_sideways(page):
    """Whether the page is wider than the window, as it comes or with the text spaced as readers may space it."""
    # What a click opened may have come without a word of it yet.
    page.wait_for_load_state()
    return page.evaluate(SPACED)


def violations(page):
    """What axe finds broken on this page, in light, then, of the contrasts alone, in dark."""
    page.wait_for_load_state()
    # `preload` would write inline style into the page, which the policy forbids.
    options = {"resultTypes": ["violations"], "preload": False}
    broken = Axe().run(page, options=options).response["violations"]
    page.emulate_media(color_scheme="dark")
    page.evaluate(AT_REST)
    options |= {"runOnly": ["color-contrast"]}
    broken += page.evaluate("options => axe.run(document, options)", options)["violations"]
    page.emulate_media(color_scheme="light")
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in broken]


def out_of_reach(page):
    """What shows and can be used, but that the Tab key never comes to."""
    page.evaluate("document.activeElement.blur()")
    # Once around, wherever one starts from; the address bar is a stop.
    for _ in range(page.locator(TABBABLE).count() + 2):
        page.keyboard.press("Tab")
        page.evaluate("document.activeElement.dataset.reached = ''")
    return page.evaluate(
        """tabbable => [...document.querySelectorAll(tabbable)].filter(element =>
            element.checkVisibility({ visibilityProperty: true }) && !element.matches(":disabled, [data-reached]")
            && element.tabIndex >= 0
            && !(element.type === "radio" && document.querySelector(`[name="${element.name}"][data-reached]`))
        ).map(element => element.outerHTML.slice(0, 150))""",
        TABBABLE,
    )


def what_is_wrong(page):
    """What keeps some from using this page: wider than the screen, out of reach of the keyboard, or broken for axe."""
    wrong = {
        "sideways": is_sideways(page),
        "out of reach": out_of_reach(page),
        "axe": violations(page),
    }
    return {fault: seen for fault, seen in wrong.items() if seen}


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page(shared_page, path):
    shared_page.goto(path)

    assert violations(shared_page) == []
    assert shared_page.locator("h1").count() == 1


def test_the_results_on_a_phone_and_their_filters(open_page):
    page = open_page(viewport=PHONE)
    page.goto("/catalogue/?q=formation+zorglubique+%C3%A0+B%C3%A9ziers&client=commune&montant=5000-15000")
    assert what_is_wrong(page) == {}

    page.locator("#filtrer").click()
    page.evaluate("for (const group of document.querySelectorAll('.groupe-filtre')) group.open = true")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


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
    [(image,)] = site.sql(
        "INSERT INTO directory_portfolioimage (co_entrepreneur_id, photo, width, height, alternative_text, caption, on_cv,"
        ' "position") SELECT lead.id, image.photo, image.width, image.height, image.alternative_text, caption, on_cv, 0'
        " FROM (SELECT * FROM directory_portfolioimage ORDER BY id LIMIT 1) AS image, directory_coentrepreneur AS lead"
        " WHERE lead.email = %s RETURNING id",
        LEAD,
    )
    draft_faults = faults_of_a_draft(open_page(viewport=PHONE, reduced_motion="reduce"), mailbox)
    sign_in_member(page, site, mailbox, LEAD)
    used = [
        *(f"/mon-espace/realisations/{path}" for path in ("", f"{image}/", f"{image}/retirer/")),
        f"/consultations/{consultation}/memoire/{part}/",
    ]
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
        sideways = is_sideways(page)
        seen = answer.ok, sideways, violations(page)
        if seen != (True, False, []):
            faulty[path] = seen
    for path in used:
        page.goto(path)
        if wrong := what_is_wrong(page):
            faulty[path] = wrong
    site.sql("DELETE FROM directory_portfolioimage WHERE id = %s", image)

    assert faulty | draft_faults == {}


def faults_of_a_draft(page, mailbox):
    """What is wrong on the steps of a request that someone begins, and on the page that says it is kept."""
    page.goto("/referencement/demande/")
    page.get_by_label("Votre adresse électronique").fill("brouillon@example.org")
    page.get_by_role("button", name="Recevoir mon lien").click()
    page.goto(re.search(r"http://\S+/lien/\S+", mailbox.wait(to="brouillon@example.org").get_content())[0])
    with page.expect_navigation():
        page.get_by_role("button", name="Ouvrir ma demande").click()
    faulty = {"a draft": what_is_wrong(page)}
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer et continuer plus tard").click()
    faulty |= {"a draft that is kept": what_is_wrong(page)}
    return {where: wrong for where, wrong in faulty.items() if wrong}


def test_admin_pages(site, open_page):
    page = open_page(reduced_motion="reduce")
    [(request, fiche)] = site.sql(
        "SELECT id, co_entrepreneur_id FROM directory_listingrequest"
        " WHERE state = 'submitted' AND co_entrepreneur_id IS NOT NULL LIMIT 1"
    )
    [(account,)] = site.sql("SELECT min(id) FROM auth_user WHERE is_staff AND NOT is_superuser")
    [(proposal, reference, contract)] = site.sql(
        "SELECT (SELECT max(id) FROM directory_ficheproposal WHERE state = 'submitted'),"
        " (SELECT max(id) FROM directory_reference WHERE state = 'to_validate'),"
        " (SELECT max(id) FROM directory_contractsuggestion WHERE state = 'awaiting')"
    )
    site.sign_in(page, site.accounts("administrateur")[0]["username"])
    paths = [
        *ADMIN,
        f"/admin/auth/user/{account}/change/",
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
    page.set_viewport_size(PHONE)
    try:
        for name, opened in opened_by_hand(site, page, request).items():
            opened()
            if wrong := what_is_wrong(page):
                faulty[name] = wrong
    finally:
        # The site is the others' too, and says that a mail failed.
        site.sql("DELETE FROM procrastinate_jobs WHERE task_name = 'send_mail' AND status = 'failed'")

    assert faulty == {}


def opened_by_hand(site, page, request):
    """The pages that no address opens, and those made since: each by its name, as what opens it."""
    [(job,)] = site.sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) VALUES ('mail', 'send_mail',"
        """ '{"to": "lucie@example.org", "subject": "Un essai", "template": "fiche_listed"}', 'failed', 10) RETURNING id"""
    )
    site.sql(
        "INSERT INTO directory_failedmail (job_id, failed_at, tried_at, reason) VALUES (%s, now(), now(), 'Essai')", job
    )

    def sent(content):
        page.goto("/admin/directory/coentrepreneur/import/")
        file = {"name": "fiches.csv", "mimeType": "text/csv", "buffer": content.encode()}
        page.locator("input[type=file]").set_input_files(file)
        with page.expect_navigation():
            page.get_by_role("button", name="Voir ce que cela changerait").click()

    def handed_over():
        page.goto("/admin/directory/coentrepreneur/?q=guiraud")
        page.locator("input.action-select").first.check()
        page.locator("select[name=action]").select_option("hand_over")
        with page.expect_navigation():
            page.locator("button[name=index]").click()

    def refused():
        page.goto(f"/admin/directory/listingrequest/{request}/decision/")
        with page.expect_navigation():
            page.get_by_role("button", name="Refuser").click()

    return {
        "failed mails": lambda: page.goto("/admin/directory/failedmail/"),
        "an import": lambda: page.goto("/admin/directory/coentrepreneur/import/"),
        "the errors of an import": lambda: sent("email;nom;depart\nx@example.org;;hier\n"),
        "the preview of an import": lambda: sent("email;prenom;nom\nneuve@example.org;nour;HADDAD\n"),
        "fiches handed over": handed_over,
        "a refusal without a reason": refused,
        "the second factor": lambda: page.goto("/admin/second-facteur/"),
        "the application of a second factor": lambda: page.goto("/admin/second-facteur/application/"),
        "a new référent": lambda: page.goto("/admin/directory/referent/add/"),
    }
