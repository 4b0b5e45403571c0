from datetime import timedelta

import pytest
from django.test import RequestFactory

from crealead.middleware import client_address
from crealead.rate_limit import LONGEST_WINDOW, allow


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "192.0.2.1"),
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "10.0.0.1, 198.51.100.7", "198.51.100.7"),
        (2, "10.0.0.1, 198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1"),
        (1, " , ", "192.0.2.1"),
    ],
)
def test_only_what_trusted_proxies_say_of_the_client_is_believed(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR="192.0.2.1")

    assert client_address(request) == address


def test_a_query_longer_than_any_honest_one_is_refused(client):
    answer = client.get("/catalogue/", {"q": "a" * 5000})

    assert answer.status_code == 400


@pytest.mark.parametrize("seen", ["garbage", "1.2.3.4:5555", "[::1]:80", "unknown"])
def test_what_is_no_address_is_not_taken_for_one(rf, settings, seen):
    settings.TRUSTED_PROXIES = 1

    assert client_address(rf.get("/", headers={"X-Forwarded-For": seen})) == "127.0.0.1"


@pytest.mark.usefixtures("stopped_clock")
@pytest.mark.django_db
def test_a_network_of_ipv6_counts_as_one_sender():
    uses = [allow(scope="essai", sender=f"2001:db8:1:1::{n}", limit=2, window=timedelta(hours=1)) for n in range(3)]

    assert uses == [True, True, False]


def test_a_counter_is_kept_no_longer_than_the_page_on_privacy_says():
    with pytest.raises(ValueError, match="longer"):
        allow(scope="essai", sender="198.51.100.1", limit=2, window=LONGEST_WINDOW + timedelta(seconds=1))


@pytest.mark.parametrize("path", ["/admin/?q=%00", "/admin/directory/cpvcode/_00/change/"])
def test_the_admin_refuses_a_nul(client, path):
    assert client.get(path).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["\\000aaaaaaaaaaaaaaaaaaaa", "x" * 5000, "é"])
def test_a_session_cookie_of_another_shape_is_none(client, cookie):
    client.cookies["sessionid"] = cookie

    assert client.get("/admin/login/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("content_type", ["a/b; charset*=bogus''x", "a/b; charset=hex", "x/y; charset=cp037"])
def test_a_charset_that_a_request_declares_changes_nothing(content_type):
    # Not above: it starts the application, which wants the static files of the tests.
    from crealead.wsgi import Request

    environ = RequestFactory().get("/catalogue/?q=formation").environ | {"CONTENT_TYPE": content_type}

    assert Request(environ).GET["q"] == "formation"
