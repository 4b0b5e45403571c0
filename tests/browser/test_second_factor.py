"""A passkey, from a device that Chromium plays; an application's page as a phone shows it."""

from base64 import b32decode

import pytest
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from .accessibility import violations

# Browsers make passkeys for a name, never for a bare address.
LOCALHOST = "localhost"


@pytest.fixture
def referent(site):
    """The name of an account of the demonstration, which has no second factor before nor after."""
    yield site.accounts("referent")[0]
    site.sql("DELETE FROM django_otp_webauthn_webauthnattestation")
    for table in ("django_otp_webauthn_webauthncredential", "directory_onetimecodes", "otp_totp_totpdevice"):
        site.sql(f"DELETE FROM {table}")


def test_a_passkey_is_added_and_opens_the_second_door(page, site, referent):
    root = site.url.replace("127.0.0.1", LOCALHOST)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    site.sign_in(page, referent["username"], root=root)
    page.goto(f"{root}/admin/second-facteur/")
    page.get_by_role("button", name="Ajouter une clé d’accès").click()
    page.get_by_role("button", name="Créer dix codes").click()
    expect(page.locator(".one-time-codes li")).to_have_count(10)

    with page.expect_navigation():
        page.locator("#logout-form button").click()
    site.sign_in(page, referent["username"], root=root)
    page.wait_for_url("**/verification/**")
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()

    page.wait_for_url(f"{root}/admin/")
    assert page.locator("#user-tools").is_visible()


def test_at_a_bare_address_one_is_told_why_there_is_no_passkey(page, site, referent):
    site.sign_in(page, referent["username"])
    page.goto("/admin/second-facteur/")

    assert not page.get_by_role("alert").is_visible()
    page.get_by_role("button", name="Ajouter une clé d’accès").click()

    page.get_by_text("ne marchent qu’à une adresse en https").wait_for()


@pytest.mark.parametrize("width", [320, 1280])
def test_each_page_of_the_way_holds_to_axe_and_in_the_width(page, site, referent, width):
    page.set_viewport_size({"width": width, "height": 900})
    faulty = {}

    def look(name):
        sideways = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        if (seen := (sideways, violations(page))) != (False, []):
            faulty[name] = seen

    site.sign_in(page, referent["username"])
    page.goto("/admin/second-facteur/")
    look("nothing yet")
    page.get_by_role("link", name="Ajouter une application").click()
    page.locator(".qr-code").wait_for()
    look("application")
    device = TOTPDevice(key=b32decode(page.locator(".secret").inner_text().replace(" ", "")).hex())
    page.get_by_label("Code").fill("abc")
    page.keyboard.press("Enter")
    page.locator(".resume-erreurs").wait_for()
    look("a wrong code")
    page.get_by_label("Code").fill(f"{totp(device.bin_key):06}")
    page.keyboard.press("Enter")
    page.locator(".one-time-codes").wait_for()
    look("codes")
    code = page.locator(".one-time-codes li").first.inner_text()
    with page.expect_navigation():
        page.get_by_role("link", name="continuer").click()
    page.goto("/admin/second-facteur/")
    look("an application")

    with page.expect_navigation():
        page.locator("#logout-form button").click()
    site.sign_in(page, referent["username"])
    page.wait_for_url("**/verification/**")
    look("proof")
    page.keyboard.type(code)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{site.url}/admin/"

    assert faulty == {}
