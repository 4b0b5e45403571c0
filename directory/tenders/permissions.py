"""Who may read or change a consultation: it is in the look-up, so that for anyone else there is none."""

from django.shortcuts import get_object_or_404

from directory.models import Consultation, TeamMember


def readable(request, pk):
    """The consultation, for its team, the référents concerned and administrators.

    Raises:
        Http404: for anyone else.
    """
    return get_object_or_404(_consultations().visible_to(request.viewer), pk=pk)


def changeable(request, pk):
    """The consultation, for who opened it, who leads it, their référents and administrators.

    Raises:
        Http404: for anyone else.
    """
    return get_object_or_404(_consultations().editable_by(request.viewer), pk=pk)


def may_change(viewer, consultation):
    return Consultation.objects.editable_by(viewer).filter(pk=consultation.pk).exists()


def may_read_contracts(viewer, seats):
    """Whether this person is told when the contracts of the team end: who leads it, and who isn't a member."""
    if viewer.member is None:
        return True
    return any(seat.role == TeamMember.Role.LEAD and seat.co_entrepreneur_id == viewer.member.pk for seat in seats)


def _consultations():
    return Consultation.objects.select_related("buyer", "author_member", "author_user__referent")
