"""The whole story: asked, decided, found, unticked, gone."""

import re

import pytest
from playwright.sync_api import expect

HEADLINE = "Ateliers d’hydrophonie pour les bassins versants"
LINK = re.compile(r"http://\S+")


@pytest.fixture
def asking(site):
    """The address of the demonstration's co-entrepreneur who isn't listed yet; they have nothing under way."""
    [row, *_] = site.accounts("co-entrepreneur")
    email = row["username"]
    yield email
    site.sql("UPDATE directory_coentrepreneur SET client_public = false, listed_since = NULL WHERE email = %s", email)
    site.sql("UPDATE directory_listingrequest SET state = 'withdrawn' WHERE email = %s", email)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_asked_decided_found_unticked_gone(site, open_page, mailbox, asking, script):
    co_entrepreneur = open_page(java_script_enabled=script)
    referent = open_page(java_script_enabled=script)
    buyer = open_page(java_script_enabled=script)

    # The co-entrepreneur proves their address …
    co_entrepreneur.goto("/referencement/")
    co_entrepreneur.get_by_role("main").get_by_role("link", name="Commencer ma demande").first.click()
    co_entrepreneur.get_by_label("Votre adresse électronique").fill(asking)
    co_entrepreneur.get_by_role("button", name="Recevoir mon lien").click()
    link = LINK.search(mailbox.wait(to=asking).get_content())[0]
    co_entrepreneur.goto(link)
    co_entrepreneur.get_by_role("button", name="Ouvrir ma demande").click()

    # … and asks.
    co_entrepreneur.get_by_label("Votre accroche").fill(HEADLINE)
    co_entrepreneur.get_by_label("Ce que votre offre apporte à un client public").fill("J’écoute les rivières.")
    if not co_entrepreneur.locator("input[name=skills]:checked").count():
        skill = co_entrepreneur.locator("input[name=skills]").first
        co_entrepreneur.locator("details", has=skill).last.locator("summary").click()
        skill.check()
    co_entrepreneur.get_by_label("J’interviens dans toute la France").check()
    co_entrepreneur.get_by_role("button", name="Envoyer ma demande").click()
    expect(co_entrepreneur.get_by_role("main")).to_contain_text("référent")
    assert mailbox.wait(to=asking, subject="bien partie")

    # Their référent gets the mail, signs in and accepts.
    [(username, address)] = site.sql(
        "SELECT username, auth_user.email FROM auth_user JOIN directory_referent ON user_id = auth_user.id"
        " JOIN directory_coentrepreneur AS fiche ON referent_id = directory_referent.id WHERE fiche.email = %s",
        asking,
    )
    decision = LINK.search(mailbox.wait(to=address).get_content())[0]
    site.sign_in(referent, username)
    referent.goto(decision)
    expect(referent.get_by_role("main")).to_contain_text(HEADLINE)
    referent.get_by_role("button", name="Accepter et référencer").click()
    expect(referent.locator("body")).to_contain_text("Demande acceptée")
    announced = mailbox.wait(to=asking, subject="catalogue")

    # A buyer finds them by their words, then by a filter, and reads the fiche.
    buyer.goto("/catalogue/")
    buyer.get_by_label("Votre besoin, en quelques mots").fill("hydrophonie")
    buyer.get_by_role("button", name="Rechercher").click()
    expect(buyer.locator("[data-total='1']")).to_be_visible()
    buyer.get_by_role("link", name=re.compile(".+")).filter(
        has=buyer.locator("xpath=ancestor::*[@data-fiche]")
    ).first.click()
    expect(buyer.get_by_role("main")).to_contain_text(HEADLINE)
    # Its address carries the search.
    fiche, _, carried = buyer.url.partition("?")
    assert carried == "q=hydrophonie"
    assert fiche in announced.get_content()

    # Unticked outside the application: gone at the next request, and the history says so.
    site.sql("UPDATE directory_coentrepreneur SET client_public = false WHERE email = %s", asking)
    assert buyer.reload().status == 410
    buyer.goto("/catalogue/?q=hydrophonie")
    expect(buyer.locator(f"[data-fiche='{fiche.rstrip(chr(47)).rpartition(chr(47))[2]}']")).to_have_count(0)
    [(pk,)] = site.sql("SELECT id FROM directory_coentrepreneur WHERE email = %s", asking)
    referent.goto(f"/admin/directory/coentrepreneur/{pk}/history/")
    expect(referent.get_by_role("main")).to_contain_text("Hors de l’application Client public")


def test_a_message_reaches_the_co_entrepreneur(site, page, mailbox):
    page.goto("/catalogue/")
    page.locator("[data-fiche] a").first.click()
    [(email,)] = site.sql(
        "SELECT email FROM directory_coentrepreneur WHERE slug = %s", page.url.rstrip("/").split("/")[-1]
    )
    page.get_by_role("link", name=re.compile("^Écrire")).first.click()
    page.get_by_label("Votre nom").fill("Lucie Ferrand")
    page.get_by_label("Votre organisme").fill("Commune de Valferrand")
    page.get_by_label("Votre adresse électronique").fill("lucie@valferrand.example")
    page.get_by_label("Ce qu’il vous faut").fill("Une étude, en mars.")
    page.get_by_role("button", name=re.compile("Envoyer")).click()

    mail = mailbox.wait(to=email)

    assert mail["Reply-To"] == "lucie@valferrand.example"
    assert "Une étude, en mars." in mail.get_content()
