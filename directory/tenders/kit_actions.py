"""Asking for a kit."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from directory.models import Consultation, Kit

from . import duplicates
from .tasks import make_kit, under_way

# A kit takes seconds; a worker that was killed gives its jobs back within minutes.
GIVEN_UP_AFTER = timedelta(minutes=15)
GIVEN_UP = "La préparation n’a pas abouti : elle s’est interrompue en route."


@transaction.atomic
def ask_for_kit(*, consultation, by):
    """Queue the making of a kit; while one is under way, it is that one.

    Args:
        consultation: whose documents to make.
        by: the `directory.access.Viewer` who asks.

    Returns:
        Kit

    Raises:
        Unsettled: see `duplicates`.
    """
    consultation = Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
    duplicates.refuse_unsettled(consultation)
    if waiting := under_way().select_for_update().filter(consultation=consultation).first():
        if not is_given_up(waiting):
            return waiting
        waiting.state, waiting.finished_at = Kit.State.FAILED, timezone.now()
        waiting.problems = [{"document": "Dossier", "reason": GIVEN_UP}]
        waiting.save()
    asked = Kit.objects.create(consultation=consultation, **by.author)
    make_kit.defer(kit_pk=asked.pk)
    return asked


def is_given_up(kit):
    """Whether a kit has been under way for too long to be still being made."""
    return kit.finished_at is None and kit.asked_at < timezone.now() - GIVEN_UP_AFTER
