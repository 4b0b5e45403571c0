"""The making of a kit, in the background."""

import logging
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from directory.models import Kit

from . import kit as maker

logger = logging.getLogger(__name__)

# So many that are ready stay; older ones go, with their files.
KEPT = 3
STOPPED = "La préparation s’est arrêtée sur une erreur. Demandez-le de nouveau ; si elle revient, prévenez le site."
NOTHING_MADE = "Aucun document n’a pu être fait."


def under_way():
    """The kits that were asked for and aren't finished; at most one for each consultation."""
    return Kit.objects.filter(state__in=[Kit.State.QUEUED, Kit.State.RUNNING])


@app.task(name="make_kit", aliases=["directory.tenders.tasks.make_kit"], queue="kits")
def make_kit(*, kit_pk):
    """Make a kit that was asked for. Run again after a crash, it starts afresh; given up meanwhile, it does nothing."""
    running = under_way().filter(pk=kit_pk)
    if not running.update(state=Kit.State.RUNNING, made=0, total=0):
        return
    consultation = running.select_related("consultation__buyer").get().consultation
    try:
        made = maker.make(consultation, progress=lambda done, total: running.update(made=done, total=total))
        content = maker.archive(made)
    except Exception:
        logger.exception("kit %d can't be made", kit_pk)
        _finish(kit_pk, Kit.State.FAILED, [{"document": "Dossier", "reason": STOPPED}])
        return
    if made.files:
        _finish(kit_pk, Kit.State.DONE, made.problems, content)
    else:
        _finish(kit_pk, Kit.State.FAILED, [*made.problems, {"document": "Dossier", "reason": NOTHING_MADE}])


@transaction.atomic
def _finish(kit_pk, state, problems, content=None):
    """Write the outcome down, and put older kits away; one that was given up meanwhile stays so."""
    kit = under_way().select_for_update().filter(pk=kit_pk).first()
    if kit is None:
        return
    kit.state, kit.problems, kit.finished_at = state, problems, timezone.now()
    if content:
        kit.archive.save("kit.zip", ContentFile(content), save=False)
    kit.save()
    of_the_same = Kit.objects.filter(consultation=kit.consultation_id).exclude(pk=kit_pk)
    failed = of_the_same.filter(state=Kit.State.FAILED)
    for old in [*of_the_same.filter(state=Kit.State.DONE)[KEPT - 1 :], *failed]:
        if old.archive:
            transaction.on_commit(partial(old.archive.storage.delete, old.archive.name))
        old.delete()
