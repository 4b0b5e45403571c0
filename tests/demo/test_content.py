"""What the demonstration's texts must be, before anything is drawn from them."""

import csv
import re

import pytest
from django.conf import settings

from directory.demo import content
from directory.models import PublicClient

TRADES = content.trades()
WITH_EACH_TRADE = pytest.mark.parametrize("trade", TRADES, ids=lambda trade: trade.name)


def keys(name, column):
    with (settings.BASE_DIR / "directory" / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def sentences(trade):
    return (*trade.opening, *trade.what, *trade.how, *trade.result)


def test_trades_are_many_and_in_every_domain():
    domains = {trade.domain for trade in TRADES}

    assert len(TRADES) >= 70
    assert domains == set(keys("domains", "slug"))


def test_every_skill_has_its_trade():
    practised = {skill for trade in TRADES for skill in trade.skills}

    assert practised == set(keys("skills", "slug"))


@WITH_EACH_TRADE
def test_a_trade_has_enough_to_say(trade):
    assert len(trade.headlines) >= 5
    assert len(sentences(trade)) >= 8
    assert len(trade.presentation) >= 3
    assert len(trade.trade_names) >= trade.people
    assert len(trade.works) >= 3


@WITH_EACH_TRADE
def test_a_trade_knows_its_codes(trade):
    assert 2 <= len(trade.skills) <= 6
    assert set(trade.cpv) <= set(keys("cpv", "code"))
    assert len(set(trade.cpv)) == len(trade.cpv) >= 2
    assert set(trade.labels) <= set(keys("labels", "slug"))
    assert {kind for work in trade.works for kind in work.types} <= set(PublicClient.Type.values)


def test_no_sentence_or_trade_name_comes_twice():
    texts = [text for trade in TRADES for text in (*sentences(trade), *trade.headlines, *trade.trade_names)]

    assert len(set(texts)) == len(texts)


@WITH_EACH_TRADE
def test_texts_are_typeset_in_french(trade):
    texts = [*sentences(trade), *trade.headlines, *trade.presentation, *trade.practical, *trade.trade_names]

    for text in texts:
        assert not re.search(r"['\"]| [:;!?»%€]|« |  |\.\.\.", text), text
    for text in [*sentences(trade), *trade.presentation, *trade.practical]:
        assert re.match(r"[A-ZÀÉÊŒ«]", text), text
        assert re.search(r"[.!?]$", text), text
    for headline in trade.headlines:
        assert not headline.endswith("."), headline


@pytest.mark.parametrize(
    ("typed", "typeset"),
    [
        ("Oui : non ; « quoi ? »", "Oui\u00a0: non\u202f; «\u00a0quoi\u202f?\u00a0»"),
        ("12 000 € soit 40 %", "12\u202f000\u202f€ soit 40\u202f%"),
        ("en 2026, 3 lots", "en 2026, 3 lots"),
    ],
)
def test_typeset_makes_spaces_unbreakable(typed, typeset):
    assert content.typeset(typed) == typeset


def test_public_clients_are_of_every_type_and_named_once():
    clients = content.clients()

    names = [name for entries in clients.values() for name, _ in entries]
    assert set(clients) == set(PublicClient.Type.values)
    assert 70 <= len(names) == len(set(names))
    assert {department for entries in clients.values() for _, department in entries} <= set(keys("departments", "code"))


@WITH_EACH_TRADE
def test_a_trade_has_a_career_and_a_charter_for_each_work(trade):
    career = content.careers()[trade.name]

    assert set(career.charters) == {work.subject for work in trade.works}
    assert len(career.parts) == len(set(career.parts)) == 2
    assert len(career.summary) >= 3
    assert len(career.posts) >= 3
    assert len(career.tools) >= 3
    for post in career.posts:
        assert len(post.employers) >= 1
        assert post.description.endswith(".")


def test_only_trades_have_careers():
    assert set(content.careers()) == {trade.name for trade in TRADES}


def test_every_type_of_client_is_situated_and_has_someone_to_call():
    charter = content.charter()

    assert set(charter["situations"]) == set(charter["functions"]) == set(PublicClient.Type.values)


def test_words_of_the_kit_are_typeset_in_french():
    charters = [charter for career in content.careers().values() for charter in career.charters.values()]
    texts = [
        *(text for charter in charters for text in (charter.context, charter.mission, *charter.deliverables)),
        *(text for career in content.careers().values() for text in (*career.summary, *career.tools)),
        *(post.description for career in content.careers().values() for post in career.posts),
        *(text for sentences in content.charter()["situations"].values() for text in sentences),
        *(text for tender in content.tenders() for text in (tender.subject, tender.feedback)),
        *(part.body for tender in content.tenders() for part in tender.parts),
    ]

    for text in texts:
        assert not re.search(r"['\"]| [:;!?»%€]|« |  |\.\.\.", text), text


def test_contexts_and_missions_are_told_once():
    charters = [charter for career in content.careers().values() for charter in career.charters.values()]
    texts = [text for charter in charters for text in (charter.context, charter.mission)]

    assert len(set(texts)) == len(texts)
