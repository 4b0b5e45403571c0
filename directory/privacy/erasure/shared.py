"""What others share with the person: it stays, without them."""

from dataclasses import replace

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from directory.models import (
    Answer,
    AnswerFile,
    Consultation,
    DuplicateNotice,
    GroupMessage,
    GroupRecipient,
    MemoPart,
    Participation,
    Reference,
    TeamMember,
)
from directory.privacy import frozen
from directory.privacy.map import entry_of
from directory.privacy.wording import RETIRED

CONTACT = ("contact_name", "contact_role", "contact_email", "contact_phone")
KEPT_FILES = (
    "{} fichier{s} d’envois à des acheteurs, qui peu{t} encore nommer la personne, jusqu’au terme du marché : ce qui a "
    "été envoyé ne se récrit pas."
)

# The words of people around a consultation: the columns, and what leads to it.
TOLD_IN_TENDERS = [
    (Consultation, ["feedback"], "pk"),
    (TeamMember, ["mission", "answer_word", "message"], "consultation"),
    (MemoPart, ["title", "body", "criterion", "guidance"], "consultation"),
    (DuplicateNotice, ["word", "settled_by"], "consultation"),
]


def part_with_references(marks, tally):
    """References that nobody else took part in go; others lose this keeper, and the contact that they alone had.

    A contact at a client's, who is sought, goes from all.
    """
    as_contact = replace(entry_of(Reference), ties=tuple(tie for tie in entry_of(Reference).ties if tie.of))
    sought = replace(marks.sought, accounts=(), fiches=())
    tally.mask(Reference.objects.filter(pk__in=as_contact.rows_of(sought)), **dict.fromkeys(CONTACT, ""))
    if not marks.fiches:
        return
    events = Reference.pgh_event_model.objects.filter(co_entrepreneur__in=marks.fiches)
    parts = Participation.objects.filter(co_entrepreneur__in=marks.fiches)
    tied = Q(co_entrepreneur__in=marks.fiches) | Q(pk__in=parts.values("reference"))
    # An earlier deletion left some that nobody keeps.
    tied |= Q(pk__in=events.values("pgh_obj"), co_entrepreneur=None)
    references = Reference.objects.filter(tied)
    others = Participation.objects.filter(reference=OuterRef("pk")).exclude(co_entrepreneur__in=marks.fiches)
    alone = list(references.filter(~Exists(others)).values_list("pk", flat=True))
    tally.delete(Reference, alone)
    kept = Reference.objects.filter(co_entrepreneur__in=marks.fiches)
    tally.mask(kept, co_entrepreneur=None, **dict.fromkeys(CONTACT, ""))
    tally.mask(events.exclude(pgh_obj__in=alone), co_entrepreneur=None)


def mask_group_messages(marks, tally):
    """Among those to whom a buyer wrote, they are nobody, and said nothing; neither text nor answer names them."""
    nothing = dict.fromkeys(("answer", "reason", "word"), "")
    nothing |= dict.fromkeys(("co_entrepreneur", "opened_at", "reminded_at", "answered_at"))
    tally.mask(GroupRecipient.objects.filter(co_entrepreneur__in=marks.fiches), **nothing)
    for model, columns in [(GroupMessage, ["subject", "message", "place"]), (GroupRecipient, ["word"])]:
        tally.mask_words(model.objects.filter(marks.naming(*columns)), columns, marks.everywhere)


def mask_tenders(marks, tally, by):
    """In teams, memos and answers: their own words go, and what names them is masked; all else stays as it is."""
    for name in (*marks.names, *marks.logins):
        tally.mask(Consultation.objects.filter(updated_by__iexact=name), updated_by=RETIRED)
        tally.mask(MemoPart.objects.filter(updated_by__iexact=name), updated_by=RETIRED)
        tally.mask(DuplicateNotice.objects.filter(settled_by__iexact=name), settled_by=RETIRED)
    theirs = Q(team__co_entrepreneur__in=marks.fiches) | Q(author_member__in=marks.fiches)
    consultations = set(Consultation.objects.filter(theirs).values_list("pk", flat=True))
    seats = TeamMember.objects.filter(co_entrepreneur__in=marks.fiches)
    tally.mask(seats, mission="", answer_word="", message="")
    answers = Answer.objects.alias(told=Cast("data", TextField())).filter(marks.naming("told"))
    naming = set(answers.values_list("consultation", flat=True))
    for model, columns, of in TOLD_IN_TENDERS:
        naming |= set(model.objects.filter(marks.naming(*columns)).values_list(of, flat=True))
    # Where they took part, their marque and their name alone mean them.
    left = _mask_consultations(tally, by, sorted(consultations), marks.in_tenders)
    left += _mask_consultations(tally, by, sorted(naming - consultations), marks.everywhere)
    if left:
        several = left > 1
        tally.kept.append(KEPT_FILES.format(left, s="s" if several else "", t="vent" if several else "t"))


def _mask_consultations(tally, by, consultations, wording):
    for model, columns, of in TOLD_IN_TENDERS:
        tally.mask_words(model.objects.filter(**{f"{of}__in": consultations}), columns, wording)
    answers, files, dropped, left = frozen.mask(consultations, wording, by=by)
    for model, pks in [(Answer, answers), (AnswerFile, files)]:
        if pks:
            tally.masked.setdefault(model, set()).update(pks)
    tally.paths |= {file.name for file in dropped if file}
    return left
