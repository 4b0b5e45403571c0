from datetime import timedelta

import pytest

from crealead.words import counted, lasting, megabytes, of, years


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


def test_years_and_sizes():
    assert (years(3), megabytes(5 * 1024 * 1024)) == ("trois ans", "5 Mo")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Emma Roux", "d’Emma Roux"),
        ("Karim", "de Karim"),
        ("Élodie", "d’Élodie"),
        ("Œuvre commune", "d’Œuvre commune"),
        ("Yves", "d’Yves"),
        ("Yasmine", "de Yasmine"),
        ("Hélène", "d’Hélène"),
        ("Hugo", "de Hugo"),
        ("« Étude »", "d’« Étude »"),
        ("", "de "),
        ("123 Soleil", "de 123 Soleil"),
    ],
)
def test_of_someone(name, words):
    assert of(name) == words


@pytest.mark.parametrize(("count", "words"), [(0, "0 fiche"), (1, "1 fiche"), (2, "2 fiches")])
def test_what_is_counted_agrees(count, words):
    assert counted(count, "fiche", "fiches") == words
