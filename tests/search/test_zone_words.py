"""A zone in words says exactly the departments that it is: whoever reads the sentence can tell them, or how many."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.search.zone_words import ARTICLES, zone_in_words

DATA = Path(__file__).parents[2] / "directory/data"


def _rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


REGION_NAMES = {row["code"]: row["name"] for row in _rows("regions.csv")}
REGIONS = {name: {} for name in REGION_NAMES.values()}
for _row in _rows("departments.csv"):
    REGIONS[REGION_NAMES[_row["region"]]][_row["code"]] = _row["name"]
NAMES = {name: code for departments in REGIONS.values() for name, code in ((n, c) for c, n in departments.items())}
EVERYWHERE = set(NAMES.values())
MAINLAND = EVERYWHERE - {"971", "972", "973", "974", "976"}
AREAS = {region: set(departments) for region, departments in REGIONS.items() if len(departments) > 1}
AREAS |= {"France": EVERYWHERE, "France métropolitaine": MAINLAND}


def said(codes):
    return zone_in_words(codes, REGIONS)


def _bare(words):
    return re.sub(r"^(?:l’|(?:le|la|les) (?=[A-ZÉÎ]))", "", words)


def _members(name):
    return AREAS[name] if name in AREAS else {NAMES[name]}


def read(sentence):
    """(The departments that the sentence names, how many others it counts, those among which they are)."""
    if whole := re.fullmatch(r"(?:Toute l’|Toute la région |Toute la |Tous les |Tout le )(.+)", sentence):
        return AREAS[whole[1]], 0, EVERYWHERE
    area, but, lacking = sentence.partition(" sauf ")
    if but:
        return AREAS[area] - {NAMES[_bare(name)] for name in re.split(r", | et ", lacking)}, 0, EVERYWHERE
    others, among = 0, EVERYWHERE
    if counted := re.fullmatch(r"(.+) et (\d+) autres départements(?: (?:d’|de |du |des )(.+))?", sentence):
        sentence, others = counted[1], int(counted[2])
        among = AREAS[counted[3]] if counted[3] else EVERYWHERE
    named = [_members(name) for name in re.split(r", | et ", sentence)]
    return set().union(*named), others, among


some = st.sets(st.sampled_from(sorted(EVERYWHERE)), max_size=6)
regions = st.sets(st.sampled_from(sorted(AREAS)), max_size=3).map(
    lambda names: set().union(*(AREAS[name] for name in names))
)
zones = st.builds(lambda whole, more, fewer: (whole | more) - fewer, regions, some, some)


@given(zones)
def test_what_is_said_means_these_departments_and_no_other(codes):
    sentence = said(codes)

    if not codes:
        assert sentence == ""
        return
    named, others, among = read(sentence)
    assert named <= codes <= among
    assert len(codes - named) == others
    assert others != 1


@given(zones)
def test_it_is_short_whatever_the_zone(codes):
    assert len(said(codes)) <= 90


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        (AREAS["Occitanie"], "Toute l’Occitanie"),
        (AREAS["Hauts-de-France"], "Tous les Hauts-de-France"),
        (AREAS["Grand Est"], "Tout le Grand Est"),
        (AREAS["Corse"], "Toute la Corse"),
        (AREAS["Provence-Alpes-Côte d’Azur"], "Toute la région Provence-Alpes-Côte d’Azur"),
        (AREAS["Occitanie"] - {"32"}, "Occitanie sauf le Gers"),
        (AREAS["Occitanie"] - {"11", "32"}, "Occitanie sauf l’Aude et le Gers"),
        (AREAS["Nouvelle-Aquitaine"] - {"40"}, "Nouvelle-Aquitaine sauf les Landes"),
        (AREAS["Bourgogne-Franche-Comté"] - {"89"}, "Bourgogne-Franche-Comté sauf l’Yonne"),
        (AREAS["Île-de-France"] - {"75"}, "Île-de-France sauf Paris"),
        ({"34"}, "Hérault"),
        ({"34", "30"}, "Gard et Hérault"),
        ({"34", "30", "13"}, "Bouches-du-Rhône, Gard et Hérault"),
        ({"2A"}, "Corse-du-Sud"),
        ({"974"}, "La Réunion"),
        (AREAS["Occitanie"] | {"13"}, "Occitanie et Bouches-du-Rhône"),
        (AREAS["Occitanie"] | {"13", "84", "26"}, "Occitanie et 3 autres départements"),
        (AREAS["Occitanie"] | AREAS["Corse"], "Occitanie et Corse"),
        ({"34", "30", "11", "66", "48"}, "Aude, Gard et 3 autres départements d’Occitanie"),
        ({"59", "60", "62"}, "Nord, Oise et Pas-de-Calais"),
        ({"34", "30", "26", "13"}, "Bouches-du-Rhône, Drôme et 2 autres départements"),
        (EVERYWHERE, "Toute la France"),
        (MAINLAND, "Toute la France métropolitaine"),
        (EVERYWHERE - {"976"}, "France sauf Mayotte"),
        (set(), ""),
        ({"99"}, ""),
    ],
)
def test_it_reads_as_one_would_say_it(codes, sentence):
    assert said(codes) == sentence


def test_those_that_are_asked_for_are_named_first():
    assert zone_in_words({"11", "12", "34", "81", "82"}, REGIONS, {"34"}).startswith("Hérault, Aude et 3 autres")
    assert zone_in_words({"30", "34"}, REGIONS, {"34"}) == "Hérault et Gard"


def test_each_name_has_its_article_but_those_that_take_none():
    without = {name for name in [*NAMES, *REGIONS] if name not in ARTICLES}

    assert without == {"Paris", "La Réunion", "Mayotte", "Provence-Alpes-Côte d’Azur"}
    assert ARTICLES.keys() <= {*NAMES, *AREAS}


def test_a_department_that_was_renamed_is_said_without_article():
    regions = {"Occitanie": REGIONS["Occitanie"] | {"32": "Gascogne"}}

    assert (
        zone_in_words(AREAS["Occitanie"] - {"32"}, regions | {"Corse": REGIONS["Corse"]}) == "Occitanie sauf Gascogne"
    )
