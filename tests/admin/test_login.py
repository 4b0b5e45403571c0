import pytest
from django.test import Client

from tests import cast

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


def test_the_login_is_locked_after_five_failures_and_says_for_how_long():
    client, username = Client(), cast.referent().user.username
    for _ in range(4):
        log_in(client, username, "faux")

    fifth = log_in(client, username, "faux")
    right = log_in(client, username, PASSWORD)

    assert [fifth.status_code, right.status_code] == [429, 429]
    assert "après 5 échecs" in right.content.decode()
    assert "pendant 30 minutes" in right.content.decode()


def test_the_lock_of_one_account_leaves_the_others_open():
    client, locked, other = Client(), cast.referent().user.username, cast.referent().user.username
    for _ in range(5):
        log_in(client, locked, "faux")

    assert log_in(client, other, PASSWORD).status_code == 302
