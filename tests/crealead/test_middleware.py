import pytest
from django.test import RequestFactory

from crealead.middleware import client_address


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
