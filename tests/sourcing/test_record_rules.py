"""Rules of a record that no page shows by itself: what is full, what comes where, on which side of which threshold."""

import pytest
from django.utils import timezone

from directory.models import CoEntrepreneur, CpvCode, RecordFiche, SetAside, Threshold
from directory.models.sourcing_record import MOST_SEARCHES
from directory.models.taxonomy import WORKS
from directory.sourcing.record import actions, bands
from directory.sourcing.record.standing import Standing
from tests.factories import CoEntrepreneurFactory

from .records import close, fresh, open_record, search, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return CoEntrepreneurFactory.create_batch(3, listed=True)


def save_estimate(record, *, codes, value="0-60000"):
    band = bands.read(value)
    values = {"cpv_codes": codes, "amount_from": band.least, "amount_below": band.below}
    actions.save_need(record_pk=record.pk, seen=0, values=values)


def test_the_estimate_of_a_closed_record_is_in_its_copy_alone(people):
    record = open_record(kept=people)
    save_estimate(record, codes=[])

    closed = close(record)

    assert closed.data["need"]["amount"]
    assert (fresh(record).amount_from, fresh(record).amount_below) == (None, None)


@pytest.mark.parametrize(("of_works", "words"), [([True, True], "de travaux"), ([True, False], "de fournitures")])
def test_a_need_is_of_works_when_all_its_codes_are(people, of_works, words):
    works = CpvCode.objects.filter(code__startswith=WORKS)
    codes = [
        (works if is_works else CpvCode.objects.exclude(pk__in=works))[rank] for rank, is_works in enumerate(of_works)
    ]
    for kind, amount in ((Threshold.Kind.SERVICES, 40_000), (Threshold.Kind.WORKS, 100_000)):
        Threshold.objects.filter(kind=kind).delete()
        Threshold.objects.create(kind=kind, starts_on="2020-01-01", amount=amount, article="R2122-8", source="Décret")
    record = open_record(kept=people)
    save_estimate(record, codes=[code.pk for code in codes])

    assert f"seuil {words}" in close(record).data["rules"]["estimate"]


@pytest.mark.parametrize("value", ["5-5", "6-5", "-5", "5", "٥-٦"])
def test_a_band_goes_up(value):
    assert bands.read(value) is None


def test_a_search_too_many_is_refused_and_said(client, people):
    record = open_record(query="q=mot0")
    for number in range(1, MOST_SEARCHES):
        assert not actions.add(record_pk=record.pk, search=search(f"q=mot{number}")).is_full

    page = client.post(record.get_absolute_url(), {"action": "add", "address": "/catalogue/?q=accueil"})

    assert record.searches.count() == MOST_SEARCHES
    assert "Le dossier est plein" in text_of(page)


def test_who_is_added_comes_after_those_that_were_moved(people):
    first, second, third = people
    record = open_record(kept=[first, second])
    rows = [row.pk for row in record.kept.all()]
    actions.save_kept(record_pk=record.pk, seen=0, notes={}, order=rows[::-1])

    actions.add(record_pk=record.pk, fiches=[third.pk])

    assert [row.co_entrepreneur for row in record.kept.all()] == [second, first, third]
    assert len(set(record.kept.values_list("position", flat=True))) == 3


def test_who_is_kept_is_never_counted_among_those_set_aside(people):
    record = open_record(kept=people[:1])
    SetAside.objects.create(record=record, whom=SetAside.Whom.ONE, co_entrepreneur=people[0], reason="fit")
    standing = Standing(record)

    assert RecordFiche.objects.get(record=record).co_entrepreneur == people[0]
    assert (standing.number_set_aside, standing.motives[0].covers) == (0, [])


def test_a_key_typed_by_hand_names_nobody_who_left(client, people):
    left, listed, _ = people
    CoEntrepreneur.objects.filter(pk=left.pk).update(client_public=False, departed_on=timezone.localdate())

    page = client.post(f"/selection/{'A' * 43}/ecarter/", {"fiches": [left.pk, listed.pk], "words": "Loin"})

    assert listed.name in text_of(page)
    assert left.name not in text_of(page)
