import time

import pytest

from directory.tenders.memo.text import blocks, fill, prompts, quotes, runs


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", []),
        ("Rien à adapter.", []),
        ("Un [[délai]] et un [[lieu]].", ["délai", "lieu"]),
        ("[[sur\n deux lignes ]]", ["sur deux lignes"]),
        ("[[]] vide", ["ce passage"]),
        ("un [[ ouvert, puis [[un vrai]]", ["un vrai"]),
        ("[un seul] crochet", []),
    ],
)
def test_prompts_are_what_stands_between_double_brackets(text, left):
    assert prompts(text) == left


def test_a_prompt_that_is_known_is_filled_and_the_others_stay():
    text = fill("Pour [[Acheteur]], sous [[délai]], par [[pilote]].", {"acheteur": "Sète", "pilote": ""})

    assert text == "Pour Sète, sous [[délai]], par [[pilote]]."


def test_a_space_that_does_not_break_stays_in_a_prompt_and_still_answers():
    assert prompts("[[engagement,\n mesurable\u00a0: délai]]") == ["engagement, mesurable\u00a0: délai"]
    assert fill("[[date\u00a0limite]]", {"date limite": "demain"}) == "demain"


def test_runs_part_the_text_from_its_prompts():
    assert runs("Avant [[ici]] après") == [
        {"text": "Avant ", "prompt": False},
        {"text": "ici", "prompt": True},
        {"text": " après", "prompt": False},
    ]


def test_lines_take_their_shape_from_how_they_begin():
    found = blocks("## Titre\n### Dessous\n- un\n• deux\n\nUn paragraphe.\r\nUn autre.\n#sans espace")

    assert [block["style"] for block in found] == [
        "heading2",
        "heading3",
        "item",
        "item",
        "paragraph",
        "paragraph",
        "paragraph",
    ]


def test_rows_make_a_table_whose_rows_are_as_long():
    [table, after, other] = blocks("| A | B |\n|---|---|\n| 1 | [[deux]] | 3 |\n\nTexte\n| seul |")

    assert [len(row) for row in table["rows"]] == [3, 3]
    assert table["rows"][1][1] == [{"text": "deux", "prompt": True}]
    assert after["style"] == "paragraph"
    assert other["rows"] == [[[{"text": "seul", "prompt": False}]]]


@pytest.mark.parametrize(
    "text", ["[[" * 10_000, "|a\n" * 6600, "- x\n" * 5000, "]" * 20_000, "# " * 10_000, "[[x]]. " * 2800]
)
def test_hostile_text_is_cut_in_no_time(text):
    started = time.process_time()

    blocks(text)
    prompts(text)
    quotes(text)

    assert time.process_time() - started < 1
