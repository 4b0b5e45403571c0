"""CPV codes among the words of a need, and those of the box."""

import pytest

from directory.models import CpvCode
from directory.search.understanding import CPV

from .searches import found, listed, names, read, read_index, small_catalogue, understood, unknown, widened

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def index(kept_for_module, django_db_blocker):
    with django_db_blocker.unblock():
        small_catalogue()
        for code in ("80511000", "80510000", "80500000", "71000000", "55520000"):
            listed(f"De {code}", "Vannerie", nationwide=True, cpv_codes=[CpvCode.objects.get(code=code)])
        return read_index()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("80511000", ["80511000"]),
        ("80511000-9", ["80511000"]),
        ("services 79822500-7 graphisme", ["79822500"]),
        ("CPV 805", ["805"]),
        ("cpv: 8051", ["8051"]),
        ("Code CPV : 55520000-1 traiteur", ["55520000"]),
        ("traiteur (55520000)", ["55520000"]),
        ("71000000, 80511000", ["71000000", "80511000"]),
        ("en 2024", []),
        ("06 39 98 12 34", []),
        ("5 000 exemplaires", []),
        ("RE2020", []),
        ("n° 2026-014", []),
        ("34500 Béziers", []),
    ],
)
def test_a_code_is_taken_out_of_the_words(text, codes):
    assert [match[1] or match[2] for match in CPV.finditer(text)] == codes


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("80511000", ["De 80511000", "De 80510000"]),
        ("80511000-9", ["De 80511000", "De 80510000"]),
        ("vannerie CPV 80511000", ["De 80511000", "De 80510000"]),
        ("cpv : 55520000-1", ["De 55520000"]),
        ("Vannerie (code CPV 71000000)", ["De 71000000"]),
    ],
)
def test_who_declared_it_answers_before_who_declared_a_larger_family(index, text, whose):
    search = found(text, index)

    assert sorted(names(search)) == sorted(whose)
    if not search.need.units:
        assert names(search) == whose
    assert search.need.missing == []
    assert any("est lu comme le code CPV" in sentence for sentence in understood(search))


def test_a_precise_code_finds_who_declared_its_class_and_says_so(index):
    search = found("", index, cpv="80511000")

    assert set(names(search)) == {"De 80511000", "De 80510000"}
    assert "plus large (80510000)" in widened(search)[0]


def test_a_code_out_of_the_list_is_widened_to_its_nearest_ancestor_and_says_so(index):
    search = found("", index, cpv="80519999")

    assert "De 80510000" in names(search)
    assert "80519999 n’est pas dans la liste" in widened(search)[0]
    assert unknown(found("", index, cpv="99999999")) == ["Code CPV : 99999999"]


@pytest.mark.parametrize("text", ["99999999", "cpv 99", "vannerie 00000000", "CPV", "cpv abc"])
def test_what_is_no_code_empties_nothing_and_is_no_code(index, text):
    need = read(text, index)

    assert need.cpv == {}
    assert need.places == {}
