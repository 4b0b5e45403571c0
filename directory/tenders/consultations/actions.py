"""What happens to a consultation: each action is one transaction, with its mails.

`by` is a `directory.rights.Viewer`. That they may do it was seen to when the consultation was looked up.
"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from directory.decisions import Refused, Stale
from directory.models import Consultation, DuplicateNotice, MemoPart, TeamMember
from directory.references.actions import saved_client
from directory.tenders.team import emails as team_emails

from . import duplicates, emails
from .duplicates import Settlement
from .lookup import locked

Role, State = TeamMember.Role, TeamMember.State
PLAIN_CONTENT = ("subject", "reference", "lot", "deadline", "contract_ends_on", "link")
LIST_CONTENT = ("cpv_codes", "skills", "departments")


# --- The consultation ------------------------------------------------------------------------------------------------


@transaction.atomic
def open_consultation(*, by, content, lead=None, opened_with=None):
    """Write a consultation in the register, with who leads it: its author, or whom a référent names and who is asked.

    Args:
        by: see above.
        content: by field, those of `PLAIN_CONTENT` and `LIST_CONTENT`, and `buyer`, a `PublicClient` that may be new.
        lead: a co-entrepreneur, when it isn't the author.
        opened_with: what the form was given, as a UUID: with the same one, the same author opens one consultation.
    """
    duplicates.hold_register()
    if opened_with and (opened := Consultation.objects.filter(opened_with=opened_with).first()):
        if (opened.author_member, opened.author_user) == (by.member, by.user):
            return opened
        opened_with = None
    consultation = Consultation(opened_with=opened_with, **by.author)
    _write(consultation, content, by)
    seat = TeamMember(consultation=consultation, co_entrepreneur=by.member or lead, role=Role.LEAD)
    if by.member:
        seat.state, seat.answered_at = State.ACCEPTED, timezone.now()
    seat.save()
    duplicates.notice_likeness(consultation)
    if not by.member:
        team_emails.invite(seat)
    return consultation


@transaction.atomic
def edit(*, consultation_pk, by, version, content):
    """Change a consultation, unless someone did since it was at `version`.

    Raises:
        Stale: with the consultation as it is now, and who changed it.
    """
    consultation = _at_version(consultation_pk, version)
    _write(consultation, content, by)
    duplicates.notice_likeness(consultation)
    return consultation


@transaction.atomic
def record_outcome(*, consultation_pk, by, version, content, scores):
    """Write down what became of the answer, and how the buyer marked it.

    Args:
        consultation_pk: the consultation.
        by: see above.
        version: the one that the form was opened on.
        content: by field of the model, from `outcome` to `feedback`.
        scores: by memo part, a dict of `criterion`, `score` and `score_out_of`.

    Raises:
        Stale: with the consultation as it is now.
    """
    consultation = _at_version(consultation_pk, version)
    was_won = consultation.outcome == Consultation.Outcome.WON
    for name, value in content.items():
        setattr(consultation, name, value)
    _save(consultation, by)
    for part, marked in scores.items():
        # A section that was taken out meanwhile has no row any more, and one that was written keeps its text.
        MemoPart.objects.filter(pk=part.pk).update(version=F("version") + 1, **marked)
    if consultation.outcome == Consultation.Outcome.DROPPED:
        duplicates.settle_those_about(consultation)
    if consultation.outcome == Consultation.Outcome.WON and not was_won:
        emails.tell_won(consultation)
    duplicates.notice_likeness(consultation)
    return consultation


@transaction.atomic
def settle(*, notice_pk, by, settlement, word):
    """Say what this team makes of a consultation that looks like its own. Dropping settles it for the other too.

    Args:
        notice_pk: the notice, whose `consultation` is this team's.
        by: see above.
        settlement: one of `duplicates.ANSWERS`.
        word: for the other team; may be empty.

    Raises:
        Refused: when it was settled already.
    """
    pair = DuplicateNotice.objects.values_list("consultation_id", "other_id").get(pk=notice_pk)
    # In one order, whichever team comes first.
    list(Consultation.objects.select_for_update(no_key=True).filter(pk__in=pair).order_by("pk"))
    notice = DuplicateNotice.objects.select_related("consultation__buyer", "other__buyer").get(pk=notice_pk)
    if notice.settled_at:
        raise Refused("C’est déjà tranché, rien n’a changé.")
    notice.settled_at, notice.settled_by = timezone.now(), by.name
    notice.settlement, notice.word = settlement, word
    notice.save()
    if settlement == Settlement.DROPPED:
        consultation = notice.consultation
        consultation.outcome, consultation.outcome_on = Consultation.Outcome.DROPPED, timezone.localdate()
        _save(consultation, by)
        duplicates.settle_those_about(consultation)
    emails.tell_settled(notice)
    return notice


# --- The rows, locked ------------------------------------------------------------------------------------------------


def _at_version(pk, version):
    consultation = locked(pk)
    if consultation.version != version:
        by = f" par {consultation.updated_by}" if consultation.updated_by else ""
        raise Stale(
            f"Cette consultation a été changée{by} pendant que vous l’écriviez : rien n’est enregistré.",
            current=consultation,
        )
    return consultation


def _write(consultation, content, by):
    """Write the content. The register is held: two teams that open the same one at once see each other."""
    duplicates.hold_register()
    consultation.buyer = content["buyer"] if content["buyer"].pk else saved_client(content["buyer"])
    for name in PLAIN_CONTENT:
        setattr(consultation, name, content[name])
    _save(consultation, by)
    for name in LIST_CONTENT:
        getattr(consultation, name).set(content[name])


def _save(consultation, by):
    if consultation.pk:
        consultation.version += 1
    consultation.updated_by = by.name
    consultation.save()
