"""The technical memo as a Word document.

`charter/` holds the parts of a .docx, unpacked so that they can be read and compared; packed, it is a template that
Word opens: `cd directory/tenders/memo/charter && zip -r charter.docx .`.
"""

import re
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from crealead.words import sayable
from directory.documents.archive import pack, unpack
from directory.models import SectionKind

from .data import remaining
from .text import blocks, runs

CHARTER = Path(__file__).parent / "charter"
# A .docx begins with what says the types of the rest.
FIRST_PART = "[Content_Types].xml"
# Longest text of a document property, and of the line on top of each page.
MOST_PROPERTY, MOST_RUNNING = 255, 70
MOST_PROMPT = 200
# A space that no line breaks at: inside a number, and before its unit.
NUMBER_SPACE = re.compile(r"(?<=\d) (?=\d|€)")


def render_memo(data):
    """The memo of `memo_data`, as the bytes of a .docx; the same data gives the same bytes."""
    document = DocxTemplate(BytesIO(_charter()))
    # What was typed is never read as a template: the environment writes each value as the text that it is.
    environment = Environment(autoescape=True, finalize=_literal, undefined=StrictUndefined)
    document.render(_context(data), environment)
    _number_bookmarks(document)
    _describe(document.core_properties, data)
    out = BytesIO()
    document.save(out)
    return pack(unpack(out.getvalue()))


@cache
def _charter():
    files = {path.relative_to(CHARTER).as_posix(): path.read_bytes() for path in CHARTER.rglob("*") if path.is_file()}
    return pack([(FIRST_PART, files.pop(FIRST_PART)), *sorted(files.items())])


def _literal(value):
    """A value as XML text, whatever it holds; docxtpl would take « {_{ » for its own way to write « {{ »."""
    text = escape(sayable(str(value)))
    return Markup(re.sub(r"(?<=\{)_|_(?=\})|(?<=%)_|_(?=%)", "&#95;", text))  # noqa: S704


def _context(data):
    cooperative, consultation = data["cooperative"], data["consultation"]
    parts, team = _parts(data["parts"]), _team(data["team"])
    left = remaining(data["parts"])
    return data | {
        "running_title": _cut(consultation["subject"], MOST_RUNNING),
        "facts": _facts(
            ("Acheteur", consultation["buyer"]),
            ("Référence", consultation["reference"]),
            ("Lot", consultation["lot"]),
            ("Remise des offres", consultation["deadline"]),
            ("Fin prévue du marché", consultation.get("contract_ends_on", "")),
            ("Lieux d’exécution", consultation.get("departments", "")),
            ("Candidat", f"{cooperative['name']}, {cooperative['legal_form']}"),
            ("Pilote de l’offre", data["lead"]),
            ("Téléphone", data.get("lead_phone", "")),
            ("Adresse électronique", data.get("lead_email", "")),
        ),
        "identity": _facts(
            ("Dénomination", cooperative["name"]),
            ("Forme juridique", f"{cooperative['legal_form']}, {cooperative['capital']}"),
            ("SIRET", cooperative["siret_spaced"]),
            ("Immatriculation", cooperative["rcs"]),
            ("Siège", cooperative["address"]),
            ("Téléphone", cooperative["phone"]),
            ("Adresse électronique", cooperative["email"]),
        ),
        "parts": parts,
        "contents": _contents(parts, team, has_remaining=bool(left)),
        "team": team,
        "references": [
            reference | {"by": ", ".join(reference["by"]), "amount": NUMBER_SPACE.sub("\u00a0", reference["amount"])}
            for reference in data["references"]
        ],
        "annexes": _annexes(data),
        "remaining": [
            {
                "title": part["title"],
                "count": len(part["quotes"]),
                "prompts": "\n".join(
                    f"• {quote['before']}[{_cut(quote['prompt'], MOST_PROMPT)}]{quote['after']}"
                    for quote in part["quotes"]
                ),
            }
            for part in left
        ],
        "remaining_words": _remaining_words(sum(len(part["quotes"]) for part in left)),
    }


def _facts(*pairs):
    return [{"name": name, "value": value} for name, value in pairs if value]


def _parts(written):
    """The parts, their text cut into blocks; what the cooperative knows goes with the first part about it."""
    told, parts = set(), []
    for number, part in enumerate(written, 1):
        text = _laid_out(blocks(part["body"]), title=runs(part["title"]))
        for index, block in enumerate(text):
            block["anchor"] = f"_Toc{number}_{index}"
        parts.append(
            {
                "anchor": f"_Toc{number}",
                "title": runs(part["title"]),
                "criterion": part["criterion"],
                "blocks": text,
                "facts": "" if part["kind"] in told else part["kind"],
            }
        )
        told.add(part["kind"])
    return parts


def _laid_out(text, *, title):
    """The blocks of a part: what heads and names each table, and the style of what comes after it, for its room."""
    looks = {"item": "ListBullet", "paragraph": "Normal"}
    after_table = {"item": "ListBulletAfterTable", "paragraph": "AfterTable"}
    for before, block in zip([{"style": "heading", "runs": title}, *text], text, strict=False):
        if block["style"] == "table":
            block["header"], *block["rows"] = block["rows"]
            block["headed"] = before["style"].startswith("heading")
            block["caption"] = _plain([before["runs"]] if block["headed"] else block["header"])
        else:
            block["look"] = (after_table if before["style"] == "table" else looks).get(block["style"])
    return text


def _team(team):
    """The team; those of whom something is told below the table have a heading of their own."""
    return [
        person
        | {
            "anchor": f"_Toc_person{number}" if person["summary"].strip() or person["lines"] else "",
            "summary": [line for line in person["summary"].splitlines() if line.strip()],
        }
        for number, person in enumerate(team, 1)
    ]


def _contents(parts, team, *, has_remaining):
    """The table of contents as it stands until Word makes it anew, with its page numbers."""
    entries = []
    for number, part in enumerate(parts, 1):
        entries.append({"level": 1, "number": f"{number}.", "title": _plain([part["title"]]), "anchor": part["anchor"]})
        under = [(_plain([block["runs"]]), block["anchor"]) for block in part["blocks"] if block["style"] == "heading2"]
        if part["facts"] == SectionKind.TEAM:
            under += [(person["name"], person["anchor"]) for person in team if person["anchor"]]
        for rank, (title, anchor) in enumerate(under, 1):
            entries.append({"level": 2, "number": f"{number}.{rank}", "title": title, "anchor": anchor})
    if has_remaining:
        entries.append({"level": 1, "number": "", "title": "Ce qui reste à adapter", "anchor": "_Toc_remaining"})
    return entries


def _annexes(data):
    references = (f"{told['subject']} ({told['client']}, {told['period']})" for told in data["references"])
    return [
        *[f"CV : {person['name']}" for person in data["team"]],
        *[f"Fiche de référence : {reference}" for reference in references],
    ]


def _remaining_words(count):
    if count == 1:
        return "Un passage reste à adapter avant l’envoi."
    return f"{count} passages restent à adapter avant l’envoi."


def _plain(cells):
    """The words of cells, each a list of runs."""
    return ", ".join("".join(run["text"] for run in cell) for cell in cells)


def _cut(text, most):
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _number_bookmarks(document):
    """Give each bookmark a number of its own: those of a loop share the template's."""
    body = document.element.body
    for kind in ("w:bookmarkStart", "w:bookmarkEnd"):
        for number, mark in enumerate(body.iter(qn(kind)), 1):
            mark.set(qn("w:id"), str(number))


def _describe(properties, data):
    """What the file says of itself, in its properties."""
    texts = {
        "language": "fr-FR",
        "title": f"Mémoire technique – {data['consultation']['subject']}",
        "subject": data["consultation"]["buyer"],
        "author": data["cooperative"]["name"],
        "last_modified_by": data["cooperative"]["name"],
    }
    for name, text in texts.items():
        setattr(properties, name, _cut(sayable(text), MOST_PROPERTY))
    made = datetime.fromisoformat(data["made_on"]).replace(tzinfo=UTC)
    properties.created = properties.modified = made
