"""One message to several, from the selection to the team: on a phone with script, and on a desk without any."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from .accessibility import PHONE, what_is_wrong
from .member import LINK

PEOPLE = ["teresa-vitali", "ibrahima-diallo", "geraldine-pradel"]


def link_in(mail, page):
    return re.search(rf"http://\S+/messages/{page}/\S+", mail.get_content())[0]


def press(page, name, *, role="button"):
    """Press it, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role(role, name=name).click()


@pytest.mark.parametrize("script", [True, False])
def test_written_confirmed_answered_and_followed_up_together(site, open_page, mailbox, script):
    options = {"viewport": PHONE} if script else {"java_script_enabled": False}
    buyer_page, member_page = open_page(**options), open_page(**options)
    buyer = f"achats-{script}@example.org".lower()

    def holds(page):
        assert not script or what_is_wrong(page) == {}

    buyer_page.goto("/selection/?" + "&".join(f"f={slug}" for slug in PEOPLE) + "&q=formation")
    press(buyer_page, "Écrire à plusieurs", role="link")
    press(buyer_page, "Continuer")
    holds(buyer_page)
    assert buyer_page.locator("[name=recipients]:checked").count() == 3
    buyer_page.get_by_label("Objet", exact=True).fill("Former les agents d’accueil")
    buyer_page.locator("[name=answer_by]").fill((timezone.localdate() + timedelta(days=12)).isoformat())
    buyer_page.get_by_label("Votre nom").fill("Agathe Delmas")
    buyer_page.get_by_label("Ce qu’il vous faut").fill("Une formation pour nos agents.")
    buyer_page.get_by_label("Votre organisme").fill("Commune de Valferrand")
    buyer_page.get_by_label("Votre adresse électronique").fill(buyer)
    press(buyer_page, "Continuer")
    assert "Formation" not in mailbox.wait(to=buyer).get_content()

    buyer_page.goto(link_in(mailbox.wait(to=buyer), "confirmer"))
    holds(buyer_page)
    press(buyer_page, "Envoyer le message")
    author = buyer_page.url
    paths = [link_in(mailbox.wait(to=f"{slug}@example.org", subject="agents"), "reponse") for slug in PEOPLE]

    member_page.goto(paths[0])
    holds(member_page)
    press(member_page, "Ce n’est pas pour moi")
    holds(member_page)
    press(member_page, "Je suis intéressé")
    holds(member_page)
    member_page.goto(paths[1])
    member_page.get_by_label("Pourquoi").select_option("busy")
    press(member_page, "Ce n’est pas pour moi")
    member_page.goto(paths[2])
    press(member_page, "J’ai lu")
    buyer_page.goto(author)
    holds(buyer_page)
    states = buyer_page.locator("li .etiquette").all_inner_texts()
    assert states == ["Intéressé", "Pas pour moi", "Lu"]
    press(member_page, "Je suis intéressé")
    assert mailbox.wait(to=buyer, subject="2 personnes sont intéressées")

    member_page.goto(paths[0])
    press(member_page, "Préparer une réponse en équipe", role="link")
    member_page.locator("[name=email]").fill(f"{PEOPLE[0]}@example.org")
    press(member_page, "Recevoir mon lien")
    mail = mailbox.wait(to=f"{PEOPLE[0]}@example.org", subject="Votre lien")
    member_page.goto(LINK.search(mail.get_content())[0])
    press(member_page, "Entrer dans mon espace")
    member_page.wait_for_url("**/messages/equipe/*/")
    holds(member_page)
    press(member_page, "Ouvrir la consultation et inviter")
    member_page.wait_for_url("**/consultations/*/")
    assert "Former les agents d’accueil" in member_page.locator("h1").inner_text()
    assert mailbox.wait(to=f"{PEOPLE[2]}@example.org", subject="Rejoindre")

    press(buyer_page, "Tout effacer", role="link")
    holds(buyer_page)
    press(buyer_page, "Tout effacer")
    assert "C’est effacé" in buyer_page.locator("h1").inner_text()
    assert not site.sql("SELECT 1 FROM directory_groupmessage WHERE email = %s", buyer)
    # The other run is of the same people and the same buyer: it isn't the same consultation.
    site.sql(
        "UPDATE directory_consultation SET outcome = 'dropped', outcome_on = now() WHERE subject LIKE 'Former les%%'"
    )
