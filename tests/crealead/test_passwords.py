"""A password costs a hash: one sender has only so many of them checked, whatever the accounts and the addresses."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from crealead import passwords, rate_limit
from tests.factories import AdministratorFactory

pytestmark = pytest.mark.django_db

PASSWORD = "une-phrase-de-passe-longue"
LOGIN = "/admin/login/"
PASSWORD_FIELDS = dict.fromkeys(
    ("username", "password", "old_password", "new_password1", "new_password2", "password1", "password2", "email"),
    "un-mot-de-passe-essayé",
)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that stands at the beginning of an hour, until it is moved."""
    now = {"now": timezone.now().replace(minute=0, second=1)}
    monkeypatch.setattr(rate_limit.timezone, "now", lambda: now["now"])
    return now


@pytest.fixture
def hashes(monkeypatch):
    """How many passwords were hashed."""
    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(hasher, password, salt):
        hashed.append(1)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return hashed


def try_login(username, password="faux", sender="192.0.2.1"):
    return Client(REMOTE_ADDR=sender).post(LOGIN, {"username": username, "password": password})


def addresses(patterns=None, prefix=""):
    """Every address of the site that takes no argument."""
    for pattern in patterns or get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern.url_patterns, route)
        elif not {"<", "(", "?"} & set(route):
            yield f"/{route}"


def test_fast_tries_are_refused_before_the_password_is_checked(hashes):
    answers = [try_login(f"nom{number}") for number in range(passwords.TRIES)]
    hashes.clear()

    refused = try_login("encore")

    assert [answer.status_code for answer in answers] == [200] * passwords.TRIES
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 20
    assert "le mot de passe n’a pas été regardé" in refused.content.decode()
    assert hashes == []


def test_one_worker_checks_one_password_at_a_time(hashes, monkeypatch):
    monkeypatch.setattr(passwords, "TURN_SECONDS", 0.01)
    account = AdministratorFactory()
    hashes.clear()
    with passwords.CHECKING:
        refused = try_login(account.username, PASSWORD)
    hashed = len(hashes)

    assert refused.status_code == 503
    assert "au même instant" in refused.content.decode()
    assert hashed == 0
    assert try_login(account.username, PASSWORD).status_code == 302


def test_the_others_come_in_meanwhile():
    for number in range(passwords.TRIES + 1):
        try_login(f"nom{number}")
    account = AdministratorFactory()

    assert try_login(account.username, PASSWORD, sender="192.0.2.2").status_code == 302


def test_one_address_that_sprays_sixty_names_is_stopped_until_the_next_hour(clock):
    account = AdministratorFactory()
    statuses = []
    for number in range(60):
        clock["now"] += timedelta(seconds=45)
        statuses.append(try_login(f"nom{number}").status_code)

    assert statuses == [200] * passwords.FAILURES + [429] * (60 - passwords.FAILURES)
    assert try_login(account.username, PASSWORD).status_code == 429
    clock["now"] += timedelta(hours=1)
    assert try_login(account.username, PASSWORD).status_code == 302


def test_those_who_know_their_password_use_up_nothing(clock):
    account = AdministratorFactory()
    statuses = []
    for _ in range(passwords.FAILURES * 2):
        clock["now"] += timedelta(seconds=30)
        statuses.append(try_login(account.username, PASSWORD).status_code)

    assert set(statuses) == {302}


def test_no_address_of_the_site_checks_one_more(hashes):
    account = AdministratorFactory()
    for number in range(passwords.TRIES + 1):
        try_login(f"nom{number}", sender="127.0.0.1")
    signed_in, stranger = Client(), Client()
    signed_in.force_login(account)
    hashes.clear()

    for browser in (stranger, signed_in):
        for address in addresses():
            if address != reverse("admin:logout"):
                browser.post(address, PASSWORD_FIELDS)

    assert reverse("admin:password_change") in set(addresses())
    assert hashes == []
