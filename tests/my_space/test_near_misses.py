"""Searches that missed a fiche for one criterion: what is counted of buyers, what is told of it, and to whom."""

from datetime import timedelta

import pytest
from django.utils import timezone

from directory.catalogue import actions
from directory.models import BuyerSearch, Department, FirstPage, FruitlessSearch, NotMyTrade
from tests.cast import admin_url, text_of
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db
PAGE = "/mon-espace/visibilite/"
PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
PROGRAM = {"User-Agent": "Mozilla/5.0 (compatible; Somebot/2.1; +http://www.example.org/bot.html)"}
CATALOGUE = "/catalogue/"


@pytest.fixture(autouse=True)
def _machine_may_be_busy(monkeypatch):
    monkeypatch.setattr("directory.my_space.near_misses.MOST_SECONDS", 60)


@pytest.fixture
def member(referent):
    return CoEntrepreneurFactory(listed=True, referent=referent, departments=Department.objects.filter(code="34"))


def made(query, *, times, days, ago=0):
    """A search made so many times a day on so many days."""
    today = timezone.localdate()
    for number in range(days):
        BuyerSearch.objects.create(query=query, day=today - timedelta(days=ago + number), count=times)


# --- What is counted -------------------------------------------------------------------------------------------------


def test_a_search_is_counted_by_its_day_without_page_nor_order(client):
    for query in ("q=accueil&departement=34&tri=nom", "departement=34&q=accueil&inconnu=1&graine=x"):
        client.get(f"{CATALOGUE}?{query}", headers=PERSON)

    [search] = BuyerSearch.objects.all()

    assert (search.query, search.count, search.day) == ("q=accueil&departement=34", 2, timezone.localdate())
    assert {field.name for field in BuyerSearch._meta.fields} == {"id", "query", "day", "count"}


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("q=accueil", PROGRAM),
        ("q=accueil", {}),
        ("q=accueil&page=2", PERSON),
        ("", PERSON),
        ("tri=nom", PERSON),
    ],
)
def test_what_is_no_search_of_a_person_or_a_later_page_is_not_counted(client, query, headers):
    CoEntrepreneurFactory.create_batch(21, listed=True)

    assert client.get(f"{CATALOGUE}?{query}", headers=headers).status_code == 200

    assert not BuyerSearch.objects.exists()


def test_what_is_counted_in_a_day_is_bounded(client, monkeypatch):
    monkeypatch.setattr(actions, "MOST_SEARCHES_A_DAY", 2)
    for word in ("un", "deux", "trois"):
        client.get(CATALOGUE, {"q": f"accueil {word}"}, headers=PERSON)

    assert BuyerSearch.objects.count() == 2


def test_a_first_page_is_written_once_a_day_for_those_it_shows(client, member):
    client.get(CATALOGUE, headers=PERSON)
    FirstPage.objects.update(first_on=timezone.localdate() - timedelta(days=9), last_on="2026-01-01")
    client.get(f"{CATALOGUE}?q=accueil", headers=PERSON)

    [row] = FirstPage.objects.all()

    assert (row.co_entrepreneur, row.last_on) == (member, timezone.localdate())
    assert row.first_on == timezone.localdate() - timedelta(days=9)


# --- What is told ----------------------------------------------------------------------------------------------------


def test_a_search_that_missed_for_one_criterion_is_told_from_three_times_on_two_days(member, as_member):
    made("q=accueil&departement=30", times=2, days=2)
    made("q=accueil&departement=11", times=9, days=1)
    made("q=accueil&departement=23", times=1, days=2)
    made("q=zorglub&departement=30", times=5, days=5)
    made("q=accueil&departement=34", times=5, days=5)
    made("q=accueil&departement=48", times=5, days=5, ago=181)

    page = text_of(as_member.get(PAGE))

    assert page.count("data-near-miss") == 1
    assert "« accueil »" in page
    assert "4 fois" in page
    assert f'href="{PAGE}?q=accueil&amp;departement=30"' in page


def test_what_is_not_ones_trade_is_no_near_miss(member, as_member):
    made("q=accueil&departement=30", times=2, days=2)
    NotMyTrade.objects.create(co_entrepreneur=member, kind="departement", key="30", words="Gard (30)")

    assert "data-near-miss" not in as_member.get(PAGE).text


def test_what_was_mended_since_is_told_no_more(member, as_member):
    made("q=accueil&departement=30", times=2, days=2)
    member.departments.add("30")

    assert "data-near-miss" not in as_member.get(PAGE).text


def test_those_that_nearly_answered_come_first(member, as_member):
    made("departement=30", times=9, days=2)
    made("q=accueil&departement=30", times=2, days=2)

    page = as_member.get(PAGE).text

    assert page.index("q=accueil&amp;departement=30") < page.index("?departement=30")


def test_the_page_makes_a_bounded_number_of_searches_again(member, as_member, monkeypatch):
    monkeypatch.setattr("directory.my_space.near_misses.MOST_SEARCHES", 1)
    made("q=accueil&departement=30", times=2, days=2)
    made("q=accueil&departement=11", times=5, days=2)

    assert as_member.get(PAGE).text.count("data-near-miss") == 1


def test_the_page_gives_up_what_would_take_too_long(member, as_member, monkeypatch):
    monkeypatch.setattr("directory.my_space.near_misses.MOST_SECONDS", -1)
    made("q=accueil&departement=30", times=2, days=2)

    assert "data-near-miss" not in as_member.get(PAGE).text


# --- For référents ---------------------------------------------------------------------------------------------------


def test_fiches_listed_and_never_on_a_first_page_in_ninety_days_are_listed(member, as_referent, referent):
    today, url = timezone.localdate(), f"{admin_url('coentrepreneur_changelist')}?premiere=jamais"
    old = timezone.localdate() - timedelta(days=120)
    seen, never, recent = (CoEntrepreneurFactory(listed=True, referent=referent) for _ in range(3))
    for fiche in (member, seen, never):
        fiche.listed_since = old
        fiche.save()
    FirstPage.objects.create(co_entrepreneur=seen, first_on=today, last_on=today)
    FirstPage.objects.create(co_entrepreneur=member, first_on=old, last_on=old)

    page = as_referent.get(url).text

    assert never.trade_name in page
    assert member.trade_name in page
    assert seen.trade_name not in page
    assert recent.trade_name not in page


def test_nobody_is_never_shown_before_ninety_days_were_counted(member, as_referent):
    member.listed_since = timezone.localdate() - timedelta(days=120)
    member.save()
    FirstPage.objects.create(co_entrepreneur=CoEntrepreneurFactory(listed=True))

    page = as_referent.get(f"{admin_url('coentrepreneur_changelist')}?premiere=jamais").text

    assert member.trade_name not in page


def test_words_that_fail_are_one_click_from_a_synonym_or_a_skill(as_referent, as_administrator):
    FruitlessSearch.objects.create(words="eaux de pluie", count=4)
    url = admin_url("fruitlesssearch_changelist")

    assert f"{admin_url('skill_add')}?name=eaux+de+pluie" in as_administrator.get(url).text
    assert admin_url("skill_add") not in as_referent.get(url).text
    assert f"{admin_url('synonym_add')}?words=eaux+de+pluie" in as_referent.get(url).text
