"""Consultations at every stage, the contracts that open data tells, and changes proposed to fiches."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from textwrap import wrap

from django.conf import settings
from django.utils import timezone
from django.utils.text import slugify

from directory.models import (
    Answer,
    AnswerFile,
    Consultation,
    ContractSuggestion,
    DuplicateNotice,
    FicheProposal,
    MemoPart,
    MemoTrame,
    Skill,
    TeamMember,
)

from . import content, files

State = TeamMember.State
# Offers are due at noon.
NOON = time(12)
# A section that its team has saved, as opposed to one that a trame has given.
WRITTEN = 2
# Keys of the two consultations of `tenders.toml` that are the same one.
TWINS = ("new", "twin")
# Among those that the regulator (Arcep) keeps for fiction, one that no fiche has.
NEW_PHONE = "04 65 71 03 03"
NEW_DEPARTMENT = "30"


def write(listed, clients, now):
    """Write the consultations.

    Args:
        listed: the listed fiches of each trade, by its name.
        clients: by type and name.
        now: in local time.

    Returns:
        list[Consultation]: saved.
    """
    trames = {trame.name: trame for trame in MemoTrame.objects.prefetch_related("sections")}
    cases = content.tenders()
    consultations = Consultation.objects.bulk_create(
        _consultation(case, listed[case.team[0].trade][case.team[0].rank], clients[case.buyer], trames, now)
        for case in cases
    )
    pairs = list(zip(cases, consultations, strict=True))
    _write_needs(pairs)
    _write_teams(pairs, listed)
    MemoPart.objects.bulk_create(part for case, consultation in pairs for part in _parts(case, consultation))
    for case, consultation in pairs:
        if case.files:
            _write_answer(case, consultation)
    _notice_twins({case.name: consultation for case, consultation in pairs}, now)
    return consultations


def _consultation(case, author, buyer, trames, now):
    today = timezone.localdate(now)
    price, price_out_of = case.price
    technical, technical_out_of = case.technical
    return Consultation(
        author_member=author,
        buyer=buyer,
        subject=case.subject,
        reference=case.reference,
        lot=case.lot,
        deadline=timezone.make_aware(datetime.combine(today + timedelta(days=case.deadline_in_days), NOON)),
        contract_ends_on=today + timedelta(days=case.contract_ends_in_days),
        link=f"https://marches.example.org/consultations/{slugify(case.reference)}",
        trame=trames.get(case.trame),
        opened_at=now - timedelta(days=case.opened_days_ago, hours=1),
        outcome=case.outcome,
        outcome_on=None if case.outcome_days_ago is None else today - timedelta(days=case.outcome_days_ago),
        price_score=price,
        price_score_out_of=price_out_of,
        technical_score=technical,
        technical_score_out_of=technical_out_of,
        feedback=case.feedback.strip(),
    )


def _write_needs(pairs):
    skills = dict(Skill.objects.values_list("slug", "pk"))
    links = {"skills": [], "cpv_codes": [], "departments": []}
    for case, consultation in pairs:
        owner = {"consultation_id": consultation.pk}
        links["skills"] += [{**owner, "skill_id": skills[slug]} for slug in case.skills]
        links["cpv_codes"] += [{**owner, "cpvcode_id": code} for code in case.cpv]
        links["departments"] += [{**owner, "department_id": code} for code in case.departments]
    for name, rows in links.items():
        through = getattr(Consultation, name).through
        through.objects.bulk_create(through(**row) for row in rows)


def _write_teams(pairs, listed):
    """Whoever leads is in at once; others were asked the next day, and answered the day after."""
    seats = {}
    for case, consultation in pairs:
        for rank, seat in enumerate(case.team):
            invited_at = consultation.opened_at + timedelta(days=bool(rank), minutes=rank)
            seats[case.name, seat.trade, seat.rank] = TeamMember(
                consultation=consultation,
                co_entrepreneur=listed[seat.trade][seat.rank],
                role=seat.role,
                mission=seat.mission,
                state=seat.state,
                invited_at=invited_at,
                answered_at=None if seat.state == State.INVITED else invited_at + timedelta(days=bool(rank)),
                answer_word=seat.word,
            )
    TeamMember.objects.bulk_create(seats.values())
    stand_ins = []
    for case, _ in pairs:
        for seat in case.team:
            if seat.stands_in_for:
                stand_in = seats[case.name, seat.trade, seat.rank]
                stand_in.stands_in_for = seats[case.name, seat.stands_in_for, 0]
                stand_ins.append(stand_in)
    TeamMember.objects.bulk_update(stand_ins, ["stands_in_for"])


def _parts(case, consultation):
    """The sections of the memo: those of its trame, with what the team has written; what was sent, as it was."""
    written = {part.kind: part for part in case.parts}
    guidance = {}
    if consultation.trame:
        guidance = {section.kind: section.guidance for section in consultation.trame.sections.all()}
    sections = consultation.trame.sections.all() if consultation.trame and not case.outcome else case.parts
    for position, section in enumerate(sections, start=1):
        part = written.get(section.kind)
        score, out_of = part.score if part else (None, None)
        yield MemoPart(
            consultation=consultation,
            position=position,
            kind=section.kind,
            title=part.title if part else section.title,
            guidance=guidance.get(section.kind, ""),
            body=(part or section).body.strip(),
            criterion=part.criterion if part else "",
            score=score,
            score_out_of=out_of,
            updated_at=consultation.opened_at + timedelta(days=6),
            updated_by=consultation.author_name if part else "",
            version=WRITTEN if part else 1,
            is_written=bool(part),
        )


def _write_answer(case, consultation):
    """What was sent the day before, as files put together by hand."""
    answer = Answer.objects.create(
        consultation=consultation,
        author_member=consultation.author_member,
        sent_at=consultation.deadline - timedelta(hours=20),
        data={},
    )
    kept = []
    for title in case.files:
        file = files.proof(
            [
                title,
                "",
                *wrap(f"{consultation.subject} ({consultation.buyer.name})", 60),
                "",
                "Document de démonstration, sans valeur.",
            ]
        )
        digest = sha256(file.read()).hexdigest()
        file.seek(0)
        kept.append(AnswerFile(answer=answer, name=f"{slugify(title)}.pdf", file=file, size=file.size, sha256=digest))
    AnswerFile.objects.bulk_create(kept)


def _notice_twins(consultations, now):
    """Both teams were told, and neither has said what it is."""
    one, other = (consultations[name] for name in TWINS)
    DuplicateNotice.objects.bulk_create(
        DuplicateNotice(consultation=consultation, other=likely, noticed_at=now - timedelta(minutes=50))
        for consultation, likely in ((one, other), (other, one))
    )


def write_contracts(references, clients, now):
    """Write the contracts that the open data gave: some wait for someone to say whose they are.

    Args:
        references: those of the demonstration, saved.
        clients: by type and name.
        now: in local time.
    """
    suggestions = []
    # Who attributed one set the next aside.
    decider = None
    for number, case in enumerate(content.contracts(), start=1):
        reference = None
        if case.reference:
            reference = next(
                one for one in references if one.subject == case.reference and one.decided_by and one.client.siret
            )
            decider = reference.decided_by
        buyer = reference.client if reference else clients[case.buyer]
        suggestion = ContractSuggestion(
            contract_id=f"{now.year}S{number:05}",
            buyer_siret=buyer.siret,
            buyer_name=buyer.name,
            holder_siret=settings.COOPERATIVE["siret"],
            subject=reference.subject if reference else case.subject,
            cpv_code=case.cpv,
            procedure=case.procedure,
            notified_on=reference.starts_on if reference else _ago(now, case.notified_days_ago),
            duration_months=case.months,
            amount=reference.amount if reference else Decimal(case.amount),
            first_amount=reference.amount if reference else Decimal(case.amount),
            place_code=buyer.department_id,
            holders_count=case.holders,
            source="decp-demonstration.json",
            imported_at=now - timedelta(days=5),
            state=case.state,
            reference=reference,
        )
        if case.state != ContractSuggestion.State.AWAITING:
            suggestion.decided_at = now - timedelta(days=4)
            suggestion.decided_by = decider
        suggestions.append(suggestion)
    return ContractSuggestion.objects.bulk_create(suggestions)


def _ago(now, days):
    return timezone.localdate(now) - timedelta(days=days)


def write_proposals(plans, fiches, listed, now):
    """Write what some would change of their fiche, and wait for their référent to accept."""
    planned_of = {fiche.pk: planned for planned, fiche in zip(plans, fiches, strict=True)}
    proposals = []
    for case in content.proposals():
        fiche = listed[case.trade][case.rank]
        planned = planned_of[fiche.pk]
        before = {
            "headline": planned.headline,
            "public_offer": planned.public_offer,
            "phone": planned.phone,
            "departments": sorted(planned.departments),
        }
        changes = {
            "headline": planned.proposed_headline,
            "public_offer": planned.proposed_offer,
            "phone": NEW_PHONE,
            "departments": sorted({*planned.departments, NEW_DEPARTMENT}),
        }
        proposals.append(
            FicheProposal(
                co_entrepreneur=fiche,
                changes={name: changes[name] for name in case.fields},
                before={name: before[name] for name in case.fields},
                word_to_referent=case.word,
                submitted_at=now - timedelta(days=case.submitted_days_ago),
            )
        )
    return FicheProposal.objects.bulk_create(proposals)
