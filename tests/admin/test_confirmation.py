"""The password asked for again before rights are granted or personal data leaves."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from directory.doors.confirmation import CONFIRMED_FOR, SESSION_KEY
from directory.models import Referent
from tests.cast import admin_url, browser_of, text_of, typed_in_admin
from tests.factories import CoEntrepreneurFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "une-phrase-de-passe-longue"
ASKED = "Confirmer que c’est vous"
GROUP_ADD = "/admin/auth/group/add/"


def later(person, *, minutes=11):
    """The browser of someone who gave their password so long ago."""
    browser = browser_of(person)
    session = browser.session
    session[SESSION_KEY] = (timezone.now() - timedelta(minutes=minutes)).isoformat()
    session.save()
    return browser


def carried(page):
    """What the page that asks sends, but for the password."""
    return dict(page.context["carried"]) | {"confirmation-sent": "1"}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_asks_once_in_ten_minutes(referent, ending):
    browser, url = later(referent), f"{admin_url('coentrepreneur_export', ending)}?suivi=moi"

    asked = browser.get(url)
    confirmed = browser.post(url, {"confirmation-password": PASSWORD})

    assert ASKED in text_of(asked)
    # What downloads leaves the page where it is.
    assert f'http-equiv="refresh" content="0; url={url}"' in confirmed.text
    assert "le fichier se télécharge" in text_of(confirmed)
    assert ASKED not in text_of(confirmed)
    assert f'href="{admin_url("coentrepreneur_changelist")}">Revenir à la liste' in confirmed.text
    assert "attachment" in browser.get(url)["Content-Disposition"]


def test_who_just_signed_in_isnt_asked(referent):
    assert (
        "attachment" in later(referent, minutes=9).get(admin_url("coentrepreneur_export", "csv"))["Content-Disposition"]
    )


def test_a_wrong_password_lets_nothing_out_and_says_so(referent):
    browser, url = later(referent), admin_url("coentrepreneur_export", "csv")

    refused = browser.post(url, {"confirmation-password": "faux"})

    assert "Ce n’est pas votre mot de passe" in refused.text
    assert ASKED in text_of(browser.get(url))


def test_wrong_passwords_are_counted_as_those_of_the_sign_in(referent):
    browser, url = later(referent), admin_url("coentrepreneur_export", "csv")

    statuses = [browser.post(url, {"confirmation-password": "faux"}).status_code for _ in range(6)]

    assert statuses[0] == HTTPStatus.OK
    assert statuses[-1] == HTTPStatus.TOO_MANY_REQUESTS


def test_the_password_of_a_colleague_confirms_nothing(referent, administrator):
    administrator.set_password("une-autre-phrase-de-passe")
    administrator.save()

    refused = later(referent).post(
        admin_url("coentrepreneur_export", "csv"), {"confirmation-password": "une-autre-phrase-de-passe"}
    )

    assert "Ce n’est pas votre mot de passe" in refused.text


@pytest.mark.parametrize(
    "address",
    [
        "auth/group/add/",
        "auth/user/add/",
        "auth/user/{}/delete/",
        "auth/user/{}/password/",
        "auth/user/{}/second-facteur/",
        "directory/referent/add/",
    ],
)
def test_a_page_that_grants_asks_before_it_is_filled_in(administrator, address):
    browser, url = later(administrator), "/admin/" + address.format(UserFactory().pk)

    assert ASKED in text_of(browser.get(url))
    assert browser.post(url, {"confirmation-password": PASSWORD}).url == url
    assert ASKED not in text_of(browser.get(url))


def test_what_was_typed_goes_on_once_confirmed(administrator):
    browser, typed = later(administrator), {"name": "Équipe « appui »", "permissions": ["1", "2"], "_save": "1"}

    asked = browser.post(GROUP_ADD, typed)
    refused = browser.post(GROUP_ADD, typed | {"confirmation-sent": "1", "confirmation-password": "faux"})
    before = Group.objects.filter(name=typed["name"]).exists()
    browser.post(GROUP_ADD, typed | {"confirmation-sent": "1", "confirmation-password": PASSWORD})

    expected = [("name", typed["name"]), ("permissions", "1"), ("permissions", "2"), ("_save", "1")]
    for page in (asked, refused):
        assert page.context["carried"] == expected
        assert "Ce que vous veniez d’envoyer n’est pas perdu" in text_of(page)
    assert not before
    assert Group.objects.get(name=typed["name"]).permissions.count() == 2


def test_a_change_of_an_account_asks_when_it_is_saved(administrator):
    account, browser = UserFactory(), later(administrator)
    url = f"/admin/auth/user/{account.pk}/change/"
    page = browser.get(url)

    asked = browser.post(
        url, typed_in_admin(page, is_superuser="on", date_joined_0="28/11/2026", date_joined_1="09:00:00")
    )
    still = User.objects.get(pk=account.pk).is_superuser
    browser.post(url, carried(asked) | {"confirmation-password": PASSWORD})

    assert ASKED in text_of(asked)
    assert not still
    assert User.objects.get(pk=account.pk).is_superuser


def test_a_new_referent_asks(administrator):
    browser = later(administrator)
    typed = {"first_name": "Claire", "last_name": "Fabre", "email": "claire@example.org", "phone": ""}

    asked = browser.post(admin_url("referent_add"), typed)

    assert ASKED in text_of(asked)
    assert not Referent.objects.exists()
    browser.post(admin_url("referent_add"), carried(asked) | {"confirmation-password": PASSWORD})
    assert Referent.objects.get().email == "claire@example.org"


def test_an_action_on_a_list_asks(administrator):
    group, browser = Group.objects.create(name="À effacer"), later(administrator)
    data = {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"}

    asked = browser.post("/admin/auth/group/", data)

    assert ASKED in text_of(asked)
    assert Group.objects.filter(pk=group.pk).exists()


def test_a_password_typed_for_someone_isnt_written_in_the_page(administrator):
    account = UserFactory()
    data = {"password1": "un-secret-de-plus-long", "password2": "un-secret-de-plus-long", "usable_password": "true"}

    asked = later(administrator).post(f"/admin/auth/user/{account.pk}/password/", data)

    assert "un-secret-de-plus-long" not in asked.text


def test_the_second_factor_is_changed_by_who_just_gave_the_password(referent):
    page = later(referent).get("/admin/second-facteur/")

    assert ASKED in text_of(page)
    assert str(int(CONFIRMED_FOR.total_seconds() // 60)) in page.text


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "address", ["directory/coentrepreneur/export/csv/", "directory/standin/add/", "second-facteur/"]
)
def test_no_other_method_goes_round(administrator, method, address):
    response = later(administrator).generic(method, f"/admin/{address}")

    assert response.status_code == 405


def test_naming_a_stand_in_and_handing_over_ask(administrator, referent):
    browser, fiche = later(administrator), CoEntrepreneurFactory()

    adding = browser.get(admin_url("standin_add"))
    handing = browser.post(
        admin_url("coentrepreneur_changelist"), {"action": "hand_over", "_selected_action": [fiche.pk]}
    )

    assert ASKED in text_of(adding)
    assert ASKED in text_of(handing)
    carried_on = carried(handing) | {"confirmation-password": PASSWORD}
    assert "Confier à" in text_of(browser.post(admin_url("coentrepreneur_changelist"), carried_on))
