"""Coming in by two doors: choosing a second factor alone, giving it, losing it."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from directory.admin.passkeys import NamingHelper
from directory.models import OneTimeCodes, SecondFactorGrace
from directory.models.second_factor import CODES, GRACE
from tests import cast
from tests.at_once import at_once
from tests.cast import admin_url, browser_of, link_in, text_of
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db

PASSWORD = "une-phrase-de-passe-longue"
PROOF, HOME = "/admin/second-facteur/verification/", "/admin/second-facteur/"
APPLICATION, CODES_PAGE = f"{HOME}application/", f"{HOME}codes/"
CHANGELIST = "/admin/directory/coentrepreneur/"
NOT_FROM_A_BROWSER = [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"id": 1, "rawId": [], "response": null}', b"\xff"]


def code_of(device, *, steps=0):
    return f"{totp(device.bin_key, t0=-30 * steps):06}"


def enrolled(person, *, codes=False):
    """The application of an account, which has never given a code; and the codes on paper."""
    device = TOTPDevice.objects.create(user=person.user, name="Application")
    return (device, OneTimeCodes.renew(person.user)) if codes else device


def passkey_of(account, name="Clé d’accès"):
    return WebAuthnCredential.objects.create(user=account, name=name, credential_id=name.encode(), public_key=b"key")


def signed_in(person):
    """A browser where the password was given, and nothing else."""
    browser = Client()
    data = {"username": person.user.username, "password": PASSWORD}
    assert browser.post(f"/admin/login/?next={CHANGELIST}", data).status_code == HTTPStatus.FOUND
    return browser


def enrol(browser):
    """Choose an application as a person does; the page with the codes."""
    browser.get(APPLICATION)
    device = TOTPDevice(key=browser.session["second_factor_key"])
    return device, browser.post(APPLICATION, {"code": code_of(device)})


# --- Choosing one ------------------------------------------------------------------------------------------------


def test_one_enrols_alone_and_gets_codes_that_are_kept_as_hashes(referent):
    browser = browser_of(referent)

    page = browser.get(APPLICATION)
    _, kept = enrol(browser)

    assert "<svg" in page.text
    assert "no-store" in page["Cache-Control"]
    codes = kept.context["codes"]
    assert len(set(codes)) == CODES
    assert all(code in kept.text for code in codes)
    hashes = OneTimeCodes.objects.get().hashes
    assert len(hashes) == CODES
    assert not set(codes) & set(hashes)
    again = browser.get(HOME)
    assert not any(code in again.text for code in codes)
    assert browser.get(CHANGELIST).status_code == HTTPStatus.OK


def test_enrolling_is_told_by_mail(referent):
    enrol(browser_of(referent))

    [mail] = run_jobs()

    assert mail.to == [referent.user.email]
    assert "une application de codes a été ajoutée" in mail.body
    assert link_in(mail, "second-facteur") == HOME


def test_a_wrong_code_keeps_nothing_and_the_same_secret(referent):
    browser = browser_of(referent)
    secret = browser.get(APPLICATION).context["secret"]

    refused = browser.post(APPLICATION, {"code": "abcdef"})

    assert refused.context["form"].errors
    assert refused.context["secret"] == secret
    assert not TOTPDevice.objects.exists()


def test_the_code_that_enrolled_isnt_taken_again_to_come_in(referent):
    browser = browser_of(referent)
    device, _ = enrol(browser)

    refused = signed_in(referent).post(PROOF, {"code": code_of(device)})

    assert "a déjà servi" in refused.text


def test_an_application_is_replaced_and_the_old_one_gives_nothing(referent):
    old, browser = enrolled(referent), signed_in(referent)
    browser.post(PROOF, {"code": code_of(old)})

    new, _ = enrol(browser)

    assert TOTPDevice.objects.get().key == new.key
    assert browser.get(CHANGELIST).status_code == HTTPStatus.OK
    assert signed_in(referent).post(PROOF, {"code": code_of(old, steps=1)}).status_code == HTTPStatus.OK


# --- Giving it ---------------------------------------------------------------------------------------------------


def test_the_password_alone_opens_nothing(referent):
    enrolled(referent)
    browser = signed_in(referent)

    for url in ("/admin/", CHANGELIST, HOME, APPLICATION, admin_url("coentrepreneur_export", "csv")):
        page = browser.get(url, follow=True)
        assert page.redirect_chain[-1][0].startswith(PROOF), url
    assert browser.get("/consultations/").status_code == HTTPStatus.FOUND
    assert browser.post(CODES_PAGE).status_code == HTTPStatus.FOUND
    assert not OneTimeCodes.objects.exists()


def test_the_code_leads_where_one_was_going(referent):
    device, browser = enrolled(referent), signed_in(referent)

    page = browser.get(CHANGELIST, follow=True)
    led = browser.post(
        PROOF, {"code": f" {code_of(device)[:3]} {code_of(device)[3:]} ", "next": page.context["destination"]}
    )

    assert led.url == CHANGELIST
    assert browser.get(CHANGELIST).status_code == HTTPStatus.OK


@pytest.mark.parametrize("destination", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_a_code_leads_nowhere_else(referent, destination):
    device = enrolled(referent)

    assert signed_in(referent).post(PROOF, {"code": code_of(device), "next": destination}).url == "/admin/"


def test_the_session_changes_its_key_when_one_is_in(referent):
    device, browser = enrolled(referent), signed_in(referent)
    before = browser.session.session_key

    browser.post(PROOF, {"code": code_of(device)})

    assert browser.session.session_key != before


def test_a_code_serves_once(referent):
    device = enrolled(referent)
    code = code_of(device)
    signed_in(referent).post(PROOF, {"code": code})

    replayed = signed_in(referent).post(PROOF, {"code": code})

    assert replayed.status_code == HTTPStatus.OK
    assert "a déjà servi" in replayed.text


def test_a_code_on_paper_serves_once_however_it_is_typed(referent):
    _, codes = enrolled(referent, codes=True)
    browser = signed_in(referent)

    led = browser.post(PROOF, {"code": codes[0].upper().replace("-", " ")})
    replayed = signed_in(referent).post(PROOF, {"code": codes[0]})

    assert led.status_code == HTTPStatus.FOUND
    assert f"vous restent : {CODES - 1}" in text_of(browser.get("/admin/"))
    assert "a déjà servi" in replayed.text


def test_new_codes_replace_those_that_were_left(referent):
    browser = browser_of(referent)
    _, kept = enrol(browser)
    old = kept.context["codes"]

    new = browser.post(CODES_PAGE).context["codes"]

    assert signed_in(referent).post(PROOF, {"code": old[0]}).status_code == HTTPStatus.OK
    OneTimeCodes.objects.update(throttling_failure_timestamp=None)
    assert signed_in(referent).post(PROOF, {"code": new[0]}).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize(
    "code", ["", "   ", "0", "é", "１２３４５６", "9" * 40, "9" * 400, "a" * 40, "\N{ZERO WIDTH SPACE}", "-"]
)
def test_whatever_is_typed_for_a_code_is_refused_in_a_sentence(referent, code):
    enrolled(referent, codes=True)

    refused = signed_in(referent).post(PROOF, {"code": code})

    assert refused.status_code == HTTPStatus.OK
    assert refused.context["form"].errors["code"]


def test_wrong_codes_make_one_wait(referent):
    device, browser = enrolled(referent), signed_in(referent)
    TOTPDevice.objects.update(throttling_failure_count=7, throttling_failure_timestamp=timezone.now())

    refused = browser.post(PROOF, {"code": code_of(device)})

    assert "Réessayez dans 6" in text_of(refused)


def test_the_code_of_a_colleague_opens_nothing(referent, other_referent):
    enrolled(referent)
    device, codes = enrolled(other_referent, codes=True)

    for code in (code_of(device), codes[0]):
        assert signed_in(referent).post(PROOF, {"code": code}).status_code == HTTPStatus.OK


def test_one_may_change_accounts_instead(referent, other_referent):
    enrolled(referent)
    browser = signed_in(referent)

    left = browser.post("/admin/second-facteur/abandon/")

    assert left.url == "/admin/login/"
    assert browser.get("/admin/login/").status_code == HTTPStatus.OK


def test_sessions_opened_before_need_it_too(referent):
    earlier = browser_of(referent)
    enrolled(referent)

    assert earlier.get(CHANGELIST, follow=True).redirect_chain[-1][0].startswith(PROOF)


def test_public_pages_still_look_nobody_up(referent):
    enrolled(referent)
    response = signed_in(referent).get("/referencement/")

    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.django_db(transaction=True)
def test_a_code_sent_twice_at_once_opens_once():
    person = cast.referent()
    device, browsers = enrolled(person), [signed_in(person), signed_in(person)]
    code = code_of(device)

    answers = at_once(*[lambda browser=browser: browser.post(PROOF, {"code": code}) for browser in browsers])

    assert sorted(answer.status_code for answer in answers) == [HTTPStatus.OK, HTTPStatus.FOUND]


# --- The obligation, and its grace -------------------------------------------------------------------------------


def test_nobody_must_where_the_setting_is_off(referent):
    assert "second facteur vous sera demandé" not in text_of(browser_of(referent).get("/admin/"))
    assert not SecondFactorGrace.objects.exists()


def test_the_first_days_one_is_warned(referent, settings):
    settings.SECOND_FACTOR = True
    browser = browser_of(referent)

    page = browser.get("/admin/")

    assert "Un second facteur vous sera demandé à partir du" in text_of(page)
    assert SecondFactorGrace.objects.get().until > timezone.now() + GRACE - timedelta(minutes=1)
    enrol(browser)
    assert "vous sera demandé" not in text_of(browser.get("/admin/"))


def test_after_the_grace_one_chooses_before_anything_else(referent, settings):
    settings.SECOND_FACTOR = True
    SecondFactorGrace.objects.create(user=referent.user, since=timezone.now() - GRACE)
    browser = signed_in(referent)

    page, choice = browser.get(CHANGELIST, follow=True), browser.get(HOME)
    _, kept = enrol(browser)

    assert "Le délai est passé" in text_of(choice)
    assert page.redirect_chain[-1][0].startswith(APPLICATION)
    assert "Le délai est passé" in text_of(page)
    assert kept.context["codes"]
    assert browser.get(CHANGELIST).status_code == HTTPStatus.OK


def test_after_the_grace_a_passkey_opens_too(referent, settings, monkeypatch):
    settings.SECOND_FACTOR = True
    SecondFactorGrace.objects.create(user=referent.user, since=timezone.now() - GRACE)
    # What a device signs is for a browser to show (tests/browser/test_second_factor.py).
    monkeypatch.setattr(NamingHelper, "register_complete", lambda self, user, **_: passkey_of(user))
    browser = signed_in(referent)

    for name in ("passkey_add", "passkey_added"):
        answer = browser.post(reverse(f"admin:{name}"), "{}", content_type="application/json")
        assert answer.status_code == HTTPStatus.OK

    assert browser.get(CHANGELIST).status_code == HTTPStatus.OK
    assert "Vous n’en avez plus" in text_of(browser.get(HOME))


def test_who_must_have_one_keeps_one(referent, settings):
    settings.SECOND_FACTOR = True
    browser = browser_of(referent)
    enrol(browser)
    remove = reverse("admin:second_factor_remove", args=["application", TOTPDevice.objects.get().pk])

    refused = browser.post(remove, follow=True)

    assert "Il en faut un" in text_of(refused)
    assert TOTPDevice.objects.exists()


def test_the_last_one_goes_with_its_codes_where_nobody_must(referent):
    browser = browser_of(referent)
    enrol(browser)

    run_jobs()
    remove = reverse("admin:second_factor_remove", args=["application", TOTPDevice.objects.get().pk])
    removed = browser.post(remove, follow=True)

    assert "Vous avez retiré : « Application »." in text_of(removed)
    assert "« Application » ne sert plus" in run_jobs()[0].body.replace("\N{NO-BREAK SPACE}", " ")
    assert not TOTPDevice.objects.exists()
    assert not OneTimeCodes.objects.exists()
    assert signed_in(referent).get(CHANGELIST).status_code == HTTPStatus.OK


def test_one_takes_away_ones_own_only(referent, other_referent):
    theirs, key = enrolled(other_referent), passkey_of(other_referent.user)
    browser = browser_of(referent)

    for kind, pk in (("application", theirs.pk), ("cle", key.pk), ("autre", 1)):
        assert browser.post(reverse("admin:second_factor_remove", args=[kind, pk])).status_code == HTTPStatus.NOT_FOUND


# --- Losing it ---------------------------------------------------------------------------------------------------


def test_an_administrator_resets_and_never_sees_the_secret(referent, administrator):
    device, codes = enrolled(referent, codes=True)
    passkey_of(referent.user)
    browser, url = browser_of(administrator), f"/admin/auth/user/{referent.user.pk}/second-facteur/"

    pages = [browser.get(f"/admin/auth/user/{referent.user.pk}/change/"), browser.get(url)]
    done = browser.post(url, follow=True)

    secrets = {device.key, device.config_url, codes[0], OneTimeCodes.objects.model.__name__}
    assert "une application de codes, 1 clé d’accès, codes à usage unique : 10" in text_of(pages[0])
    assert not any(secret in page.text for page in pages for secret in secrets)
    assert "est remis à zéro" in text_of(done)
    [mail] = run_jobs()
    assert mail.to == [referent.user.email]
    assert f"Remise à zéro par {administrator.get_full_name() or administrator.username}" in mail.body
    assert signed_in(referent).get(CHANGELIST).status_code == HTTPStatus.OK


def test_no_page_of_the_back_office_shows_devices(administrator):
    browser = browser_of(administrator)

    for address in ("otp_totp/totpdevice/", "django_otp_webauthn/webauthncredential/", "directory/onetimecodes/"):
        assert browser.get(f"/admin/{address}").status_code == HTTPStatus.NOT_FOUND


def test_a_referent_resets_nobody(referent, other_referent):
    enrolled(other_referent)

    answer = browser_of(referent).post(f"/admin/auth/user/{other_referent.user.pk}/second-facteur/")

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert TOTPDevice.objects.exists()


def test_the_host_resets_when_no_administrator_may_come_in(referent):
    enrolled(referent)

    call_command("reset_second_factor", referent.user.username)

    assert not TOTPDevice.objects.exists()
    with pytest.raises(CommandError, match="n’a pas de second facteur"):
        call_command("reset_second_factor", referent.user.username)
    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("reset_second_factor", "personne")


# --- Passkeys ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("begin", "complete"), [("passkey_add", "passkey_added"), ("passkey_ask", "passkey_given")])
def test_what_no_browser_sends_is_refused(referent, begin, complete):
    if begin == "passkey_ask":
        passkey_of(referent.user)
    browser, urls = browser_of(referent), [reverse(f"admin:{begin}"), reverse(f"admin:{complete}")]

    for body in NOT_FROM_A_BROWSER:
        begun, completed = [browser.post(url, body, content_type="application/json") for url in urls]
        browser.post(urls[0], "{}", content_type="application/json")
        after_a_beginning = browser.post(urls[1], body, content_type="application/json")

        assert begun.status_code in {HTTPStatus.OK, HTTPStatus.BAD_REQUEST}, body
        assert 400 <= completed.status_code < 500, body
        assert 400 <= after_a_beginning.status_code < 500, body


def test_passkeys_are_asked_of_who_comes_in_and_of_nobody_else(referent):
    ask = reverse("admin:passkey_ask")

    assert Client().post(ask).status_code == HTTPStatus.FORBIDDEN
    assert browser_of(referent).post(ask).status_code == HTTPStatus.FORBIDDEN
    assert Client().post(reverse("admin:passkey_add")).status_code == HTTPStatus.FOUND
    passkey_of(referent.user)
    options = signed_in(referent).post(ask, "{}", content_type="application/json").json()
    assert len(options["allowCredentials"]) == 1
