"""Nothing that is typed in a record is lost, whatever becomes of it meanwhile: each form × each thing that may happen."""

from itertools import product

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from directory.models import CpvCode, SourcingRecord, sourcing_record
from directory.sourcing.record import actions
from tests.factories import CoEntrepreneurFactory

from .records import BUYER, close, fresh, kept_form, need_form, open_record, served, set_aside, text_of

pytestmark = pytest.mark.django_db

LINES = "Une ligne,\nune autre."


@pytest.fixture
def people():
    """Two who have served a région, whom the record keeps, and two who haven't."""
    return [
        served(first_name="Lucie", last_name="Astruc", kind="region"),
        served(first_name="Karim", last_name="Belaïd", kind="region"),
        served(first_name="Nora", last_name="Cazal"),
        served(first_name="Yves", last_name="Dupin"),
    ]


@pytest.fixture
def record(people):
    return open_record(kept=people[:2])


def need(record, people):
    typed = {
        "need": "Repavage",
        "organisation": "Lunas",
        "cpv_codes": CpvCode.objects.first().code,
        "amount": "0-60000",
    }
    return need_form(record, **typed), [*list(typed.values())[:-1], "moins de 60 000 € HT"]


def kept(record, people):
    first, second = record.kept.all()
    typed = {f"rang-{second.pk}": "1", f"note-{first.pk}": "Proche", f"note-{second.pk}": LINES}
    return kept_form(record, **typed) | {f"rang-{first.pk}": "7"}, ["7", "Proche", "1", LINES]


def aside(record, people):
    return {"fiches": [people[2].pk, people[3].pk], "reason": "other", "words": "Loin"}, [
        "Nora Cazal", "Yves Dupin", "Autre motif", "Loin",
    ]  # fmt: skip


def group(record, people):
    return {"group": "without:client=region", "reason": "zone", "words": LINES}, ["Région", "N’intervient pas", LINES]


def added(record, people):
    return {"action": "add", "address": "/catalogue/?q=formation"}, ["/catalogue/?q=formation"]


def gesture(name):
    return lambda record, people: ({"action": name, "pk": people[2].pk}, [])


def email(record, people):
    return {"email": BUYER}, [BUYER]


def closing(record, people):
    return {"years": "3", "seen": actions.outline(actions.Standing(record))}, ["trois ans"]


def outcome(record, people):
    return {"outcome": "none", "why_none": "budget", "words": "Refusé"}, [
        "Non, il n’y en aura pas", "Le budget ne le permettait pas", "Refusé",
    ]  # fmt: skip


# Each form: its page, what it sends and what was typed or chosen of it.
FORMS = {
    "add": ("", added),
    "keep": ("", gesture("keep")),
    "take_back": ("", gesture("take_back")),
    "drop_search": ("", gesture("drop_search")),
    "need": ("besoin/", need),
    "kept": ("gardees/", kept),
    "set_aside": ("ecarter/", aside),
    "set_aside_group": ("ecarter/", group),
    "email": ("adresse/", email),
    "close": ("cloturer/", closing),
    "outcome": ("suite/", outcome),
    "erase": ("effacer/", lambda record, people: ({}, [])),
}
# What only reads, and the pages whose forms a closed one has too.
WRITERS = [
    "add",
    "save_need",
    "save_kept",
    "set_aside",
    "take_back",
    "drop_search",
    "close",
    "ask_email",
    "tell_outcome",
]
READ = {"record_clients", "record_file"}
OF_CLOSED = {"email", "outcome", "erase"}


def in_order(words, text):
    at = 0
    for word in words:
        at = text.find(word, at) + len(word)
        if at < len(word):
            return False
    return True


def sent(record, form, people):
    page, fill = FORMS[form]
    data, typed = fill(record, people)
    return f"{record.get_absolute_url()}{page}", data, typed


def between(monkeypatch, happens):
    """Have something happen once the form was checked, before the row is held."""
    writers = {name: getattr(actions, name) for name in WRITERS}

    def after(writer):
        def write(**given):
            for name, one in writers.items():
                monkeypatch.setattr(actions, name, one)
            happens()
            return writer(**given)

        return write

    for name, writer in writers.items():
        monkeypatch.setattr(actions, name, after(writer))


def erase(record):
    actions.erase(record_pk=record.pk)


def test_each_form_of_a_record_is_here(record):
    pages = {
        pattern.name: str(pattern.pattern)
        for resolver in get_resolver().url_patterns
        if getattr(resolver, "namespace", None) == "sourcing"
        for pattern in resolver.url_patterns
        if "<record:record>" in str(pattern.pattern) or "P<record>" in str(pattern.pattern)
    }

    assert {route.partition(">/")[2] for name, route in pages.items() if name not in READ} == {
        page for page, _ in FORMS.values()
    }


@pytest.mark.parametrize("form", [name for name in FORMS if name not in OF_CLOSED])
def test_of_one_closed_before_the_check_all_that_was_typed_is_shown(client, record, people, form):
    url, data, typed = sent(record, form, people)
    close(record)

    page = client.post(url, data)

    assert page.status_code == 409
    assert "Rien n’a été enregistré" in text_of(page)
    assert in_order(typed, text_of(page))


@pytest.mark.parametrize("form", [name for name in FORMS if name not in OF_CLOSED])
def test_of_one_closed_between_the_check_and_the_lock_all_is_shown(client, record, people, form, monkeypatch):
    url, data, typed = sent(record, form, people)
    between(monkeypatch, lambda: close(record))

    page = client.post(url, data)

    assert page.status_code == 409
    assert "Rien n’a été enregistré" in text_of(page)
    assert in_order(typed, text_of(page))


@pytest.mark.parametrize("form", list(FORMS))
def test_of_one_erased_before_the_check_all_is_shown(client, record, people, form):
    url, data, typed = sent(record, form, people)
    erase(record)

    page = client.post(url, data)

    assert page.status_code == 404
    assert in_order(typed, text_of(page))
    assert ("Rien n’a été enregistré" in text_of(page)) is bool(typed)


@pytest.mark.parametrize("form", [name for name in FORMS if name != "erase"])
def test_of_one_erased_between_the_check_and_the_lock_all_is_shown(client, record, people, form, monkeypatch):
    url, data, typed = sent(record, form, people)
    if form == "outcome":
        close(record)
    between(monkeypatch, lambda: erase(record))

    page = client.post(url, data)

    assert page.status_code == 404
    assert in_order(typed, text_of(page))
    assert not SourcingRecord.objects.exists()


@pytest.mark.parametrize("name", ["group", "fiches", "amount", "reason", "need"])
def test_showing_what_was_sent_costs_no_more_for_a_field_sent_many_times(client, record, people, name):
    value = {"group": f"without:q=formation&f={people[0].slug}", "fiches": str(people[0].pk)}.get(name, "25000")
    url = f"/selection/{'A' * 43}/ecarter/"
    asked = []
    for times in (1, 300):
        with CaptureQueriesContext(connection) as queries:
            client.post(url, {name: [value] * times})
        asked.append(len(queries))

    assert asked[0] == asked[1]


@pytest.mark.usefixtures("stopped_clock")
def test_what_is_typed_is_shown_to_who_guessed_too_much(client, record, people):
    url, data, typed = sent(record, "need", people)
    erase(record)
    for _ in range(40):
        page = client.post(url, data)

    assert page.status_code == 429
    assert in_order(typed, text_of(page))


# Each form: what another writes while one types, as the page shows it to the second.
def by_another(record, people, form):
    url = record.get_absolute_url()
    note = f"note-{getattr(record.kept.first(), 'pk', None)}"
    return {
        "need": (f"{url}besoin/", need_form(record, need="Claire l’a dit"), "Claire l’a dit"),
        "kept": (f"{url}gardees/", kept_form(record) | {note: "Claire l’a dit"}, "Claire l’a dit"),
        "set_aside": (
            f"{url}ecarter/",
            {"fiches": [people[2].pk], "reason": "fit", "words": "Claire l’a dit"},
            "Claire l’a dit",
        ),
        "set_aside_group": (
            f"{url}ecarter/",
            {"group": "without:client=region", "reason": "fit", "words": "Claire l’a dit"},
            "Claire l’a dit",
        ),
        "email": (f"{url}adresse/", {"email": "claire@valferrand.example"}, "claire@valferrand.example"),
        "close": (url, {"action": "add", "address": f"/catalogue/{people[3].slug}/"}, "trois ans"),
        "outcome": (f"{url}suite/", {"outcome": "contract", "words": "Claire l’a dit"}, "Claire l’a dit"),
    }[form]


CONFLICTS = ["need", "kept", "set_aside", "set_aside_group", "email", "close", "outcome"]


@pytest.mark.parametrize(("form", "moment"), [*product(CONFLICTS, ["before", "between"])])
def test_the_second_of_two_is_told_what_the_first_wrote_and_loses_nothing(record, people, form, moment, monkeypatch):
    if form == "outcome":
        close(record)
        record = fresh(record)
    theirs_url, theirs, words = by_another(record, people, form)
    url, data, typed = sent(record, form, people)

    def happens():
        assert Client().post(theirs_url, theirs).status_code == 302

    happens() if moment == "before" else between(monkeypatch, happens)
    page = Client().post(url, data)

    assert page.status_code in {200, 409}
    assert 'role="alert"' in page.text
    assert all(text in text_of(page) for text in [words, *typed])


def test_a_motive_that_finds_no_room_is_not_said_to_be_written(client, record, people):
    others = CoEntrepreneurFactory.create_batch(sourcing_record.MOST_SET_ASIDE, listed=True)
    set_aside(record, fiches=[fiche.pk for fiche in others])

    page = client.post(
        f"{record.get_absolute_url()}ecarter/", {"fiches": [people[2].pk], "reason": "fit", "words": "Perdu de vue"}
    )

    assert page.status_code == 200
    assert "Rien n’a été enregistré" in text_of(page)
    assert "Perdu de vue" in text_of(page)
    assert record.set_aside.count() == sourcing_record.MOST_SET_ASIDE


def test_what_a_full_record_cannot_take_is_said_beside_what_was_typed(client, record, people):
    actions.add(record_pk=record.pk, fiches=[fiche.pk for fiche in CoEntrepreneurFactory.create_batch(30, listed=True)])

    page = client.post(record.get_absolute_url(), {"action": "add", "address": f"/catalogue/{people[3].slug}/"})

    assert "Le dossier est plein" in text_of(page)
    assert f"/catalogue/{people[3].slug}/" in page.text


def test_what_one_comes_with_is_told_not_added_to_one_closed_or_erased_meanwhile(client, record, people, monkeypatch):
    other = open_record()
    for one, words, happens in [(record, "clos", close), (other, "aucun dossier", erase)]:
        between(monkeypatch, lambda one=one, happens=happens: happens(one))
        page = client.post("/selection/dossier/?q=formation", {"action": "add", "link": one.get_absolute_url()})

        assert page.status_code in {404, 409}
        assert words in text_of(page)
        assert one.get_absolute_url() in page.text
