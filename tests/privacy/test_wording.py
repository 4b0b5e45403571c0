"""A person is found however they are written, and nobody else is."""

import base64
import time

import pytest
from django.db import connection

from directory.privacy.wording import RETIRED, Wording

LUCIE = Wording(
    ["Zéphyrine Quervimpt-Ober", "Quervimpt-Ober Zéphyrine", "zephyrine@quervimpt.example"], ["04 67 12 34 56"]
)


@pytest.mark.parametrize(
    "text",
    [
        "Zéphyrine Quervimpt-Ober",
        "ZÉPHYRINE QUERVIMPT-OBER",
        "ZEPHYRINE Quervimpt Ober",
        "zephyrine\u00a0quervimpt\u2011ober",
        "Ze\u0301phyrine Quervimpt-Ober",
        "Zéphy\u200brine Quervimpt-\u200bOber",
        "QUERVIMPT-OBER, Zéphyrine",
        "Z%C3%A9phyrine%20Quervimpt-Ober",
        "Z%c3%a9phyrine+Quervimpt-Ober",
        "Z\\u00e9phyrine Quervimpt-Ober",
        "Z\\\\u00E9phyrine Quervimpt-Ober",
        "zephyrine-quervimpt-ober",
        "zephyrine.quervimpt-ober",
        "Zéphyrine_Quervimpt_Ober",
        "Zephyrine@Quervimpt.example",
        "zephyrine%40quervimpt.example",
        "0467123456",
        "04.67.12.34.56",
        "04-67-12-34-56",
        "+33 4 67 12 34 56",
        "+33 (0)4 67 12 34 56",
        "0033467123456",
        "%2B33467123456",
        "04%2067%2012%2034%2056",
    ],
)
@pytest.mark.django_db
def test_each_writing_is_masked_and_what_stands_around_stays(text):
    around = f"Été — [{text}], œuvre"

    assert LUCIE.masked(around) == f"Été — [{RETIRED}], œuvre"
    assert LUCIE.masked_json([{"mot": around}]) == [{"mot": f"Été — [{RETIRED}], œuvre"}]
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(unaccent(%s)) ~ %s", [around, LUCIE.clues])
        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize(
    "text",
    [
        "Zéphyrine",
        "Quervimpt-Ober",
        "Zéphyrine Quervimpt",
        "Zéphyrine Quervimpt-Oberlin",
        "Zéphyrine-Anne Quervimpt-Ober",
        "marie.zephyrine@quervimpt.example",
        "zephyrine@quervimpt.example-ville.fr",
        "10467123456",
        "04671234567",
        "100 % Zéphyrine",
        "%zz \\u12",
        base64.b64encode(b"rien").decode(),
    ],
)
def test_another_is_left(text):
    assert LUCIE.masked(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Claire Fontaine anime", f"{RETIRED} anime"),
        ("CLAIRE FONTAINE anime", f"{RETIRED} anime"),
        ("voir claire-fontaine", f"voir {RETIRED}"),
        ("une claire fontaine", None),
        ("l’eau claire, Fontaine-de-Vaucluse", None),
        ("Avec Rose, Martin et Paul", None),
        ("Rose et Martin Rose", None),
        ("Le Cercle ouvert relit", f"Le {RETIRED} relit"),
        ("un cercle ouvert aux élus", None),
        ("Paul est là", None),
    ],
)
def test_a_name_made_of_french_words_is_one_with_its_capitals_only(text, masked):
    common = Wording(["Claire Fontaine", "Rose Martin", "Cercle ouvert"])

    assert common.masked(text) == (masked or text)


def test_nobody_is_found_by_nothing():
    nobody = Wording([" ", "é"], ["", "12"])

    assert nobody.clues == ""
    assert nobody.masked("Un é, 12") == "Un é, 12"


@pytest.mark.parametrize("name", [". * .", "%%%", "((((", "--- ---", "' ' '", "[^]", "\\\\\\"])
def test_signs_alone_name_nobody(name):
    wording = Wording([name])

    assert wording.clues == ""
    assert wording.masked("Fin. * . --- --- ' ' ' 100 %%% ((((") == "Fin. * . --- --- ' ' ' 100 %%% (((("


@pytest.mark.parametrize("name", ["Иван Петров", "王 小明", "Ελένη Παπά"])
@pytest.mark.django_db
def test_a_name_in_other_letters_is_found(name):
    wording = Wording([name, "Lucie Astruc"])

    assert wording.masked(f"Appelez {name}.") == f"Appelez {RETIRED}."
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(unaccent(%s)) ~ %s", [f"Appelez {name}.", wording.clues])
        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize("text", [" ", "0 ", "(", "33 ", "lucie ", " - ", "+ "])
def test_no_text_takes_long(text):
    start = time.process_time()

    assert LUCIE.masked(text * 20_000) == text * 20_000
    assert time.process_time() - start < 2


def test_a_number_leaves_the_spaces_around_it():
    assert LUCIE.masked("Au 33 4 67 12 34 56 ou au +33 (0)4 67 12 34 56.") == f"Au {RETIRED} ou au {RETIRED}."
