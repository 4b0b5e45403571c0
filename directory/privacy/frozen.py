"""What was sent and doesn't change, opened for the erasure of a person and the purge alone; a trigger writes it."""

from contextlib import contextmanager
from pathlib import PurePath

from django.db import connection, transaction
from django.db.models import ProtectedError

from directory.models import Answer, AnswerFile, CoEntrepreneur, Consultation, Kit, Unfreezing
from directory.models.answer import UNFROZEN_BY
from directory.models.files import discard

# What a fiche is called once its person is erased and something still leads to it; nobody is ever written to there.
RETIRED_ADDRESS = "retire-{}@erased.invalid"


@contextmanager
def opened(purpose, *, by=None):
    """Let through what changes or deletes answers and their files, in the current transaction.

    Args:
        purpose: an `Unfreezing.Purpose`.
        by: the account that does it, or None.
    """
    _set(f"{purpose.value}:{by.pk if by else ''}")
    yield
    # A failure takes the transaction, and this with it.
    _set("")


def mask(consultations, wording, *, by):
    """Take a person out of the answers of these consultations: out of data and names of files; their CVs go.

    Returns:
        tuple: the answers that changed, as keys; the same of files; the files that go; how many files are left of these
        answers, which may name the person.
    """
    answers, rows, dropped, left = set(), set(), [], 0
    with opened(Unfreezing.Purpose.ERASURE, by=by):
        for answer in Answer.objects.filter(consultation__in=consultations).prefetch_related("files"):
            data = wording.masked_json(answer.data)
            if data != answer.data:
                Answer.objects.filter(pk=answer.pk).update(data=data)
                answers.add(answer.pk)
            taken = {file.name for file in answer.files.all()}
            for file in answer.files.all():
                if not wording.names(file.name):
                    left += bool(file.file)
                    continue
                taken.discard(file.name)
                name = _free(wording.masked_name(file.name), taken)
                taken.add(name)
                AnswerFile.objects.filter(pk=file.pk).update(name=name, file="")
                rows.add(file.pk)
                dropped.append(file.file)
    return answers, rows, dropped, left


def erase_consultations(pks):
    """Erase consultations with all that was prepared and sent for them, and who is kept for them alone."""
    with transaction.atomic():
        for model in (AnswerFile, Kit):
            column = "file" if model is AnswerFile else "archive"
            path = "answer__consultation" if model is AnswerFile else "consultation"
            for row in model.objects.filter(**{f"{path}__in": pks}):
                discard(getattr(row, column))
        with opened(Unfreezing.Purpose.PURGE):
            AnswerFile.objects.filter(answer__consultation__in=pks).delete()
            Answer.objects.filter(consultation__in=pks).delete()
        Consultation.objects.filter(pk__in=pks).delete()
        _forget_the_retired()


def _forget_the_retired():
    """Delete the empty fiches that stood for erased people, once nothing leads to them."""
    for fiche in CoEntrepreneur.objects.filter(email__endswith=RETIRED_ADDRESS.partition("@")[2]):
        try:
            with transaction.atomic():
                CoEntrepreneur.objects.filter(pk=fiche.pk).delete()
        except ProtectedError:
            continue
        CoEntrepreneur.pgh_event_model.objects.filter(pgh_obj=fiche.pk).delete()


def _free(name, taken):
    path, number = PurePath(name), 1
    while name in taken:
        number += 1
        name = f"{path.stem}-{number}{path.suffix}"
    return name


def _set(value):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [UNFROZEN_BY, value])
