"""What the page says of how a need was read; any text gets an answer, for a bounded number of look-ups."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.catalogue.list_page import exact_url, fruitless
from directory.models import FruitlessSearch
from directory.search.need import MAX_TEXT
from directory.search.order import Results
from tests.cast import text_of

from .searches import (
    TRADES,
    codes,
    found,
    listed,
    names,
    plain_spaced,
    read,
    read_as,
    read_index,
    small_catalogue,
    understood,
    unknown,
)

pytestmark = pytest.mark.django_db

# Whatever is typed, it is read with no more look-ups than this: some three for each word that is read.
MOST_LOOK_UPS = 80


@pytest.fixture(scope="module")
def index(kept_for_module, django_db_blocker):
    with django_db_blocker.unblock():
        small_catalogue()
        return read_index()


# --- « Lu comme » --------------------------------------------------------------------------------------------------


def without(search, label):
    """The search that the chip of this label leads to."""
    [link] = [link for link in read_as(search) if link.label == label]
    query = {name: value for name, [value] in parse_qs(urlsplit(link.url).query).items()}
    return found(query.pop("q", ""), search.index, **query)


def parts(search):
    return [link.label for link in read_as(search)]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("traiteur Hérault 55520000", ["traiteur", "Hérault", "CPV 55520000"]),
        ("Traiteur à Béziers", ["Traiteur", "Béziers"]),
        ("menuiserie, traduction, hydrologie", ["menuiserie", "traduction", "hydrologie"]),
        ("réunion publique et cartographie (34)", ["réunion publique", "cartographie", "Hérault"]),
        ("Prestations de traiteur – Occitanie", ["traiteur", "Occitanie"]),
        ("traiteur 34500", ["traiteur", "Béziers"]),
        ("traiteur, moins de 10 000 €", ["traiteur", "moins de 10 000 €"]),
        ("« lumière naturelle » à Rodez", ["« lumière naturelle »", "Rodez"]),
        ("bureautique CPV 805", ["bureautique", "CPV 80500000"]),
        ("l’hydrologie de l’Aude", ["hydrologie", "Aude"]),
    ],
)
def test_it_is_said_part_by_part_and_each_can_be_taken_off(index, text, labels):
    search = found(text, index)

    assert [re.sub(r"\s", " ", label) for label in parts(search)] == labels
    for label in parts(search):
        rest = [kept for kept in parts(search) if kept != label]
        left = without(search, label)
        if len(rest) > 1:
            assert parts(left) == rest
        else:
            need = left.need
            assert len(need.units) + len(need.places) + len(need.cpv) + bool(need.amount) == 1


@pytest.mark.parametrize(
    ("text", "label", "kept"),
    [
        ("cartographie et art", "art", "cartographie"),
        ("photographie, photo", "photo", "photographie"),
        ("menuiserie au menu", "menu", "menuiserie"),
        ("bureautique de bureau", "bureau", "bureautique"),
        ("entretour, tour à Béziers", "tour", "entretour"),
        ("hydrologie Hérault, Hér", "Hérault", "Hér"),
    ],
)
def test_taking_a_word_off_leaves_whole_those_that_hold_its_letters(index, text, label, kept):
    for headline in ("Art", "Photo", "Menu", "Bureau", "Tour", "Entretour", "Hér"):
        listed(headline, headline, nationwide=True)
    search = found(text, read_index())

    [link] = [link for link in read_as(search) if link.label == label]

    left = parse_qs(urlsplit(link.url).query)["q"][0]
    typed = re.findall(r"\w+", text)
    assert re.findall(r"\w+", left) == [word for word in typed if word != label]
    assert kept in left


def test_the_same_word_twice_is_one_part_and_goes_for_good(index):
    search = found("traiteur et traiteur à Rodez", index)

    assert parts(search) == ["traiteur", "Rodez"]
    assert [unit.typed for unit in without(search, "traiteur").need.units] == []


def test_a_corrected_word_can_be_taken_off(index):
    search = found("grafisme à Béziers", index)

    assert len(parts(search)) == 2
    [label] = [label for label in parts(search) if label != "Béziers"]
    assert without(search, label).need.units == []


@pytest.mark.parametrize(
    "text", ["le P.L.U. et le bois", "l’A.M.O. et le bois", "“lumière naturelle” et bois", "é\u00adtude bois"]
)
def test_a_part_whose_letters_were_typed_otherwise_can_be_taken_off(index, text):
    listed("Sigles", "P.L.U. et A.M.O.", "Étude.", nationwide=True)
    search = found(text, read_index())

    for label in parts(search):
        left = without(search, label)
        assert len(left.need.units) < len(search.need.units), label


def test_the_chips_are_links_of_the_page_that_keep_the_other_criteria(index, client):
    page = client.get("/catalogue/", {"q": "traiteur à Béziers", "tri": "nom"}).text

    chips = re.search(r'class="lu-comme".*?</ul>', page, re.DOTALL)[0]
    urls = [html.unescape(url) for url in re.findall(r'href="([^"]*)"', chips)]
    assert len(urls) == 2
    assert all("tri=nom" in url for url in urls)
    assert all(client.get(f"/catalogue/{url}").status_code == 200 for url in urls)


# --- What nobody offers --------------------------------------------------------------------------------------------


def counted():
    return {search.words: search.count for search in FruitlessSearch.objects.all()}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("toiture", ["toiture"]),
        ("Toiture !", ["toiture"]),
        ("toiture et traiteur", ["toiture"]),
        ("couvreur, traiteur et ramonage", ["couvreur", "ramonage"]),
        ("traiteur à Béziers, dératisation", ["deratisation"]),
        ("Prestations de désamiantage", ["prestations de desamiantage"]),
        ("étanchéité étanchéité traiteur", ["etancheite"]),
        ("l’élagage et l’urbanisme", ["elagage"]),
    ],
)
def test_what_nobody_offers_is_counted_without_accents_though_other_words_answered(index, client, text, words):
    client.get("/catalogue/", {"q": text})
    client.get("/catalogue/", {"q": text.upper()})

    assert counted() == dict.fromkeys(words, 2)


@pytest.mark.parametrize(
    "text",
    [
        "traiteur",
        "Prestations de traiteur",
        "traiteur à Béziers",
        "le mois prochain",
        "grafisme",
        "moins de 10 000 €",
        "34",
        "traiteur 06 39 98 00 11",
    ],
)
def test_what_was_answered_is_not(index, client, text):
    client.get("/catalogue/", {"q": text})

    assert counted() == {}


@pytest.mark.parametrize("text", ["06 39 98 00 11", "a.martin@exemple.example", "traiteur a.martin@x.example"])
def test_what_names_a_person_is_never_counted(index, client, text):
    """A table that référents read holds no phone, number or address of anyone."""
    client.get("/catalogue/", {"q": text})

    assert not [words for words in counted() if re.search(r"\d{4}|\d\d \d\d|martin", words)]


def test_the_page_says_what_was_searched_instead(index, client):
    page = text_of(client.get("/catalogue/", {"q": "toiture et traiteur"}))

    assert "Aucune fiche ne dit « toiture » : la recherche porte sur « traiteur »." in plain_spaced(html.unescape(page))


# --- Any text ------------------------------------------------------------------------------------------------------

HOSTILE = [
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
    "''''''",
    '"' * 300,
    '""',
    '" "',
    '"-"',
    "«",
    "» «",
    "-«»",
    "(((((",
    ")(",
    "\\",
    "\\'",
    "' OR 1=1 --",
    "%s %(x)s %%",
    "{0} {x} {{x}}",
    "{% include 'x' %}",
    "<script>alert(1)</script>",
    "&lt;b&gt;&amp;",
    ".....",
    "a.b.c.d.e.f.g.h",
    "A." * 150,
    "a-" * 150,
    "a'" * 150,
    "a&" * 150,
    "+" * 300,
    "C+++++++",
    "#" * 300,
    "é" * 300,
    "e\u0301" * 150,
    "\u0301" * 300,
    "0" * 300,
    "1 " * 150,
    "06 " * 100,
    "34 " * 100,
    "34500 " * 50,
    "€" * 300,
    "1 €" * 100,
    "999999999 €",
    "999999999 k€",
    "0 €",
    "entre 0 et 0 €",
    "80511000 " * 33,
    "cpv cpv cpv 8",
    "cpv 00000000",
    "21340032800018 " * 20,
    "Béziers " * 37,
    "Saint " * 50,
    "saint-" * 50,
    "de la " * 50,
    "Lot " * 75,
    "Lot n°",
    "à " * 150,
    "le mois prochain " * 17,
    "en application du code " * 13,
    "en application " * 20 + "code de la commande publique",
    "٣٤",
    "３４",
    "Ⅳ ½ ² ①",
    "ß ẞ ı İ ŉ ǆ",
    "\ud7ff \ue000 \uffff \U0010ffff",
    "x\u2028y\u2029z\x85w",
    "ʼn’ʼn",
    "https://www.exemple.example/catalogue/?q=traiteur&tri=nom#resultats",
    "/catalogue/?q=traiteur&departement=34&cpv=80511000&" + "competence=graphisme&" * 10,
    "mairie@exemple.example",
    "C:\\Users\\mairie\\Documents\\cahier des charges.docx",
    "2026-01-05T12:00:00Z",
    "3,14159 12.34.56.78 ::1",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_gets_an_answer(index, client, text):
    search = found(text, index)

    assert search.total == len(Results(search)[:])
    assert search.summary
    for told in (understood, read_as, unknown, fruitless):
        assert isinstance(told(search), list)
    assert exact_url(search)
    assert client.get("/catalogue/", {"q": text}).status_code == 200
    assert client.get("/catalogue/", {"q": text, "exact": "1"}).status_code == 200


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.lists(
        st.sampled_from(
            [
                *HOSTILE,
                *TRADES,
                "Béziers",
                "34",
                "(34)",
                "« ",
                " »",
                "-",
                "moins de 10 000 €",
                "80511000",
                "dans le",
                "C++",
            ]
        )
        | st.text(max_size=12),
        max_size=8,
    ).map(" ".join)
)
def test_any_mixture_gets_an_answer(index, text):
    search = found(text, index)

    assert search.total == len(Results(search)[:])
    assert all(isinstance(told(search), list) for told in (understood, read_as, unknown, fruitless))


WORDS_OF_ALL_KINDS = (
    "traiteur zzqx toiture Béziers grafisme co-zorglub éco-zzqx 12 Natura (34) plan guide réunion publique"
)


def fill(words):
    """`MAX_TEXT` characters of these words, again and again."""
    return (f"{words} " * MAX_TEXT)[:MAX_TEXT]


LONG = {
    "words of all kinds": fill(WORDS_OF_ALL_KINDS),
    "letters": " ".join(chr(97 + n % 26) * 2 for n in range(100)),
    "misspellings": fill("grafisme tradution urbanime menuisserie cartografie hidrologie fotographie"),
    "unknown words": " ".join(f"zzq{n:03}x" for n in range(50)),
    "French words": fill("toiture couvreur ramonage élagage vitrage carrelage plomberie chauffage voirie dragage"),
    "compounds": fill("aa-bb-cc-dd-ee-ff-gg-hh éco-zorglub porte-à-porte"),
    "places": fill("Béziers Rodez Saint-Denis Moulins Gap (34) 34500 Occitanie PACA"),
    "villages": fill("Lire Avion Vers Bois Louer Mer Port Place Four Bonne"),
    "numbers": fill("1 22 333 4444 55555 666666 12 34"),
    "named numbers": fill("Natura 2000 Agenda 21 RE 2020"),
    "amounts": fill("1 € 2 € 3 k€"),
    "phones": fill("06 39 98 12 34"),
    "SIRETs": fill("21340032800018 55208131766522"),
    "CPV": fill("80511000 79822500 55520000"),
    "phrases": fill('"a b" "réunion publique" "zz qq"'),
    "exclusions": fill("-aa -bb -cc -dd -traiteur"),
    "quotes": '"' * MAX_TEXT,
    "one letter": "é" * MAX_TEXT,
    "no word": "!?;:" * 75,
    "a title": fill("Accord-cadre à bons de commande de prestations de traiteur, lot n° 3 – commune de Béziers (34)"),
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_whatever_is_typed_is_read_with_a_bounded_number_of_look_ups(index, text):
    index.forget_texts()

    with CaptureQueriesContext(connection) as queries:
        search = found(text, index)
        list(Results(search)[:20])
        understood(search)

    assert len(queries) <= MOST_LOOK_UPS


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="utf-8"), min_size=MAX_TEXT, max_size=MAX_TEXT))
def test_so_are_three_hundred_characters_of_anything(index, text):
    index.forget_texts()

    with CaptureQueriesContext(connection) as queries:
        assert found(text, index).total is not None

    assert len(queries) <= MOST_LOOK_UPS


def test_a_need_that_was_just_read_costs_next_to_nothing(index):
    assert found(LONG["a title"], index).total is not None

    with CaptureQueriesContext(connection) as queries:
        assert found(LONG["a title"], index).total is not None

    assert len(queries) <= 6


# --- A long word ---------------------------------------------------------------------------------------------------

ADDRESS = "https://www.exemple.example/" + "appels-d-offres_" * 15


@pytest.mark.parametrize(
    "text", [ADDRESS, f"traiteur {ADDRESS}", "x" * 280, f"« {'é' * 200} »", "a_b" * 90, ".".join(["mairie"] * 40)]
)
def test_a_pasted_address_stands_as_text_that_can_wrap(index, client, text):
    """No attribute or style forbids it; that it does wrap is for a browser to show."""
    page = client.get("/catalogue/", {"q": text}).text

    assert "white-space: nowrap" not in page
    assert "<pre" not in page
    search = found(text, index)
    assert all(len(sentence) < 4 * MAX_TEXT for sentence in understood(search))


@pytest.mark.parametrize(
    "text", [f"traiteur {ADDRESS}", "traiteur www.exemple.example/cahier.pdf", "traiteur a.b@exemple.example"]
)
def test_an_address_among_the_words_takes_nothing_from_them(index, text):
    search = found(text, index)

    assert names(search)[0] == "Traiteuse"
    assert codes(search.need) == []


def test_reading_never_changes_what_is_shown(index):
    search = found("  Traiteur\t à   Béziers \u00ad ", index)

    assert "« Traiteur à Béziers" in search.summary
    assert read("Traiteur à Béziers", index).places == search.need.places
