from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from directory.catalogue.list_page import exact_url, understood, unknown, widened
from directory.models import Certification, CoEntrepreneur, CpvCode, Department, Label, Synonym
from directory.search.filters import CatalogueFilter
from directory.search.order import Results
from directory.search.understanding import fold, gazetteer, read_cpv, read_places
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db


def listed(last_name, **kwargs):
    return CoEntrepreneurFactory(listed=True, last_name=last_name, public_offer="Une offre.", **kwargs)


def found(text, **more):
    query = QueryDict(mutable=True)
    query.update({"q": text, **more})
    return CatalogueFilter(query)


def names(search):
    return {fiche.last_name for fiche in Results(search)}


@pytest.mark.parametrize(
    ("text", "left", "codes"),
    [
        ("formation Béziers", "formation", ["34"]),
        ("formation à beziers", "formation à", ["34"]),
        ("graphiste dans l’Hérault", "graphiste dans", ["34"]),
        ("graphiste 34", "graphiste", ["34"]),
        ("34", "", ["34"]),
        ("Pyrénées-Orientales", "", ["66"]),
        ("pyrenees orientales muret en pierre", "muret en pierre", ["66"]),
        ("département de l'Aude", "", ["11"]),
        ("formation pour 10 agents", "formation pour 10 agents", []),
        ("lot 2 menuiserie", "lot 2 menuiserie", []),
        ("2A", "", ["2A"]),
    ],
)
def test_a_place_is_read_as_a_zone_and_a_number_is_not_always_one(text, left, codes):
    words, places = read_places(text, gazetteer())

    assert words == left
    assert [code for found in places.values() for code in found] == codes


def test_a_region_stands_for_its_departments():
    _, places = read_places("traduction Occitanie", gazetteer())

    assert len(places["Occitanie"]) == 13


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("80511000", ["80511000"]),
        ("80511000-9", ["80511000"]),
        ("services 79822500-7 graphisme", ["79822500"]),
        ("CPV 805", ["805"]),
        ("cpv: 8051", ["8051"]),
        ("en 2024", []),
        ("06 39 98 12 34", []),
    ],
)
def test_a_cpv_code_is_taken_out_of_the_words(text, codes):
    assert read_cpv(text)[1] == codes


def test_fold_makes_places_comparable():
    assert fold("L’Isle-Jourdain") == fold("l'isle jourdain") == "l isle jourdain"


def test_a_place_among_the_words_finds_who_works_there():
    listed("Ici", headline="Formation", departments=[Department.objects.get(code="34")])
    listed("Partout", headline="Formation", nationwide=True)
    listed("Ailleurs", headline="Formation", departments=[Department.objects.get(code="75")])

    search = found("formation Béziers")

    assert names(search) == {"Ici", "Partout"}
    assert "« Béziers » est lu comme une zone d’intervention : Hérault (34)." in understood(search)


def test_a_cpv_code_among_the_words_finds_who_declared_it():
    listed("Ici", cpv_codes=[CpvCode.objects.get(code="80511000")])
    listed("Ailleurs", cpv_codes=[CpvCode.objects.get(code="71000000")])

    assert names(found("80511000-9")) == {"Ici"}


def test_a_precise_code_finds_who_declared_its_class_and_says_so():
    listed("Précise", cpv_codes=[CpvCode.objects.get(code="80511000")])
    listed("Classe", cpv_codes=[CpvCode.objects.get(code="80510000")])
    listed("Groupe", cpv_codes=[CpvCode.objects.get(code="80500000")])

    search = found("", cpv="80511000")

    assert names(search) == {"Précise", "Classe"}
    assert "plus large (80510000)" in widened(search)[0]


def test_a_code_out_of_the_list_is_widened_to_its_nearest_ancestor_and_says_so():
    listed("Ici", cpv_codes=[CpvCode.objects.get(code="80510000")])

    search = found("", cpv="80519999")

    assert names(search) == {"Ici"}
    assert "80519999 n’est pas dans la liste" in widened(search)[0]
    assert unknown(found("", cpv="99999999")) == ["Code CPV : 99999999"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("typed", "known"), [("grafisme", "graphisme"), ("tradution", "traduction"), ("urbanime", "urbanisme")]
)
def test_a_misspelt_word_finds_the_nearest_known_one_and_says_so(typed, known):
    listed("Ici", headline=f"Atelier de {known}")

    search = found(typed)

    assert names(search) == {"Ici"}
    assert f"« {known} »" in understood(search)[0]
    assert exact_url(search) == f"?q={typed}&exact=1"
    assert names(found(typed, exact="1")) == set()


def test_synonyms_work_at_the_next_search_one_way_or_both():
    listed("Ici", headline="Assistance à maîtrise d’ouvrage de bâtiments")
    listed("Sigle", headline="Zorglub communal")
    Synonym.objects.create(words="bidule", meaning="assistance à maîtrise d’ouvrage", both_ways=False)
    Synonym.objects.create(words="zorglub", meaning="fourbi du soir", both_ways=True)

    assert names(found("bidule")) == {"Ici"}
    assert names(found("fourbi du soir")) == {"Sigle"}
    assert names(found("AMO")) == {"Ici"}


def test_when_no_fiche_has_all_the_words_those_that_have_most_come_first():
    listed("Deux", headline="Hydrologie des zones humides")
    listed("Trois", headline="Hydrologie et cartographie des zones humides")
    listed("Une", headline="Cartographie")

    search = found("hydrologie cartographie zones humides tuffeau")

    assert Results(search)[0].last_name == "Trois"
    assert "Une" not in names(search)
    assert "Aucune fiche ne réunit tous ces mots" in understood(search)[-1]


def test_what_is_left_out_is_no_part_of_the_rank():
    listed("Accroche", headline="Hydrologie, hydrologie et hydrologie")
    for n in range(5):
        listed(f"Présentation {n}", presentation="Un peu d’hydrologie.")

    assert Results(found("hydrologie -tuffeau"))[0].last_name == "Accroche"


def test_who_declared_the_code_typed_comes_before_who_declared_a_larger_one():
    for n in range(5):
        listed(f"Classe {n}", cpv_codes=[CpvCode.objects.get(code="80510000")])
    listed("Précise", cpv_codes=[CpvCode.objects.get(code="80511000")])

    assert Results(found("80511000"))[0].last_name == "Précise"


def test_words_that_only_ask_are_left_out():
    listed("Ici", headline="Hydrologie des rivières")

    search = found("Bonjour, je cherche quelqu’un pour les rivières ?")

    assert names(search) == {"Ici"}
    assert understood(search) == []
    assert found("les").total == 0


def test_beside_the_few_who_answer_all_the_words_those_who_answer_most_come_after():
    listed("Deux", headline="Hydrologie des zones")
    listed("Tous", headline="Hydrologie des zones humides")

    search = found("hydrologie zones humides")

    assert [fiche.last_name for fiche in Results(search)] == ["Tous", "Deux"]
    assert understood(search) == ["1 fiche réunit tous ces mots ; les suivantes en réunissent une partie."]
    assert names(found("hydrologie zones humides", exact="1")) == {"Tous"}


@pytest.mark.parametrize(
    "text",
    [
        '"cartographie hydrologie"',
        "-hydrologie",
        "hydrologie OR tuffeau",
        "AND & | ! <-> :*",
        "-" * 34,
        "- " * 33,
        "ﬃ" * 200,
        "-a " * 66,
        "'); --",
        "\u202e",
        "a" * 500,
        "🦊 renard",
        "水 вода ماء",
    ],
)
def test_any_text_gets_an_answer(text):
    listed("Ici", headline="Hydrologie et cartographie")

    search = found(text)

    assert search.total == len(Results(search)[:])
    assert search.summary
    assert understood(search) is not None


@pytest.mark.django_db(transaction=True)
def test_the_name_of_someone_who_left_is_never_suggested():
    listed("Bakayoko", headline="Hydrologie")
    CoEntrepreneur.objects.update(client_public=False)

    assert understood(found("Bakayokz")) == []


def test_a_label_is_searched_by_its_name_while_it_is_valid():
    label = Label.objects.create(slug="zorglub", name="Zorglub")
    expired = timezone.localdate() - timedelta(days=1)
    for name, expires_on in [("Valable", None), ("Expiré", expired)]:
        Certification.objects.create(co_entrepreneur=listed(name), label=label, proof="x.pdf", expires_on=expires_on)

    assert names(found("zorglub")) == {"Valable"}
