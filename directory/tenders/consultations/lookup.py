"""Consultations looked up: by who may, so that for anyone else there is none; or held while they are changed."""

from django.shortcuts import get_object_or_404

from directory.models import Consultation
from directory.rights import consultations_changed_by, consultations_read_by

SHOWN = ("buyer", "author_member", "author_user__referent")


def readable(request, pk):
    """The consultation, for its team, the référents concerned and administrators.

    Raises:
        Http404: for anyone else.
    """
    return get_object_or_404(consultations_read_by(request.viewer).select_related(*SHOWN), pk=pk)


def changeable(request, pk):
    """The consultation, for who opened it, who leads it, their référents and administrators.

    Raises:
        Http404: for anyone else.
    """
    return get_object_or_404(consultations_changed_by(request.viewer).select_related(*SHOWN), pk=pk)


def locked(pk):
    """The row alone, held to the end of the transaction."""
    return Consultation.objects.select_for_update(no_key=True).get(pk=pk)
