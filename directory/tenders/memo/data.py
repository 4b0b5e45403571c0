"""What a technical memo says, as plain data: what its team typed, and what the cooperative knows already."""

from django.utils import timezone

from crealead.context import identity
from crealead.words import day, moment, of
from directory.models import CvEntry, SectionKind
from directory.tenders.team.selection import insurances_of, references_of, team_of

from .known import parts_of
from .text import quotes

# Lines of a CV that the memo sums up; the CV itself goes with it.
MOST_LINES = 4
SUMMED_UP = [CvEntry.Kind.QUALIFICATION, CvEntry.Kind.EXPERIENCE]


def memo_data(consultation):
    """Everything that the memo of a consultation is made from, in types that JSON knows."""
    team = team_of(consultation)
    references = references_of(consultation, team)
    lead = next((seat.co_entrepreneur for seat in team if seat.role == seat.Role.LEAD), None)
    return {
        "made_on": timezone.localdate().isoformat(),
        "cooperative": identity(None)["cooperative"],
        "consultation": _consultation(consultation),
        "lead": lead.name if lead else "",
        "lead_phone": lead.phone if lead else "",
        "lead_email": lead.email if lead else "",
        "parts": [
            {"kind": part.kind, "title": part.title, "criterion": part.criterion, "body": part.body}
            for part in parts_of(consultation)
        ],
        "team": [_seat(seat) for seat in team],
        "references": [_reference(reference, team) for reference in references],
        "certifications": [
            {"label": certification.label.name, "holder": person.name, "until": day(certification.expires_on)}
            for person in (seat.co_entrepreneur for seat in team)
            for certification in person.certifications.all()
            if certification.is_valid
        ],
        "insurances": [_insurance(insurance) for insurance in insurances_of(team) if insurance.is_valid],
    }


def told_by_kind(consultation):
    """What the document adds by itself under the first section of each kind, in words."""
    team = team_of(consultation)
    references = references_of(consultation, team)
    return {
        SectionKind.WHO_WE_ARE: "l’identité de la coopérative et ses assurances",
        SectionKind.TEAM: f"{_count(len(team), 'personne')}, avec ce que disent leurs CV"
        if team
        else "l’équipe, dès que quelqu’un aura accepté d’y être",
        SectionKind.QUALITY: "les labels et certifications de l’équipe, s’il y en a",
        SectionKind.REFERENCES: _count(len(references), "référence")
        if references
        else "les références de l’équipe, dès qu’il y en aura de validées",
        SectionKind.ANNEXES: "la liste des CV et des fiches de référence",
    }


def remaining(parts):
    """What is left to adapt.

    Args:
        parts: `MemoPart` rows, or what `memo_data` says of them.

    Returns:
        list[dict]: `title` of a part, and its `quotes`, see `text.quotes`; parts that have none are left out.
    """
    unfinished = []
    for part in parts:
        title, body = (part["title"], part["body"]) if isinstance(part, dict) else (part.title, part.body)
        if left := quotes(title) + quotes(body):
            unfinished.append({"title": title, "quotes": left})
    return unfinished


def _consultation(consultation):
    return {
        "subject": consultation.subject,
        "buyer": consultation.buyer.name,
        "reference": consultation.reference,
        "lot": consultation.lot,
        "deadline": moment(consultation.deadline),
        "contract_ends_on": day(consultation.contract_ends_on),
        "departments": ", ".join(str(department) for department in consultation.departments.all()),
    }


def _seat(seat):
    person, cv = seat.co_entrepreneur, getattr(seat.co_entrepreneur, "cv", None)
    role = seat.get_role_display()
    if seat.stands_in_for:
        role = f"{role} {of(seat.stands_in_for.co_entrepreneur.name)}"
    return {
        "name": person.name,
        "trade_name": person.trade_name,
        "role": role,
        "mission": seat.mission,
        "title": (cv.title if cv else "") or person.headline,
        "summary": cv.summary if cv else "",
        "lines": _lines(cv) if cv else [],
    }


def _insurance(insurance):
    return {
        "kind": insurance.get_kind_display(),
        "insurer": insurance.insurer,
        "policy": insurance.policy_number,
        "covers": insurance.co_entrepreneur.name if insurance.co_entrepreneur else "Toute la coopérative",
        "until": day(insurance.expires_on),
    }


def _lines(cv):
    """What qualifies the person, then what they did, a line each."""
    entries = cv.entries.all()
    return [
        " – ".join(filter(None, [entry.title, entry.organisation, entry.years]))
        for kind in SUMMED_UP
        for entry in [entry for entry in entries if entry.kind == kind][:MOST_LINES]
    ]


def _reference(reference, team):
    members = {seat.co_entrepreneur_id for seat in team}
    return {
        "client": reference.client.name,
        "client_type": reference.client.get_type_display(),
        "subject": reference.subject,
        "role": reference.get_role_display(),
        "period": reference.period,
        "amount": reference.amount_band,
        "by": [
            part.co_entrepreneur.name for part in reference.participations.all() if part.co_entrepreneur_id in members
        ],
    }


def _count(number, noun):
    return f"{number} {noun}{'s' if number > 1 else ''}"
