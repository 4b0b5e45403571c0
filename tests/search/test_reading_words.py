"""What the words of a need say: those of procedure and of action, those that nobody's fiche holds, how each is typed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from directory.catalogue.list_page import exact_url, fruitless
from directory.models import Certification, CoEntrepreneur, Label
from directory.search.lexicon import is_french

from .searches import TRADES, found, listed, names, read, read_index, small_catalogue, understood

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def index(kept_for_module, django_db_blocker):
    with django_db_blocker.unblock():
        small_catalogue()
        listed("Procédurier", "Marché, mission, prestation, accompagnement, étude, élaboration, lot", nationwide=True)
        return read_index()


# --- Procedure and action ------------------------------------------------------------------------------------------

# A trade as it is typed, and whose it is.
OF_A_TRADE = {"traiteur": "Traiteuse", "menuiserie": "Menuisier", "graphisme": "Graphiste", "catalan": "Traductrice"}


@pytest.mark.parametrize(("trade", "whose"), OF_A_TRADE.items())
@pytest.mark.parametrize(
    "title",
    [
        "Prestations de {}",
        "Prestation de service de {}",
        "Marché de prestations de services de {}",
        "Accord-cadre à bons de commande de prestations de {}",
        "accord cadre mono-attributaire à marchés subséquents, {}",
        "Mission d’accompagnement en {}",
        "Réalisation d’une étude de {}",
        "Élaboration et mise en œuvre d’un programme de {}",
        "MAPA – {} – lot n° 1",
        "Marché à procédure adaptée : {} (lot unique)",
        "Groupement de commandes pour {}",
        "Appel d’offres ouvert : marché public de {}",
        "Consultation pour la création d’un dispositif de {}",
        "Marché public de services passé en procédure adaptée relatif à : {}",
        "Avis d’appel public à la concurrence. Objet du marché : {}",
        "Assistance et conseil pour la réalisation de {}",
        "Lot 3 : {}",
        "Lot n°2 – {}",
        "{} - Marché à tranches (tranche ferme et tranche optionnelle)",
        "Accompagnement à l’élaboration d’un projet de {}",
        "Fourniture et prestations de {}, reconductible trois fois",
    ],
)
def test_beside_the_word_of_a_trade_those_of_procedure_and_action_hardly_weigh(index, title, trade, whose):
    search = found(title.format(trade), index)

    assert names(search)[:1] == [whose]
    assert search.need.corrections == {}
    assert search.need.missing == []


@pytest.mark.parametrize("text", ["marché", "Prestations", "mission d’étude", "élaboration", "accompagnement", "lot"])
def test_alone_they_are_what_is_searched(index, text):
    search = found(text, index)

    assert "Procédurier" in names(search)
    assert search.need.units
    assert search.need.missing == []


@pytest.mark.parametrize(
    "text",
    [
        "Prestation",
        "prestations",
        "Accord-cadre à bons de commande",
        "MAPA",
        "groupement de commandes",
        "appel d’offres",
        "mise en œuvre",
        "réalisation",
        "consultation",
        "marché subséquent",
    ],
)
def test_a_word_of_procedure_is_never_taken_for_a_misspelling(index, text):
    assert read(text, index).corrections == {}


@pytest.mark.parametrize(
    "text", ["Prestations de couvreur", "Marché de désamiantage", "Mission de géomètre-topographe"]
)
def test_beside_a_trade_that_nobody_has_they_find_nobody(index, text):
    search = found(text, index)

    assert search.total == 0
    assert search.need.missing


# --- Words that French knows ---------------------------------------------------------------------------------------

# Each near the word of a fiche: in a small catalogue, what would tempt.
TEMPTING = {
    "primaires": "primaire",
    "opérationnelle": "relationnelle",
    "toiture": "voiture",
    "couvreur": "couleur",
    "prestations": "stations",
    "maraîchage": "marchage",
    "ramonage": "ramage",
    "vitrage": "virage",
    "carrelage": "carrelets",
    "plomberie": "plombier",
    "chauffage": "chauffeur",
    "voirie": "voilier",
    "dragage": "draps",
    "étanchéité": "étanche",
    "serrurerie": "serrures",
    "gardiennage": "gardien",
    "blanchisserie": "blanchisseuse",
    "fossoyeur": "fossés",
}


@pytest.fixture(scope="module")
def tempted(index, django_db_blocker):
    with django_db_blocker.unblock():
        listed("Voiture", "Stations, voiture, maires, couleur, relationnelle", "Virage, ramage, marchands, carrelets.")
        listed("Maire", "Voilier, chauffeur, gardien, serrure, draps", "Fossés, blanchir, étanche, plombs.")
        return read_index()


@pytest.mark.parametrize("word", [word for word in TEMPTING if word != "prestations"])
def test_a_word_that_french_knows_is_never_corrected_but_said_and_counted(tempted, word):
    search = found(word, tempted)

    if search.need.units:
        pytest.fail(f"{word} is held here: {names(search)}")
    assert search.need.corrections == {}
    assert search.need.missing == [word]
    assert search.total == 0
    assert f"Aucune fiche ne dit « {word} »." in understood(search)
    assert fruitless(search) == [word]


@pytest.mark.parametrize("word", ["toiture", "couvreur", "primaires", "opérationnelle", "étanchéité", "ramonage"])
@pytest.mark.parametrize(
    "text", ["{} et traiteur", "traiteur, {}", "Prestations de traiteur pour {}", "{} traiteur 34"]
)
def test_it_is_said_and_counted_though_other_words_answered(tempted, word, text):
    search = found(text.format(word), tempted)

    assert names(search)[0] == "Traiteuse"
    assert f"Aucune fiche ne dit « {word} » : la recherche porte sur « traiteur »." in understood(search)
    assert fruitless(search) == [word]


def test_several_are_said_together(tempted):
    search = found("couvreur, ramonage et étanchéité pour un traiteur", tempted)

    [said] = [sentence for sentence in understood(search) if sentence.startswith("Aucune fiche ne dit")]
    assert "« couvreur », « ramonage » ni « étanchéité »" in said
    assert fruitless(search) == ["couvreur", "ramonage", "étanchéité"]


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("grafisme", "graphisme"),
        ("tradution", "traduction"),
        ("urbanime", "urbanisme"),
        ("hidrologie", "hydrologie"),
        ("menuisserie", "menuiserie"),
        ("cartografie", "cartographie"),
        ("fotographie", "photographie"),
        ("compétance", "competences"),
        ("bureautik", "bureautique"),
    ],
)
def test_what_is_not_french_is_corrected_to_what_a_fiche_says_and_it_is_said(index, typed, known):
    assert not is_french(typed)

    search = found(typed, index)

    assert list(search.need.corrections) == [typed]
    assert search.total
    assert any(f"Aucune fiche ne contient « {typed} »" in sentence for sentence in understood(search))
    assert exact_url(search).endswith("&exact=1")
    assert found(typed, index, exact="1").total == 0
    corrected = search.need.corrections[typed]
    assert corrected.rstrip("s") == known.rstrip("s")


def test_the_name_of_someone_who_left_is_never_suggested(index):
    fiche = listed("Bakayoko", "Vannerie")
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(client_public=False)

    assert read("Bakayokz", read_index()).corrections == {}


def test_a_label_is_searched_by_its_name_while_it_is_valid(index):
    label = Label.objects.create(slug="zorglub", name="Zorglub")
    expired = timezone.localdate() - timedelta(days=1)
    for name, expires_on in [("Valable", None), ("Expiré", expired)]:
        Certification.objects.create(co_entrepreneur=listed(name), label=label, proof="x.pdf", expires_on=expires_on)

    assert names(found("zorglub", read_index())) == ["Valable"]


# --- How words are typed -------------------------------------------------------------------------------------------

ACRONYMS = ["P.L.U.", "A.M.O.", "C.C.A.S.", "R.G.P.D.", "D.I.C.R.I.M.", "S.I.G", "É.P.C.I.", "U.X."]


@pytest.mark.parametrize("dotted", ACRONYMS)
def test_dotted_letters_are_an_acronym_in_the_need_and_in_the_fiche(index, dotted):
    plain = dotted.replace(".", "")
    listed("Pointée", f"Spécialiste {dotted} depuis longtemps", nationwide=True)
    listed("Nue", f"Spécialiste {plain} depuis longtemps", nationwide=True)
    listed("Fin", "Tout autre chose", f"Je connais le {dotted}", nationwide=True)
    listed("Lettres", "Vers A. B. C. de P. à L. puis U. O’Brien", nationwide=True)
    index = read_index()

    for text in [dotted, plain, plain.lower(), dotted.lower(), f"Révision du {dotted} communal", f"({dotted})"]:
        search = found(text, index)
        assert {"Pointée", "Nue", "Fin"} <= set(names(search)), text
        assert "Lettres" not in names(search)[:3], text
        assert search.need.missing == [word for word in search.need.missing if word == "révision"], text


COMPOUNDS = [
    ("co-développement", "codéveloppement"),
    ("éco-conception", "écoconception"),
    ("socio-culturel", "socioculturel"),
    ("bio-déchets", "biodéchets"),
    ("inter-générationnel", "intergénérationnel"),
    ("auto-construction", "autoconstruction"),
    ("micro-crèche", "microcrèche"),
    ("télé-travail", "télétravail"),
    ("agro-écologie", "agroécologie"),
    ("pluri-disciplinaire", "pluridisciplinaire"),
]


@pytest.mark.parametrize(("hyphened", "whole"), COMPOUNDS)
def test_a_compound_is_one_word_however_it_is_hyphened_in_the_need_or_in_the_fiche(index, hyphened, whole):
    listed("Tiret", f"Ateliers de {hyphened}", nationwide=True)
    listed("Soudée", f"Ateliers de {whole}", nationwide=True)
    index = read_index()
    texts = [hyphened, whole, hyphened.upper(), whole.capitalize()]
    texts += [hyphened.replace("-", sign) for sign in "‐‑–− "] + [f"atelier de {hyphened}", f"l’{whole}"]

    for text in texts:
        assert {"Tiret", "Soudée"} <= set(names(found(text, index))), text


@pytest.mark.parametrize("spelling", ["porte-à-porte", "porte à porte", "Porte‑à‑porte", "PORTE-À-PORTE"])
def test_a_compound_of_several_words_is_found_spaced_or_not(index, spelling):
    listed("Collecte", "Enquêtes en porte-à-porte", nationwide=True)
    listed("Espacée", "Enquêtes en porte à porte", nationwide=True)

    assert set(names(found(spelling, read_index()))[:2]) == {"Collecte", "Espacée"}


QUOTES = ['"{}"', "“{}”", "« {} »", "«{}»", "„{}“", "«\u202f{}\u202f»", "«\xa0{}\xa0»", "‟{}”", "‹{}›"]


@pytest.mark.parametrize("quotes", QUOTES)
@pytest.mark.parametrize(
    ("phrase", "whose"),
    [
        ("former les agents", "Formatrice"),
        ("réunion publique", "Animateur"),
        ("cartes communales", "Urbaniste"),
        ("plan de communication", "Communicante"),
        ("lumière naturelle", "Photographe"),
    ],
)
def test_every_quotation_mark_makes_a_phrase(index, quotes, phrase, whose):
    assert names(found(quotes.format(phrase), index)) == [whose]


@pytest.mark.parametrize("quotes", QUOTES)
def test_a_phrase_that_nobody_says_is_read_as_words(index, quotes):
    search = found(quotes.format("agents former"), index)

    assert "Formatrice" in names(search)


@pytest.mark.parametrize("dash", ["-", "–", "—", "−", "‒", "‐", "‑", "―"])
@pytest.mark.parametrize("gap", ["", " "])
def test_a_dash_that_stands_alone_excludes_nobody_and_one_that_clings_excludes(index, dash, gap):
    listed("Bis", "Hydrologie des étangs", nationwide=True)

    order = names(found(f"hydrologie {dash}{gap}rivières", read_index()))

    assert order[0] == ("Hydrologue" if gap else "Bis")
    assert ("Hydrologue" in order) == bool(gap)


@pytest.mark.parametrize(
    "text",
    ["– bureautique", "Lot 1 – bureautique", "formation – bureautique – tableur", "— bureautique", "-- bureautique"],
)
def test_a_title_with_dashes_excludes_nobody(index, text):
    search = found(text, index)

    assert search.need.excluded == []
    assert names(search)[0] == "Formatrice"


@pytest.mark.parametrize("sign", ["'", "’", "ʼ", "‘", "´", "`", "′", "＇"])
@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("l{}hydrologie", "Hydrologue"),
        ("étude d{}urbanisme", "Urbaniste"),
        ("qu{}une traduction", "Traductrice"),
        ("j{}anime", "Animateur"),
        ("atelier d{}inventaires", "Écologue"),
    ],
)
def test_every_apostrophe_splits(index, sign, text, whose):
    search = found(text.format(sign), index)

    assert names(search)[0] == whose
    assert all(sign not in word for word in search.need.missing)


@pytest.mark.parametrize(
    ("typed", "written", "other"),
    [
        ("C++", "Développement C++", "Développement C"),
        ("c++", "Programmes en C++, entre autres", "Programmes en C"),
        ("C#", "Développement C#", "Développement C"),
        ("F#", "Développement F#", "Développement F"),
        ("R&D", "Bureau de R&D", "Bureau R D"),
        (".NET", "Applications .NET", "Applications net et propres"),
        (".net", "Applications (.NET)", "Filet net"),
        ("S&P", "Cabinet S&P", "Cabinet"),
    ],
)
def test_a_word_keeps_its_signs(index, typed, written, other):
    listed("Avec", written, nationwide=True)
    listed("Sans", other, nationwide=True)
    index = read_index()

    for text in [typed, f"({typed})", f"{typed}.", f"développement {typed}", f"{typed}, formation"]:
        search = found(text, index)
        assert search.total < len(index.published), text
        assert search.need.missing == [], text
        assert names(search)[0] in {"Avec", "Formatrice"}, text
        assert "Avec" in names(search), text
    assert names(found(typed, index)) == ["Avec"]


@pytest.mark.parametrize("text", ["C++", "C#", "R&D", ".NET", "F#"])
def test_a_word_with_signs_that_nobody_says_finds_nobody_and_is_said(index, text):
    search = found(text, index)

    assert search.total == 0
    assert any(text in sentence for sentence in understood(search))


INVISIBLE = ["\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u200e", "\u202a", "\u180e", "\u061c"]


@pytest.mark.parametrize("sign", INVISIBLE)
def test_invisible_signs_are_nothing_in_the_need_nor_in_the_fiche(index, sign):
    listed("Parasitée", f"Maro{sign}quinerie", f"Sellerie {sign} d’art{sign}", nationwide=True)
    listed("Nette", "Maroquinerie", "Sellerie d’art", nationwide=True)
    index = read_index()

    for text in ["maroquinerie", f"maro{sign}quinerie", f"{sign}maroquinerie{sign}", f"sellerie{sign} d’{sign}art"]:
        search = found(text, index)
        assert set(names(search)) == {"Parasitée", "Nette"}, text
        assert search.need.missing == [], text
        assert len(search.need.units) == (2 if " " in text else 1)


@pytest.mark.parametrize("name", TRADES)
def test_a_headline_is_read_whatever_its_letters_and_signs(index, name):
    headline = TRADES[name][0]

    for text in [headline, headline.upper(), f"« {headline} »", headline.replace(" ", "\xa0"), f"{headline} !?…"]:
        assert names(found(text, index))[0] == name, text


# --- What asks, and what is set aside ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("Bonjour, je cherche quelqu’un pour les rivières ?", "Hydrologue"),
        ("une dame qui fait des buffets", "Traiteuse"),
        ("il nous faut refaire les fenêtres le mois prochain", "Menuisier"),
        ("Bonjour, nous cherchons un monsieur pour des portraits, merci", "Photographe"),
        ("Auriez-vous quelqu’un pour une traduction du catalan svp", "Traductrice"),
        ("on voudrait un buffet pour mars, urgent", "Traiteuse"),
        ("Pouvez-vous nous trouver un menuisier rapidement ?", "Menuisier"),
        ("besoin d’une cartographie d’ici fin janvier", "Cartographe"),
        ("gens pour l’hydrologie, la semaine prochaine", "Hydrologue"),
        ("quelqu'un de bien pour animer une réunion publique en septembre 2026", "Animateur"),
    ],
)
def test_words_that_only_ask_and_months_are_set_aside(index, text, whose):
    search = found(text, index)

    assert names(search)[0] == whose
    assert search.need.missing == []
    assert search.need.corrections == {}
    assert {unit.typed.lower() for unit in search.need.units}.isdisjoint(
        {"mois", "prochain", "prochaine", "dame", "quelqu’un", "quelqu'un", "monsieur", "janvier", "mars", "septembre"}
    )


@pytest.mark.parametrize(
    "aside", ["le mois prochain", "en janvier", "une dame", "quelqu’un", "la semaine prochaine", "en septembre 2026"]
)
def test_what_is_set_aside_is_said(index, aside):
    search = found(f"menuiserie {aside}", index)

    said = " ".join(understood(search))
    word = aside.split()[-1] if "2026" not in aside else "septembre"
    assert "Laissé de côté" in said
    assert f"« {word} »" in said or word in said


@pytest.mark.parametrize("text", ["les", "le mois prochain", "une dame", "quelqu’un", "janvier", "bonjour", "pour les"])
def test_what_only_asks_finds_nobody_in_particular_and_is_no_misspelling(index, text):
    need = read(text, index)

    assert need.corrections == {}
    assert need.missing == []
