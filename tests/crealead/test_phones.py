import pytest

from crealead.phones import e164, shown


@pytest.mark.parametrize(
    "typed",
    [
        "04 67 12 34 56",
        "0467123456",
        "04.67.12.34.56",
        "04-67-12-34-56",
        "04/67/12/34/56",
        "04\u00a067\u202f12\u00a034\u202f56",
        "\u202a04 67 12 34 56\u202c",
        " 04  67 12 34 56\n",
        "+33 4 67 12 34 56",
        "+33 (0)4 67 12 34 56",
        "+33(0)467123456",
        "(+33) 4 67 12 34 56",
        "(+33)04 67 12 34 56",
        "0033 4 67 12 34 56",
        "33467123456",
        "467123456",
        "4 67 12 34 56",
        "Tél. : 04 67 12 34 56",
    ],
)
def test_a_number_is_read_however_it_is_typed(typed):
    assert shown(typed) == "04 67 12 34 56"
    assert e164(typed) == "+33467123456"


@pytest.mark.parametrize(
    ("typed", "kept", "linked"),
    [
        ("612345678", "06 12 34 56 78", "+33612345678"),
        ("06 39 98 12 34", "06 39 98 12 34", "+33639981234"),  # of those that fiction may use
        ("0 800 123 456", "0 800 12 34 56", "+33800123456"),
        ("+32 2 512 34 56", "+32 2 512 34 56", "+3225123456"),
        ("0034 912 345 678", "+34 912 34 56 78", "+34912345678"),
        ("0692 12 34 56", "0692 12 34 56", "+262692123456"),
        ("+262 692 12 34 56", "0692 12 34 56", "+262692123456"),
        ("0690 30 12 34", "0690 30 12 34", "+590690301234"),
    ],
)
def test_a_number_is_that_of_its_country(typed, kept, linked):
    assert (shown(typed), e164(typed)) == (kept, linked)
    assert (shown(kept), e164(kept)) == (kept, linked)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        ".........",
        "abc",
        "9" * 10_000,
        "1234567",
        "04 67 12 34",
        "04 67 12 34 56 78",
        "04 67 12 34 56 / 06 12 34 56 78",
        "04 67 12 34 56 poste 12",
        "0800 CREALEAD",
        "+999 123 456 789",
        "+",
        "0" * 30,
        "()" * 15,
    ],
)
def test_what_is_not_one_number_is_refused(typed):
    assert shown(typed) is None
    assert e164(typed) == ""
