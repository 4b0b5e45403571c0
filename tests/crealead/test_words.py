from datetime import timedelta

import pytest

from crealead.words import lasting, megabytes, plain, years


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=30), "30 minutes"),
        (timedelta(minutes=1), "une minute"),
        (timedelta(hours=1), "une heure"),
        (timedelta(hours=2), "deux heures"),
        (timedelta(days=1), "un jour"),
        (timedelta(days=30), "30 jours"),
        (timedelta(days=365), "un an"),
        (timedelta(days=3 * 365), "trois ans"),
        (timedelta(days=400), "400 jours"),
    ],
)
def test_a_length_is_told_in_the_longest_unit_it_is_a_whole_number_of(length, words):
    assert lasting(length) == words


@pytest.mark.parametrize("length", [timedelta(), timedelta(seconds=90)])
def test_what_is_no_whole_number_of_minutes_has_no_words(length):
    with pytest.raises(ValueError, match="whole number"):
        lasting(length)


def test_what_two_people_write_differently_is_compared_plain():
    assert plain("  Île\u00a0d’Oléron\u200b ") == plain("ile d’OLERON") == "ile d’oleron"


def test_years_and_sizes():
    assert (years(3), megabytes(5 * 1024 * 1024)) == ("trois ans", "5 Mo")
