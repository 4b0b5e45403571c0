"""Erasing a person: their fiches, with all that goes with these."""

from directory.models import CoEntrepreneur

from . import purge
from .vocabulary import Sought


def erase(sought: Sought, *, by, reason, dry_run=False):  # noqa: ARG001
    """Erase the fiches of a person, their files and their history."""
    fiches = CoEntrepreneur.objects.filter(pk__in=sought.fiches)
    if not dry_run:
        purge.erase_rows(fiches)
