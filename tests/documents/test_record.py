"""The PDF of a closed sourcing record: what its narrow columns cut stands whole in its annex."""

import re

import pytest

from directory.documents import record
from directory.documents.text import BREAK, typeset

from .pdf import opened
from .words import HOSTILE, PROSE

FINGERPRINT = "0123456789abcdef" * 4
LISTS = ["skills", "zone", "references", "labels"]
TEXTS = ["headline", "note", "offer"]
MOST, LONGEST = record.MOST_LINES, record.LONGEST_LINE


def frozen(*kept):
    """What was frozen of a record that kept these, each as what it says beside its name."""
    blank = dict.fromkeys(TEXTS, "") | {name: [] for name in LISTS}
    return {
        "closed_at": "2026-11-28T09:05:00+01:00",
        "need": {"need": "Former les agents d’accueil.", "organisation": "", "cpv": [], "amount": ""},
        "cooperative": {"name": "Crealead", "legal_form": "SCOP"},
        "searches": [],
        "answered": len(kept),
        "gone": 0,
        "kept": [
            blank | {"place": place, "name": f"Personne {place}", "trade_name": "", "gone": ""} | said
            for place, said in enumerate(kept, 1)
        ],
        "set_aside": [],
        "without_reason": {"count": 0, "fiches": []},
        "rules": {"on": "28 novembre 2026", "articles": [], "thresholds": [], "estimate": ""},
    }


def rendered(data):
    return opened(record.record_data(data, FINGERPRINT), lambda printed: record.render("record", printed))


def bare(text):
    return re.sub(rf"[\s{BREAK}]", "", text)


def words_of(pdf, data):
    """All that it says but what each page repeats, without spaces: where lines end says nothing."""
    printed = record.record_data(data, FINGERPRINT)
    words = bare(pdf.text)
    for repeated in (printed["running"], printed["cooperative"]["identity"]):
        words = words.replace(bare(repeated), "")
    return re.sub(r"Page\d+sur\d+", "", words)


def lines_in(data):
    """Each line of each part of each fiche kept, as it is printed."""
    for fiche in data["kept"]:
        for name in TEXTS + LISTS:
            for line in fiche[name].split("\n") if isinstance(fiche[name], str) else fiche[name]:
                yield fiche["place"], name, bare(typeset(line.removeprefix("- ")))


def said(mark, number, letters):
    """Every part of a fiche in so many lines of so many letters, none of them the same."""
    lines = {
        name: [
            (f"{mark} {name} {rank} a dit " + PROSE * 12)[:letters].strip() + f" fin{rank}." for rank in range(number)
        ]
        for name in TEXTS + LISTS
    }
    return lines | {name: "\n".join(lines[name]) for name in TEXTS}


@pytest.mark.parametrize(
    "kept",
    [
        [said("A", 1, LONGEST - 40)],
        [said("A", 1, LONGEST), said("B", 1, LONGEST + 1), said("C", 1, 1000)],
        [said("A", MOST, 30), said("B", MOST + 1, 30), said("C", 40, 30)],
        # More than stand side by side, and some say nothing.
        [*(said(mark, 3, 300) for mark in "ABCDE"), {}, said("F", 14, 250), {}],
    ],
    ids=["whole", "long lines", "many lines", "several pages"],
)
def test_each_line_of_each_part_of_each_fiche_kept_is_whole_in_the_pdf(kept):
    data = frozen(*kept)

    words = words_of(rendered(data), data)

    assert [line for line in lines_in(data) if line[-1] not in words] == []


@pytest.mark.parametrize("column", [column for _, column in record.ROWS])
def test_what_one_cell_cuts_is_under_its_own_fiche(column):
    long = PROSE * 5 + "Et voilà la fin."
    data = frozen({}, {column: [long] if column in LISTS else long}, {})

    [fiche] = record.record_data(data, FINGERPRINT)["annex"]

    assert fiche["title"] == "2. Personne 2"
    assert [part["label"] for part in fiche["parts"]] == [dict(map(reversed, record.ROWS))[column]]
    assert bare(long) in words_of(rendered(data), data)


def test_what_fits_its_column_is_said_once():
    printed = record.record_data(frozen(said("A", MOST, 60) | {"offer": ""}), FINGERPRINT)

    assert printed["annex"] == []


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_whatever_was_noted_makes_a_tagged_file_the_same_each_time(hostile):
    data = frozen({"note": hostile[:1000]}, {"references": [hostile[:600]] * 14})

    pdf, again = rendered(data), rendered(data)

    assert pdf.failures == []
    assert pdf.content == again.content
