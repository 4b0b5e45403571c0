import pytest

from directory.forms.cpv import MOST_CPV_CODES
from directory.forms.offer import OfferForm
from directory.forms.places import departments_by_region
from directory.models import CpvCode, Department
from tests.factories import SkillFactory

pytestmark = pytest.mark.django_db


def offer_form(**changed):
    return OfferForm(
        {"headline": "H", "public_offer": "O", "skills": [SkillFactory().pk], "nationwide": "on"} | changed
    )


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("", []),
        ("80511000-9", ["80511000"]),
        ("80511000 - 9", ["80511000"]),
        ("CPV 80511000-9 ; cpv 79822500", ["79822500", "80511000"]),
        ("80511000,79822500\n80511000", ["79822500", "80511000"]),
        ("805", ["80500000"]),
        ("CPV : 80511000-9", ["80511000"]),
        ("Code CPV principal : 80511000-9 – Services de formation du personnel", ["80511000"]),
        ("80511000-9 Services de formation, conseil (2D)", ["80511000"]),
        ("80511000-9/79822500-7", ["79822500", "80511000"]),
        ("80511000 / 79822500", ["79822500", "80511000"]),
        ("80511000-9 (Formation)\n79822500-7 : Conception graphique", ["79822500", "80511000"]),
    ],
)
def test_codes_are_read_however_they_are_typed(typed, codes):
    form = offer_form(typed_cpv_codes=typed)

    assert form.is_valid(), form.errors
    assert sorted(code.pk for code in form.offer()["cpv_codes"]) == codes


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("formation", "formation"),
        ("80511000-9, 8", "8"),
        ("CPV :", "CPV"),
        ("80511000-9 et 8051I000", "8051I000"),
        ("123456789", "123456789"),
        ("99999999", "99999999"),
    ],
)
def test_what_is_not_a_known_code_is_named(typed, words):
    [error] = offer_form(typed_cpv_codes=typed).errors["typed_cpv_codes"]

    assert words in error


def test_ticked_and_typed_codes_are_counted_together():
    ticked = [code.pk for code in CpvCode.objects.all()[:MOST_CPV_CODES]]
    other = CpvCode.objects.last().pk

    assert offer_form(cpv_codes=ticked, typed_cpv_codes=ticked[0]).is_valid()
    assert offer_form(cpv_codes=ticked, typed_cpv_codes=other).errors["typed_cpv_codes"]


def test_with_the_whole_vocabulary_only_divisions_and_groups_are_shown_and_the_others_are_typed():
    CpvCode.objects.bulk_create(CpvCode(code=f"0311{number:04}", label=f"Code {number}") for number in range(1, 400))

    form = offer_form(typed_cpv_codes="03110399")

    assert all(code.pk.endswith("00000") for code in form.fields["cpv_codes"].queryset)
    assert form.is_valid()


def test_codes_that_are_not_shown_are_prefilled_in_the_typed_ones():
    CpvCode.objects.bulk_create(CpvCode(code=f"0311{number:04}", label=f"Code {number}") for number in range(1, 400))

    form = OfferForm(initial={"cpv_codes": ["80500000", "03110399"]})

    assert form["typed_cpv_codes"].value() == "03110399"


def test_one_works_in_the_whole_country_or_somewhere():
    nowhere = offer_form(nationwide="")
    everywhere = offer_form(departments=["34"])

    assert "departments" in nowhere.errors
    assert everywhere.is_valid()
    assert list(everywhere.offer()["departments"]) == []


def test_the_cooperative_s_region_comes_first():
    departments = list(departments_by_region())

    assert departments[0].region.name == "Occitanie"
    assert len(departments) == Department.objects.count()


def test_at_least_one_skill_and_twenty_at_most():
    many = [SkillFactory().pk for _ in range(21)]

    assert "skills" in offer_form(skills=[]).errors
    assert "skills" in offer_form(skills=many).errors
    assert offer_form(skills=many[:20]).is_valid()


def test_groups_are_named_and_open_where_something_is_ticked():
    skill = SkillFactory(domain__name="Domaine ouvert")
    SkillFactory(domain__name="Domaine fermé")

    html = str(OfferForm(initial={"skills": [skill.pk]})["skills"])

    before, after = html.split("Domaine ouvert")
    assert before.rstrip().rsplit("<details", 1)[1].startswith(' class="repli" open>')
    assert "(1 choix)" in after
    assert ' class="repli">' in html.split("Domaine fermé", maxsplit=1)[0].rsplit("<details", 1)[1]
