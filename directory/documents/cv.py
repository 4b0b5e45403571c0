"""The CV of a co-entrepreneur, for tenders: qualifications and experience, nothing of private life."""

import logging
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageOps

from crealead.words import of
from directory.models import Certification, Consent, Cv, CvEntry, Reference

from . import references
from .identity import common
from .text import blocks, clip, fit, typeset
from .typesetting import Picture, fitted, render

# Letters of JSON: its lines are short.
MOST_ON_A_PAGE = 5500
# Three centimetres at 250 dots an inch.
PHOTO_SIDE = 305
# A face is above the middle of a portrait.
PHOTO_CENTRE = (0.5, 0.4)
# Three in a row of the page, at the same grain.
MOST_WORKS = 3
WORK_SIZE = (540, 360)
SECTIONS = [CvEntry.Kind.QUALIFICATION, CvEntry.Kind.TRAINING]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Room:
    """How much a CV holds at a size of type.

    Args:
        pages: it takes, at most.
        size: of the words, in points.
        references: lines of the table.
        entries: of each section.
        items: of each list of the narrow column.
        summary: letters of the profile.
        details: letters said of each entry.
        line: letters of a name, a title or an object.
    """

    pages: int
    size: float
    references: int
    entries: int
    items: int
    summary: int
    details: int
    line: int


# One page if it holds all in words that read well, else two.
ROOMS = [
    Room(pages=1, size=10, references=12, entries=30, items=40, summary=2500, details=2000, line=300),
    Room(pages=1, size=9.5, references=12, entries=30, items=40, summary=2500, details=2000, line=300),
    Room(pages=2, size=11, references=12, entries=30, items=40, summary=2500, details=2000, line=300),
    Room(pages=2, size=10.5, references=12, entries=30, items=40, summary=2500, details=2000, line=300),
    Room(pages=2, size=10, references=12, entries=30, items=40, summary=2500, details=2000, line=300),
    Room(pages=2, size=9.5, references=12, entries=30, items=40, summary=2500, details=2000, line=300),
    Room(pages=2, size=9, references=12, entries=30, items=40, summary=2500, details=2000, line=300),
    Room(pages=2, size=9, references=12, entries=16, items=30, summary=1500, details=800, line=250),
    Room(pages=2, size=9, references=12, entries=12, items=24, summary=1300, details=500, line=220),
    Room(pages=2, size=9, references=12, entries=10, items=20, summary=1300, details=350, line=200),
    Room(pages=2, size=9, references=10, entries=8, items=16, summary=1000, details=250, line=180),
    Room(pages=2, size=9, references=8, entries=6, items=12, summary=700, details=140, line=160),
    Room(pages=2, size=8.5, references=6, entries=5, items=8, summary=420, details=0, line=120),
    Room(pages=2, size=8.5, references=4, entries=3, items=5, summary=280, details=0, line=80),
    Room(pages=2, size=8.5, references=3, entries=2, items=4, summary=210, details=0, line=60),
]


def cv_data(co_entrepreneur):
    """All that the CV of this co-entrepreneur prints, as JSON can hold it.

    `clipped` says what there was no room for, and `missing` what would make it better, in French.
    """
    return fitted("cv", content(co_entrepreneur), ROOMS, shape, most=MOST_ON_A_PAGE)


def render_cv(data):
    """The PDF, of at most two pages.

    Raises:
        DocumentError: when it can't be made.
    """
    pictures = {"photo": _picture(data.get("photo"), (PHOTO_SIDE, PHOTO_SIDE), PHOTO_CENTRE)}
    for rank, work in enumerate(data.get("works", [])):
        pictures[f"work-{rank}"] = _picture(work["image"], WORK_SIZE)
    return render("cv", data, pictures={name: picture for name, picture in pictures.items() if picture})


def content(co_entrepreneur):
    """All that the database knows and a CV may say; a departed member's is the caller's to refuse."""
    cv = Cv.objects.filter(co_entrepreneur=co_entrepreneur).prefetch_related("entries").first() or Cv()
    entries = list(cv.entries.all()) if cv.pk else []
    told = {
        **common(
            title=f"CV {of(co_entrepreneur.name)}", label="Curriculum vitæ", running=f"{co_entrepreneur.name}, CV"
        ),
        "name": typeset(co_entrepreneur.name, otherwise="Sans nom"),
        "job": typeset(cv.title or co_entrepreneur.headline),
        "trade_name": typeset(co_entrepreneur.trade_name),
        "photo": _agreed_photo(co_entrepreneur),
        **_summary(cv, co_entrepreneur),
        "experiences": [_entry(entry) for entry in entries if entry.kind == CvEntry.Kind.EXPERIENCE],
        "sections": [
            {"title": kind.label, "entries": [_entry(entry) for entry in entries if entry.kind == kind]}
            for kind in SECTIONS
        ],
        "languages": _items(entries, CvEntry.Kind.LANGUAGE),
        "tools": _items(entries, CvEntry.Kind.TOOL),
        "skills": _skills(co_entrepreneur),
        "labels": _labels(co_entrepreneur),
        "zone": references.places_in_line([typeset(place) for place in _places(co_entrepreneur)]),
        "references": _references(co_entrepreneur),
        "works": _works(co_entrepreneur),
        "updated_on": timezone.localdate(cv.updated_at).isoformat() if cv.pk else "",
    }
    return told | {"missing": _missing(told, cv)}


def shape(content, room):
    """The data of a CV in so much room."""
    clipped = []
    data = content | {
        "size": room.size,
        "name": clip(content["name"], 2 * room.line),
        "job": clip(content["job"], room.line),
        "trade_name": clip(content["trade_name"], room.line),
        "zone": clip(content["zone"], 2 * room.line),
        "experiences": _shorten(content["experiences"], "Expériences", room, clipped),
        "sections": [
            section | {"entries": _shorten(section["entries"], section["title"], room, clipped)}
            for section in content["sections"]
            if section["entries"]
        ],
        "references": [
            {name: clip(words, room.line) for name, words in row.items()}
            for row in content["references"][: room.references]
        ],
        "works": [
            work | {name: clip(work[name], room.line) for name in ("alternative_text", "caption")}
            for work in content["works"]
        ],
        "more_references": references.more(len(content["references"]) - room.references),
    }
    data["summary"], whole = fit(content["summary"], room.summary)
    if not whole:
        clipped.append(f"{content['summary_title']} : abrégé.")
    for name, title in [("languages", "Langues"), ("tools", "Outils et méthodes"), ("labels", "Labels")]:
        data[name] = _first(content[name], title, room, clipped)
    data["skills"] = _first_skills(content["skills"], room, clipped)
    if len(content["references"]) > room.references:
        clipped.append(f"Références : {room.references} sur {len(content['references'])}.")
    return data | {"clipped": clipped}


def _agreed_photo(co_entrepreneur):
    """The name of the photo, when the person lets it stand on their CV."""
    agreed = co_entrepreneur.photo and co_entrepreneur.consents.of_photo_on_cv().exists()
    return co_entrepreneur.photo.name if agreed else ""


def _works(co_entrepreneur):
    """The first images that the person chose for their CV, when they accept to show them."""
    if not co_entrepreneur.consents.active().filter(item=Consent.Item.PORTFOLIO).exists():
        return []
    return [
        {
            "image": work.photo.name,
            "alternative_text": typeset(work.alternative_text),
            "caption": typeset(work.caption),
        }
        for work in co_entrepreneur.portfolio_images.filter(on_cv=True)[:MOST_WORKS]
    ]


def _summary(cv, co_entrepreneur):
    """What the person brings to a team; until they say it, what they offer to public clients."""
    if cv.summary.strip():
        return {"summary_title": "Profil", "summary": blocks(cv.summary)}
    return {"summary_title": "Offre aux clients publics", "summary": blocks(co_entrepreneur.public_offer)}


def _skills(co_entrepreneur):
    skills = co_entrepreneur.skills.select_related("domain").order_by("domain__position", "domain__name", "name", "pk")
    return [
        {"name": typeset(domain.name, otherwise="Autres"), "skills": [typeset(skill.name) for skill in group]}
        for domain, group in groupby(skills, key=lambda skill: skill.domain)
    ]


def _labels(co_entrepreneur):
    valid = Certification.objects.valid().filter(co_entrepreneur=co_entrepreneur).select_related("label")
    return [
        typeset(label.label.name + (f" (jusqu’au {label.expires_on:%d/%m/%Y})" if label.expires_on else ""))
        for label in valid
    ]


def _references(co_entrepreneur):
    shared = co_entrepreneur.participations.filter(reference__in=Reference.objects.published())
    parts = {shared_in.reference: shared_in.part for shared_in in shared.select_related("reference__client")}
    return [references.row(reference, part=parts[reference]) for reference in references.latest_first(parts)]


def _entry(entry):
    return {
        "title": typeset(entry.title, otherwise="Sans intitulé"),
        "organisation": typeset(entry.organisation),
        "years": entry.years,
        "description": blocks(entry.description),
    }


def _items(entries, kind):
    return [
        typeset(" – ".join(filter(None, [entry.title, entry.description or entry.organisation])))
        for entry in entries
        if entry.kind == kind
    ]


def _places(co_entrepreneur):
    if co_entrepreneur.nationwide:
        return [co_entrepreneur.zone]
    return [f"{department.name} ({department.code})" for department in co_entrepreneur.departments.all()]


def _missing(content, cv):
    return [
        words
        for words, is_missing in [
            ("le métier", not cv.title),
            ("quelques lignes de profil", not cv.summary.strip()),
            ("les expériences", not content["experiences"]),
            ("les diplômes et titres", not content["sections"][0]["entries"]),
            ("les compétences", not content["skills"]),
        ]
        if is_missing
    ]


def _shorten(entries, title, room, clipped):
    if len(entries) > room.entries:
        clipped.append(f"{title} : {room.entries} sur {len(entries)}.")
    kept, shortened = [], 0
    for entry in entries[: room.entries]:
        description, whole = fit(entry["description"], room.details)
        shortened += not whole
        kept.append(
            entry
            | {
                "title": clip(entry["title"], room.line),
                "organisation": clip(entry["organisation"], room.line),
                "description": description,
            }
        )
    if shortened:
        clipped.append(f"{title} : précisions abrégées pour {shortened}.")
    return kept


def _first(words, title, room, clipped):
    if len(words) > room.items:
        clipped.append(f"{title} : {room.items} sur {len(words)}.")
    return [clip(word, room.line) for word in words[: room.items]]


def _first_skills(domains, room, clipped):
    """As many skills as there is room for, in the order of the domains."""
    total, left, kept = sum(len(domain["skills"]) for domain in domains), room.items, []
    for domain in domains:
        if left > 0:
            kept.append(domain | {"skills": domain["skills"][:left]})
        left -= len(domain["skills"])
    if left < 0:
        clipped.append(f"Compétences : {room.items} sur {total}.")
    return kept


def _picture(name, size, centre=(0.5, 0.5)):
    """An image cut to a size, or None: a CV goes without one rather than fail."""
    if not name:
        return None
    try:
        with default_storage.open(name) as file, Image.open(file) as image:
            cut = ImageOps.fit(image.convert("RGB"), size, method=Image.Resampling.HAMMING, centering=centre)
    except (OSError, ValueError, SyntaxError, SuspiciousFileOperation, Image.DecompressionBombError):
        # A PNG broken halfway raises SyntaxError.
        logger.warning("a photo can't be read", exc_info=True)
        return None
    out = BytesIO()
    cut.save(out, "JPEG", quality=82)
    return Picture(out.getvalue(), *size)
