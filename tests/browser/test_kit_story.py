"""The story of an answer: a reference shared and validated, a hole found and filled, the documents in one ZIP."""

import re
import zipfile
from io import BytesIO

from docx import Document
from playwright.sync_api import expect
from pypdf import PdfReader

from .member import sign_in_member

# She leads the open consultation of the demonstration; its team lacks someone.
LEAD = "manon-guiraud@example.org"
COLLEAGUES = {"Isabelle Calmels": "Entretiens et rédaction", "Maud Van den Berg": "Mise en ligne"}
SUBJECT = "Carnet d’adresses illustré des artisans du littoral"
CLIENT = "Ville de Port-Salicorne"
LINK = re.compile(r"http://\S+")
NAME = "first_name || ' ' || last_name"


def words_of(pdf):
    """The text of a PDF, on one line, with plain spaces and without the hyphens of its line ends."""
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", re.sub(r"-\s*\n\s*", "", text).replace("\N{SOFT HYPHEN}", ""))


def test_a_reference_is_shared_a_hole_is_filled_and_the_documents_are_there(site, open_page, mailbox):
    lead, referent, buyer, guest = (open_page() for _ in range(4))

    # A co-entrepreneur adds a reference with two colleagues …
    sign_in_member(lead, site, mailbox, LEAD)
    lead.goto("/mon-espace/references/nouvelle/")
    lead.locator("[name=client_name]").fill(CLIENT)
    lead.get_by_label("Objet").fill(SUBJECT)
    lead.locator("[name=starts_on]").fill("2026-02-02")
    lead.locator("[name=ends_on]").fill("2026-09-30")
    for row, (name, part) in enumerate(COLLEAGUES.items()):
        lead.locator(f"[name=collegues-{row}-name]").fill(name)
        lead.locator(f"[name=collegues-{row}-part]").fill(part)
    lead.get_by_label("Cette référence peut être montrée au public").check()
    with lead.expect_navigation():
        lead.get_by_role("button", name=re.compile("^Envoyer à")).click()

    # … their référent validates it …
    [(username, address)] = site.sql(
        "SELECT username, auth_user.email FROM auth_user JOIN directory_referent ON user_id = auth_user.id"
        " JOIN directory_coentrepreneur AS fiche ON referent_id = directory_referent.id WHERE fiche.email = %s",
        LEAD,
    )
    decision = LINK.search(mailbox.wait(to=address, subject="Référence à valider").get_content())[0]
    site.sign_in(referent, username)
    referent.goto(decision)
    with referent.expect_navigation():
        referent.get_by_role("button", name="Valider", exact=True).click()

    # … and it shows on three fiches and three CVs.
    administrator = open_page()
    site.sign_in(administrator, site.accounts("administrateur")[0]["username"])
    for name in ("Manon Guiraud", *COLLEAGUES):
        [(pk, slug)] = site.sql(f"SELECT id, slug FROM directory_coentrepreneur WHERE {NAME} = %s", name)
        buyer.goto(f"/catalogue/{slug}/")
        expect(buyer.get_by_role("main")).to_contain_text(SUBJECT)
        cv = administrator.request.get(f"/consultations/documents/cv/{pk}.pdf")
        assert SUBJECT in words_of(cv.body())

    # The lead sees what the team lacks, and invites who brings it; they accept by the link of their mail.
    lead.goto("/consultations/")
    lead.get_by_role("link", name=re.compile("Identité visuelle")).click()
    consultation = lead.url
    lead.get_by_role("link", name="Composer l’équipe").click()
    expect(lead.get_by_role("heading", name=re.compile("Il manque une chose"))).to_be_visible()
    invited = lead.locator(".proposition a").first.inner_text()
    lead.get_by_role("link", name=f"Inviter {invited}").first.click()
    lead.get_by_label("Votre message").fill("Nous avons besoin de vous.")
    lead.get_by_role("button", name="Envoyer l’invitation").click()
    [(email,)] = site.sql(f"SELECT email FROM directory_coentrepreneur WHERE {NAME} = %s", invited)
    guest.goto(LINK.search(mailbox.wait(to=email).get_content())[0])
    guest.get_by_role("button", name="J’accepte").click()
    assert mailbox.wait(to=LEAD, subject=invited)
    lead.reload()
    expect(lead.get_by_role("heading", name="Rien ne manque")).to_be_visible()

    # Everything for the answer comes in one ZIP.
    lead.goto(f"{consultation}dossier/")
    lead.get_by_role("button", name="Préparer le dossier").click()
    with lead.expect_download() as download:
        lead.get_by_role("link", name=re.compile(r"Télécharger le dossier \(ZIP, ")).click(timeout=30_000)
    with zipfile.ZipFile(download.value.path()) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert invited in words_of(files["00-sommaire.pdf"])
    assert len([name for name in files if name.startswith("03-cv-")]) == 4
    assert any(SUBJECT in words_of(content) for name, content in files.items() if name.startswith("04-reference-"))
    memo = Document(BytesIO(files["01-memoire-technique.docx"]))
    assert any(paragraph.style.name == "Heading 1" for paragraph in memo.paragraphs)

    # Another member finds nothing there.
    stranger = open_page()
    sign_in_member(stranger, site, mailbox, site.accounts("co-entrepreneur")[0]["username"])
    for path in ("", "equipe/", "memoire/", "dossier/", "dossier/dossier.zip"):
        assert stranger.request.get(f"{consultation}{path}").status == 404
