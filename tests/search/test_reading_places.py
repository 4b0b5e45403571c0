"""What is a place in a need and what isn't, as buyers write them."""

import pytest

from directory.models import Department
from directory.search.order import Results
from directory.search.places import DEPARTMENT, _areas, fold
from tests.factories import ReferentFactory

from .searches import codes, found, listed, names, read, read_index, small_catalogue, understood

pytestmark = pytest.mark.django_db

# Whom villages are named after, as fiches are.
SURNAMES = ["Guérin", "Lambert", "Boyer", "Cazals", "Vabre", "Mathieu", "Brunet", "Bonnet"]


@pytest.fixture(scope="module")
def index(kept_for_module, django_db_blocker):
    with django_db_blocker.unblock():
        small_catalogue()
        referent = ReferentFactory()
        for name in SURNAMES:
            listed(name, "Vannerie", nationwide=True, referent=referent)
        return read_index()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # With a capital, inside the sentence, last, or before the rest.
        ("traiteur Béziers", "34"),
        ("photographe Moulins", "03"),
        ("Un photographe de La Réunion pour des portraits", "974"),
        ("menuiserie Gap", "05"),
        ("formation bureautique dans les Landes pour agents", "40"),
        ("Traiteur de Lourdes pour une inauguration", "65"),
        ("hydrologie de l’Aube et affluents", "10"),
        ("photographie du Cher à vélo", "18"),
        ("traiteur (Apt)", "84"),
        ("menuiserie Die", "26"),
        ("Graphisme, Creuse", "23"),
        ("photographe Paris", "75"),
        ("traduction Var", "83"),
        ("Commune de Sens : menuiserie", "89"),
        ("Ville de Tours – formation bureautique", "37"),
        # After what only comes before a place, whatever the capitals.
        ("traiteur à gap", "05"),
        ("photographe à moulins", "03"),
        ("menuiserie à tours", "37"),
        ("formation bureautique à orange", "84"),
        ("graphisme à lourdes", "65"),
        ("traiteur en creuse", "23"),
        ("photographe dans le var", "83"),
        ("menuiserie dans les landes", "40"),
        ("hydrologie dans l’aube", "10"),
        ("graphisme dans la manche", "50"),
        ("traduction dans le nord", "59"),
        ("département du lot : hydrologie", "46"),
        ("hydrologie département de la manche", "50"),
        ("menuiserie, département du nord", "59"),
        ("commune de moulins, traiteur", "03"),
        ("ville de sens traiteur", "89"),
        # What is no other word needs no capital.
        ("traiteur beziers", "34"),
        ("menuiserie servian", "34"),
        ("photographe pezenas", "34"),
        ("hydrologie herault", "34"),
        ("servian", "34"),
        ("graphiste dans l’hérault pour un dépliant", "34"),
        ("béziers traiteur", "34"),
        ("st jean de vedas menuiserie", "34"),
        # In a title all in capitals.
        ("TRAITEUR BÉZIERS", "34"),
        ("MENUISERIE A PEZENAS", "34"),
        ("PHOTOGRAPHIE DU PATRIMOINE DE MONTPELLIER", "34"),
        ("FORMATION BUREAUTIQUE - OCCITANIE", "09 11 12 30 31 32 34 46 48 65 66 81 82"),
        ("DEPARTEMENT DU LOT : HYDROLOGIE", "46"),
        ("COMMUNE DE SENS - TRAITEUR", "89"),
    ],
)
def test_a_place_is_read_where_one_is_named(index, text, expected):
    assert " ".join(codes(read(text, index))) == expected


@pytest.mark.parametrize(
    "text",
    [
        # Common words in small letters.
        "animation de la réunion publique",
        "compte rendu de réunion",
        "restauration des moulins",
        "hydrologie des landes humides",
        "charges lourdes et menuiserie",
        "photographies de paris sportifs",
        "traiteur pas cher",
        "plan var rapide",
        "agent apt au secours",
        "menuiserie creuse",
        "gap analyse",
        "portraits à l’aube",
        "visites de tours en bois",
        "signalétique orange",
        "sens de la communication",
        "photographie du nord au sud",
        "traiteur bonne cuisine",
        "lot menuiserie",
        "restauration de la fontaine",
        "secours en mer",
        "formation en avion",
        "traduction en cours",
        "textes à lire",
        "salle à louer",
        # All in capitals, a common word is no place by its capital alone.
        "ANIMATION DE LA RÉUNION PUBLIQUE",
        "RESTAURATION DES MOULINS",
        "FABRICATION DE PLANS POUR LES TOURS",
        "MENUISERIE LOT TROIS",
        "SENS DE CIRCULATION",
        # A capital that opens the sentence.
        "Réunion publique sur l’urbanisme",
        "Moulins à restaurer",
        "Landes à cartographier",
        "Lot menuiserie",
        "Plaisir de lire",
        "Fontaine à restaurer",
        "Orange et vert, identité visuelle",
        # Lots.
        "Lot n° 3 menuiserie",
        "menuiserie, Lot n°3",
        "Menuiserie – Lot N° 12",
        "menuiserie (Lot 4)",
        "Construction d’une école. Lot 2 : menuiserie",
        "Menuiserie Lot no 7",
        "LOT N°3 MENUISERIE",
        "MENUISERIE LOT 3",
        "menuiserie (Lot unique)",
        # A capital on each word says no more than none.
        "Animation De La Réunion Publique",
        "Restauration Des Moulins Anciens",
        "Fabrication De Lourdes Portes",
        "Signalétique Orange Et Verte",
        "Menuiserie Du Lot Trois",
        # What else has the name of a place.
        "traiteur pour le Centre social",
        "Atelier au Port de plaisance",
        "secteur de la Marche nordique",
    ],
)
def test_a_common_word_is_no_place(index, text):
    need = read(text, index)

    assert need.places == {}


@pytest.mark.parametrize("name", SURNAMES)
@pytest.mark.parametrize("text", ["{}", "Zoé {}", "vannerie {}", "{} vannerie", "la vannerie de {} Zoé"])
def test_who_bears_the_name_of_a_village_is_found_by_it(index, name, text):
    search = found(text.format(name), index)

    assert search.need.places == {}
    assert names(search)[0] == name


def test_every_department_whose_name_is_a_word_is_one_by_its_capital_alone(index):
    departments = [area for area in _areas().values() if area.kind == DEPARTMENT]

    for area in departments:
        (code,) = area.departments
        assert code in codes(read(f"photographe dans un village ({area.name}) et portraits", index)), area.name
        assert code in codes(read(f"photographe {area.name}", index)), area.name
        small = read(f"photographe {area.name.lower()} portraits", index)
        assert (code in codes(small)) != area.is_word, area.name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # In brackets, after a place, after « dans le », last after a trade.
        ("traiteur (34)", "34"),
        ("photographe Servian (34) pour un mariage", "34"),
        ("Saint-Denis (974) traiteur", "974"),
        ("Saint-Denis (93) traiteur", "93"),
        ("menuiserie Pézenas 34", "34"),
        ("traiteur dans le 34", "34"),
        ("menuiserie dans le 2A", "2A"),
        ("menuiserie dans le 2b", "2B"),
        ("formation dans le 974", "974"),
        ("hydrologie département 11", "11"),
        ("hydrologie dept 48", "48"),
        ("hydrologie dpt 66 rivières", "66"),
        ("34", "34"),
        ("2A", "2A"),
        ("traiteur dans le 30 et le 34", "30 34"),
        # A postal code, a CEDEX too.
        ("34500", "34"),
        ("traiteur 34500", "34"),
        ("traiteur 34500 Béziers", "34"),
        ("traiteur Béziers 34500", "34"),
        ("menuiserie, 12 rue des Lilas, 34290 Servian", "34"),
        ("photographe 75011", "75"),
        ("photographe Paris 75011", "75"),
        ("formation 97400", "974"),
        ("formation 20000 Ajaccio", "2A"),
        ("formation 20200", "2B"),
        ("traiteur 34060 Montpellier Cedex 2", "34"),
        ("formation 31068 Toulouse CEDEX", "31"),
        ("formation 75955 PARIS CEDEX 20", "75"),
        ("menuiserie 66020 cedex", "66"),
    ],
)
def test_a_number_is_a_department_where_it_says_so(index, text, expected):
    need = read(text, index)

    assert " ".join(codes(need)) == expected
    assert not {"cedex", "34500", "34060"} & {word.lower() for word in [*need.missing, *need.aside]}


@pytest.mark.parametrize(
    "text",
    [
        "Agenda 21",
        "agenda 21 local",
        "Agenda 2030",
        "menuiserie lot 02",
        "lot 02",
        "lot n° 34 menuiserie",
        "traiteur groupe pour 12",
        "formation bureautique pour 12 agents",
        "formation pour 34 agents",
        "formation de 10 agents sur 3 jours",
        "traiteur 50 personnes",
        "RE2020",
        "RE 2020",
        "inventaires Natura 2000",
        "photographies au format 30 x 40",
        "photographies au format 30x40",
        "formation excel 2019",
        "norme ISO 14001",
        "norme ISO 9001",
        "ERP de 3e catégorie",
        "fonction publique au 1er janvier 2026",
        "traiteur le 14 juillet",
        "réception du 11 novembre",
        "article 28 du code",
        "décret 85",
        "collège 77 élèves",
        "menuiserie 10 000 portes",
        "50 000 affiches",
        "traiteur 18 h 30",
        "les 48 heures de la communication",
        "photographie du 19e siècle",
        "le 12 mars formation bureautique",
        "5 000 exemplaires",
        "12 numéros de 16 pages",
        "covid-19",
    ],
)
def test_a_number_is_no_department_where_it_counts_or_names(index, text):
    assert read(text, index).places == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("menuiserie Languedoc-Roussillon", "11 30 34 48 66"),
        ("menuiserie languedoc roussillon", "11 30 34 48 66"),
        ("formation Midi-Pyrénées", "09 12 31 32 46 65 81 82"),
        ("traduction PACA", "04 05 06 13 83 84"),
        ("traduction paca", "04 05 06 13 83 84"),
        ("graphisme Rhône-Alpes", "01 07 26 38 42 69 73 74"),
        ("graphisme Nord-Pas-de-Calais", "59 62"),
        ("traduction Poitou-Charentes", "16 17 79 86"),
        ("formation en Limousin", "19 23 87"),
        ("formation Basse-Normandie", "14 50 61"),
        ("région Centre, formation", "18 28 36 37 41 45"),
        ("Région Sud : traduction", "04 05 06 13 83 84"),
        ("formation Île-de-France", "75 77 78 91 92 93 94 95"),
        ("formation IDF", "75 77 78 91 92 93 94 95"),
        # Departments of several words, however they are joined.
        ("menuiserie Lot et Garonne", "47"),
        ("menuiserie lot-et-garonne", "47"),
        ("hydrologie pyrénées orientales", "66"),
        ("Pyrénées-Orientales : hydrologie", "66"),
        ("traduction alpes maritimes", "06"),
        ("traduction haute garonne", "31"),
        ("photographe cotes d’armor", "22"),
        ("photographe Territoire de Belfort", "90"),
        ("photographe val d’oise", "95"),
        ("graphisme BOUCHES DU RHONE", "13"),
        ("département de l'Aude, graphisme", "11"),
        ("muret en pierre pyrenees orientales", "66"),
        # Communes that were.
        ("traiteur Cherbourg", "50"),
        ("traiteur à Octeville", "50"),
        ("photographe Châlons-sur-Marne", "51"),
        ("menuiserie Florac", "48"),
        ("menuiserie à Évry", "91"),
        ("graphisme Annecy-le-Vieux", "74"),
        ("formation Aumont-Aubrac", "48"),
        # Groups of communes.
        ("Communauté de communes du Clermontais, hydrologie", "34"),
        ("traiteur CC du Clermontais", "34"),
        ("hydrologie Grand Pic Saint-Loup", "34"),
        ("formation Montpellier Méditerranée Métropole", "34"),
        ("Métropole de Toulouse : traiteur", "31"),
        ("formation agglo de Nîmes", "30"),
        ("communauté d’agglomération Béziers Méditerranée : graphisme", "34"),
        ("Sète agglopôle méditerranée formation", "34"),
        ("Plaine Commune, cartographie", "93"),
        # Communes of several words, with articles, saints and hyphens.
        ("traiteur au Mans", "72"),
        ("traiteur Le Mans", "72"),
        ("photographe du Havre", "76"),
        ("menuiserie L’Haÿ-les-Roses", "94"),
        ("menuiserie St-Gély-du-Fesc", "34"),
        ("menuiserie saint gély du fesc", "34"),
        ("hydrologie aux Sables-d’Olonne", "85"),
        ("photographe Paris 12e", "75"),
        ("photographe Lyon 3e", "69"),
    ],
)
def test_areas_groups_and_communes_that_were_are_places(index, text, expected):
    need = read(text, index)

    assert " ".join(codes(need)) == expected
    assert set(need.missing) <= {"muret", "pierre"}


@pytest.mark.parametrize(
    "title",
    [
        "Ville de {} – Prestations de traiteur",
        "Prestations de traiteur pour la commune de {}",
        "Commune de {} : traiteur",
        "Mairie de {}, traiteur",
        "traiteur à {} le mois prochain",
        "Traiteur ({})",
        "Traiteur, {}",
        "{} : traiteur",
        "{} traiteur",
        "Traiteur pour l’inauguration de la médiathèque de {}",
    ],
)
@pytest.mark.parametrize(
    ("place", "code"),
    [("Béziers", "34"), ("Rodez", "12"), ("Carcassonne", "11"), ("Alès", "30"), ("Saint-Flour", "15")],
)
def test_a_title_says_its_place_in_any_way(index, title, place, code):
    need = read(title.format(place), index)

    assert codes(need) == [code]
    assert "traiteur" in [unit.typed.lower() for unit in need.units]


def test_a_place_narrows_and_is_said(index):
    listed("Ici", "Vannerie sauvage", departments=[Department.objects.get(code="34")])
    listed("Partout", "Vannerie sauvage", nationwide=True)
    listed("Ailleurs", "Vannerie sauvage", departments=[Department.objects.get(code="75")])

    search = found("vannerie sauvage Béziers", read_index())

    assert {"Ici", "Partout"} <= set(names(search))
    assert "Ailleurs" not in names(search)
    assert "« Béziers » est lu comme une zone d’intervention : Hérault (34)." in understood(search)


@pytest.mark.parametrize("typed", ["Béziers", "à béziers", "34500", "34500 Béziers", "(Béziers)", "BÉZIERS"])
def test_those_nearest_to_a_town_come_first_among_equals(index, typed):
    herault = [Department.objects.get(code="34")]
    for name, city in [
        ("Loin", "Montpellier"),
        ("Près", "Servian"),
        ("Inconnue", "Ailleurs-les-Oies"),
        ("Sur place", "34500 BEZIERS"),
        ("Moyen", "Pézenas"),
    ]:
        listed(name, "Vitrail", city=city, departments=herault)

    search = found(f"vitrail {typed}", read_index())

    assert names(search) == ["Sur place", "Près", "Moyen", "Loin", "Inconnue"]
    assert "À mots égaux, les plus proches de Béziers viennent d’abord." in understood(search)


def test_a_distance_is_said_on_the_card(index):
    listed("Près", "Vitrail", city="Servian", departments=[Department.objects.get(code="34")])

    [fiche] = Results(found("vitrail Béziers", read_index()))

    told = [(reason.name, reason.text) for reason in fiche.reasons]
    assert ("Ville", "Servian, à 12\N{NO-BREAK SPACE}km de Béziers") in told


def test_words_outweigh_nearness(index):
    herault = [Department.objects.get(code="34")]
    listed("Moitié", "Vitrail", city="Béziers", departments=herault)
    listed("Tout", "Vitrail et marqueterie", city="Montpellier", departments=herault)

    assert names(found("vitrail marqueterie Béziers", read_index()))[0] == "Tout"


def test_fold_makes_places_comparable():
    assert fold("L’Isle-Jourdain") == fold("l'isle jourdain") == "l isle jourdain"
