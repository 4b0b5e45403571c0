"""What buyers are told of insurances: what is held and in force, and where to ask for the certificate."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from directory.models import CpvCode, Insurance, Skill
from directory.models.insurance import covers_of
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = timezone.localdate()
LIABILITY, TEN_YEAR = "Responsabilité civile professionnelle", "Garantie décennale"
HELD = {"insurer": "Mutuelle d’essai", "proof": "proofs/a.pdf", "expires_on": TODAY}


def told(fiche=None):
    return [(cover.kind, cover.held and cover.held.insurer) for cover in covers_of(fiche)]


@pytest.fixture
def builder():
    return CoEntrepreneurFactory(skills=[Skill.objects.get(slug="menuiserie")])


def test_what_the_cooperative_holds_insures_everyone(builder):
    Insurance.objects.create(**HELD)

    assert told() == [(LIABILITY, "Mutuelle d’essai")]
    assert told(CoEntrepreneurFactory()) == [(LIABILITY, "Mutuelle d’essai")]
    assert told(builder) == [(LIABILITY, "Mutuelle d’essai"), (TEN_YEAR, None)]


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_on": TODAY - DAY},
        {"expires_on": None},
        {"proof": ""},
        {"starts_on": TODAY + DAY, "expires_on": TODAY + DAY},
        {"kind": "autre"},
    ],
    ids=["lapsed", "without end", "without certificate", "to come", "of another kind"],
)
def test_what_is_not_in_force_or_not_held_is_asked_for(changes):
    Insurance.objects.create(**HELD | changes)

    assert told() == [(LIABILITY, None)]


def test_a_ten_year_guarantee_is_of_who_holds_it(builder):
    Insurance.objects.create(**HELD, kind="decennale", co_entrepreneur=builder)

    assert (TEN_YEAR, "Mutuelle d’essai") in told(builder)
    assert (TEN_YEAR, None) in told(CoEntrepreneurFactory(skills=builder.skills.all()))
    assert TEN_YEAR not in dict(told())


def test_a_building_trade_is_told_by_a_skill_or_by_a_code_of_works():
    by_code = CoEntrepreneurFactory(cpv_codes=[CpvCode.objects.get(code="45420000")])
    other = CoEntrepreneurFactory(
        skills=[Skill.objects.get(slug="graphisme")], cpv_codes=[CpvCode.objects.filter(code__startswith="79")[0]]
    )

    assert TEN_YEAR in dict(told(by_code))
    assert TEN_YEAR not in dict(told(other))
    Skill.objects.filter(slug="graphisme").update(is_building_trade=True)
    assert TEN_YEAR in dict(told(other))


def test_of_two_by_one_insurer_the_longest_is_told():
    for days in (3, 300, 30):
        Insurance.objects.create(**HELD | {"expires_on": TODAY + days * DAY})
    Insurance.objects.create(**HELD | {"insurer": "Autre"})

    assert [(cover.held.insurer, (cover.held.expires_on - TODAY).days) for cover in covers_of()] == [
        ("Autre", 0),
        ("Mutuelle d’essai", 300),
    ]


def test_what_another_takes_over_from_expires_without_a_word(builder):
    ending = [
        Insurance.objects.create(**HELD | {"co_entrepreneur": holder, "kind": kind})
        for holder in (None, builder)
        for kind in ("rc_pro", "decennale")
    ]
    Insurance.objects.create(**HELD | {"starts_on": TODAY + DAY, "expires_on": TODAY + 365 * DAY})
    Insurance.objects.create(**HELD | {"co_entrepreneur": builder, "kind": "decennale", "expires_on": None})

    assert set(Insurance.objects.expiring(within_days=60)) == {ending[1], ending[2]}


def test_one_ends_after_it_starts():
    with pytest.raises(IntegrityError):
        Insurance.objects.create(**HELD, starts_on=TODAY + DAY)


def test_what_changed_is_kept_in_the_history(builder):
    insurance = Insurance.objects.create(**HELD)
    insurance.insurer = "Autre"
    insurance.save()
    insurance.delete()

    labels = Insurance.pgh_event_model.objects.order_by("pgh_id").values_list("pgh_label", "insurer")
    assert list(labels) == [("insert", "Mutuelle d’essai"), ("update", "Autre"), ("delete", "Autre")]
