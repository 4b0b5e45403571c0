"""One consultation, however it is typed: the rule alone, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.models.likeness import BuyerName, lot_key, readings, same_reference

SEPARATORS = ["-", " ", ".", "/", "_", " – ", "\u00a0", ""]
LOTS = ["{}", "lot {}", "Lot n° {}", "LOT N°{}", "lot no {}", "0{}", "{} – Concertation", "Lot {} : études"]
PREFIXES = ["", "N° ", "n°", "Réf. ", "Consultation n° ", "marché "]


@st.composite
def written(draw, letters, numbers):
    """A reference as somebody would write it."""
    separators = [draw(st.sampled_from(SEPARATORS)) for _ in numbers]
    text = letters + "".join(f"{sign}{number}" for sign, number in zip(separators, numbers, strict=True))
    return draw(st.sampled_from(PREFIXES)) + draw(st.sampled_from([text, text.lower(), f" {text} "]))


@given(st.data(), st.sampled_from(["PS", "AOO", "É"]), st.lists(st.integers(1, 9999), min_size=1, max_size=3))
def test_a_reference_is_the_same_whatever_stands_between_its_signs(data, letters, numbers):
    one, two = (data.draw(written(letters, numbers)) for _ in range(2))

    assert same_reference(readings(one, ""), readings(two, ""))


@given(st.data(), st.integers(1, 40))
def test_a_lot_is_the_same_however_it_is_written(data, number):
    one, two = (data.draw(st.sampled_from(LOTS)).format(number) for _ in range(2))

    assert lot_key(one) == lot_key(two) == str(number)


@given(st.data(), st.integers(1, 40), st.integers(1, 40))
def test_a_lot_within_the_reference_is_read(data, number, other):
    within = data.draw(st.sampled_from(["PS-2026-18 / {}", "ps 2026 18 lot {}", "PS.2026.18, Lot n°{} – Concertation"]))
    beside = data.draw(st.sampled_from(LOTS)).format(other)

    same = same_reference(readings(within.format(number), ""), readings("PS-2026-18", beside))

    assert same is (number == other)


@given(st.text(max_size=80), st.text(max_size=60))
def test_any_text_is_the_same_as_itself(reference, lot):
    own = readings(reference, lot)

    assert same_reference(own, own) is (True if own else None)


@pytest.mark.parametrize(("one", "two"), [("2026-14", "2026-15"), ("2026/14", "2026"), ("", ""), ("n°", "n°")])
def test_another_reference_says_nothing(one, two):
    assert same_reference(readings(one, ""), readings(two, "")) is None


@given(st.text(max_size=60))
def test_any_name_is_near_itself(name):
    assert BuyerName(name).is_near(BuyerName(name))
    assert BuyerName(name).is_same(BuyerName(name))
