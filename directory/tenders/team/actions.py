"""What happens to a team: each action is one transaction, with its mails.

That whoever acts may do it was seen to when the consultation was looked up.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from directory.decisions import Refused
from directory.models import TeamMember
from directory.tenders.consultations import duplicates
from directory.tenders.consultations.lookup import locked
from directory.tenders.consultations.people import lead_of

from . import emails

Role, State = TeamMember.Role, TeamMember.State
# Before this, a second click doesn't mail a second invitation.
AGAIN_AFTER = timedelta(days=1)
OVER = "La date limite est passée, ou l’issue est connue : l’équipe ne change plus."


@transaction.atomic
def invite(
    *, consultation_pk, co_entrepreneur, role=Role.MEMBER, mission="", stands_in_for=None, answer_by=None, message=""
):
    """Ask someone in; or again, after they declined or let an invitation lie for a day. Who is in stays as they are.

    They read the message, and the day by which an answer is hoped for.

    Raises:
        Unsettled: see `duplicates`.
        Refused: when it is over, or when the role is taken.
    """
    consultation = _under_way(consultation_pk)
    duplicates.refuse_unsettled(consultation)
    if role == Role.LEAD and (lead := lead_of(consultation)) and lead.co_entrepreneur_id != co_entrepreneur.pk:
        raise Refused(f"{lead.co_entrepreneur.name} pilote déjà : changez d’abord son rôle.")
    seat = consultation.team.filter(co_entrepreneur=co_entrepreneur).first()
    if seat and not may_ask_again(seat):
        return seat
    seat = seat or TeamMember(consultation=consultation, co_entrepreneur=co_entrepreneur)
    seat.role, seat.mission, seat.answer_by, seat.message = role, mission, answer_by, message
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
        raise Refused("Vous avez déjà répondu : rien n’a changé.")
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
        raise Refused("Une équipe ne se retire pas son pilote : confiez d’abord ce rôle à quelqu’un d’autre.")
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
        raise Refused("Cette personne a décliné : invitez-la de nouveau pour lui proposer un autre rôle.")
    if seat.role == Role.LEAD and role != Role.LEAD:
        raise Refused(
            "Une équipe a un pilote : confiez ce rôle à quelqu’un d’autre, cette personne deviendra équipière."
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
        raise Refused("Cette personne n’a pas encore accepté d’être dans l’équipe : elle pourra la piloter ensuite.")
    if seat.co_entrepreneur.is_departed:
        raise Refused("Cette personne a quitté la coopérative : confiez ce rôle à quelqu’un d’autre.")
    if former := lead_of(seat.consultation):
        former.role = Role.MEMBER
        former.save(update_fields=["role"])
        emails.tell_role(former)


# --- The rows, locked --------------------------------------------------------------------------------------------


def _under_way(pk):
    """The consultation, held, as long as its team may change."""
    consultation = locked(pk)
    if consultation.is_over:
        raise Refused(OVER)
    return consultation


def _seat(pk):
    """A seat, read again once its consultation is held."""
    consultation = _under_way(TeamMember.objects.values_list("consultation_id", flat=True).get(pk=pk))
    seat = TeamMember.objects.select_related("co_entrepreneur").get(pk=pk)
    seat.consultation = consultation
    return seat
