"""Coming into a member's space as they do: by the link of their mail."""

import re

LINK = re.compile(r"http://\S+/mon-espace/connexion/\S+")


def sign_in_member(page, site, mailbox, email):
    """Open the space on that page, as that co-entrepreneur, who hasn't come in yet during the test."""
    page.goto("/mon-espace/connexion/")
    page.locator("[name=email]").fill(email)
    page.get_by_role("button", name="Recevoir mon lien").click()
    page.wait_for_url("**/connexion/envoyee/")
    page.goto(LINK.search(mailbox.wait(to=email, subject="Votre lien").get_content())[0])
    page.get_by_role("button", name="Entrer dans mon espace").click()
    page.wait_for_url(f"{site.url}/mon-espace/")
