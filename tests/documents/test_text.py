import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.documents.prose import prose
from directory.documents.text import BREAK, HARD, THIN, blocks, clip, fit, plain, typeset, width


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Un besoin ? Oui ! Bien ; très bien.", f"Un besoin{THIN}? Oui{THIN}! Bien{THIN}; très bien."),
        ("Un besoin? Oui!", f"Un besoin{THIN}? Oui{THIN}!"),
        ("Objet : étude", f"Objet{HARD}: étude"),
        ("Objet: étude", f"Objet{HARD}: étude"),
        ("Le « besoin » et le «besoin»", f"Le «{HARD}besoin{HARD}» et le «{HARD}besoin{HARD}»"),
        ('Le "plan vélo", dit-on', f"Le «{HARD}plan vélo{HARD}», dit-on"),
        ("l'accueil d'aujourd'hui", "l’accueil d’aujourd’hui"),
        ("et la suite...", "et la suite…"),
        ("de 15 000 à 40 000 € HT", f"de 15{THIN}000 à 40{THIN}000{HARD}€{HARD}HT"),
        ("50% en 3 jours, soit 12 km", f"50{HARD}% en 3{HARD}jours, soit 12{HARD}km"),
        ("34000 Montpellier", f"34000{HARD}Montpellier"),
        ("à 10:30, https://example.org/?a=1;b", "à 10:30, https://example.org/?a=1;b"),
        ("732 829 320 00074", f"732{THIN}829{THIN}320 00074"),
        ("Français déjà juste : oui !", f"Français déjà juste{HARD}: oui{THIN}!"),
    ],
)
def test_what_is_typed_is_printed_by_french_typography(typed, printed):
    assert typeset(typed) == printed


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("a\0b\x07c\ud800", "abc"),
        ("\ufeffa\u202eb\u2066c\u00ad", "abc"),
        ("fin\r\ndébut\u2028suite", "fin\ndébut\nsuite"),
        ("\ue000\ufffe", "□□"),
        ("e\u0301", "é"),
        ("👍🏽", "👍"),
        ("e" + "\u0336" * 50, "e" + "\u0336" * 3),
    ],
)
def test_what_cannot_be_printed_does_not_stay(typed, printed):
    assert plain(typed) == printed


@given(st.text())
def test_any_text_is_one_line_of_which_no_word_is_too_wide_for_a_column(typed):
    words = typeset(typed)

    assert "\n" not in words
    assert all(width(piece) <= 60 for word in words.split() for piece in word.split(BREAK))


@given(st.text(), st.integers(min_value=0, max_value=200))
def test_a_clipped_text_is_no_wider_than_asked_but_for_its_ellipsis(typed, most):
    assert width(clip(typed, most)) <= most + width("…")


def test_a_text_is_clipped_at_a_word():
    assert clip("Une étude de la mobilité", 20) == "Une étude de la…"


def test_lines_are_paragraphs_and_dashes_are_a_list():
    found = blocks("Une étude.\n\n- un atelier\n* un rapport\nEt la suite.")

    assert found == [
        {"type": "paragraph", "runs": [{"text": "Une étude."}]},
        {"type": "list", "items": [[{"text": "un atelier"}], [{"text": "un rapport"}]]},
        {"type": "paragraph", "runs": [{"text": "Et la suite."}]},
    ]


def test_a_text_fitted_in_a_room_keeps_its_beginning_and_says_that_it_was_cut():
    content = blocks("Un premier paragraphe.\nUn second paragraphe.\n- un point")

    kept, whole = fit(content, 85)

    assert not whole
    assert [block["runs"][0]["text"] for block in kept] == ["Un premier paragraphe.", "Un second…"]


def test_a_text_that_has_room_is_kept_whole():
    content = prose("## Titre\n\nUn **mot**.\n\n| a | b |\n| - | - |\n| 1 | 2 |")

    assert fit(content, 10_000) == (content, True)


def test_markdown_becomes_blocks_whose_headings_skip_no_level():
    found = prose(
        "Début : **gras** et *souple*.\n\n## Un\n\n#### Deux\n\n1. a\n2. b\n\n> cité\n\n[lien](/aide/) ![x](y)"
    )

    assert [(block["type"], block.get("level")) for block in found] == [
        ("paragraph", None),
        ("heading", 2),
        ("heading", 3),
        ("numbers", None),
        ("paragraph", None),
        ("paragraph", None),
    ]
    assert found[0]["runs"] == [
        {"text": f"Début{HARD}: "},
        {"text": "gras", "strong": True},
        {"text": " et "},
        {"text": "souple", "emph": True},
        {"text": "."},
    ]
    assert found[5]["runs"][0]["link"].endswith("/aide/")
    assert found[5]["runs"][0]["link"].startswith("http")
