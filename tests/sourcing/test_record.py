"""An open record: opened from a search or a selection, written by two people at once, nobody forgotten."""

import re
from html import unescape

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from directory.models import CpvCode, Department, SetAside, Skill, SourcingRecord
from directory.models.sourcing_record import MOST_KEPT
from directory.sourcing.record import actions
from tests.cast import typed
from tests.factories import CoEntrepreneurFactory

from .records import NEED, fresh, kept_form, need_form, set_aside, text_of

pytestmark = pytest.mark.django_db


# --- Opened ------------------------------------------------------------------------------------------------------


def test_a_selection_and_a_search_lead_to_it_without_a_cookie(client, people):
    selection = client.get(f"/selection/?f={people[0].slug}&q=accueil")
    results = client.get("/catalogue/?q=accueil")

    assert f'href="/selection/dossier/?f={people[0].slug}&amp;q=accueil"' in selection.text
    assert 'href="/selection/dossier/?q=accueil"' in results.text
    assert not selection.cookies
    assert not results.cookies


def test_it_is_opened_by_a_form_and_holds_what_one_comes_with(client, people):
    url = f"/selection/dossier/?f={people[1].slug}&f={people[0].slug}&q=accueil"
    form = client.get(url)
    answer = client.post(url, {"need": NEED, "organisation": "Mairie"})
    record = SourcingRecord.objects.get()
    page = client.get(answer.url)

    assert "5 co-entrepreneurs pour « accueil »" in text_of(form)
    assert answer.url == f"/selection/{record.key}/?fait=ouvert"
    assert [row.co_entrepreneur for row in record.kept.all()] == [people[1], people[0]]
    [made] = record.searches.all()
    assert (made.query, made.total, len(made.fiches)) == ("q=accueil", 5, 5)
    assert made.address.startswith("/catalogue/?q=accueil&graine=")
    assert "3 fiches trouvées sont sans motif" in text_of(page)
    assert NEED in text_of(page)


def test_a_search_that_nobody_answers_is_worth_a_record_too(client, people):
    page = client.get("/catalogue/?q=accueil&departement=23")
    assert 'data-total="0"' in page.text
    url = re.search(r'href="(/selection/dossier/[^"]*)"', page.text)[1]

    client.post(unescape(url), {"need": NEED, "organisation": ""})

    [made] = SourcingRecord.objects.get().searches.all()
    assert (made.total, len(made.fiches)) == (0, 0)


def test_a_record_without_a_need_is_refused_and_keeps_what_was_typed(client):
    page = client.post("/selection/dossier/?q=accueil", {"need": " ", "organisation": "Mairie de Lunas"})

    assert page.status_code == 200
    assert "Dites en une phrase" in text_of(page)
    assert "Mairie de Lunas" in page.text
    assert not SourcingRecord.objects.exists()


def test_what_one_comes_with_is_added_to_a_record_by_its_link(client, people, record):
    url = f"/selection/dossier/?f={people[2].slug}&q=accueil&client=commune"
    answer = client.post(url, {"action": "add", "link": f"https://exemple.fr{record.get_absolute_url()}"})

    assert answer.url == f"{record.get_absolute_url()}?fait=ajoute"
    assert record.kept.count() == 2
    assert record.searches.count() == 2


@pytest.mark.parametrize("link", ["", "https://exemple.fr/selection/", "A" * 43, "é" * 43])
def test_a_link_that_opens_nothing_is_said(client, record, link):
    page = client.post("/selection/dossier/?q=accueil", {"action": "add", "link": link})

    assert page.status_code in {200, 404}
    assert 'role="alert"' in page.text


def test_a_search_too_long_to_keep_is_said_and_nothing_is_lost(client, record):
    query = "&".join(f"competence={skill.slug}" for skill in Skill.objects.all()[:49])
    query += "&" + "&".join(f"departement={row.code}" for row in Department.objects.all()[:49])
    query += f"&q={'mot+' * 70}"
    url = f"/selection/dossier/?{query}"

    opened = client.post(url, {"need": NEED})
    added = client.post(url, {"action": "add", "link": record.get_absolute_url()})
    pasted = client.post(record.get_absolute_url(), {"action": "add", "address": f"/catalogue/?{query}"})

    assert NEED in text_of(opened)
    for page in (opened, added, pasted):
        assert page.status_code == 200
        assert "trop longue" in text_of(page)
    assert SourcingRecord.objects.count() == 1


# --- Written -----------------------------------------------------------------------------------------------------


def test_the_need_is_written_and_stands_by_the_threshold_of_the_day(client, record):
    code = CpvCode.objects.first()
    url = record.get_absolute_url()

    client.post(f"{url}besoin/", need_form(record, cpv_codes=code.code, amount="0-60000"))
    page = client.get(url)

    assert (fresh(record).amount_from, fresh(record).amount_below) == (0, 60_000)
    assert fresh(record).cpv_codes == [code.code]
    assert "moins de 60 000 € HT, est au-dessous du seuil" in text_of(page)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"need": ""}, "Dites en une phrase"),
        ({"amount": "beaucoup"}, "Choisissez un montant"),
        ({"amount": "25000"}, "Choisissez un montant"),
        ({"amount": "1-2"}, "Choisissez un montant"),
        ({"cpv_codes": "jardin"}, "n’est pas un code CPV"),
        ({"need": "é" * 3001}, "3000"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, record, typed, words):
    page = client.post(f"{record.get_absolute_url()}besoin/", need_form(record, organisation="Lunas", **typed))

    assert page.status_code == 200
    assert words in text_of(page)
    assert "Lunas" in page.text
    assert fresh(record).need_version == 0


def test_the_second_of_two_who_write_is_told_and_loses_nothing(client, record):
    url = f"{record.get_absolute_url()}besoin/"
    Client().post(url, need_form(record, need="La version de Claire.", organisation="Lunas"))

    page = client.post(url, need_form(record, need="La version de Paul."))
    again = client.post(url, need_form(fresh(record), need="La version de Paul."))

    assert page.status_code == 409
    assert "La version de Claire." in page.text
    assert "La version de Paul." in page.text
    assert 'name="seen" value="1"' in page.text
    # What Paul left empty isn't emptied by him.
    assert 'value="Lunas"' in page.text
    assert again.status_code == 302
    assert fresh(record).need == "La version de Paul."


def test_what_another_wrote_where_one_wrote_nothing_is_kept_and_told(client, record):
    url = f"{record.get_absolute_url()}besoin/"
    stale = need_form(record, need="Autre chose.")
    # A band of the thresholds of another day.
    written = {"organisation": "Lunas", "amount_from": 39_000, "amount_below": 41_000, "need_version": 1}
    SourcingRecord.objects.filter(pk=record.pk).update(**written)

    page = client.post(url, stale)
    told = text_of(page)

    assert page.status_code == 409
    assert '<dt>Organisme</dt><dd class="dossier-autre-texte">Lunas</dd>' in told
    assert 'value="39000-41000" selected' in told
    again = client.post(url, typed(page.context["form"]))
    assert again.status_code == 302
    assert (fresh(record).need, fresh(record).organisation, fresh(record).amount_from) == (
        "Autre chose.",
        "Lunas",
        39_000,
    )


def test_notes_and_order_are_written_and_one_is_kept_no_more(client, record, people):
    actions.add(record_pk=record.pk, fiches=[people[1].pk, people[2].pk])
    first, second, third = record.kept.all()
    form = kept_form(fresh(record)) | {f"rang-{third.pk}": 1, f"rang-{first.pk}": 2, f"note-{first.pk}": "Proche."}

    answer = client.post(f"{record.get_absolute_url()}gardees/", form | {f"retirer-{second.pk}": "on"})

    assert answer.status_code == 302
    assert [(row.pk, row.note) for row in record.kept.all()] == [(third.pk, ""), (first.pk, "Proche.")]


@pytest.mark.parametrize(
    ("ranks", "order"),
    [
        ({0: 2}, "bac"),
        ({2: 1}, "cab"),
        ({0: 3}, "bca"),
        ({0: 99}, "bca"),
        ({0: 3, 2: 1}, "cba"),
        ({1: 1, 2: 1}, "bca"),
        ({}, "abc"),
    ],
)
def test_a_rank_that_is_typed_is_where_the_fiche_comes(client, record, people, ranks, order):
    actions.add(record_pk=record.pk, fiches=[people[1].pk, people[2].pk])
    letters = dict(zip(record.kept.values_list("pk", flat=True), "abc", strict=True))
    typed = {f"rang-{pk}": ranks[place] for place, pk in enumerate(letters) if place in ranks}

    client.post(f"{record.get_absolute_url()}gardees/", kept_form(fresh(record)) | typed)

    assert "".join(letters[row.pk] for row in record.kept.all()) == order


def test_each_form_of_its_page_does_at_once_what_its_button_says(record, people):
    set_aside(record, fiches=[people[2].pk])
    browser = Client(enforce_csrf_checks=True)
    url = record.get_absolute_url()

    for action in ("take_back", "keep", "drop_search"):
        forms = re.findall(r"<form.*?</form>", browser.get(url).text, re.DOTALL)
        form = next(form for form in forms if f'value="{action}"' in form)
        sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        assert browser.post(url, sent | {"action": action}).status_code == 302, action


def test_of_two_who_annotate_the_second_is_told_even_of_who_is_kept_no_more(client, record, people):
    actions.add(record_pk=record.pk, fiches=[people[1].pk])
    first, second = record.kept.all()
    stale = kept_form(fresh(record)) | {f"note-{first.pk}": "Note de Paul", f"note-{second.pk}": "Perdue de vue"}
    url = f"{record.get_absolute_url()}gardees/"
    Client().post(url, kept_form(fresh(record)) | {f"note-{first.pk}": "Note de Claire", f"retirer-{second.pk}": "on"})

    page = client.post(url, stale)

    assert page.status_code == 409
    assert all(words in page.text for words in ("Note de Paul", "Note de Claire", "Perdue de vue"))
    assert record.kept.get().note == "Note de Claire"


def test_an_address_of_each_kind_is_added_and_any_other_is_refused(client, record, people):
    url = record.get_absolute_url()

    def add(address):
        return client.post(url, {"action": "add", "address": address})

    add(f"https://exemple.fr{people[3].get_absolute_url()}?q=accueil")
    add(f"/selection/?f={people[1].slug}&f={people[4].slug}")
    add("/catalogue/?q=accueil&client=commune&page=2")
    refused = [
        add(address) for address in ("", "https://exemple.fr/", "/catalogue/inconnue/", "http://[", "/selection/")
    ]

    assert {row.co_entrepreneur for row in record.kept.all()} == {people[0], people[1], people[3], people[4]}
    assert [row.query for row in record.searches.all()] == ["q=accueil", "q=accueil&client=commune"]
    assert all(page.status_code == 200 and 'role="alert"' in page.text for page in refused)


def test_the_same_search_enters_once_and_a_full_record_says_so(client, record):
    again = client.post(record.get_absolute_url(), {"action": "add", "address": "/catalogue/?q=accueil&tri=nom"})
    fiches = [fiche.pk for fiche in CoEntrepreneurFactory.create_batch(MOST_KEPT, listed=True)]
    added = actions.add(record_pk=record.pk, fiches=fiches)

    assert again.url.endswith("?fait=deja")
    assert (added.fiches, added.is_full) == (MOST_KEPT - 1, True)
    assert record.kept.count() == MOST_KEPT


# --- What the database refuses, what no form breaks --------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"whom": "without", "query": ""},
        {"whom": "rest", "query": "q=a"},
        {"whom": "one", "query": "q=a"},
        {"whom": "one", "reason": "other", "words": " "},
    ],
)
def test_a_line_that_says_nobody_or_nothing_is_refused(record, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        SetAside.objects.create(**{"record": record, "reason": "fit"} | values)


@pytest.mark.parametrize(
    "values",
    [
        {"key": "court"},
        {"email_asked_at": "2026-01-01T00:00Z"},
        {"amount_from": 10, "amount_below": 10},
        {"amount_below": 10},
        {"why_none": "budget"},
        {"outcome": "contract"},
        {"kept_years": 4},
    ],
)
def test_a_record_that_cannot_be_is_refused(record, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        SourcingRecord.objects.filter(pk=record.pk).update(**values)


ODD = ["", "0", "-1", "9" * 40, "é", "\x00", "' OR 1=1", "²"]


@pytest.mark.parametrize("odd", ODD)
def test_nothing_that_is_sent_breaks_a_page(client, record, odd):
    url = record.get_absolute_url()
    fields = [
        "need",
        "organisation",
        "cpv_codes",
        "amount",
        "seen",
        "address",
        "pk",
        "fiches",
        "group",
        "reason",
        "years",
    ]
    fields += ["words", "outcome", "why_none", "email", "link", "rang-1", "note-1", f"note-{odd}", "retirer-1"]
    sent = dict.fromkeys(fields, odd)
    for action in ("add", "keep", "take_back", "drop_search", odd):
        assert client.post(url, sent | {"action": action}).status_code < 500
    for page in ("", "besoin/", "gardees/", "ecarter/", "adresse/", "cloturer/", "suite/", "effacer/"):
        assert client.post(url + page, sent).status_code < 500
        assert client.get(url + page, dict.fromkeys(["fait", "qui", "organisation"], odd)).status_code < 500
    assert client.get("/selection/dossier/empreinte/", {"empreinte": odd}).status_code < 500
    assert client.post("/selection/dossier/?f=" + odd, dict.fromkeys(fields, odd)).status_code < 500


def test_only_organisations_that_the_public_reads_of_are_suggested(client, record, people):
    hidden = people[2].references.get()
    hidden.publishable = False
    hidden.save()
    shown = people[0].references.get().client
    url = f"{record.get_absolute_url()}besoin/organismes/"

    page = client.get(url, {"organisation": "Commune de Sainte"})

    assert shown.name in page.text
    assert hidden.client.name not in page.text
