"""Everything for an answer in one ZIP: memo, presentation, CVs, reference sheets, and what to check before it leaves.

A document that can't be made is named, with why; the others are there all the same.
"""

import logging
from dataclasses import dataclass, field, replace
from functools import partial

from django.utils import timezone
from django.utils.text import slugify

from crealead.files import split_ending
from crealead.words import day, lasting, moment, of
from directory import documents
from directory.documents.archive import pack
from directory.documents.identity import common
from directory.documents.text import typeset
from directory.documents.typesetting import render
from directory.models import Insurance, TeamMember
from directory.models.cv import FRESH
from directory.models.reference import RECENT
from directory.tenders import memo
from directory.tenders.memo.data import remaining
from directory.tenders.team.selection import insurances_of, references_of, team_of

logger = logging.getLogger(__name__)

SUMMARY = "00-sommaire.pdf"
MEMO, MEMO_STEM = "Mémoire technique", "01-memoire-technique"
# Of the words of the summary, in points.
SIZE = 10
LONGEST_NAME = 60
UNEXPECTED = "Une erreur imprévue s’est produite ; elle est notée, prévenez l’administration du site."


@dataclass(frozen=True)
class MadeFile:
    name: str
    content: bytes


@dataclass
class Made:
    """What was made for an answer.

    Args:
        files: the documents for the buyer, in order; their names are safe, and differ.
        problems: what couldn't be made, as dicts of `document` and `reason`, French sentences.
        warnings: what is missing or out of date, likewise.
        data: what each document was made from, by file name, for JSON.
        people: the keys of those whom each document tells of, by file name.
        summary: the page that says all this, for the team and not for the buyer; None when it couldn't be made.
    """

    files: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    data: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)
    summary: MadeFile | None = None


@dataclass(frozen=True)
class _Plan:
    """A document to make: its label, its file, where its data come from, what renders them, whom it tells of."""

    label: str
    name: str
    data: object
    render: object
    people: frozenset = frozenset()


def make(consultation, *, with_memo=True, with_others=True, progress=None):
    """Make the documents of an answer.

    Args:
        consultation: a `Consultation`.
        with_memo: whether the memo is made.
        with_others: whether the rest is: presentation, CVs, references.
        progress: called with how many are made and how many there are, at the start and after each.

    Returns:
        Made
    """
    team = team_of(consultation)
    references = references_of(consultation, team)
    parts = memo.parts_of(consultation)
    made = Made(warnings=_warnings(consultation, team, references, parts))
    plans = _chosen(_plans(consultation, team, references, parts), with_memo=with_memo, with_others=with_others)
    report = progress or (lambda _made, _total: None)
    total = len(plans) + 1
    report(0, total)
    for number, plan in enumerate(plans, 1):
        _make_one(plan, made)
        report(number, total)
    made.summary = _summary(consultation, plans, made)
    report(total, total)
    return made


def archive(made):
    """The ZIP of what was made, with the summary first; the same bytes for the same documents."""
    files = [made.summary, *made.files] if made.summary else made.files
    return pack((file.name, file.content) for file in files)


def contents(consultation, *, with_memo=True):
    """What the documents of an answer are, without making anything: their labels, in order."""
    team = team_of(consultation)
    plans = _plans(consultation, team, references_of(consultation, team), memo.parts_of(consultation))
    return [plan.label for plan in _chosen(plans, with_memo=with_memo, with_others=True)]


def warnings_of(consultation):
    """What is missing or out of date, without making anything: dicts of `document` and `reason`."""
    team = team_of(consultation)
    parts = memo.parts_of(consultation)
    return _warnings(consultation, team, references_of(consultation, team), parts)


# --- Making ----------------------------------------------------------------------------------------------------------


def _plans(consultation, team, references, parts):
    plans = []
    if parts:
        plans.append(
            _Plan(
                MEMO,
                f"{MEMO_STEM}.docx",
                partial(memo.memo_data, consultation),
                memo.render_memo,
                frozenset(seat.co_entrepreneur_id for seat in team),
            )
        )
    plans.append(
        _Plan(
            "Présentation de la coopérative",
            "02-presentation-de-la-cooperative.pdf",
            documents.presentation_data,
            documents.render_presentation,
        )
    )
    for seat in team:
        person = seat.co_entrepreneur
        name = f"03-cv-{_slug(person.name, 'sans-nom')}.pdf"
        plans.append(
            _Plan(
                f"CV {of(person.name)}",
                name,
                partial(documents.cv_data, person),
                documents.render_cv,
                frozenset([person.pk]),
            ),
        )
    for number, reference in enumerate(references, 1):
        label = f"Référence : {reference.subject} ({reference.client})"
        name = f"04-reference-{number:02}-{_slug(reference.client.name, 'client')}.pdf"
        people = frozenset(part.co_entrepreneur_id for part in reference.participations.all())
        plans.append(_Plan(label, name, partial(documents.sheet_data, reference), documents.render_sheet, people))
    return _distinct(plans)


def _chosen(plans, *, with_memo, with_others):
    return [plan for plan in plans if (with_memo if plan.label == MEMO else with_others)]


def _slug(text, otherwise):
    return slugify(text)[:LONGEST_NAME].strip("-") or otherwise


def _distinct(plans):
    """The same, each with a name of its own: two persons may have the same one."""
    taken, distinct = set(), []
    for plan in plans:
        (stem, ending), name, again = split_ending(plan.name), plan.name, 1
        while name in taken:
            again += 1
            name = f"{stem}-{again}{ending}"
        taken.add(name)
        distinct.append(replace(plan, name=name))
    return distinct


def _make_one(plan, made):
    try:
        data = plan.data()
        content = plan.render(data)
    except documents.DocumentError as error:
        made.problems.append({"document": plan.label, "reason": error.reason})
    except Exception:
        # One document doesn't keep the others back.
        logger.exception("a document can't be made")
        made.problems.append({"document": plan.label, "reason": UNEXPECTED})
    else:
        made.files.append(MadeFile(plan.name, content))
        made.data[plan.name] = data
        made.people[plan.name] = sorted(plan.people)
        if lacks := data.get("missing"):
            made.warnings.append({"document": plan.label, "reason": f"Il manque : {', '.join(lacks)}."})
        if clipped := data.get("clipped"):
            made.warnings.append({"document": plan.label, "reason": f"La place a manqué. {' '.join(clipped)}"})


def _summary(consultation, plans, made):
    """The page for the team; without it, the rest still goes."""
    labels = {plan.name: plan.label for plan in plans}
    data = {
        **common(title="Sommaire du dossier", label="À l’usage de l’équipe", running=consultation.subject),
        "size": SIZE,
        "subject": typeset(consultation.subject),
        "standing": [
            {"name": name, "value": typeset(value)}
            for name, value in [
                ("Acheteur", consultation.buyer.name),
                ("Référence", consultation.reference),
                ("Lot", consultation.lot),
                ("Remise des offres", moment(consultation.deadline)),
            ]
            if value
        ],
        "files": [{"name": file.name, "document": typeset(labels[file.name])} for file in made.files],
        "problems": [_typeset(told) for told in made.problems],
        "warnings": [_typeset(told) for told in made.warnings],
    }
    try:
        return MadeFile(SUMMARY, render("summary", data))
    except documents.DocumentError as error:
        made.problems.append({"document": "Sommaire", "reason": error.reason})
        return None


def _typeset(told):
    return {name: typeset(words) for name, words in told.items()}


# --- Checking --------------------------------------------------------------------------------------------------------


def _warnings(consultation, team, references, parts):
    told = [
        *_about_team(consultation, team),
        *_about_memo(parts),
        *(warning for seat in team for warning in _about_person(seat.co_entrepreneur)),
        *_about_insurances(consultation, team),
        *_about_references(references),
    ]
    return [{"document": document, "reason": reason} for document, reason in told]


def _about_team(consultation, team):
    accepted = {seat.pk for seat in team}
    if not team:
        yield "Équipe", "Personne n’a encore accepté d’y être : ni CV, ni référence."
    for seat in consultation.team.exclude(state=TeamMember.State.DECLINED).select_related("co_entrepreneur"):
        if seat.state == TeamMember.State.INVITED:
            yield "Équipe", f"{seat.co_entrepreneur.name} n’a pas encore répondu à l’invitation."
        elif seat.pk not in accepted:
            yield "Équipe", f"{seat.co_entrepreneur.name} a quitté la coopérative."


def _about_memo(parts):
    if not parts:
        yield MEMO, "Il n’est pas commencé."
    elif left := sum(len(part["quotes"]) for part in remaining(parts)):
        yield MEMO, f"Il reste {left} passage{'s' if left > 1 else ''} à adapter."


def _about_person(person):
    cv = getattr(person, "cv", None)
    if cv is None:
        yield f"CV {of(person.name)}", "Il n’est pas rempli : le document ne dit que ce que dit la fiche."
    elif not cv.is_fresh:
        yield f"CV {of(person.name)}", f"Il date du {day(cv.updated_at)}, plus d’{lasting(FRESH)}."
    for held in person.certifications.all():
        if held.expires_on and held.expires_on < timezone.localdate():
            yield f"{held.label} {of(person.name)}", f"Expiré depuis le {day(held.expires_on)}."
        elif not held.proof:
            yield f"{held.label} {of(person.name)}", "Sans justificatif : il n’est pas montré."


def _about_insurances(consultation, team):
    insurances = insurances_of(team)
    if not any(insurance.kind == Insurance.Kind.LIABILITY and insurance.covers_all for insurance in insurances):
        yield "Assurance", "Aucune responsabilité civile professionnelle en cours de validité n’est connue."
    until = consultation.contract_ends_on
    for insurance in insurances:
        if insurance.is_over:
            yield str(insurance), f"Échue depuis le {day(insurance.expires_on)}."
        elif insurance.is_to_come:
            yield str(insurance), f"Elle ne commence que le {day(insurance.starts_on)}."
        elif until and insurance.expires_on and insurance.expires_on < until:
            yield str(insurance), f"Elle échoit le {day(insurance.expires_on)}, avant la fin du marché."


def _about_references(references):
    if not references:
        yield "Références", "L’équipe n’en a aucune de validée."
    for reference in references:
        if not reference.is_recent:
            yield f"Référence : {reference.subject} ({reference.client})", f"Elle est finie depuis plus de {RECENT}."
