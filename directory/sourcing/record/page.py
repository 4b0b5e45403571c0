"""What the pages of a record say: where it stands, what is missing, what is done."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from crealead.words import counted, day, lasting, moment
from directory.models import SourcingRecord, sourcing_record
from directory.privacy.actions import records
from directory.sourcing.selection.selection import COMPARED

from . import frozen
from .mails import subject_of
from .standing import MOST_LISTED, more

# What was just done, by the word that an address carries.
DONE = {
    "ouvert": "Le dossier est ouvert. Gardez son lien\N{NO-BREAK SPACE}: c’est la seule façon d’y revenir.",
    "besoin": "Le besoin est enregistré.",
    "gardees": "Les fiches gardées sont enregistrées.",
    "ajoute": "C’est ajouté au dossier.",
    "deja": "C’était déjà dans le dossier\N{NO-BREAK SPACE}: rien n’a changé.",
    "plein": "Le dossier est plein\N{NO-BREAK SPACE}: tout n’a pas pu y entrer. Retirez-en pour en ajouter.",
    "ecarte": "Le motif est enregistré.",
    "motif": "Ce qui est écarté avec un motif n’est pas gardé\N{NO-BREAK SPACE}: retirez d’abord le motif.",
    "ajoute-motif": "C’est ajouté au dossier, mais pas ce qui est écarté avec un motif\N{NO-BREAK SPACE}: "
    "retirez d’abord le motif.",
    "repris": "Le motif est retiré.",
    "retire": "La recherche est retirée.",
    "adresse": "Un courriel est parti à cette adresse\N{NO-BREAK SPACE}: le bouton de la page qu’il ouvre la confirme.",
    "oubliee": "L’adresse est effacée.",
    "clos": "Le dossier est clos. Prenez-en le PDF, et gardez son lien.",
    "suite": "C’est noté, merci.",
}
FULL = (
    f"{sourcing_record.MOST_SEARCHES} recherches, {sourcing_record.MOST_KEPT} fiches gardées, "
    f"{sourcing_record.MOST_SET_ASIDE} motifs"
)
# What a closed record keeps of a fiche, besides its names.
READ_OF_FICHE = ("headline", "offer", "skills", "zone", "references", "labels")
NO_ROOM_FOR_MOTIVES = (
    f"Le dossier est plein\N{NO-BREAK SPACE}: il tient {sourcing_record.MOST_SET_ASIDE} motifs. "
    "Rien n’a été enregistré\N{NO-BREAK SPACE}: retirez-en, ou écartez un groupe à la place."
)


@dataclass(frozen=True)
class Step:
    """A part of the record: whether it is done (`fait`), missing (`manque`) or to be seen (`a-voir`), in words."""

    title: str
    anchor: str
    state: str
    words: str

    @property
    def label(self):
        return {"fait": "Fait", "manque": "Manque", "a-voir": "À voir"}[self.state]


def common(request, record):
    """What all pages of a record read."""
    return {
        "record": record,
        "subject": subject_of(record),
        "url": record.get_absolute_url(),
        "address": settings.SITE_URL + record.get_absolute_url(),
        "done": DONE.get(request.GET.get("fait", "")) if request.method != "POST" else None,
        "ends_on": day(record.ends_on),
        "open_for": lasting(sourcing_record.OPEN_FOR),
        "confirm_within": lasting(sourcing_record.EMAIL_TO_CONFIRM),
    }


def terms():
    """How long things last, for who opens one."""
    years = [label for _, label in SourcingRecord.Years.choices]
    return {
        "open_for": lasting(sourcing_record.OPEN_FOR),
        "years": f"{', '.join(years[:-1])} ou {years[-1]}",
    }


def opened(request, standing):
    """What `sourcing/record/open.html` reads."""
    record = standing.record
    steps = steps_of(standing)
    lacking = [step for step in steps if step.state == "manque"]
    return common(request, record) | {
        "steps": steps,
        "is_ready": not lacking,
        "lacking": counted(len(lacking), "point manque", "points manquent"),
        "need": frozen.need_of(record),
        "estimate": frozen.rules_of(timezone.localdate(), record)["estimate"],
        "searches": standing.searches,
        "answered": counted(standing.answered, "fiche trouvée", "fiches trouvées"),
        "gone": counted(standing.gone, "d’entre elles n’est plus", "d’entre elles ne sont plus")
        if standing.gone
        else "",
        "kept": standing.kept,
        "compare_url": compare_url(standing),
        "motives": standing.motives,
        "contradictions": standing.contradictions,
        "without_reason": standing.without_reason[:MOST_LISTED],
        "more_left": more(standing.without_reason),
        "number_left": counted(len(standing.without_reason), "fiche", "fiches"),
        "changed_on": day(timezone.localdate(record.changed_at)),
        "catalogue_url": reverse("catalogue:list"),
        "full": FULL,
    }


def steps_of(standing):
    """The parts of a record in their order, each with what is done and what is missing."""
    record, searches, kept = standing.record, len(standing.searches), standing.kept
    away, left = sum(1 for place in kept if not place.who), len(standing.without_reason)
    unsaid = [
        words
        for words, is_unsaid in [
            ("l’organisme", not record.organisation),
            ("un code CPV", not record.cpv_codes),
            ("le montant estimé", record.amount_from is None),
        ]
        if is_unsaid
    ]
    if not record.need.strip():
        need = Step("Le besoin", "besoin", "manque", "Dites ce qu’il vous faut.")
    elif unsaid:
        need = Step("Le besoin", "besoin", "a-voir", f"Écrit. On peut encore dire {_listed(unsaid)}.")
    else:
        need = Step("Le besoin", "besoin", "fait", "Écrit, avec l’organisme, le code CPV et le montant.")
    made = counted(searches, "recherche", "recherches")
    return [
        need,
        Step("Les recherches", "recherches", "fait", f"{made}, {_found(standing.answered)}.")
        if searches
        else Step("Les recherches", "recherches", "manque", "Ajoutez la recherche que vous avez faite."),
        Step("Les fiches gardées", "gardees", "a-voir", _kept_and_away(len(kept), away))
        if away
        else Step("Les fiches gardées", "gardees", "fait", counted(len(kept), "fiche gardée.", "fiches gardées."))
        if kept
        else Step(
            "Les fiches gardées", "gardees", "a-voir", "Aucune\N{NO-BREAK SPACE}: c’est permis, si rien ne convient."
        ),
        _motives_step(standing, left),
    ]


def _motives_step(standing, left):
    title, anchor = "Les motifs d’écart", "ecartees"
    if not standing.searches:
        return Step(title, anchor, "a-voir", "Ils viennent après une recherche.")
    if left:
        without = counted(left, "fiche trouvée est sans motif.", "fiches trouvées sont sans motif.")
        return Step(title, anchor, "manque", without)
    if standing.contradictions:
        return Step(title, anchor, "a-voir", "Un motif vaut aussi pour une fiche gardée.")
    words = counted(standing.number_set_aside, "fiche écartée, avec son motif.", "fiches écartées, avec leur motif.")
    return Step(title, anchor, "fait", words)


def decided_of(standing, data):
    """What is said now of those that a form would set aside, as (who, words): they were kept or set aside meanwhile."""
    chosen = set(data.getlist("fiches"))
    decided = [(place.who.title, "gardée") for place in standing.kept if place.who and str(place.who.pk) in chosen]
    for motive in standing.motives:
        words = ". ".join(filter(None, [motive.row.get_reason_display(), motive.row.words]))
        decided += [(who.title, words) for who in motive.covers if str(who.pk) in chosen]
        if motive.label and motive.row.query == data.get("group", "").partition(":")[2]:
            decided.append((motive.label, words))
    return decided


def outcome_of(record):
    """What was said to have come of a record, as (label, words)."""
    said = [
        ("Un marché", record.get_outcome_display()),
        ("Pourquoi", record.get_why_none_display()),
        ("Ce que vous avez ajouté", record.outcome_words),
    ]
    return [(label, words) for label, words in said if words]


def blocking(standing):
    """Why a record can't be closed yet, as sentences; what has no reason may be left so."""
    sentences = []
    if not standing.record.need.strip():
        sentences.append("Dites d’abord l’objet du besoin.")
    if not standing.searches and not standing.kept:
        sentences.append("Ajoutez d’abord une recherche, ou une fiche gardée.")
    return sentences


def closing(request, standing):
    """What `sourcing/record/close.html` reads: what will happen, in figures."""
    left, kept = len(standing.without_reason), standing.kept
    return common(request, standing.record) | {
        "blocking": blocking(standing),
        "figures": [
            counted(len(standing.searches), "recherche", "recherches")
            + f", {counted(standing.answered, 'fiche trouvée', 'fiches trouvées')}",
            counted(len(kept), "fiche gardée, telle qu’elle se lit aujourd’hui", "fiches gardées, telles qu’elles se "
            "lisent aujourd’hui"),
            counted(standing.number_set_aside, "fiche écartée avec son motif", "fiches écartées avec leur motif"),
        ],
        "without_reason": counted(left, "fiche trouvée reste sans motif", "fiches trouvées restent sans motif")
        if left
        else "",
        "contradictions": standing.contradictions,
        "today": day(timezone.localdate()),
    }  # fmt: skip


def closed(request, record):
    """What `sourcing/record/closed.html` reads."""
    row, data = record.closed, record.closed.data
    # Of who was gone already, the line says so.
    retired = sum(line["fiche"] is None and not line.get("gone") for line in records.lines_in(data))
    return common(request, record) | {
        "data": data,
        "closed_on": moment(datetime.fromisoformat(data["closed_at"])),
        "fingerprint": row.fingerprint,
        "check_url": check_url(row.fingerprint),
        "kept": [{"was_read": any(fiche[part] for part in READ_OF_FICHE), **fiche} for fiche in data["kept"]],
        "searches": data["searches"],
        "set_aside": [{"number": counted(line["count"], "fiche", "fiches"), **line} for line in data["set_aside"]],
        "number_left": counted(data["without_reason"]["count"], "fiche", "fiches"),
        "without_reason": data["without_reason"]["fiches"],
        "retired": counted(
            retired,
            "co-entrepreneur en a été retiré, qui a quitté la coopérative ou s’oppose à figurer ici",
            "co-entrepreneurs en ont été retirés, qui ont quitté la coopérative ou s’opposent à figurer ici",
        )
        if retired
        else "",
        "files": [
            ("PDF, à signer et à classer", reverse("sourcing:record_file", args=[record.key, "pdf"])),
            ("Tableur (ODS)", reverse("sourcing:record_file", args=[record.key, "ods"])),
            ("Données (JSON)", reverse("sourcing:record_file", args=[record.key, "json"])),
        ],
        "outcome_on": day(record.outcome_on),
    }


def check_url(fingerprint):
    """Where a fingerprint is checked, without the key."""
    return f"{reverse('sourcing:record_check')}?{urlencode({'empreinte': fingerprint})}"


def compare_url(standing):
    """Those kept, side by side, as their selection shows them."""
    slugs = [place.who.slug for place in standing.kept if place.who][:COMPARED]
    return f"{reverse('sourcing:selection')}?{urlencode([('f', slug) for slug in slugs])}" if slugs else ""


def _kept_and_away(number, away):
    there = f"{counted(number, 'fiche gardée', 'fiches gardées')}, dont "
    return there + counted(away, "qui n’est plus au catalogue.", "qui ne sont plus au catalogue.")


def _found(count):
    return counted(count, "fiche trouvée", "fiches trouvées")


def _listed(words):
    return " et ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
