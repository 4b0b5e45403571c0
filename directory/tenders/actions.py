"""What happens to a consultation and its team: each action is one transaction, with its mails.

`by` is a `directory.access.Viewer`. That they may do it was seen to when the consultation was looked up.
"""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from directory.models import Consultation, DuplicateNotice, MemoPart, PublicClient, TeamMember
from directory.references.actions import saved_client

from . import answers, duplicates, emails
from .duplicates import Settlement
from .errors import Refused, Stale
from .people import lead_of, name_of

Role, State = TeamMember.Role, TeamMember.State
PLAIN_CONTENT = ("subject", "reference", "lot", "deadline", "contract_ends_on", "link")
LIST_CONTENT = ("cpv_codes", "skills", "departments")
# Before this, a second click doesn't mail a second invitation.
AGAIN_AFTER = timedelta(days=1)
OVER = "La date limite est passée, ou l’issue est connue : l’équipe ne change plus."


# --- The consultation ------------------------------------------------------------------------------------------------


@transaction.atomic
def open_consultation(*, by, content, lead=None):
    """Write a consultation in the register, with who leads it: its author, or whom a référent names and who is asked.

    Args:
        by: see above.
        content: by field, those of `PLAIN_CONTENT` and `LIST_CONTENT`, and `buyer`, a `PublicClient` that may be new.
        lead: a co-entrepreneur, when it isn't the author.
    """
    consultation = Consultation(**by.author)
    _write(consultation, content, by)
    seat = TeamMember(consultation=consultation, co_entrepreneur=by.member or lead, role=Role.LEAD)
    if by.member:
        seat.state, seat.answered_at = State.ACCEPTED, timezone.now()
    seat.save()
    duplicates.notice_likeness(consultation)
    if not by.member:
        emails.invite(seat)
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
    for name, value in content.items():
        setattr(consultation, name, value)
    _save(consultation, by)
    for part, marked in scores.items():
        # A section that was taken out meanwhile has no row any more, and one that was written keeps its text.
        MemoPart.objects.filter(pk=part.pk).update(version=F("version") + 1, **marked)
    if consultation.outcome == Consultation.Outcome.DROPPED:
        duplicates.settle_those_about(consultation)
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
    notice.settled_at, notice.settled_by = timezone.now(), name_of(by)
    notice.settlement, notice.word = settlement, word
    notice.save()
    if settlement == Settlement.DROPPED:
        consultation = notice.consultation
        consultation.outcome, consultation.outcome_on = Consultation.Outcome.DROPPED, timezone.localdate()
        _save(consultation, by)
        duplicates.settle_those_about(consultation)
    emails.tell_settled(notice)
    return notice


# --- The answer ------------------------------------------------------------------------------------------------------


def send(*, consultation_pk, by, made, attachments, after):
    """Keep what was sent to the buyer: the documents made, and the files added, which replace those of their name.

    Args:
        consultation_pk: the consultation.
        by: see above.
        made: what `kit.make` gives, or None when only the files added were sent.
        attachments: Django files by safe name.
        after: the number of the latest answer that the form knew of, 0 for none: a second click keeps nothing.

    Returns:
        Answer

    Raises:
        Unsettled: see `duplicates`.
        Refused: when there is nothing to keep, or when another answer has left for the same lot.
    """
    files = {file.name.casefold(): (file.name, ContentFile(file.content)) for file in made.files} if made else {}
    files |= {name.casefold(): (name, file) for name, file in attachments.items()}
    data = {"documents": made.data, "problems": made.problems, "warnings": made.warnings} if made else {}
    if not files:
        raise Refused("Il n’y a rien à garder : joignez ce que vous avez envoyé.")
    stored = []
    try:
        with transaction.atomic():
            consultation = _locked(consultation_pk)
            # Whoever opens the same consultation meanwhile waits, and is seen, or sees.
            PublicClient.objects.select_for_update(no_key=True).get(pk=consultation.buyer_id)
            _refuse_sending(consultation, after)
            return answers.keep(consultation=consultation, by=by, files=dict(files.values()), data=data, stored=stored)
    except BaseException:
        answers.discard(stored)
        raise


def _refuse_sending(consultation, after):
    duplicates.refuse_unsettled(consultation)
    if consultation.outcome == Consultation.Outcome.DROPPED:
        raise Refused("Cette consultation est abandonnée : changez d’abord son issue.")
    if other := duplicates.answered_together(consultation).first():
        raise Refused(f"La réponse commune est déjà partie, sous « {other} » : une seconde l’annulerait.")
    latest = consultation.answers.order_by("-number").first()
    if latest and latest.number != after:
        raise Refused(f"La {latest} vient d’être gardée : regardez-la avant d’en garder une autre.")


# --- The team --------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, consultation_pk, co_entrepreneur, role=Role.MEMBER, mission="", stands_in_for=None):
    """Ask someone in; or again, after they declined or let an invitation lie for a day. Who is in stays as they are.

    Raises:
        Unsettled: see `duplicates`.
        Refused: when it is over, or when the role is taken.
    """
    consultation = _under_way(consultation_pk)
    duplicates.refuse_unsettled(consultation)
    if role == Role.LEAD and (lead := lead_of(consultation)) and lead.co_entrepreneur_id != co_entrepreneur.pk:
        raise Refused(f"{lead.co_entrepreneur.name} pilote déjà : changez d’abord son rôle.")
    seat = consultation.team.filter(co_entrepreneur=co_entrepreneur).first()
    if seat and not may_ask_again(seat):
        return seat
    seat = seat or TeamMember(consultation=consultation, co_entrepreneur=co_entrepreneur)
    seat.role, seat.mission = role, mission
    seat.stands_in_for = stands_in_for if role == Role.STAND_IN else None
    seat.state, seat.invited_at, seat.answered_at, seat.answer_word = State.INVITED, timezone.now(), None, ""
    seat.save()
    emails.invite(seat)
    return seat


def may_ask_again(seat):
    """Whether another invitation may go to someone: they declined, or a day has passed without an answer."""
    if seat.state == State.INVITED:
        return seat.invited_at < timezone.now() - AGAIN_AFTER
    return seat.state == State.DECLINED


@transaction.atomic
def answer_invitation(*, seat_pk, accepts, word):
    """Take the seat or decline it, and tell the lead.

    Raises:
        Refused: when it was answered already, or when it is over.
    """
    seat = _seat(seat_pk)
    if seat.state != State.INVITED:
        raise Refused("Vous avez déjà répondu : rien n’a changé.")
    seat.state = State.ACCEPTED if accepts else State.DECLINED
    seat.answered_at, seat.answer_word = timezone.now(), word
    seat.save()
    emails.tell_answered(seat)
    return seat


@transaction.atomic
def remove(*, seat_pk):
    """Take someone out of the team, and tell them unless they had declined.

    Raises:
        Refused: for the lead, or when it is over.
    """
    seat = _seat(seat_pk)
    if seat.role == Role.LEAD and seat.state != State.DECLINED:
        raise Refused("Une équipe ne se retire pas son pilote : confiez d’abord ce rôle à quelqu’un d’autre.")
    if seat.state != State.DECLINED:
        emails.tell_removed(seat)
    seat.delete()


@transaction.atomic
def change_role(*, seat_pk, role, mission, stands_in_for=None):
    """Give someone another role or mission, and tell them. A new lead makes a member of the former one.

    Raises:
        Refused: when the lead would be left without successor, or when it is over.
    """
    seat = _seat(seat_pk)
    if seat.state == State.DECLINED:
        raise Refused("Cette personne a décliné : invitez-la de nouveau pour lui proposer un autre rôle.")
    if seat.role == Role.LEAD and role != Role.LEAD:
        raise Refused(
            "Une équipe a un pilote : confiez ce rôle à quelqu’un d’autre, cette personne deviendra équipière."
        )
    if seat.role != Role.LEAD and role == Role.LEAD:
        _hand_over(seat)
    seat.role, seat.mission = role, mission
    seat.stands_in_for = stands_in_for if role == Role.STAND_IN else None
    seat.save(update_fields=["role", "mission", "stands_in_for"])
    emails.tell_role(seat)
    return seat


def _hand_over(seat):
    """Make room for a new lead, who must have said yes to being in, and be there still.

    Raises:
        Refused: otherwise.
    """
    if seat.state != State.ACCEPTED:
        raise Refused("Cette personne n’a pas encore accepté d’être dans l’équipe : elle pourra la piloter ensuite.")
    if seat.co_entrepreneur.is_departed:
        raise Refused("Cette personne a quitté la coopérative : confiez ce rôle à quelqu’un d’autre.")
    if former := lead_of(seat.consultation):
        former.role = Role.MEMBER
        former.save(update_fields=["role"])
        emails.tell_role(former)


# --- The rows, locked ------------------------------------------------------------------------------------------------


def _locked(pk):
    return Consultation.objects.select_for_update(no_key=True).get(pk=pk)


def _at_version(pk, version):
    consultation = _locked(pk)
    if consultation.version != version:
        raise Stale(consultation)
    return consultation


def _under_way(pk):
    """The consultation, held, as long as its team may change."""
    consultation = _locked(pk)
    if consultation.is_past or consultation.outcome:
        raise Refused(OVER)
    return consultation


def _seat(pk):
    """A seat, read again once its consultation is held."""
    consultation = _under_way(TeamMember.objects.values_list("consultation_id", flat=True).get(pk=pk))
    seat = TeamMember.objects.select_related("co_entrepreneur").get(pk=pk)
    seat.consultation = consultation
    return seat


def _write(consultation, content, by):
    """Write the content, with the buyer's row held: two teams that open the same one at once see each other."""
    buyer = content["buyer"] if content["buyer"].pk else saved_client(content["buyer"])
    consultation.buyer = PublicClient.objects.select_for_update(no_key=True).get(pk=buyer.pk)
    for name in PLAIN_CONTENT:
        setattr(consultation, name, content[name])
    _save(consultation, by)
    for name in LIST_CONTENT:
        getattr(consultation, name).set(content[name])


def _save(consultation, by):
    if consultation.pk:
        consultation.version += 1
    consultation.updated_by = name_of(by)
    consultation.save()
