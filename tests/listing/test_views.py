"""What all pages of a request have in common."""

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.doors import links
from directory.models import AccessLink, ListingRequest
from tests.factories import ListingRequestFactory
from tests.listing.entering import FORM, START, enter, status_url

pytestmark = pytest.mark.django_db
State = ListingRequest.State


def test_private_pages_are_kept_by_nobody(client):
    request = ListingRequestFactory()
    enter(client, "nora@example.org")
    link = AccessLink.objects.create(email="nora@example.org")
    paths = [
        START,
        reverse("listing:sent"),
        urlsplit(links.LISTING.url(link)).path,
        "/referencement/demande/lien/faux/",
        FORM,
        status_url(request),
        reverse("listing:withdraw", args=[links.LISTING_STATUS.token(request)]),
    ]

    for path in paths:
        response = client.get(path)
        assert "no-store" in response["Cache-Control"], path
        assert "noindex" in response["X-Robots-Tag"], path
        assert '<meta name="robots" content="noindex' in response.text, path
        assert response["Referrer-Policy"] == "strict-origin", path
        assert response.text.count("<h1") == 1, path


def test_other_methods_are_refused(client):
    for path in (START, FORM, "/referencement/"):
        assert client.delete(path).status_code == 405


def test_forms_need_their_token():
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(START, {"email": "nora@example.org"}).status_code == 403


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(email=st.text(max_size=300) | st.emails(), trap=st.text(max_size=10))
def test_whatever_the_address_it_answers_a_page(client, email, trap):
    response = client.post(START, {"email": email, "trap": trap})

    assert response.status_code in {200, 302, 429}
