from collections import Counter
from datetime import date, timedelta

import pytest

from directory.models import CoEntrepreneur
from directory.search.rotation import CYCLE_DAYS, order_of, place, place_expression
from tests.factories import CoEntrepreneurFactory

YEAR = [(date(2026, 1, 1) + timedelta(days=day)).isoformat() for day in range(13 * CYCLE_DAYS)]


def test_over_a_year_every_fiche_gets_the_same_share_of_the_first_page():
    fiches = range(1, 301)
    first_pages = Counter()

    for seed in YEAR:
        first_pages.update(sorted(fiches, key=lambda pk: place(seed, pk))[:20])

    expected = len(YEAR) * 20 / len(fiches)
    assert set(first_pages) == set(fiches)
    assert all(0.6 * expected < first_pages[pk] < 1.4 * expected for pk in fiches)


def test_in_each_cycle_every_fiche_spends_one_day_in_the_first_part_of_the_ring():
    for pk in range(1, 301):
        days = [seed for seed in YEAR if place(seed, pk) < 2**32 / CYCLE_DAYS]
        assert 12 <= len(days) <= 14, pk


def test_among_a_few_each_comes_first_about_as_often():
    first = Counter(min([4, 8, 15, 16, 23], key=lambda pk: place(seed, pk)) for seed in YEAR)

    assert min(first.values()) > 0.4 * len(YEAR) / 5


def test_who_comes_or_goes_moves_nobody_else():
    before = sorted(range(1, 50), key=lambda pk: place("2026-11-22", pk))
    after = sorted([*range(1, 25), *range(26, 60)], key=lambda pk: place("2026-11-22", pk))

    assert [pk for pk in after if pk < 50] == [pk for pk in before if pk != 25]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", ["2026-11-22", "2026-99-99", "conseil-municipal"])
def test_the_database_computes_the_same_order(seed):
    CoEntrepreneurFactory.create_batch(12)

    rows = CoEntrepreneur.objects.annotate(place=place_expression(seed)).values_list("pk", "place")

    assert all(key == place(seed, pk) for pk, key in rows)


@pytest.mark.parametrize(
    ("seed", "told"),
    [
        ("2026-11-28", "ordre du 28 novembre 2026"),
        ("2026-99-99", "ordre « 2026-99-99 »"),
        ("conseil", "ordre « conseil »"),
    ],
)
def test_an_order_is_said_by_its_day(seed, told):
    assert order_of(seed) == told
