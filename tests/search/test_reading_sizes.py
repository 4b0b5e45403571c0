"""Sizes among the words of a need: so many pages, agents or days say how much is needed, and not what."""

import pytest

from .searches import found, listed, names, plain_spaced, read, read_index, understood

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def index(kept_for_module, django_db_blocker):
    """Trades, and what would be found by how much is asked of them."""
    with django_db_blocker.unblock():
        offers = {
            "Maquettiste": "Bulletin municipal, vitrail, réécriture, toiture. Formation, graphiste.",
            "Plume": "Pages web, discours, numéros et exemplaires ; séances et heures, moins de jours, trois ans.",
            "Appui": "Agents, élus, participants, personnes âgées, postes, lots, kilos ; douze mois, vingtaine, euros.",
            "Les Deux Rives": "Aménagement.",
        }
        for name, offer in offers.items():
            listed(name, "", offer, nationwide=True)
        return read_index()


def units(text, index):
    return [unit.typed.lower() for unit in [*read(text, index).units, *read(text, index).beside]]


@pytest.mark.parametrize(
    "size",
    [
        *("16 pages", "12 agents", "12 numéros", "5 000 exemplaires", "deux jours", "vingt-cinq jours", "24 h", "24h"),
        *("une vingtaine d’agents", "une douzaine de participants", "deux ou trois séances", "12 à 15 personnes"),
        *("depuis moins de 3 ans", "plus de 10 heures", "au moins douze mois", "environ 30 élus"),
        *("10 kg", "1 000 m²", "3 lots", "dix postes", "trente mille euros", "trois mille exemplaires", "neuf mois"),
    ],
)
@pytest.mark.parametrize("text", ["vitrail {}", "{}, vitrail"])
def test_a_size_is_set_aside_and_said(index, size, text):
    search = found(text.format(size), index)

    assert units(text.format(size), index) == ["vitrail"]
    assert names(search) == ["Maquettiste"]
    assert search.need.missing == []
    assert search.need.places == {}
    assert any(f"« {size} »" in plain_spaced(sentence) for sentence in understood(search))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trois graphistes", ["graphistes"]),
        ("deux ou trois graphistes", ["graphistes"]),
        ("une vingtaine de graphistes", ["graphistes"]),
        ("bulletin municipal de 16 pages", ["bulletin municipal"]),
        ("vitrail, 15 000 à 40 000 €, moins de trois ans", ["vitrail"]),
        ("vitrail 20 000 € HT puis 3 000 € HT", ["vitrail"]),
        ("1 000 m² de toiture", ["toiture"]),
        ("agents", ["agents"]),
        ("pages", ["pages"]),
        ("formation des agents", ["formation", "agents"]),
        ("réécriture de pages web", ["réécriture", "pages", "web"]),
        ("réécriture de 50 pages web", ["réécriture", "pages", "web"]),
        ("12 personnes âgées", ["personnes âgées"]),
        ("formation 2026 agents", ["formation", "agents"]),
        ("vitrail lot 2 agents", ["vitrail", "agents"]),
        ("Les Deux Rives", ["deux", "rives"]),
    ],
)
def test_what_is_counted_stays_where_it_is_a_need(index, text, expected):
    assert [word for word in units(text, index) if word not in {"lot", "2026"}] == expected
