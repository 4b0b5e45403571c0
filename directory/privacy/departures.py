"""The end of the data of those who left the cooperative, which the daily purge brings about."""

import logging

from django.db import transaction

from directory.models import CoEntrepreneur

from .vocabulary import Sought

logger = logging.getLogger(__name__)

REASON = "Départ de la coopérative : fin du délai"


def erase_departed(pks):
    """Erase the people of these fiches, each by themselves: one that can't be erased keeps no other from being so."""
    # The map, which names this line, is read there.
    from .erasure import erase

    for fiche in CoEntrepreneur.objects.filter(pk__in=pks):
        try:
            with transaction.atomic():
                erase(Sought(fiches=(fiche.pk,), emails=(fiche.email,)), by=None, reason=REASON, dry_run=False)
        except Exception:
            logger.exception("the fiche %d of someone who left can't be erased", fiche.pk)
