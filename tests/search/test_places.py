"""Places as they are typed, in the files as they are shipped."""

import csv
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.search import places
from directory.search.places import (
    COMMUNE,
    DEPARTMENT,
    FOLDER,
    GROUP,
    LONGEST_NAME,
    MUCH_LARGER,
    REGION,
    by_postal_code,
    department_of,
    distance_km,
    fold,
    is_common_word,
    place,
    point_of,
)


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


COMMUNES = rows("communes.csv")
FORMER = rows("former_communes.csv")
GROUPS = rows("intercommunalities.csv")
AREAS = rows("areas.csv")

communes = st.sampled_from(COMMUNES)
points = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def read(name):
    return [(candidate.kind, candidate.name, " ".join(candidate.departments)) for candidate in place(name)]


@pytest.mark.parametrize(
    ("typed", "candidates"),
    [
        ("beziers", [(COMMUNE, "Béziers", "34")]),
        ("MONTPELLIER", [(COMMUNE, "Montpellier", "34")]),
        ("Saint Jean de Védas", [(COMMUNE, "Saint-Jean-de-Védas", "34")]),
        ("st-jean-de-vedas", [(COMMUNE, "Saint-Jean-de-Védas", "34")]),
        ("Ste Énimie", [(COMMUNE, "Gorges du Tarn Causses", "48")]),
        ("l'Haÿ-les-Roses", [(COMMUNE, "L’Haÿ-les-Roses", "94")]),
        ("servian", [(COMMUNE, "Servian", "34")]),
        ("Le Mans", [(COMMUNE, "Le Mans", "72")]),
        ("au Mans", [(COMMUNE, "Le Mans", "72")]),
        ("du Havre", [(COMMUNE, "Le Havre", "76")]),
        ("aux Sables-d’Olonne", [(COMMUNE, "Les Sables-d’Olonne", "85")]),
        ("paris 12e", [(COMMUNE, "Paris 12e Arrondissement", "75")]),
    ],
)
def test_a_commune_is_read_however_it_is_typed(typed, candidates):
    assert read(typed) == candidates


@pytest.mark.parametrize(
    ("former", "commune", "department"),
    [
        ("Châlons-sur-Marne", "Châlons-en-Champagne", "51"),
        ("Octeville", "Cherbourg-en-Cotentin", "50"),
        ("Cherbourg", "Cherbourg-en-Cotentin", "50"),
        ("Florac", "Florac Trois Rivières", "48"),
        ("Annecy-le-Vieux", "Annecy", "74"),
        ("Évry", "Évry-Courcouronnes", "91"),
        ("Aumont-Aubrac", "Peyre en Aubrac", "48"),
    ],
)
def test_a_commune_that_was_is_the_one_it_became(former, commune, department):
    assert read(former) == [(COMMUNE, commune, department)]


@pytest.mark.parametrize(
    ("typed", "kind", "departments"),
    [
        ("Hérault", DEPARTMENT, "34"),
        ("département de l’Hérault", DEPARTMENT, "34"),
        ("département 34", DEPARTMENT, "34"),
        ("dpt 2a", DEPARTMENT, "2A"),
        ("departement du nord", DEPARTMENT, "59"),
        ("Occitanie", REGION, "09 11 12 30 31 32 34 46 48 65 66 81 82"),
        ("région Occitanie", REGION, "09 11 12 30 31 32 34 46 48 65 66 81 82"),
        ("Languedoc-Roussillon", REGION, "11 30 34 48 66"),
        ("Midi Pyrénées", REGION, "09 12 31 32 46 65 81 82"),
        ("PACA", REGION, "04 05 06 13 83 84"),
        ("région Sud", REGION, "04 05 06 13 83 84"),
        ("nord pas de calais", REGION, "59 62"),
        ("Rhône-Alpes", REGION, "01 07 26 38 42 69 73 74"),
        ("IDF", REGION, "75 77 78 91 92 93 94 95"),
        ("communauté de communes du Clermontais", GROUP, "34"),
        ("CC du Clermontais", GROUP, "34"),
        ("Grand Pic Saint-Loup", GROUP, "34"),
        ("Montpellier Méditerranée Métropole", GROUP, "34"),
        ("Béziers Méditerranée", GROUP, "34"),
        ("Sète Agglopôle Méditerranée", GROUP, "34"),
        ("agglo de Nîmes", GROUP, "30"),
        ("métropole de Toulouse", GROUP, "31"),
        ("Plaine Commune", GROUP, "93"),
        ("Haut-Languedoc", GROUP, "34 81"),
    ],
)
def test_an_area_is_its_departments(typed, kind, departments):
    (area,) = place(typed)

    assert (area.kind, " ".join(area.departments)) == (kind, departments)


def test_one_namesake_much_larger_than_the_others_is_meant():
    assert read("Valence") == [(COMMUNE, "Valence", "26")]
    assert len([row for row in COMMUNES if row["name"] == "Valence"]) > 1


def test_namesakes_of_a_size_are_all_meant():
    assert {departments for _, _, departments in read("Saint-Denis")} == {"93", "974"}


def test_a_department_comes_before_the_town_of_its_name_and_hides_a_village():
    assert read("Vienne") == [(DEPARTMENT, "Vienne", "86"), (COMMUNE, "Vienne", "38")]
    assert read("Creuse") == [(DEPARTMENT, "Creuse", "23")]


@pytest.mark.parametrize("typed", ["", " ", "formation", "zorglub", "département 99", "région", "agglo de", "du", "34"])
def test_what_is_no_place_is_none(typed):
    assert place(typed) == ()


@pytest.mark.parametrize(
    "name",
    [
        *("réunion", "la réunion", "moulins", "landes", "lourdes", "paris", "cher", "var", "apt", "die", "creuse"),
        *("aube", "gap", "lot", "orange", "sens", "tours", "vienne", "valence", "muret", "condom", "nord", "manche"),
        *(
            "somme",
            "les salles",
            "avion",
            "fontaine",
            "plaisir",
            "le port",
            "la flèche",
            "eu",
            "centre",
            "salles",
            "maire",
            "lire",
        ),
    ],
)
def test_a_name_that_is_a_word_is_told(name):
    assert is_common_word(name) == (name != "réunion")


@pytest.mark.parametrize(
    "name",
    [
        *("béziers", "montpellier", "sete", "rodez", "castres", "ales", "nimes", "mende", "auch", "servian", "herault"),
        *("ardèche", "la grande motte", "port-la-nouvelle", "saint-martin", "occitanie", "idf", "midi-pyrénées"),
        *("carcassonne", "département du lot", "agglo de lunel", "grand pic saint-loup", "formation", "pezenas"),
    ],
)
def test_a_name_that_is_nothing_else_is_not(name):
    assert not is_common_word(name)


def test_a_postal_code_gives_its_communes_the_largest_first():
    assert [commune.name for commune in by_postal_code("34500")] == ["Béziers", "Villeneuve-lès-Béziers"]
    assert [commune.name for commune in by_postal_code("69003")] == ["Lyon 3e Arrondissement"]
    assert by_postal_code("00000") == by_postal_code("") == ()


@pytest.mark.parametrize(
    ("postal_code", "department"),
    [
        *(("34500", "34"), ("34060", "34"), ("34967", "34"), ("20090", "2A"), ("20290", "2B"), ("20189", "2A")),
        *(("97400", "974"), ("97799", ""), ("99999", ""), ("3450", ""), ("", ""), ("75116", "75")),
    ],
)
def test_a_postal_code_gives_its_department_a_cedex_too(postal_code, department):
    assert department_of(postal_code) == department


@pytest.mark.parametrize(
    ("city", "departments", "commune"),
    [
        ("Béziers", [], "34032"),
        ("34500 BEZIERS", [], "34032"),
        ("Montpellier cedex 2", [], "34172"),
        ("Saint-Denis", ["93"], "93066"),
        ("Saint-Denis (974)", [], "97411"),
        ("Revel", ["31", "81"], "31451"),
        ("34290 au village", [], "34300"),
        ("St Gély du Fesc", ["34"], "34255"),
        ("Octeville", [], "50129"),
    ],
)
def test_a_fiche_is_where_its_town_is(city, departments, commune):
    (row,) = [row for row in COMMUNES if row["code"] == commune]

    assert point_of(city, departments) == (float(row["latitude"]), float(row["longitude"]))


@pytest.mark.parametrize(("city", "departments"), [("", []), ("ailleurs, loin", []), ("Saint-Denis", ["34"])])
def test_a_town_that_is_unknown_or_that_may_be_several_has_no_point(city, departments):
    assert point_of(city, departments) is None


@pytest.mark.parametrize(
    ("start", "end", "kilometres"),
    [("Béziers", "Montpellier", 62), ("Béziers", "Servian", 12), ("Lille", "Marseille", 834)],
)
def test_distances_are_as_the_crow_flies(start, end, kilometres):
    assert distance_km(place(start)[0].point, place(end)[0].point) == pytest.approx(kilometres, rel=0.03)


@given(points, points, points)
def test_distances_behave(first, second, third):
    assert distance_km(first, first) == pytest.approx(0, abs=1e-3)
    assert distance_km(first, second) == pytest.approx(distance_km(second, first), abs=1e-3)
    assert distance_km(first, third) <= distance_km(first, second) + distance_km(second, third) + 1e-3


@given(communes, st.sampled_from([str, str.upper, fold, lambda name: name.replace("Saint-", "St-")]))
def test_every_commune_is_found_unless_a_greater_place_bears_its_name(commune, spelling):
    candidates = place(spelling(commune["name"]))

    assert all(fold(candidate.name).startswith(fold(commune["name"])) for candidate in candidates)
    assert (
        any(candidate.postal_codes == tuple(commune["postal_codes"].split()) for candidate in candidates)
        or candidates[0].kind != COMMUNE
        or candidates[0].population >= MUCH_LARGER * int(commune["population"])
    )


@given(communes)
def test_every_commune_has_its_postal_codes_and_its_point(commune):
    point = float(commune["latitude"]), float(commune["longitude"])

    for postal_code in commune["postal_codes"].split():
        assert any(commune["name"] in candidate.name for candidate in by_postal_code(postal_code))
        assert distance_km(point_of(f"{postal_code} {commune['name']}"), point) < 15


@given(st.sampled_from(FORMER))
def test_every_commune_that_was_leads_to_a_commune(former):
    assert place(former["name"])


@given(st.sampled_from(GROUPS))
def test_every_group_is_found(group):
    assert set(group["departments"].split()) <= {code for some in place(group["said"]) for code in some.departments}


@given(st.text(max_size=40))
def test_any_text_is_read(text):
    assert all(candidate.departments for candidate in place(text))
    assert fold(fold(text)) == fold(text)
    department_of(text)
    point_of(text)


def test_the_files_hold_together():
    codes = [row["code"] for row in COMMUNES]
    departments = {code for area in AREAS for code in area["departments"].split()}

    assert all(first < second for first, second in pairwise(codes))
    assert {code[:3] if code.startswith("97") else code[:2] for code in codes} == departments
    assert {row["commune"] for row in (*FORMER, *GROUPS)} <= set(codes)
    assert {code for group in GROUPS for code in group["departments"].split()} == departments
    assert all(row["postal_codes"] and "," not in row["name"] + row["postal_codes"] for row in COMMUNES)
    assert all(fold(row["name"]) in places._by_name() for row in COMMUNES)
    assert max(len(name.split()) for name in (*places._by_name(), *places._former(), *places._groups())) <= LONGEST_NAME


def test_areas_are_the_departments_of_the_catalogue():
    with (FOLDER.parent / "departments.csv").open(encoding="utf-8", newline="") as file:
        known = {row["code"]: row["name"] for row in csv.DictReader(file)}

    assert {area["departments"]: area["name"] for area in AREAS if area["kind"] == DEPARTMENT} == known
