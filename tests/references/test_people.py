"""Who else took part: found by name or by marque."""

from datetime import date

import pytest
from django.urls import reverse

from directory.models import CoEntrepreneur, Participation, Reference
from tests.cast import text_of
from tests.factories import CoEntrepreneurFactory, ReferenceFactory
from tests.references.form import filled, rows, showing

pytestmark = pytest.mark.django_db
State = Reference.State
ADD = "/mon-espace/references/nouvelle/"


def url(name, reference):
    return reverse(f"references:{name}", args=[reference.pk])


@pytest.mark.parametrize(
    "typed", ["Nora Haddad", "nora haddad", "Haddad Nora", "plein champ", "Nora Haddad – Plein Champ"]
)
def test_a_colleague_is_found_by_name_or_by_marque(as_member, other_member, typed):
    as_member.post(ADD, filled(**rows((typed, "cartographe"))))

    assert Participation.objects.get(co_entrepreneur=other_member).part == "cartographe"


def test_when_several_answer_the_form_asks_which_and_takes_the_one_chosen(as_member, other_member):
    other = CoEntrepreneurFactory(first_name="Nora", last_name="Hadji", trade_name="")

    asked = text_of(as_member.post(ADD, filled(**rows(("Nora", "cartographe")))))
    as_member.post(ADD, filled(**rows(("Nora", "cartographe", other.pk))))

    assert "Dites de qui il s’agit." in asked
    assert "Nora Haddad – Plein Champ" in asked
    assert Participation.objects.filter(co_entrepreneur=other).exists()
    assert not Participation.objects.filter(co_entrepreneur=other_member).exists()


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ([("Personne Quisoit", "")], "Personne dans la coopérative ne porte ce nom ni cette marque."),
        ([("", "cartographe")], "De qui s’agit-il ?"),
        ([("Lucie Astruc", "")], "Vous y êtes déjà"),
        ([("Nora Haddad", ""), ("Plein Champ", "")], "Nora Haddad est déjà parmi les participants."),
        ([("Nora Haddad", "", 10**9)], "Choisissez parmi les personnes proposées."),
        ([("Nora Haddad", "x" * 121)], "Gardez 120 signes au plus"),
    ],
)
def test_a_row_that_is_not_right_says_why(as_member, other_member, people, sentence):
    page = text_of(as_member.post(ADD, filled(**rows(*people))))

    assert sentence in page
    assert not Reference.objects.exists()


def test_who_left_is_not_found(as_member, other_member):
    CoEntrepreneur.objects.update(departed_on=None)
    other_member.departed_on = date(2020, 1, 1)
    other_member.save()

    assert "Personne dans la coopérative" in text_of(as_member.post(ADD, filled(**rows(("Nora Haddad", "")))))


def test_names_are_proposed_while_typing(as_member, other_member):
    options = text_of(as_member.get(reverse("references:near_colleagues"), {"collegues-0-name": "hada"}))

    assert '<option value="Nora Haddad – Plein Champ">' in options


def test_a_colleague_is_taken_away_and_a_part_changed(as_member, member, other_member):
    third = CoEntrepreneurFactory(first_name="Paul", last_name="Vidal", trade_name="")
    reference = ReferenceFactory(co_entrepreneur=member)
    for one in (other_member, third):
        Participation.objects.create(reference=reference, co_entrepreneur=one, part="avant")

    as_member.post(
        url("edit", reference),
        showing(reference)
        | rows((str(other_member), "avant", other_member.pk), (str(third), "après", third.pk))
        | {"collegues-0-remove": "on"},
    )

    assert dict(reference.participations.values_list("co_entrepreneur", "part")) == {member.pk: "", third.pk: "après"}


def test_who_left_since_stays_among_the_participants(as_member, member, other_member):
    reference = ReferenceFactory(co_entrepreneur=member)
    Participation.objects.create(reference=reference, co_entrepreneur=other_member)
    other_member.departed_on = date(2020, 1, 1)
    other_member.save()

    as_member.post(
        url("edit", reference), showing(reference, place="Sète") | rows((str(other_member), "", other_member.pk))
    )

    assert other_member in reference.participants.all()


def test_a_name_that_is_misspelt_is_proposed(as_member, other_member):
    page = text_of(as_member.post(ADD, filled(**rows(("Norah Hadad", "")))))

    assert "Dites de qui il s’agit." in page
    assert "Nora Haddad – Plein Champ" in page
