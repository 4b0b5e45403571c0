"""Names written as names are, and asked about when they aren't."""

import pytest

from directory.forms.names import usual_first_name, usual_last_name


@pytest.mark.parametrize(
    ("typed", "usual"),
    [
        ("camille", "Camille"),
        ("CAMILLE", "Camille"),
        ("jean-PIERRE", "Jean-Pierre"),
        ("  marie   anne ", "Marie Anne"),
        ("élodie", "Élodie"),
        ("J.", "J."),
        ("LouAnn", "LouAnn"),
    ],
)
def test_first_names(typed, usual):
    assert usual_first_name(typed) == usual


@pytest.mark.parametrize(
    ("typed", "usual"),
    [
        ("DUPONT", "Dupont"),
        ("dupont-MARTIN", "Dupont-Martin"),
        ("DE LA TOUR", "de La Tour"),
        ("de la Tour", "de la Tour"),
        ("d’ormesson", "d’Ormesson"),
        ("D'ORMESSON", "d'Ormesson"),
        ("O’BRIEN", "O’Brien"),
        ("le goff", "Le Goff"),
        ("McDonald", "McDonald"),
        ("LE", "Le"),
        ("DE", "De"),
        ("李", "李"),
    ],
)
def test_last_names(typed, usual):
    assert usual_last_name(typed) == usual


@pytest.mark.parametrize("name", ["Camille", "Jean-Pierre", "de La Tour", "d’Ormesson", "Ben Salah", "N’Diaye", "Li"])
def test_what_is_written_as_usual_stays(name):
    assert usual_last_name(name) == usual_last_name(usual_last_name(name)) == name
