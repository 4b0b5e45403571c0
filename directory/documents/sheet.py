"""The reference sheet: one A4 page on a service delivered, as buyers ask for it."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from stdnum.fr import siret

from directory.models import CoEntrepreneur, Reference
from directory.models.reference import RECENT

from .identity import common
from .text import HARD, blocks, clip, fit, length, typeset
from .typesetting import fitted, render


@dataclass(frozen=True)
class Room:
    """How much a sheet holds at a size of type.

    Args:
        size: of the words, in points.
        part: letters of the context, the mission, the deliverables and the results, each.
        people: lines of the table of participants.
        codes: CPV codes.
        line: letters of a name or an object.
        halves: whether the text takes two columns of the same width, which hold more than one beside a narrow one.
    """

    pages = 1
    size: float
    part: int
    people: int
    codes: int
    line: int
    halves: bool = False


ROOMS = [
    Room(size=11, part=5000, people=40, codes=20, line=300),
    Room(size=10.5, part=5000, people=40, codes=20, line=300),
    Room(size=10, part=5000, people=40, codes=20, line=300),
    Room(size=9.5, part=5000, people=40, codes=20, line=300),
    Room(size=9.5, halves=True, part=5000, people=40, codes=20, line=300),
    Room(size=9, halves=True, part=5000, people=20, codes=10, line=300),
    Room(size=8.5, halves=True, part=5000, people=16, codes=8, line=250),
    Room(size=8.5, halves=True, part=1800, people=12, codes=6, line=200),
    Room(size=8.5, halves=True, part=1500, people=10, codes=6, line=200),
    Room(size=8.5, halves=True, part=1200, people=8, codes=5, line=160),
    Room(size=8.5, halves=True, part=900, people=6, codes=4, line=130),
    Room(size=8.5, halves=True, part=650, people=6, codes=3, line=110),
    Room(size=8.5, halves=True, part=400, people=5, codes=2, line=90),
    Room(size=8.5, halves=True, part=210, people=3, codes=2, line=60),
]


def sheet_data(reference):
    """All that the sheet of this reference prints, as JSON can hold it.

    `clipped` says what there was no room for, and `missing` what would make it better, in French.
    """
    return fitted("sheet", content(reference), ROOMS, shape)


def render_sheet(data):
    """The PDF, of one page.

    Raises:
        DocumentError: when it can't be made.
    """
    return render("sheet", data)


def content(reference):
    """All that the database knows and a sheet may say: a band for the amount, and no contact of the client's."""
    client = reference.client
    today = timezone.localdate()
    people = reference.participations.filter(co_entrepreneur__in=CoEntrepreneur.objects.present())
    codes = [typeset(str(code)) for code in reference.cpv_codes.all()]
    parts = [
        {"title": title, "content": blocks(words, listed=title == "Livrables")}
        for title, words in [
            ("Contexte et besoin", reference.context),
            ("Mission", reference.mission),
            ("Livrables", reference.deliverables),
            ("Résultats", reference.results),
        ]
    ]
    return {
        **common(
            title=f"Référence : {reference.subject}",
            label="Fiche de référence",
            running=reference.subject,
            today=today,
        ),
        "subject": typeset(reference.subject, otherwise="Sans objet"),
        "client": typeset(client.name),
        "standing": typeset(
            " · ".join(filter(None, [client.get_type_display(), str(client.department or ""), _siret(client)]))
        ),
        "facts": [
            {"name": name, "value": typeset(value)}
            for name, value in [
                ("Période", _period(reference)),
                ("Rôle de la coopérative", reference.get_role_display()),
                ("Montant", reference.amount_band),
                ("Lieu", reference.place),
            ]
            if value
        ],
        "parts": [part for part in parts if part["content"]],
        "asides": _asides(reference, today),
        "codes": codes,
        "participants": [
            {
                "name": typeset(participation.co_entrepreneur.name),
                "trade_name": typeset(participation.co_entrepreneur.trade_name),
                "part": typeset(participation.part),
            }
            for participation in people.select_related("co_entrepreneur")
        ],
        "missing": [
            words
            for words, is_missing in [
                ("le contexte", not reference.context.strip()),
                ("la mission", not reference.mission.strip()),
                ("les livrables", not reference.deliverables.strip()),
                ("les résultats", not reference.results.strip()),
                ("un code CPV", not codes),
            ]
            if is_missing
        ],
    }


def shape(content, room):
    """The data of a sheet in so much room."""
    clipped, parts = [], []
    for part in content["parts"]:
        kept, whole = fit(part["content"], room.part)
        parts.append(part | {"content": kept})
        if not whole:
            clipped.append(f"{part['title']} : abrégé.")
    for name, title, most in [("codes", "Codes CPV", room.codes), ("participants", "Participants", room.people)]:
        if len(content[name]) > most:
            clipped.append(f"{title} : {most} sur {len(content[name])}.")
    codes = [clip(code, room.line) for code in content["codes"][: room.codes]]
    absent = len(content["participants"]) - room.people
    return content | {
        "size": room.size,
        "subject": clip(content["subject"], 2 * room.line),
        "client": clip(content["client"], room.line),
        "standing": clip(content["standing"], room.line),
        "facts": [fact | {"value": clip(fact["value"], room.line)} for fact in content["facts"]],
        "parts": parts,
        "left": _halfway(parts) if room.halves else 0,
        "asides": [*([{"title": "Codes CPV", "lines": codes}] if codes else []), *content["asides"]],
        "participants": [
            {name: clip(words, room.line) for name, words in participant.items()}
            for participant in content["participants"][: room.people]
        ],
        "more_participants": "" if absent < 1 else f"et {absent} autre{'s' if absent > 1 else ''}.",
        "clipped": clipped,
    }


def _halfway(parts):
    """How many parts go in the left column, for two of about the same height."""
    sizes = [length(part["content"]) for part in parts]
    return min(range(1, len(sizes) + 1), key=lambda count: abs(2 * sum(sizes[:count]) - sum(sizes)), default=0)


def _siret(client):
    return f"SIRET {siret.format(client.siret, HARD)}" if client.siret else ""


def _period(reference):
    start = date_format(reference.starts_on, "F Y")
    if reference.ends_on is None:
        return f"depuis {start}"
    end = date_format(reference.ends_on, "F Y")
    return start if start == end else f"{start} – {end}"


def _asides(reference, today):
    lines = {
        "Ancienneté": (
            "Prestation en cours."
            if reference.ends_on is None or reference.ends_on > today
            else f"Référence de moins de {RECENT}."
            if reference.is_recent
            else ""
        ),
        "Attestation": "Attestation du client fournie sur demande." if reference.attestation else "",
        "Validation": "" if reference.state == Reference.State.VALIDATED else "Reste à valider par le référent.",
    }
    return [{"title": title, "lines": [line]} for title, line in lines.items() if line]
