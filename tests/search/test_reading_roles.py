"""A word of a trade is never taken for one of procedure because both have the same stem."""

import csv
import re
from pathlib import Path

import pytest
from django.conf import settings

from directory.search.vocabulary import Role, role_of

from .searches import listed, read, read_index

pytestmark = pytest.mark.django_db

DATA = Path(settings.BASE_DIR) / "directory" / "data"
# Trades and what they are about, which share a stem with « commune », « public », « réalisation », « étude »…
TRADES = [
    *("communication", "communicant", "publication", "publications", "réalisateur", "réalisatrice", "programmiste"),
    *(
        "programmation",
        "concepteur",
        "conceptrice",
        "organisateur",
        "éditeur",
        "éditrice",
        "édition",
        "voirie",
        "producteur",
    ),
    *(
        "productrice",
        "marche",
        "cadres",
        "lotissement",
        "modélisation",
        "technicien",
        "étudiants",
        "conseiller",
        "servitude",
    ),
    *("territorialité", "publicité", "créateur", "développeur", "développeuse", "coordonnateur", "gestionnaire"),
    *("accompagnateur", "formateur", "animateur", "médiateur", "évaluateur", "traducteur"),
]


def plain_words(text):
    return re.findall(r"[^\W\d_]{3,}", text.casefold())


def said_of_little():
    with (DATA / "need_words.csv").open(encoding="utf-8", newline="") as file:
        return {word for row in csv.DictReader(file) for word in plain_words(row["word"])}


def taken(words):
    """Those of these words that are read as words of another role, which they aren't, nor the plural or the feminine."""
    listed_words = {word + ending for word in said_of_little() for ending in ("", "s", "x", "e", "es", "le", "les")}
    return [f"{word}: {role_of(word)}" for word in sorted(set(words) - listed_words) if role_of(word) != Role.TRADE]


def test_no_word_of_a_skill_is_taken_for_one_of_procedure():
    with (DATA / "skills.csv").open(encoding="utf-8", newline="") as file:
        words = [word for row in csv.DictReader(file) for word in plain_words(f"{row['name']} {row['synonyms']}")]

    assert not (misread := taken(words)), ", ".join(misread)


def test_no_trade_is_taken_for_a_word_of_procedure():
    assert not (misread := taken(TRADES)), ", ".join(misread)


@pytest.mark.parametrize(
    "text", ["communication de vitrail", "vitrail, programmiste", "voirie du vitrail", "publication sur le vitrail"]
)
def test_they_are_what_is_searched(text, kept_for_module):
    listed("Elle", "Communication, programmiste, voirie, publication, vitrail", nationwide=True)

    need = read(text, read_index())

    word = re.search(r"(?i)communication|programmiste|voirie|publication", text)[0]
    assert word in [unit.typed for unit in need.units]
    assert word not in need.aside


def test_words_that_say_little_are_told_once():
    with (DATA / "need_words.csv").open(encoding="utf-8", newline="") as file:
        words = [row["word"] for row in csv.DictReader(file)]

    assert len(words) == len(set(words))
