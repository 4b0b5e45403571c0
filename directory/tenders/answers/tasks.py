"""The making of a kit, in the background."""

import logging
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from directory.models import Answer, Kit

from . import kit as maker
from . import sources, withdrawn

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
    # Before: what changes while it is made is seen at the next look.
    sources_of_kit = sources.sources_of(consultation)
    try:
        made = maker.make(consultation, progress=lambda done, total: running.update(made=done, total=total))
        content = maker.archive(made)
    except Exception:
        logger.exception("kit %d can't be made", kit_pk)
        _finish(kit_pk, Kit.State.FAILED, [{"document": "Dossier", "reason": STOPPED}])
        return
    if made.files:
        _finish(kit_pk, Kit.State.DONE, made.problems, content, sources_of_kit)
    else:
        _finish(kit_pk, Kit.State.FAILED, [*made.problems, {"document": "Dossier", "reason": NOTHING_MADE}])


@app.periodic(cron="35 * * * *")
@app.task(name="drop_changed_kits", queueing_lock="drop_changed_kits", lock="drop_changed_kits")
def drop_changed_kits(**_when):
    """Take away the kits in which something changed; see `sources`. Whoever opens one before is answered the same.

    Returns:
        int: how many.
    """
    consultations = Kit.objects.filter(state=Kit.State.DONE).order_by("consultation").values_list("consultation")
    dropped = sum(sources.drop_changed(consultation_pk=pk) for (pk,) in list(consultations.distinct()))
    logger.info("dropped %d kits", dropped)
    return dropped


@app.periodic(cron="40 * * * *")
@app.task(name="take_out_withdrawn", queueing_lock="take_out_withdrawn", lock="take_out_withdrawn")
def take_out_withdrawn(**_when):
    """Take out of what was sent the photos and images whose consent was withdrawn; see `withdrawn`.

    Returns:
        int: how many files were made anew.
    """
    made_anew = withdrawn.take_out_withdrawn(Answer.objects.all())
    logger.info("made %d files of answers anew", made_anew)
    return made_anew


@transaction.atomic
def _finish(kit_pk, state, problems, content=None, sources_of_kit=None):
    """Write the outcome down, and put older kits away; one that was given up meanwhile stays so."""
    kit = under_way().select_for_update().filter(pk=kit_pk).first()
    if kit is None:
        return
    kit.state, kit.problems, kit.finished_at = state, problems, timezone.now()
    kit.sources = sources_of_kit or {}
    if content:
        kit.archive.save("kit.zip", ContentFile(content), save=False)
    kit.save()
    of_the_same = Kit.objects.filter(consultation=kit.consultation_id).exclude(pk=kit_pk)
    failed = of_the_same.filter(state__in=[Kit.State.FAILED, Kit.State.DROPPED])
    for old in [*of_the_same.filter(state=Kit.State.DONE)[KEPT - 1 :], *failed]:
        if old.archive:
            transaction.on_commit(partial(old.archive.storage.delete, old.archive.name))
        old.delete()
