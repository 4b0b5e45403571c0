"""The editor of a section: its buttons write the few signs, and what is typed is saved without a click."""

from playwright.sync_api import expect

from .member import sign_in_member

# She leads the open consultation of the demonstration, whose memo has begun.
LEAD = "manon-guiraud@example.org"


def test_buttons_write_signs_and_the_text_saves_by_itself_until_someone_else_saved(site, open_page, mailbox):
    page = open_page()
    sign_in_member(page, site, mailbox, LEAD)
    [(consultation, pk)] = site.sql(
        "SELECT part.consultation_id, part.id FROM directory_memopart AS part"
        " JOIN directory_consultation AS consultation ON consultation.id = consultation_id"
        " WHERE consultation.reference = 'CAEC-26-047' AND part.kind = 'method'"
    )
    page.goto(f"/consultations/{consultation}/memoire/{pk}/")
    body, state = page.locator("[name=body]"), page.locator("[data-etat]")

    body.fill("Nos étapes\nun\ndeux")
    body.evaluate("area => area.setSelectionRange(0, 0)")
    page.get_by_role("button", name="Titre", exact=True).click()
    body.evaluate("area => area.setSelectionRange(15, area.value.length)")
    page.get_by_role("button", name="Liste").click()
    body.evaluate("area => area.setSelectionRange(area.value.length, area.value.length)")
    page.get_by_role("button", name="À adapter").click()

    expected = "## Nos étapes\n- un\n- deux[[à préciser]]"
    expect(body).to_have_value(expected)
    expect(state).to_contain_text("Enregistré à")
    expect(page.locator("[data-reste-a-adapter]")).to_contain_text("deuxà préciser")
    assert site.sql("SELECT body, is_written FROM directory_memopart WHERE id = %s", pk) == [(expected, True)]

    # The button still saves, with the version that the last save by itself gave.
    body.fill("Une version de plus")
    expect(state).to_contain_text("Enregistré à")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("est enregistrée")).to_be_visible()

    # Someone else saves: it is told, nothing is written over, and the button shows both texts.
    site.sql("UPDATE directory_memopart SET version = version + 1, body = 'La leur' WHERE id = %s RETURNING 1", pk)
    body.fill("La mienne")
    expect(state).to_contain_text("Quelqu’un d’autre")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator(".memo-texte").first).to_have_text("La leur")
    expect(body).to_have_value("La mienne")
