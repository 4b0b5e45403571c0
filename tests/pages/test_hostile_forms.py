"""Whatever someone who isn’t signed in types in a form, or their programme says of itself: never a crash."""

import re
from urllib.parse import quote_from_bytes

import pytest
from django.db import transaction
from django.test import Client

from tests.factories import CoEntrepreneurFactory, ListingRequestFactory
from tests.listing.entering import status_url

pytestmark = pytest.mark.django_db

PLAUSIBLE = {"email": "lucie@example.org", "phone": "04 67 12 34 56", "username": "sophie", "password": "une-phrase"}
HOSTILE = {
    "long": b"x" * 300,
    "longer": b"x" * 20_000,
    "an address with a long name": b"x" * 300 + b"@example.org",
    "NUL": b"a\0b",
    "not UTF-8": b"\xff\xfe\xe9",
    "half a pair": b"\xed\xa0\x80",
    "astral": "\U0001f3db\ufe0f\u202e\u200b".encode(),
    "lines": b"a\r\nBcc: x@example.org\r\n\r\nb",
    "a number too large": b"9" * 400,
    "nothing": b"",
    "spaces": " \u00a0\t".encode(),
    "a template": b"{{ 7|add:7 }}{% debug %}%(x)s",
}
HEADERS = [
    "User-Agent",
    "Accept",
    "Accept-Language",
    "X-Forwarded-For",
    "Referer",
    "Cookie",
    "If-Modified-Since",
    "Range",
]


@pytest.fixture
def pages():
    """The pages with a form that anyone meets, by name."""
    fiche = CoEntrepreneurFactory(listed=True)
    request = ListingRequestFactory(co_entrepreneur=CoEntrepreneurFactory())
    return {
        "sign-in of the back office": "/admin/login/",
        "message to a member": f"{fiche.get_absolute_url()}contact/",
        "request to be listed": "/referencement/demande/",
        "sign-in of a member": "/mon-espace/connexion/",
        "follow-up of a request": status_url(request),
        "search": "/catalogue/",
    }


PAGES = [
    "sign-in of the back office",
    "message to a member",
    "request to be listed",
    "sign-in of a member",
    "follow-up of a request",
    "search",
]


def sent(address, *, number, body=None, **headers):
    """The answer to a form sent from a sender of its own, for no limit to answer in its stead."""
    browser = Client(raise_request_exception=False, REMOTE_ADDR=f"198.51.{number // 250}.{number % 250 + 1}")
    with transaction.atomic():
        if body is None:
            response = browser.get(address, headers=headers)
        else:
            response = browser.post(address, body, content_type="application/x-www-form-urlencoded", headers=headers)
        response.getvalue()
        transaction.set_rollback(True)
    return response.status_code


def fields_of(address):
    page = Client().get(address).content.decode()
    return sorted(set(re.findall(r'<(?:input|textarea|select)\b[^>]*\bname="([^"]+)"', page)) | {"unexpected"})


def encoded(values):
    return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in values.items())


@pytest.mark.parametrize("page", PAGES)
def test_no_field_makes_a_crash(page, pages):
    address = pages[page]
    plausible = {name: PLAUSIBLE.get(name, "12").encode() for name in fields_of(address)}
    bodies = {
        # The others as they should be, for it to be read to the end.
        **{(name, label): encoded(plausible | {name: value}) for name in plausible for label, value in HOSTILE.items()},
        **{("all", label): encoded(dict.fromkeys(plausible, value)) for label, value in HOSTILE.items()},
    }

    answers = {case: sent(address, number=number, body=body) for number, (case, body) in enumerate(bodies.items())}

    assert {case: status for case, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("label", HOSTILE)
def test_no_parameter_makes_a_crash(page, label, pages):
    address = pages[page]

    query = encoded(dict.fromkeys([*fields_of(address), "next", "page"], HOSTILE[label][:500]))

    assert sent(f"{address}?{query}", number=1) < 500


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("label", [label for label, value in HOSTILE.items() if not {10, 0} & {*value}])
def test_no_header_makes_a_crash(page, label, pages):
    """Lines and NUL in a header: no server lets them through."""
    address = pages[page]
    body = encoded({name: PLAUSIBLE.get(name, "12").encode() for name in fields_of(address)})

    headers = dict.fromkeys(HEADERS, HOSTILE[label].decode("latin-1"))

    assert sent(address, number=1, body=body, **headers) < 500
