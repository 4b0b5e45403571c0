"""A sourcing record that was closed, as the buyer files it: need, searches, who is kept, who isn't, the rules."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from crealead.words import counted, first_line, moment

from .identity import SIZE, common
from .text import BREAK, blocks, clip, typeset
from .typesetting import render

# How many stand side by side on a page.
ABREAST = 5
# Of what stands in a narrow column, in letters; the annex has the whole of what is cut, and so have the files.
MOST_LINES, LONGEST_LINE = 12, 220
NOTHING = "–"
ROWS = [
    ("Accroche", "headline"),
    ("Compétences", "skills"),
    ("Zone d’intervention", "zone"),
    ("Références publiques", "references"),
    ("Labels", "labels"),
    ("Note de l’acheteur", "note"),
]


def render_record(data, *, fingerprint):
    """The PDF of a frozen record: the same bytes for the same data, dated from the day it was closed.

    Args:
        data: what was frozen (`sourcing.record.frozen.snapshot`), whoever was masked in it since.
        fingerprint: of the data as they were frozen.

    Raises:
        DocumentError: when it can't be made.
    """
    return render("record", record_data(data, fingerprint))


def record_data(data, fingerprint):
    """All that it prints, as JSON can hold it."""
    closed_at = timezone.localtime(datetime.fromisoformat(data["closed_at"]))
    need, kept, aside = data["need"], data["kept"], data["set_aside"]
    subject = first_line(need["need"])
    number_aside, number_left = sum(line["count"] for line in aside), data["without_reason"]["count"]
    return {
        **common(
            title=f"Dossier de sourçage : {subject}",
            label="Dossier de sourçage",
            running=f"Dossier de sourçage – {clip(subject, 90)}",
            today=closed_at.date(),
        ),
        "size": SIZE,
        "subject": clip(typeset(subject.rstrip("."), otherwise="Besoin sans objet"), 220),
        "closed_at": typeset(f"Clos le {moment(closed_at)}"),
        "need": blocks(need["need"]),
        "facts": _facts(
            ("Organisme", need["organisation"]),
            ("Codes CPV", " ; ".join(need["cpv"])),
            ("Montant estimé", need["amount"]),
            ("Cocontractant pour tous", f"{data['cooperative']['name']}, {data['cooperative']['legal_form']}"),
        ),
        "figures": [
            {"number": str(number), "words": words}
            for number, words in [
                (len(data["searches"]), "recherche" if len(data["searches"]) == 1 else "recherches"),
                (data["answered"], "fiche trouvée" if data["answered"] == 1 else "fiches trouvées"),
                (len(kept), "gardée" if len(kept) == 1 else "gardées"),
                (number_aside, "écartée, avec motif" if number_aside == 1 else "écartées, avec motif"),
                (number_left, "sans motif"),
            ]
        ],
        "gone": typeset(
            counted(data["gone"], "fiche trouvée a quitté", "fiches trouvées ont quitté") + " le catalogue entre-temps."
        )
        if data["gone"]
        else "",
        "searches": [_search(search) for search in data["searches"]],
        "kept": [_abreast(kept[start : start + ABREAST]) for start in range(0, len(kept), ABREAST)],
        "annex": [
            {"title": f"{fiche['place']}. {_title(fiche)}", "parts": parts}
            for fiche in kept
            if (parts := _in_full(fiche))
        ],
        "set_aside": [
            {
                "label": typeset(line["label"] or "Une par une"),
                "reason": typeset(line["reason"]),
                "words": blocks(line["words"]),
                "count": counted(line["count"], "fiche", "fiches"),
                "names": _names(line),
            }
            for line in aside
        ],
        "without_reason": _names(data["without_reason"]) if number_left else "",
        "number_left": counted(number_left, "fiche", "fiches"),
        "rules": _rules(data["rules"]),
        "fingerprint": [fingerprint[start : start + 16] for start in range(0, len(fingerprint), 16)],
        "check_url": f"{settings.SITE_URL}{reverse('sourcing:record_check')}?empreinte={fingerprint}",
        "check_words": f"{settings.SITE_URL}{reverse('sourcing:record_check')}".replace("/", f"/{BREAK}"),
    }


def _facts(*facts):
    return [{"name": name, "value": typeset(value)} for name, value in facts if value]


def _search(search):
    order = ", ".join(filter(None, [search["order"], search["version"] and f"catalogue {search['version']}"]))
    return {
        "sentence": typeset(search["sentence"]),
        "made_at": typeset(search["made_at"]),
        "order": typeset(order),
        "url": settings.SITE_URL + search["address"] if search["address"] else "",
    }


def _abreast(fiches):
    """Some of those kept, side by side."""
    return {
        "heads": [
            {
                "place": str(fiche["place"]),
                "name": typeset(fiche["name"]),
                "trade_name": typeset(fiche["trade_name"]),
                "gone": typeset(fiche["gone"]),
            }
            for fiche in fiches
        ],
        "rows": [
            {"label": label, "cells": [_cell(fiche[column]) for fiche in fiches]}
            for label, column in ROWS
            if any(fiche[column] for fiche in fiches)
        ],
    }


def _lines(value):
    return [words for line in (value.splitlines() if isinstance(value, str) else value) if (words := typeset(line))]


def _cell(value):
    lines = _lines(value)
    shown = [clip(line, LONGEST_LINE) for line in lines[:MOST_LINES]]
    more = len(lines) - len(shown)
    return [*shown, *([f"et {more} de plus, en annexe"] if more > 0 else [])] or [NOTHING]


def _in_full(fiche):
    """Its offer, which stands in no column, and all of what its column cuts."""
    parts = [("Offre", fiche["offer"])] + [
        (label, fiche[column]) for label, column in ROWS if _cell(fiche[column]) != (_lines(fiche[column]) or [NOTHING])
    ]
    return [
        {"label": label, "content": content}
        for label, value in parts
        if (content := blocks(value) if isinstance(value, str) else blocks("\n".join(value), listed=True))
    ]


def _title(fiche):
    return typeset(", ".join(filter(None, [fiche["name"], fiche["trade_name"]])))


def _names(line):
    names = [", ".join(filter(None, [fiche["name"], fiche["trade_name"]])) for fiche in line["fiches"]]
    more = line["count"] - len(names)
    return typeset(" ; ".join(names) + (f" ; et {more} autres" if more > 0 else "") + ".") if names else ""


def _rules(rules):
    return {
        "on": typeset(f"Règles en vigueur le {rules['on']}"),
        "articles": [{"title": article["title"], "text": typeset(article["text"])} for article in rules["articles"]],
        "thresholds": [
            {
                "label": typeset(threshold["label"]),
                "amount": typeset(threshold["amount"]),
                "since": typeset(f"depuis le {threshold['since']}"),
                "source": typeset(", ".join(filter(None, [threshold["article"], threshold["source"]]))),
            }
            for threshold in rules["thresholds"]
        ],
        "estimate": typeset(rules["estimate"]),
    }
