"""Who opens which page of a record: its key alone does; guesses find nothing, and leave the others in peace."""

import json
import logging
import re
import secrets
from itertools import product

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from crealead.logs import LineFormatter, WordFormatter
from directory.models import SourcingRecord
from directory.sourcing.record import actions
from directory.sourcing.record.limits import LIMITS
from tests import cast

from .records import close, open_record, served
from .test_record import text_of

pytestmark = pytest.mark.django_db

PAGES = ["record", "record_need", "record_clients", "record_kept", "record_set_aside", "record_email", "record_close"]
PAGES += ["record_outcome", "record_erase"]
FILES = ["pdf", "ods", "json"]
# What only an open one has, and what only a closed one has: the other leads to its page.
OF_OPEN = {"record_need", "record_clients", "record_kept", "record_set_aside", "record_close"}
OF_CLOSED = {"record_outcome", *FILES}


def addresses(key):
    pages = {page: reverse(f"sourcing:{page}", args=[key]) for page in PAGES}
    return pages | {kind: reverse("sourcing:record_file", args=[key, kind]) for kind in FILES}


@pytest.fixture
def fiche():
    return served(first_name="Lucie", last_name="Astruc")


def keys(fiche):
    """By kind of visitor, the key that they come with."""
    open_one, closed, over, erased = (open_record(kept=[fiche]) for _ in range(4))
    close(closed)
    SourcingRecord.objects.filter(pk=over.pk).update(ends_on="2020-01-01")
    actions.erase(record_pk=erased.pk)
    return {
        "open": open_one.key,
        "closed": closed.key,
        "wrong": secrets.token_urlsafe(32),
        "ended": over.key,
        "erased": erased.key,
        "short": open_one.key[:-1],
    }


# A gesture that is none leads back; an order of no version may be an old one.
POSTED = {("open", "record"): 302, ("open", "record_kept"): 409, ("closed", "record"): 409}


def expected(kind, name, method):
    """The status of an address. What is posted says nothing: a form is shown again, a gesture does nothing."""
    if name in {"new", "check"}:
        return 200
    if kind not in {"open", "closed"}:
        return 404
    if kind == "open" and name in OF_CLOSED:
        return 302
    if kind == "closed" and name in OF_OPEN:
        return 409 if method == "post" else 302
    return POSTED.get((kind, name), 200) if method == "post" else 200


@pytest.mark.parametrize("spoilt", [lambda key: key[:-1], lambda key: key[:-12], lambda key: f"{key}a"])
def test_a_link_that_is_not_whole_is_said_to_be_so(client, spoilt):
    page = client.get(f"/selection/{spoilt(open_record().key)}/")

    assert page.status_code == 404
    assert "n’est peut-être pas entier" in text_of(page)


def visitors(fiche):
    """Whoever has the key, signed in or not: none has a way of their own."""
    return {
        "anonymous": Client(),
        "member": cast.browser_of(fiche),
        "référent": cast.browser_of(fiche.referent or cast.referent()),
        "administrator": cast.browser_of(cast.administrator()),
    }


@pytest.mark.parametrize("kind", ["open", "closed", "wrong", "ended", "erased", "short"])
def test_each_address_for_each_kind_of_visitor_and_of_key(fiche, kind):
    key = keys(fiche)[kind]
    urls = {name: url.replace("A" * 43, key) for name, url in addresses("A" * 43).items()}
    urls |= {"new": "/selection/dossier/", "check": "/selection/dossier/empreinte/"}

    for visitor, browser in visitors(fiche).items():
        for number, method in enumerate(["get", "head", "post"]):
            # Each from a network of its own: none has guessed too much.
            sender = {"REMOTE_ADDR": f"203.0.113.{len(visitor) * 10 + number}"}
            statuses = {name: getattr(browser, method)(url, **sender).status_code for name, url in urls.items()}
            assert statuses == {name: expected(kind, name, method) for name in urls}, (visitor, method)


def test_a_key_opens_its_own_record_and_no_other(fiche):
    records = [open_record(kept=[fiche], need=f"Le besoin numéro {number}") for number in range(2)]
    for record, other in (records, records[::-1]):
        for url in addresses(record.key).values():
            page = Client().get(url, follow=True)
            assert other.key not in page.text
            assert other.need not in page.text


@pytest.mark.parametrize("kind", ["wrong", "ended", "erased"])
def test_nothing_is_written_without_a_key(fiche, kind):
    key = keys(fiche)[kind]
    before = list(SourcingRecord.objects.order_by("pk").values())

    for url in addresses(key).values():
        assert Client().post(url, {"action": "erase", "email": "a@example.org", "need": "x"}).status_code == 404

    assert list(SourcingRecord.objects.order_by("pk").values()) == before


def test_nobody_else_has_a_way_in(fiche):
    """Neither who is in the back office, nor a member, nor the one who is kept."""
    record = open_record(kept=[fiche])
    for browser in (cast.browser_of(cast.administrator()), cast.browser_of(fiche)):
        assert browser.get("/selection/").status_code == 200
        assert browser.get(reverse("sourcing:record", args=[secrets.token_urlsafe(32)])).status_code == 404
    assert record.key not in cast.browser_of(cast.administrator()).get("/admin/").text


@pytest.mark.usefixtures("stopped_clock")
def test_a_thousand_guesses_find_nothing_and_a_right_key_still_opens(fiche):
    record = open_record(kept=[fiche])
    browser = Client()
    answers = [browser.get(f"/selection/{secrets.token_urlsafe(32)}/", REMOTE_ADDR="203.0.113.9") for _ in range(1000)]

    statuses, most = [answer.status_code for answer in answers], LIMITS.most["guess"]
    assert statuses == [404] * most + [429] * (1000 - most)
    assert "Trop de demandes" in answers[-1].text
    assert browser.get(record.get_absolute_url(), REMOTE_ADDR="203.0.113.9").status_code == 200
    assert browser.get("/selection/", REMOTE_ADDR="203.0.113.9").status_code == 200
    assert browser.get(f"/selection/{'A' * 43}/", REMOTE_ADDR="203.0.113.10").status_code == 404


@pytest.mark.usefixtures("stopped_clock")
def test_guesses_by_the_form_and_by_fingerprints_are_counted_too(fiche):
    browser = Client(REMOTE_ADDR="203.0.113.9")
    links = [
        browser.post("/selection/dossier/", {"action": "add", "link": secrets.token_urlsafe(32)}) for _ in range(20)
    ]
    marks = [browser.get(f"/selection/dossier/empreinte/?empreinte={secrets.token_hex(32)}") for _ in range(20)]

    assert {answer.status_code for answer in links} == {404}
    assert [answer.status_code for answer in marks] == [404] * 10 + [429] * 10


@pytest.mark.parametrize("kind", ["open", "closed", "wrong"])
def test_nobody_keeps_a_page_nor_is_told_its_address(fiche, kind):
    for url in addresses(keys(fiche)[kind]).values():
        answer = Client().get(url)
        assert "no-store" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "strict-origin"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert "ETag" not in answer


def test_the_key_is_long_random_and_goes_nowhere_else(fiche):
    records = [open_record(kept=[fiche]) for _ in range(20)]
    assert len({record.key for record in records}) == 20
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", record.key) for record in records)

    page = Client().get(records[0].get_absolute_url())
    outward = re.findall(r'(?:href|src|action)="([^"]*)"', page.text)
    assert [url for url in outward if records[0].key in url and not url.startswith(records[0].get_absolute_url())] == []


def keyed_routes(patterns=None, namespace=""):
    """The names of all that is reached by a key or by a link, of any room."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from keyed_routes(
                pattern.url_patterns, f"{namespace}{pattern.namespace}:" if pattern.namespace else ""
            )
        elif pattern.name and {"token", "record", "key"} & (pattern.pattern.converters.keys() | groups_of(pattern)):
            yield f"{namespace}{pattern.name}"


def groups_of(pattern):
    return set(getattr(getattr(pattern.pattern, "regex", None), "groupindex", {}))


def test_no_key_nor_link_is_in_any_log(fiche, caplog, settings):
    """Of records, alerts, messages and doors; as production writes it, and as whoever runs the site by hand reads it."""
    record, wrong = open_record(kept=[fiche]), secrets.token_urlsafe(32)
    routes = sorted(set(keyed_routes()))
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    assert {"sourcing:record", "sourcing:record_file", "sourcing:record_confirm"} <= set(routes)
    assert len([route for route in routes if not route.startswith("sourcing")]) >= 8
    with caplog.at_level(logging.DEBUG):
        for route, key in product(routes, [record.key, wrong]):
            words = {"token": key, "record": key, "kind": "pdf", "uidb64": "MQ"}
            url = next(filter(None, (address(route, words, names) for names in NAMES)))
            Client().get(url)
            Client().put(url)
            Client(enforce_csrf_checks=True).post(url, {"action": "add"})
    logged = [line for line in caplog.records if not line.name.startswith("django.db")]

    for formatter in (LineFormatter(), WordFormatter()):
        lines = [formatter.format(line) for line in logged]
        assert lines
        assert [line for line in lines if record.key in line or wrong in line] == []
    assert {json.loads(LineFormatter().format(line)).get("status") for line in logged} >= {404, 405, 403}


# What the address of a route is made of.
NAMES = [("token",), ("record",), ("record", "kind"), ("uidb64", "token")]


def address(route, words, names):
    try:
        return reverse(route, kwargs={name: words[name] for name in names})
    except NoReverseMatch:
        return None


def test_no_cookie_but_that_of_forms(fiche):
    record = open_record(kept=[fiche])
    browser = Client()
    for url in addresses(record.key).values():
        assert set(browser.get(url).cookies) <= {"csrftoken"}


def test_a_form_without_its_token_is_refused_and_shown_again(fiche):
    record = open_record(kept=[fiche])
    browser = Client(enforce_csrf_checks=True)
    url = f"{record.get_absolute_url()}besoin/"

    answer = browser.post(url, {"need": "Un besoin bien long", "seen": 0}, headers={"origin": "http://testserver"})

    assert answer.status_code == 403
    assert "Un besoin bien long" in answer.text
    assert answer["Referrer-Policy"] == "strict-origin"
