"""What others share with the person: it stays, without them."""

from dataclasses import replace

from django.db.models import Exists, OuterRef, Q

from directory.models import (
    Answer,
    AnswerFile,
    Consultation,
    DuplicateNotice,
    GroupRecipient,
    MemoPart,
    Participation,
    PublicClient,
    Reference,
    TeamMember,
)
from directory.privacy import frozen
from directory.privacy.map import entry_of
from directory.privacy.vocabulary import Person
from directory.privacy.wording import RETIRED

from .own import rows_of_person
from .words import columns_of_words, naming

CONTACT = ("contact_name", "contact_role", "contact_email", "contact_phone")
KEPT_FILES = (
    "{} fichier{s} d’envois à des acheteurs, qui peu{t} encore nommer la personne, jusqu’au terme du marché : ce qui a "
    "été envoyé ne se récrit pas."
)

KEPT_ATTESTATIONS = (
    "{} attestation{s} d’un client, qui peu{t} nommer la personne, tant que d’autres gardent la référence qu’elle "
    "prouve."
)
# Around a consultation: what leads to it.
OF_CONSULTATIONS = [
    (Consultation, "pk"),
    (TeamMember, "consultation"),
    (MemoPart, "consultation"),
    (DuplicateNotice, "consultation"),
]


def contacts_of(sought):
    """The references whose contact at the client's is the person."""
    entry = entry_of(Reference)
    ties = tuple(tie for tie in entry.ties if tie.of is Person.CONTACT)
    return Reference.objects.filter(pk__in=rows_of_person(replace(entry, ties=ties), sought))


def part_with_references(marks, tally):
    """References that nobody else took part in go; others lose this keeper, and the contact that they alone had.

    A contact at a client's, who is sought, goes from all.
    """
    attested = set(_attested(contacts_of(marks.sought)))
    tally.mask(contacts_of(marks.sought), **dict.fromkeys(CONTACT, ""))
    if marks.fiches:
        attested |= _part_with_own(marks, tally)
    if left := len(attested):
        tally.kept.append(KEPT_ATTESTATIONS.format(left, s="s" if left > 1 else "", t="vent" if left > 1 else "t"))


def _part_with_own(marks, tally):
    """The same of those that they took part in: the keys of those that stay with an attestation."""
    events = Reference.pgh_event_model.objects.filter(co_entrepreneur__in=marks.fiches)
    parts = Participation.objects.filter(co_entrepreneur__in=marks.fiches)
    tied = Q(co_entrepreneur__in=marks.fiches) | Q(pk__in=parts.values("reference"))
    # An earlier deletion left some that nobody keeps.
    tied |= Q(pk__in=events.values("pgh_obj"), co_entrepreneur=None)
    references = Reference.objects.filter(tied)
    others = Participation.objects.filter(reference=OuterRef("pk")).exclude(co_entrepreneur__in=marks.fiches)
    alone = list(references.filter(~Exists(others)).values_list("pk", flat=True))
    attested = set(_attested(references.exclude(pk__in=alone)))
    clients = list(PublicClient.objects.filter(references__in=alone, siret="").distinct())
    tally.delete(Reference, alone)
    # Clients that they typed, and that nothing leads to any more.
    tally.delete(PublicClient, [client.pk for client in clients if not _is_used(client)])
    kept = Reference.objects.filter(co_entrepreneur__in=marks.fiches)
    tally.mask(kept, co_entrepreneur=None, **dict.fromkeys(CONTACT, ""))
    tally.mask(events.exclude(pgh_obj__in=alone), co_entrepreneur=None)
    return attested


def _is_used(client):
    links = client._meta.related_objects  # noqa: SLF001
    return any(link.related_model.objects.filter(**{link.field.name: client}).exists() for link in links)


def _attested(references):
    return references.exclude(attestation="").values_list("pk", flat=True)


def mask_group_messages(marks, tally):
    """Among those to whom a buyer wrote, they are nobody, and said nothing."""
    nothing = dict.fromkeys(("answer", "reason", "word"), "")
    nothing |= dict.fromkeys(("co_entrepreneur", "opened_at", "reminded_at", "answered_at"))
    tally.mask(GroupRecipient.objects.filter(co_entrepreneur__in=marks.fiches), **nothing)


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
    # Where they took part, their marque and their name alone mean them; elsewhere, see `words.mask_everywhere`.
    for model, of in OF_CONSULTATIONS:
        rows = model.objects.filter(**{f"{of}__in": consultations})
        tally.mask_words(rows, columns_of_words(model), marks.in_tenders)
    answers = Answer.objects.filter(pk__in=naming(Answer, marks.everywhere)).values_list("consultation", flat=True)
    left = _mask_answers(tally, by, sorted(consultations), marks.in_tenders)
    left += _mask_answers(tally, by, sorted(set(answers) - consultations), marks.everywhere)
    if left:
        several = left > 1
        tally.kept.append(KEPT_FILES.format(left, s="s" if several else "", t="vent" if several else "t"))


def _mask_answers(tally, by, consultations, wording):
    answers, files, dropped, left = frozen.mask(consultations, wording, by=by)
    for model, pks in [(Answer, answers), (AnswerFile, files)]:
        if pks:
            tally.masked.setdefault(model, set()).update(pks)
    tally.paths |= {file.name for file in dropped if file}
    return left
