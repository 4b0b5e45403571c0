"""« Mot de passe oublié ? »: a link by mail, of single use, and one is in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import cast
from tests.cast import link_in, text_of
from tests.factories import ReferentFactory, UserFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db

PASSWORD, OTHER_PASSWORD = "une-phrase-de-passe-longue", "une-autre-phrase-longue"
FORGOTTEN = "/admin/mot-de-passe/"
CHOICE = "mot-de-passe"


def asked(email, browser=None):
    """The mails that asking for a link brings, and the page that answers."""
    page = (browser or Client()).post(FORGOTTEN, {"email": email}, follow=True)
    return run_jobs(), page


def choose(browser, link, password=OTHER_PASSWORD):
    page = browser.get(link, follow=True)
    return browser.post(page.request["PATH_INFO"], {"new_password1": password, "new_password2": password})


def test_a_referent_who_forgot_the_password_is_in_after_four_clicks(referent):
    browser = Client()
    # One: the link of the page of sign-in.
    assert f'href="{FORGOTTEN}"' in browser.get("/admin/login/").text
    # Two: send.
    [mail], _ = asked(referent.email.upper(), browser)
    # Three: the link of the mail; four: save.
    response = choose(browser, link_in(mail, CHOICE))

    assert mail.to == [referent.email]
    assert referent.user.username in mail.body
    assert response.url == "/admin/"
    assert "Votre mot de passe est enregistré" in browser.get("/admin/").text
    referent.user.refresh_from_db()
    assert referent.user.check_password(OTHER_PASSWORD)


def test_the_link_serves_once(referent):
    [mail], _ = asked(referent.email)
    choose(Client(), link_in(mail, CHOICE))

    page = Client().get(link_in(mail, CHOICE))

    assert "Ce lien ne sert plus" in page.text
    assert FORGOTTEN in page.text


def test_a_program_that_follows_the_link_does_not_use_it_up(referent):
    [mail], _ = asked(referent.email)
    Client().get(link_in(mail, CHOICE), follow=True)

    assert choose(Client(), link_in(mail, CHOICE)).url == "/admin/"


def test_the_link_dies_after_three_days_and_when_one_signs_in(referent, monkeypatch):
    [mail], _ = asked(referent.email)
    [other_mail], _ = asked(cast.referent().email)

    Client().force_login(referent.user)
    late = timezone.now().replace(tzinfo=None) + timedelta(days=4)
    assert "Ce lien ne sert plus" in Client().get(link_in(mail, CHOICE)).text
    monkeypatch.setattr("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda _self: late)
    assert "Ce lien ne sert plus" in Client().get(link_in(other_mail, CHOICE)).text


def test_the_page_says_the_same_whether_an_account_has_the_address(referent):
    staff = UserFactory(is_staff=True, email="sans-role@example.org")
    known, known_page = asked(referent.email)

    for email in (staff.email, "personne@example.org"):
        mails, page = asked(email)

        assert mails == []
        assert page.content == known_page.content
    assert len(known) == 1


def test_only_open_accounts_with_a_role_get_a_link(administrator):
    closed = cast.referent(user__is_active=False)
    outside = ReferentFactory(user__is_staff=False)

    assert [len(asked(email)[0]) for email in (administrator.email, closed.email, outside.email)] == [1, 0, 0]


def test_a_link_is_dead_once_the_account_is_closed(referent):
    [mail], _ = asked(referent.email)
    referent.user.is_active = False
    referent.user.save()

    assert "Ce lien ne sert plus" in Client().get(link_in(mail, CHOICE)).text


def test_each_account_of_a_shared_address_gets_its_own_link(referent):
    administrator = cast.administrator()
    administrator.email = referent.email
    administrator.save()

    mails, _ = asked(referent.email)

    assert len(mails) == 2
    assert all(any(account.username in mail.body for mail in mails) for account in (administrator, referent.user))


def test_a_weak_password_is_told_and_the_link_still_serves(referent):
    browser = Client()
    [mail], _ = asked(referent.email)

    weak = choose(browser, link_in(mail, CHOICE), "court")

    assert "à corriger" in text_of(weak)
    assert choose(browser, link_in(mail, CHOICE)).url == "/admin/"


def test_the_lock_of_a_login_ends_with_a_new_password(referent):
    browser = Client()
    for _ in range(5):
        browser.post("/admin/login/", {"username": referent.user.username, "password": "faux"})
    [mail], _ = asked(referent.email)
    choose(browser, link_in(mail, CHOICE))
    browser.post("/admin/logout/")

    back = browser.post("/admin/login/", {"username": referent.email, "password": OTHER_PASSWORD})

    assert back.status_code == 302


def test_what_is_no_address_is_told(referent):
    page = Client().post(FORGOTTEN, {"email": "personne"})

    assert page.context["form"].errors["email"]
    assert 'value="personne"' in page.text


@pytest.mark.usefixtures("stopped_clock")
def test_links_to_an_address_are_counted(referent):
    statuses = [Client().post(FORGOTTEN, {"email": referent.email}).status_code for _ in range(6)]

    assert statuses == [302] * 5 + [429]


@pytest.mark.parametrize("parts", [("MQ", "faux"), ("é", "faux"), ("OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "set-password")])
def test_a_link_made_up_by_hand_opens_nothing(parts):
    page = Client().get(reverse("admin:password_reset_confirm", args=parts))

    assert "Ce lien ne sert plus" in page.text
