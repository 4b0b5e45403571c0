"""What of whom is in a kit: once it changes, is withdrawn or somebody leaves, the kit goes, and the lead is told.

Each kit keeps fingerprints of what its CVs and reference sheets were made from. What the team itself decides, which
references go in or what the memo says, drops nothing.
"""

import hashlib
import json

from django.db import transaction

from crealead.words import of
from directory.documents import cv, sheet
from directory.models import CoEntrepreneur, Consent, Kit, Reference
from directory.models.files import discard
from directory.tenders.consultations.lookup import locked
from directory.tenders.team.selection import possible_references, references_of, team_of

from . import emails

# What documents say of themselves, of the day and of the cooperative; and what a reading again changes.
VOLATILE = {"title", "label", "running", "dated", "cooperative", "missing", "asides", "updated_on"}
CV, REFERENCE = "cv", "reference"
CHANGED = "A changé depuis, ou un accord a été retiré."
GONE = "N’en fait plus partie."


def sources_of(consultation):
    """The fingerprints of what a kit made now is made from, by « cv 12 » or « reference 7 »."""
    team = team_of(consultation)
    people = [seat.co_entrepreneur for seat in team]
    return _of_people(people) | _of_references(references_of(consultation, team))


def drop_changed(*, consultation_pk):
    """Take away the kits of a consultation in which something changed; the lead is told once, while it matters.

    Returns:
        int: how many kits.
    """
    with transaction.atomic():
        consultation = locked(consultation_pk)
        present, dropped = None, []
        for kit in consultation.kits.filter(state=Kit.State.DONE).select_for_update():
            if kit.sources and present is None:
                present = _present_sources(consultation)
            if told := _told(kit, present) if kit.sources else _told_of_before(kit):
                discard(kit.archive)
                kit.archive, kit.state, kit.problems = "", Kit.State.DROPPED, told
                kit.save(update_fields=["archive", "state", "problems"])
                dropped.append(kit)
        if dropped and not consultation.is_over:
            emails.tell_dropped(consultation, dropped[0])
    return len(dropped)


def _present_sources(consultation):
    """What may be in a kit, as it is now, whether or not it would go into the next one."""
    team = team_of(consultation)
    people = [seat.co_entrepreneur for seat in team]
    return _of_people(people) | _of_references(possible_references(consultation, team))


def _of_people(people):
    return {
        f"{CV} {person.pk}": _fingerprint(
            cv.content(person)
            | {"phone": person.phone, "email": person.email}
            | {"certifications": [row.label.name for row in person.certifications.all() if row.is_valid]}
        )
        for person in people
    }


def _of_references(references):
    return {
        f"{REFERENCE} {reference.pk}": _fingerprint(
            sheet.content(reference) | {"publishable": reference.publishable, "attested": bool(reference.attestation)}
        )
        for reference in references
    }


def _fingerprint(content):
    told = {name: value for name, value in content.items() if name not in VOLATILE}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _told(kit, present):
    """What of a kit isn't any more what it was: dicts of `document` and `reason`."""
    return [
        {"document": _label(source), "reason": CHANGED if source in present else GONE}
        for source, fingerprint in kit.sources.items()
        if present.get(source) != fingerprint
    ]


def _told_of_before(kit):
    """The same of a kit that kept no fingerprints: who left since, or withdrew a consent."""
    seats = kit.consultation.team.filter(state="accepted")
    people = CoEntrepreneur.objects.filter(pk__in=seats.values("co_entrepreneur"))
    withdrawn = Consent.objects.filter(withdrawn_at__gt=kit.finished_at or kit.asked_at).values("co_entrepreneur")
    reasons = [(people.departed(), GONE), (people.present().filter(pk__in=withdrawn), CHANGED)]
    return [{"document": f"CV {of(person.name)}", "reason": why} for those, why in reasons for person in those]


def _label(source):
    kind, pk = source.split()
    if kind == CV:
        person = CoEntrepreneur.objects.filter(pk=pk).first()
        return f"CV {of(person.name)}" if person else "Un CV"
    reference = Reference.objects.filter(pk=pk).select_related("client").first()
    return f"Référence : {reference.subject} ({reference.client})" if reference else "Une référence"
