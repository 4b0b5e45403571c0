"""Who comes first: what is rare before what is common, a title before a text, neighbours before what is scattered."""

import re

import pytest

from directory.models import Synonym
from directory.search.order import Results
from tests.factories import PublicClientFactory, ReferenceFactory, ReferentFactory, SkillFactory

from .searches import found, listed, names, read, read_index, small_catalogue, understood

pytestmark = pytest.mark.django_db

# Beside what seven say.
RARE = ["apiculture", "vélo", "amphibien", "toponymie", "columbarium", "vitrail"]


@pytest.fixture(scope="module")
def index(kept_for_module, django_db_blocker):
    with django_db_blocker.unblock():
        small_catalogue()
        referent = ReferentFactory()
        for number in range(7):
            listed(f"Courant {number}", "Communication du territoire", "Plans pour les agents.", referent=referent)
        for word in RARE:
            listed(f"Rare {word}", "Divers", f"Je connais aussi {word}.", referent=referent)
        return read_index()


@pytest.mark.parametrize("rare", RARE)
@pytest.mark.parametrize(
    "title", ["{} communication", "communication {}", "Plan de communication {} du territoire", "agents, {}"]
)
def test_a_rare_word_outweighs_common_ones(index, rare, title):
    search = found(title.format(rare), index)

    assert names(search)[0] == f"Rare {rare}"


@pytest.mark.parametrize(
    ("title", "whose"),
    [
        ("élaboration d’un plan alimentaire territorial", "Cuisinière"),
        ("plan alimentaire territorial", "Cuisinière"),
        ("bilan de compétences pour agents de la fonction publique territoriale", "Coach"),
        ("animation de la réunion publique sur le plan d’urbanisme", "Animateur"),
        ("réunion publique de concertation, plan d’urbanisme", "Animateur"),
        ("élaboration du plan de communication du territoire", "Communicante"),
        ("inventaire de la faune du territoire communal", "Écologue"),
        ("formation bureautique des agents territoriaux", "Formatrice"),
    ],
)
def test_titles_of_tenders_find_who_does_that(index, title, whose):
    assert names(found(title, index))[0] == whose


@pytest.mark.parametrize("word", ["vannerie", "ébénisterie", "maroquinerie", "lutherie", "reliure", "ferronnerie"])
def test_a_title_outweighs_a_skill_a_skill_outweighs_a_text_and_a_text_is_enough(index, word):
    skill = SkillFactory(name=word.capitalize())
    for number in range(3):
        listed(f"Texte {number}", "Atelier", f"Je pratique la {word}.", nationwide=True)
    listed("Titre", f"Atelier de {word}", nationwide=True)
    listed("Compétence", "Atelier", skills=[skill], nationwide=True)
    listed("Présentation", "Atelier", presentation=f"Un peu de {word}.", nationwide=True)

    order = names(found(word, read_index()))

    assert order[:2] == ["Titre", "Compétence"]
    assert set(order[2:]) == {"Texte 0", "Texte 1", "Texte 2", "Présentation"}


@pytest.mark.parametrize("first", ["verger", "fournil", "herbier", "lavoir", "pressoir"])
@pytest.mark.parametrize("where", ["headline", "public_offer"])
def test_neighbours_outweigh_scattered_words(index, first, where):
    fillers = "qui parle de bien des choses entre autres puis encore d’autres"
    for number in range(3):
        listed(f"Épars {number}", **{where: f"Le conservatoire {fillers} le {first}"})
    listed("Voisins", **{where: f"Le {first} conservatoire"})

    assert names(found(f"{first} conservatoire", read_index()))[0] == "Voisins"


@pytest.mark.parametrize(
    ("typed", "meaning"),
    [
        ("zorglub", "fourbi du soir"),
        ("plan guide", "revitalisation des bourgs"),
        ("bons de tri", "collecte sélective"),
        ("halte douce", "accueil de jour des aînés"),
        ("cour buissonnière", "végétalisation des écoles"),
        ("veille d’eau", "surveillance des nappes"),
    ],
)
def test_a_synonym_of_several_words_answers_as_a_whole(index, typed, meaning):
    Synonym.objects.create(words=typed, meaning=meaning, both_ways=True)
    listed("Tout", f"Métier : {meaning}", nationwide=True)
    listed("Tapé", f"Métier : {typed}", nationwide=True)
    for number, word in enumerate(re.findall(r"\w{4,}", meaning)):
        listed(f"Part {number}", "Divers", f"{word} autrement dit", nationwide=True)

    search = found(typed, read_index())

    assert set(names(search)[:2]) == {"Tout", "Tapé"}
    assert not [name for name in names(search)[2:] if name.startswith("Part")]
    assert set(names(found(meaning, read_index()))[:2]) == {"Tout", "Tapé"}
    assert len(search.need.units) == 1


def test_one_way_is_one_way(index):
    Synonym.objects.create(words="bidule", meaning="fourbi du matin", both_ways=False)
    listed("Sens", "Fourbi du matin", nationwide=True)
    listed("Mot", "Bidule", nationwide=True)
    index = read_index()

    assert set(names(found("bidule", index))) == {"Sens", "Mot"}
    assert names(found("fourbi du matin", index)) == ["Sens"]


@pytest.mark.parametrize("synonyms", [["plan guide"], ["plan guide", "plan de gestion"], ["cadre", "plan directeur"]])
def test_who_heads_with_the_words_comes_before_whose_skill_has_one_among_its_synonyms(index, synonyms):
    skill = SkillFactory(name="Centres-bourgs", synonyms=synonyms)
    for number in range(3):
        listed(f"Synonyme {number}", "Bourgs", skills=[skill], nationwide=True)

    search = found("réunion publique sur le plan d’urbanisme", read_index())

    assert names(search)[0] == "Animateur"
    assert "Synonyme 0" not in names(search)[:2]


def told(search, name):
    [fiche] = [fiche for fiche in Results(search) if fiche.last_name == name]
    return [(reason.name, re.sub(r"</?mark>", "", reason.text)) for reason in fiche.reasons]


@pytest.mark.parametrize(
    "asked", ["scribing", "croquis notes", "pensée visuelle", "synthèse dessinée", "dessin direct"]
)
def test_a_skill_is_told_by_its_name_and_by_what_was_asked_alone(index, asked):
    synonyms = ["scribing", "croquis notes", "pensée visuelle", "synthèse dessinée", "dessin direct"]
    skill = SkillFactory(name="Facilitation essayée", synonyms=synonyms)
    listed("Dessinatrice", "Atelier", skills=[skill], nationwide=True)

    reasons = told(found(asked, read_index()), "Dessinatrice")

    assert ("Compétence", f"Facilitation essayée ({asked})") in reasons


@pytest.mark.parametrize("client", ["Frontignan", "Roujan", "Vendres", "Cazouls", "Maraussan"])
def test_a_client_that_is_named_shows_its_reference_first(index, client):
    fiche = listed("Connue", f"Formation en vannerie, {client}", f"Vannerie de {client}.", nationwide=True)
    ReferenceFactory(co_entrepreneur=fiche, subject="Vannerie ancienne", client__name="Syndicat des Étangs")
    ReferenceFactory(
        co_entrepreneur=fiche, subject="Une journée", client=PublicClientFactory(name=f"Office de {client}")
    )

    reasons = told(found(f"vannerie office {client}", read_index()), "Connue")

    assert reasons[0][0] == "Référence"
    assert f"Office de {client}" in reasons[0][1]


def test_the_reference_that_decided_is_told_even_where_the_headline_answers_too(index):
    fiche = listed("Elle", "Vitrail", "Vitrail et vitraux.", presentation="Des vitraux.", nationwide=True)
    ReferenceFactory(
        co_entrepreneur=fiche, subject="Vitrail de la collégiale Saint-Ours", client__name="Commune d’Ourson"
    )

    reasons = told(found("vitrail collégiale", read_index()), "Elle")

    assert any(name == "Référence" and "collégiale" in text for name, text in reasons)


def test_when_no_fiche_has_all_the_words_those_that_have_most_come_first(index):
    listed("Deux", "Marqueterie des zones humides")
    listed("Trois", "Marqueterie et vannerie des zones humides")
    listed("Une", "Sculpture des zones")

    search = found("marqueterie vannerie zones humides tuffeau sculpture", read_index())

    assert names(search)[0] == "Trois"
    assert any("Aucune fiche ne réunit tous ces mots" in sentence for sentence in understood(search))


def test_beside_the_few_who_answer_all_the_words_those_who_answer_most_come_after(index):
    listed("Deux", "Marqueterie des forges")
    listed("Tous", "Marqueterie des forges et des tourbières")
    index = read_index()

    search = found("marqueterie forges tourbières", index)

    assert names(search) == ["Tous", "Deux"]
    assert understood(search) == ["1 fiche réunit tous ces mots ; les suivantes en réunissent une partie."]
    assert names(found("marqueterie forges tourbières", index, exact="1")) == ["Tous"]


def test_what_is_left_out_is_no_part_of_the_rank(index):
    listed("Accroche", "Dorure, dorure et dorure")
    for n in range(5):
        listed(f"Présentation {n}", presentation="Un peu de dorure.")

    assert names(found("dorure -tuffeau", read_index()))[0] == "Accroche"


def test_the_words_weigh_by_how_few_hold_them(index):
    weights = {unit.typed: unit.weight for unit in read("communication amphibien", index).units}

    assert weights["amphibien"] > 1.5 * weights["communication"]
