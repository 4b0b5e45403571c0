"""What buyers wrote down of a sourcing: it stays theirs, without the person."""

from django.db.models import TextField
from django.db.models.functions import Cast

from directory.models import ClosedRecord, RecordFiche, RecordSearch, SetAside, SourcingRecord, Unfreezing
from directory.privacy import records

# What buyers write, and what the searches say.
TOLD = [
    (SourcingRecord, ["need", "organisation", "outcome_words"]),
    (RecordFiche, ["note"]),
    (SetAside, ["words", "label"]),
    (RecordSearch, ["sentence"]),
]


def mask_records(marks, tally, by):
    """The buyer's address goes; who is kept or set aside is named no more, in open records and in closed ones."""
    own = SourcingRecord.objects.with_address(*marks.sought.emails) if marks.sought.emails else None
    if own:
        tally.mask(own, email="", email_asked_at=None, email_confirmed_at=None)
    # A search by a name leads to its person.
    for search in RecordSearch.objects.filter(marks.naming("sentence")):
        tally.mask(RecordSearch.objects.filter(pk=search.pk), query=f"retire={search.pk}", address="")
    for line in SetAside.objects.filter(marks.naming("label")).exclude(query=""):
        tally.mask(SetAside.objects.filter(pk=line.pk), query=f"retire={line.pk}")
    # In what is written of them, their marque and their last name mean them.
    for model, columns in [(RecordFiche, ["note"]), (SetAside, ["words"])]:
        tally.mask_words(model.objects.filter(co_entrepreneur__in=marks.fiches), columns, marks.in_tenders)
    for model, columns in TOLD:
        tally.mask_words(model.objects.filter(marks.naming(*columns)), columns, marks.everywhere)
    closed = set(records.retire(marks.fiches, purpose=Unfreezing.Purpose.ERASURE, by=by))
    naming = ClosedRecord.objects.filter(
        pk__in=ClosedRecord.objects.alias(told=Cast("data", TextField())).filter(marks.naming("told")).values("pk")
    )
    closed |= set(records.mask(naming, marks.everywhere, by=by))
    if closed:
        tally.masked.setdefault(ClosedRecord, set()).update(closed)
