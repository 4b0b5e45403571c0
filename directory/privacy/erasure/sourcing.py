"""What buyers wrote down of a sourcing: it stays theirs, without the person."""

from directory.models import ClosedRecord, RecordFiche, RecordSearch, SetAside, SourcingRecord, Unfreezing
from directory.privacy import records

from .words import naming


def mask_records(marks, tally, by):
    """The buyer's address goes; who is kept or set aside is named no more, in open records and in closed ones."""
    own = SourcingRecord.objects.with_address(*marks.sought.emails) if marks.sought.emails else None
    if own:
        tally.mask(own, email="", email_asked_at=None, email_confirmed_at=None)
    # A search by a name leads to its person.
    for search in RecordSearch.objects.filter(pk__in=naming(RecordSearch, marks.everywhere)):
        tally.mask(RecordSearch.objects.filter(pk=search.pk), query=f"retire={search.pk}", address="")
    for line in SetAside.objects.filter(pk__in=naming(SetAside, marks.everywhere)).exclude(query=""):
        if marks.everywhere.names(line.label):
            tally.mask(SetAside.objects.filter(pk=line.pk), query=f"retire={line.pk}")
    # In what is written of them, their marque and their last name mean them; elsewhere, see `words.mask_everywhere`.
    for model, columns in [(RecordFiche, ["note"]), (SetAside, ["words"])]:
        tally.mask_words(model.objects.filter(co_entrepreneur__in=marks.fiches), columns, marks.in_tenders)
    closed = set(records.retire(marks.fiches, purpose=Unfreezing.Purpose.ERASURE, by=by))
    of_others = ClosedRecord.objects.filter(pk__in=naming(ClosedRecord, marks.everywhere))
    closed |= set(records.mask(of_others, marks.everywhere, by=by))
    if closed:
        tally.masked.setdefault(ClosedRecord, set()).update(closed)
