"""What is taken out of an answer that was sent, once the person withdraws a consent: their photo, their images.

All the rest of it stays as it was sent; what was taken out, when, and the fingerprint of the file as it was sent, are
written beside.
"""

import hashlib
from functools import partial

import pgtrigger
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from directory import documents
from directory.models import Answer, AnswerFile, CoEntrepreneur, Consent
from directory.models.files import answer_path

Item = Consent.Item
# What a CV shows by consent: what it is called there, empty, and as it is told.
SHOWN = {Item.PHOTO: ("photo", "", "la photo"), Item.PORTFOLIO: ("works", [], "les réalisations")}


def take_out_withdrawn(answers):
    """Take out of these answers what is no longer agreed to.

    Args:
        answers: a queryset.

    Returns:
        int: how many files were made anew.
    """
    return sum(_take_out(pk) for pk in list(answers.filter(data__has_key="documents").values_list("pk", flat=True)))


def _take_out(pk):
    with transaction.atomic():
        answer = Answer.objects.select_for_update().get(pk=pk)
        made_anew = 0
        for name, document in answer.data["documents"].items():
            items = _withdrawn(answer, name, document)
            file = answer.files.filter(name=name).first() if items else None
            if file and _is_ours(answer, file, document):
                _replace(answer, file, document, items)
                made_anew += 1
    return made_anew


def _withdrawn(answer, name, document):
    """The items that a CV shows, and that its person no longer agrees to show."""
    shown = [item for item, (key, _, _) in SHOWN.items() if document.get(key)]
    person = _person_of(answer, name) if shown else None
    if person is None:
        return []
    agreed = set(person.consents.active().filter(item__in=shown).values_list("item", flat=True))
    return [item for item in shown if item not in agreed]


def _person_of(answer, name):
    """Whose CV a file is; answers didn't always keep it, and the name of the file says it then."""
    if people := answer.data.get("people"):
        return CoEntrepreneur.objects.filter(pk__in=people.get(name, [])).first()
    team = CoEntrepreneur.objects.filter(team_seats__consultation=answer.consultation_id)
    stems = {person: f"03-cv-{slugify(person.name)}" for person in team}
    return next((person for person, stem in stems.items() if name.startswith(stem)), None)


def _is_ours(answer, file, document):
    """Whether a file is the one that the house made, and not another that the team put in its place."""
    if "attached" in answer.data:
        return file.name not in answer.data["attached"]
    return hashlib.sha256(documents.render_cv(document)).hexdigest() == file.sha256


def _replace(answer, file, document, items):
    """Make a file anew without these items, and write down that it was."""
    document |= {SHOWN[item][0]: SHOWN[item][1] for item in items}
    content = documents.render_cv(document)
    former, path = file.file.name, default_storage.save(answer_path(None, file.name), ContentFile(content))
    answer.data.setdefault("taken_out", []).append(
        {
            "file": file.name,
            "what": " et ".join(SHOWN[item][2] for item in items),
            "on": timezone.localdate().isoformat(),
            "sha256": file.sha256,
        }
    )
    with pgtrigger.ignore("directory.Answer:frozen", "directory.AnswerFile:frozen"):
        Answer.objects.filter(pk=answer.pk).update(data=answer.data)
        AnswerFile.objects.filter(pk=file.pk).update(
            file=path, size=len(content), sha256=hashlib.sha256(content).hexdigest()
        )
    transaction.on_commit(partial(default_storage.delete, former))
