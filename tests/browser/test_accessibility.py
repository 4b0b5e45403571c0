"""What only a hand opens, and the walk doesn't: the drawer of filters, what comes of a file, an action, a refusal."""

from .accessibility import PHONE, violations, what_is_wrong


def test_the_results_on_a_phone_and_their_filters(open_page):
    page = open_page(viewport=PHONE)
    page.goto("/catalogue/?q=formation+zorglubique+%C3%A0+B%C3%A9ziers&client=commune&montant=5000-15000")
    assert what_is_wrong(page) == {}

    page.locator("#filtrer").click()
    page.evaluate("for (const group of document.querySelectorAll('.groupe-filtre')) group.open = true")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_pages_of_the_back_office_that_no_address_opens(site, open_page):
    page = open_page(reduced_motion="reduce", viewport=PHONE)
    [(request,)] = site.sql(
        "SELECT id FROM directory_listingrequest WHERE state = 'submitted' AND co_entrepreneur_id IS NOT NULL LIMIT 1"
    )
    site.sign_in(page, site.accounts("administrateur")[0]["username"])

    faulty = {}
    for name, opened in opened_by_hand(page, request).items():
        opened()
        if wrong := what_is_wrong(page):
            faulty[name] = wrong

    assert faulty == {}


def opened_by_hand(page, request):
    """Each by its name, as what opens it."""

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
        "the errors of an import": lambda: sent("email;nom;depart\nx@example.org;;hier\n"),
        "the preview of an import": lambda: sent("email;prenom;nom\nneuve@example.org;nour;HADDAD\n"),
        "fiches handed over": handed_over,
        "a refusal without a reason": refused,
    }
