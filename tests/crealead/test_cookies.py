"""What a browser sends as cookies changes nothing of what it is answered with."""

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db
# Those of another shape, and those that could be ours and aren't.
COOKIES = [
    {"csrftoken": "x"},
    {"csrftoken": "é" * 40},
    {"csrftoken": "a" * 63},
    {"csrftoken": "-" * 32},
    {"csrftoken": ""},
    {"csrftoken": "a" * 5000},
    {"sessionid": "x"},
    {"sessionid": "a" * 32},
    {"espace": "é"},
    {"espace": "a" * 43},
    {"messages": "x"},
    {"csrftoken": "'\"><", "sessionid": "%00", "espace": "1", "messages": "[[]]"},
]


def pages(resolver=None, prefix=""):
    """The pages that an address without a parameter opens, and that anybody may read."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from pages(pattern, path)
        elif not set(path) & set("<(^\\$?"):
            yield f"/{path}"


def set_by(path, cookies):
    browser = Client()
    for name, value in cookies.items():
        browser.cookies[name] = value
    # One without a value is taken away.
    return {name for name, cookie in browser.get(path).cookies.items() if cookie.value}


def test_no_cookie_that_is_sent_brings_another():
    fiche = CoEntrepreneurFactory(listed=True)
    paths = [path for path in pages() if not path.startswith("/admin/")]
    paths += [fiche.get_absolute_url(), "/catalogue/?q=formation", "/catalogue/imprimer/?q=formation", "/nulle-part/"]
    assert {"/", "/catalogue/", "/catalogue/imprimer/", "/acheter/", "/confidentialite/"} <= set(paths)
    usual = {path: set_by(path, {}) for path in paths}

    brought = {
        (path, *cookies): more for path in paths for cookies in COOKIES if (more := set_by(path, cookies) - usual[path])
    }

    assert brought == {}
    forms = ("contact", "demande", "connexion", "alertes/nouvelle", "selection/dossier/")
    assert [path for path in paths if usual[path] and not any(word in path for word in forms)] == []
