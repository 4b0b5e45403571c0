"""What happens to an answer: its documents asked for, and what was sent kept for good.

`by` is a `directory.rights.Viewer`. That they may do it was seen to when the consultation was looked up.
"""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from directory.decisions import Refused
from directory.models import Consultation, Kit
from directory.tenders.consultations import duplicates
from directory.tenders.consultations.lookup import locked

from . import emails, keeping
from .tasks import make_kit, under_way

# A kit takes seconds; a worker that was killed gives its jobs back within minutes.
GIVEN_UP_AFTER = timedelta(minutes=15)
GIVEN_UP = "La préparation n’a pas abouti : elle s’est interrompue en route."


@transaction.atomic
def ask_for_kit(*, consultation, by):
    """Queue the making of a kit; while one is under way, it is that one.

    Args:
        consultation: whose documents to make.
        by: the `Viewer` who asks.

    Returns:
        Kit

    Raises:
        Unsettled: see `duplicates`.
    """
    consultation = locked(consultation.pk)
    duplicates.refuse_unsettled(consultation)
    if waiting := under_way().select_for_update().filter(consultation=consultation).first():
        if not is_given_up(waiting):
            return waiting
        waiting.state, waiting.finished_at = Kit.State.FAILED, timezone.now()
        waiting.problems = [{"document": "Dossier", "reason": GIVEN_UP}]
        waiting.save()
    kit = Kit.objects.create(consultation=consultation, **by.author)
    make_kit.defer(kit_pk=kit.pk)
    return kit


@transaction.atomic
def choose_references(*, consultation, references):
    """Say which references go into the next kit: none means those that come first."""
    locked(consultation.pk).references.set(references)


def is_given_up(kit):
    """Whether a kit has been under way for too long to be still being made."""
    return kit.finished_at is None and kit.asked_at < timezone.now() - GIVEN_UP_AFTER


# --- What was sent ---------------------------------------------------------------------------------------------------


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
    data = {}
    if made:
        data = {name: getattr(made, name) for name in ("problems", "warnings", "people")} | {"documents": made.data}
        data["attached"] = sorted(attachments)
    if not files:
        raise Refused("Il n’y a rien à garder : joignez ce que vous avez envoyé.")
    stored = []
    try:
        with transaction.atomic():
            consultation = locked(consultation_pk)
            # Whoever opens the same consultation meanwhile waits, and is seen, or sees.
            duplicates.hold_register()
            _refuse_sending(consultation, after)
            answer = keeping.keep(
                consultation=consultation, by=by, files=dict(files.values()), data=data, stored=stored
            )
            emails.tell_sent(answer, people=made.people if made else {}, but=by.member)
            return answer
    except BaseException:
        keeping.discard(stored)
        raise


def _refuse_sending(consultation, after):
    duplicates.refuse_unsettled(consultation)
    if consultation.outcome == Consultation.Outcome.DROPPED:
        raise Refused("Cette consultation est abandonnée : changez d’abord son issue.")
    if other := duplicates.answered_together(consultation).first():
        raise Refused(f"La réponse commune est déjà partie, sous « {other} » : une seconde l’annulerait.")
    latest = consultation.answers.order_by("-number").first()
    if latest and latest.number != after:
        raise Refused(f"La {latest} vient d’être gardée : regardez-la avant d’en garder une autre.")
