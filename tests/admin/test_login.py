from datetime import timedelta
from urllib.parse import quote

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from tests import cast
from tests.demonstration import QuickHasher
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "une-phrase-de-passe-longue"


def log_in(client, username, password):
    return client.post("/admin/login/?next=/admin/", {"username": username, "password": password})


def test_a_referent_logs_in():
    response = log_in(Client(), cast.referent().user.username, PASSWORD)

    assert response.url == "/admin/"


def test_a_wrong_password_is_told_and_the_next_try_works():
    client, username = Client(), cast.referent().user.username

    wrong = log_in(client, username, "faux")

    assert "Espace des référents" in wrong.content.decode()
    assert wrong.context["form"].errors
    assert log_in(client, username, PASSWORD).status_code == 302


def test_the_login_is_locked_after_five_failures_and_says_until_when_and_whom_to_ask(settings):
    client, username = Client(), cast.referent().user.username
    for _ in range(4):
        log_in(client, username, "faux")

    fifth = log_in(client, username, "faux")
    until = timezone.now() + timedelta(minutes=30)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=10))
    right = log_in(client, username, PASSWORD)

    assert [fifth.status_code, right.status_code] == [429, 429]
    assert "Après 5 échecs" in right.text
    assert any(f"jusqu’à {hour(until, minutes)}" in cast.text_of(fifth) for minutes in (0, 1))
    # Trying again meanwhile doesn't put it off.
    assert any(f"jusqu’à {hour(until, minutes - 10)}" in cast.text_of(right) for minutes in (0, 1))
    assert settings.COOPERATIVE["email"] in right.text
    assert settings.COOPERATIVE["phone"] in right.text


def hour(moment, minutes):
    return date_format(timezone.localtime(moment + timedelta(minutes=minutes)), "H \\h i").replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_the_lock_of_one_account_leaves_the_others_open():
    client, locked, other = Client(), cast.referent().user.username, cast.referent().user.username
    for _ in range(5):
        log_in(client, locked, "faux")

    assert log_in(client, other, PASSWORD).status_code == 302


@pytest.mark.parametrize("written", ["claire@example.org", " Claire@Example.ORG "])
def test_one_signs_in_by_address_too(written):
    cast.referent(user__email="claire@example.org")

    assert log_in(Client(), written, PASSWORD).url == "/admin/"


def test_an_address_that_two_accounts_have_opens_neither():
    first = cast.referent(user__email="claire@example.org").user
    cast.referent(user__email="Claire@example.org")

    assert log_in(Client(), "claire@example.org", PASSWORD).status_code == 200
    assert log_in(Client(), first.username, PASSWORD).status_code == 302


def test_an_address_shared_with_a_closed_account_opens_the_open_one():
    cast.referent(user__email="claire@example.org")
    UserFactory(email="claire@example.org", is_active=False)

    assert log_in(Client(), "claire@example.org", PASSWORD).status_code == 302


def test_the_username_goes_before_the_address_of_another():
    cast.referent(user__email="claire@example.org")
    named = cast.referent(user__username="claire@example.org", user__email="autre@example.org").user

    log_in(client := Client(), "claire@example.org", PASSWORD)

    assert int(client.session["_auth_user_id"]) == named.pk


def tries(*names):
    """The status of each try by a name, and whether it says when to come back."""
    client = Client()
    answers = [log_in(client, name, "faux") for name in names]
    return [(answer.status_code, "Retry-After" in answer) for answer in answers]


LOCKED_AT_THE_FIFTH = [(200, False)] * 4 + [(429, True)] * 2


@pytest.fixture
def unhurried(monkeypatch):
    monkeypatch.setattr("crealead.passwords.TRIES", 100)


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("names", [("claire", "claire@example.org"), ("claire@example.org", "claire")])
def test_no_lock_tells_which_address_an_account_has(names, known):
    if known:
        cast.referent(user__username="claire", user__email="claire@example.org")

    assert tries(*[names[0]] * 6, *[names[1]] * 6) == LOCKED_AT_THE_FIFTH * 2


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("known", [True, False])
def test_an_address_in_other_capitals_has_the_same_lock_whoever_has_it(known):
    if known:
        cast.referent(user__email="claire@example.org")
    ways = ["claire@example.org", "CLAIRE@example.org", " Claire@Example.org ", "cla\u0131re@example.org"]

    assert tries(*ways, ways[0], ways[1]) == LOCKED_AT_THE_FIFTH


@pytest.mark.usefixtures("unhurried")
def test_who_signs_in_by_address_has_no_failures_any_more():
    email = cast.referent().user.email
    tries(*[email] * 4)

    assert log_in(Client(), email, PASSWORD).status_code == 302
    assert tries(*[email] * 4) == [(200, False)] * 4


@pytest.mark.usefixtures("unhurried")
def test_a_name_that_is_longer_in_capitals_is_counted_too():
    assert tries(*["\u0390" * 150] * 6) == LOCKED_AT_THE_FIFTH


@pytest.mark.usefixtures("unhurried")
def test_as_much_is_done_whoever_is_named(monkeypatch):
    cast.referent(user__username="claire", user__email="claire@example.org")
    cast.referent(user__username="double@example.org", user__email="autre@example.org")
    UserFactory(username="sortie", email="sortie@example.org", is_active=False)
    invited = cast.referent(user__username="invitee", user__email="invitee@example.org").user
    invited.set_unusable_password()
    invited.save()
    hashed, encode = [], QuickHasher.encode
    monkeypatch.setattr(QuickHasher, "encode", lambda *given: hashed.append(given) or encode(*given))

    def work(typed):
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            log_in(Client(), typed, "faux")
        return len(hashed), [query["sql"].split()[0] for query in queries]

    for stranger, *known in [
        ("personne", "claire", "invitee", "sortie"),
        ("personne@example.org", *(f"{who}@example.org" for who in ("claire", "double", "invitee", "sortie"))),
    ]:
        expected = work(stranger)
        assert expected[0] == 1
        assert [work(name) for name in known] == [expected] * len(known)


@pytest.mark.parametrize(
    "following",
    [
        "",
        "/accounts/profile/",
        "/admin/nulle-part/",
        "/admin/directory/coentrepreneur/999999/change/",
        "/admin/directory/coentrepreneur",
        "/admin/directory/listingrequest/",
        "/admin/directory/referencingrequest/",
        "/admin/login/",
        "/admin/logout/",
        "/admin/jsi18n/",
        "/admin/autocomplete/",
        "/admin/password_change/",
        "/consultations/",
        "/catalogue/?q=formation",
        "nulle-part",
        "https://example.com/admin/",
        "//example.com/",
        "javascript:alert(1)",
    ],
)
def test_after_sign_in_there_is_a_page(following):
    client, user = Client(), cast.referent().user

    sign_in = client.post(f"/admin/login/?next={quote(following)}", {"username": user.username, "password": PASSWORD})
    page = client.get(sign_in.url, follow=True)

    assert sign_in.url.startswith("/")
    assert not sign_in.url.startswith("//")
    assert page.status_code == 200
