"""References by the charter: what was done, whom to ask, who took part, and where the référent stands.

What a reference has for subject, results and client is in the plan; the rest is drawn here, apart from it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from textwrap import wrap

from django.utils import timezone
from django.utils.text import slugify

from directory.models import Participation, Reference

from . import cast, content, files
from .plan import LEFT_COOPERATIVE, ON_CATALOGUE, often

SEED = "references"
# What becomes of references that aren't published: most are checked, and kept for answers to tenders.
UNPUBLISHED = {Reference.State.VALIDATED: 66, Reference.State.TO_VALIDATE: 20, Reference.State.CHANGES_ASKED: 14}
# How many are shared by people of one trade, beside those that `charter.toml` tells.
SHARED_IN_A_TRADE = 18


@dataclass(frozen=True)
class Contact:
    name: str
    role: str
    email: str
    phone: str


def write(plans, fiches, clients, now):
    """Write the references of these plans, then those that wait; `fiches` are saved, in the same order.

    Returns:
        list[Reference]: saved, those of the plans first and in their order.
    """
    random = Random(SEED)  # noqa: S311
    contacts = _contacts(random, clients)
    told = []
    for planned, fiche in zip(plans, fiches, strict=True):
        seen = set()
        for reference in planned.references:
            told.append(
                _reference(
                    random,
                    now,
                    planned=planned,
                    fiche=fiche,
                    reference=reference,
                    client=clients[reference.client],
                    contact=contacts[reference.client],
                    # The same service twice: it is told once.
                    again=reference.subject in seen,
                )
            )
            seen.add(reference.subject)
    listed = cast.listed(plans, fiches)
    awaiting = [
        _awaiting(now, case, listed[case.trade][0], clients[case.client], contacts[case.client])
        for case in content.charter()["awaiting"]
    ]
    _close_one(told, now)
    references = Reference.objects.bulk_create([*told, *awaiting])
    trades = {fiche.pk: planned.trade for planned, fiche in zip(plans, fiches, strict=True)}
    _write_codes(random, references, trades)
    _write_participants(
        [
            *_shared_across_trades(references, listed),
            *_shared_in_a_trade(random, plans, fiches, references, trades),
            *(
                (reference, [listed[trade][0] for trade in case.trades])
                for reference, case in zip(awaiting, content.charter()["awaiting"], strict=True)
                if case.trades
            ),
        ],
        trades,
    )
    return references


def _contacts(random, clients):
    """Someone to call at each client, by its key: fictional, and nobody reads the address."""
    families = content.name_families()
    contacts = {}
    for number, (client_type, name) in enumerate(clients):
        family = random.choices(families, [family.share for family in families])[0]
        first, last = random.choice(family.first), random.choice(family.last)
        contacts[client_type, name] = Contact(
            name=f"{first} {last}",
            role=random.choice(content.charter()["functions"][client_type]),
            email=f"{slugify(first)}.{slugify(last)}@{slugify(name)[:50].strip('-')}.example.org",
            # Within a range that the regulator (Arcep) keeps for fiction, under the numbers of the fiches.
            phone=f"04 65 71 0{1 + number // 100} {number % 100:02}",
        )
    return contacts


def _reference(random, now, *, planned, fiche, reference, client, contact, again):
    charter = content.careers()[planned.trade.name].charters[reference.subject]
    situation = random.choice(content.charter()["situations"][client.type])
    decision = _decision(random, now, planned, fiche, reference)
    knows_contact, has_attestation = often(random, 85), often(random, 9)
    return Reference(
        co_entrepreneur=fiche,
        client=client,
        subject=reference.subject,
        context=situation if again else f"{situation} {charter.context}",
        mission="" if again else charter.mission,
        deliverables="\n".join(charter.deliverables),
        results=reference.results,
        starts_on=reference.starts_on,
        ends_on=reference.ends_on,
        place=_place(client),
        role=reference.role,
        amount=reference.amount,
        amount_shown=Reference.AmountShown.HIDDEN if often(random, 7) else Reference.AmountShown.BAND,
        attestation=_attestation(fiche, client, reference) if has_attestation and reference.ends_on else "",
        publishable=reference.publishable,
        **(_told_by(contact) if knows_contact else {}),
        **decision,
    )


def _told_by(contact):
    return {
        "contact_name": contact.name,
        "contact_role": contact.role,
        "contact_email": contact.email,
        "contact_phone": contact.phone,
    }


def _place(client):
    """The town whose name the client bears, or nothing: the department is known from the client."""
    town = re.fullmatch(r"(?:Commune|Ville) (?:de |d’)(.+)", client.name)
    return town[1] if town else ""


def _decision(random, now, planned, fiche, reference):
    """Where it stands with the référent: what is published was validated, some weeks after it ended."""
    state = Reference.State.VALIDATED
    drawn = random.choices(list(UNPUBLISHED), UNPUBLISHED.values())[0]
    if not reference.publishable and planned.standing not in LEFT_COOPERATIVE and fiche.referent:
        state = drawn
    told_after, decided_after, waits = random.randint(4, 50), random.randint(1, 12), random.randint(2, 30)
    comment = random.choice(content.charter()["changes"])
    over = max(
        fiche.created_at, timezone.make_aware(datetime.combine(reference.ends_on or reference.starts_on, time(9)))
    )
    if state == Reference.State.TO_VALIDATE:
        return {"state": state, "submitted_at": max(over, now - timedelta(days=waits))}
    if state == Reference.State.CHANGES_ASKED:
        submitted_at = max(over, now - timedelta(days=waits + decided_after))
    else:
        comment = ""
        submitted_at = min(over + timedelta(days=told_after), max(over, now - timedelta(days=2)))
    decided_at = submitted_at + min(timedelta(days=decided_after), (now - submitted_at) / 2)
    return {**_decided(fiche, decided_at), "state": state, "submitted_at": submitted_at, "comment": comment}


def _close_one(references, now):
    """One that was sent back, and that its keeper never took up again."""
    waited, before = now - timedelta(days=200), timezone.localdate(now) - timedelta(days=201)
    forgotten = next(
        reference
        for reference in references
        if reference.state == Reference.State.CHANGES_ASKED and reference.ends_on and reference.ends_on < before
    )
    forgotten.state, forgotten.decided_by, forgotten.comment = Reference.State.CLOSED, None, ""
    forgotten.submitted_at, forgotten.decided_at = waited, now - timedelta(days=15)


def _decided(fiche, decided_at):
    return {"decided_by": fiche.referent.user if fiche.referent else None, "decided_at": decided_at}


def _attestation(fiche, client, reference):
    lines = [
        "Attestation de bonne exécution",
        "",
        client.name,
        *wrap(f"Objet : {reference.subject}", 60),
        f"Prestataire : {fiche.name}",
        f"Prestation achevée le {reference.ends_on:%d/%m/%Y}",
        "",
        "Document de démonstration, sans valeur.",
    ]
    return files.proof(lines)


def _awaiting(now, case, fiche, client, contact):
    """A reference that its référent hasn't validated, whose client agrees that it be shown."""
    charter = content.careers()[case.trade].charters[case.subject]
    starts_on = timezone.localdate(now) - timedelta(days=case.started_days_ago)
    situation, *_ = content.charter()["situations"][client.type]
    decision = {"state": Reference.State.TO_VALIDATE}
    if case.answered_days_ago is not None:
        decision = {
            **_decided(fiche, now - timedelta(days=case.answered_days_ago)),
            "state": Reference.State.CHANGES_ASKED,
            "comment": case.comment,
        }
    if case.closed_days_ago is not None:
        decision = {"state": Reference.State.CLOSED, "decided_at": now - timedelta(days=case.closed_days_ago)}
    return Reference(
        co_entrepreneur=fiche,
        client=client,
        subject=case.subject,
        context=f"{situation} {charter.context}",
        mission=charter.mission,
        deliverables="\n".join(charter.deliverables),
        results=case.results,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=case.lasted_days),
        place=_place(client),
        amount=case.amount,
        publishable=True,
        submitted_at=now - timedelta(days=case.days_ago),
        **_told_by(contact),
        **decision,
    )


def _write_codes(random, references, trades):
    """One or two of the CPV codes of the trade."""
    through = Reference.cpv_codes.through
    links = []
    for reference in references:
        first, *others = trades[reference.co_entrepreneur_id].cpv
        codes = [first, *([random.choice(others)] if often(random, 40) else [])]
        links += [through(reference_id=reference.pk, cpvcode_id=code) for code in codes]
    through.objects.bulk_create(links)


def _shared_across_trades(references, listed):
    """For each case, the first published reference of that subject kept by a listed member, and the others."""
    catalogue = {fiche.pk for fiches in listed.values() for fiche in fiches}
    for case in content.charter()["shared"]:
        reference = next(
            reference
            for reference in references
            if reference.subject == case["subject"]
            and reference.publishable
            and reference.co_entrepreneur_id in catalogue
        )
        yield reference, [listed[trade][0] for trade in case["trades"]]


def _shared_in_a_trade(random, plans, fiches, references, trades):
    """Some of the last services of people who work together: the colleague is of their trade."""
    crossed = {case["subject"] for case in content.charter()["shared"]}
    colleagues = {}
    for planned, fiche in zip(plans, fiches, strict=True):
        if planned.standing in ON_CATALOGUE:
            colleagues.setdefault(planned.trade.name, []).append(fiche)
    possible = [
        (reference, others)
        for reference in references
        if reference.state == Reference.State.VALIDATED
        and reference.subject not in crossed
        and (mates := colleagues.get(trades[reference.co_entrepreneur_id].name))
        and reference.co_entrepreneur in mates
        and (others := [mate for mate in mates if mate != reference.co_entrepreneur])
    ]
    for reference, others in random.sample(possible, SHARED_IN_A_TRADE):
        yield reference, [random.choice(others)]


def _write_participants(shared, trades):
    """Those who took part beside the keeper, whom the database has written; then what each of them did."""
    parts = {name: career.parts for name, career in content.careers().items()}
    others, keepers = [], {}
    for reference, fiches in shared:
        own = trades[reference.co_entrepreneur_id]
        keepers[reference.pk] = parts[own.name][0]
        others += [
            Participation(
                reference=reference,
                co_entrepreneur=fiche,
                part=parts[trades[fiche.pk].name][1 if trades[fiche.pk] == own else 0],
            )
            for fiche in fiches
        ]
    kept = list(Participation.objects.filter(reference__in=keepers))
    for participation in kept:
        participation.part = keepers[participation.reference_id]
    Participation.objects.bulk_update(kept, ["part"])
    Participation.objects.bulk_create(others)
