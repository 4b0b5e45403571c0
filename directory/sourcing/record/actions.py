"""Sourcing records: opened, written by whoever has the link, closed for good, told the outcome of, erased."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from directory.catalogue.search_urls import NO_BOXES
from directory.documents import render_record
from directory.models import (
    ClosedRecord,
    RecordFiche,
    RecordSearch,
    SetAside,
    SourcingRecord,
    Unfreezing,
    sourcing_record,
)
from directory.privacy.actions import records
from directory.search.order import SORTS
from directory.search.rotation import order_of

from . import frozen, mails
from .standing import Standing

YEAR = timedelta(days=365)


class ClosedError(Exception):
    """The record was closed meanwhile, or is there no more: nothing was written."""


class ChangedError(Exception):
    """What the form showed has been changed since: nothing was written. `record` is as it is now."""

    def __init__(self, record):
        self.record = record
        super().__init__()


class FullError(Exception):
    """The record has no room for it: nothing was written."""


@dataclass(frozen=True)
class Added:
    """What became of what was to be added: how many came in, and how many were left out, set aside with a motive."""

    searches: int = 0
    fiches: int = 0
    is_full: bool = False
    set_aside: int = 0


# --- By who has the link -----------------------------------------------------------------------------------------


@transaction.atomic
def start(*, need, organisation, search=None, fiches=()):
    """Open a record; with a search, and the keys of fiches that are kept."""
    record = SourcingRecord.objects.create(need=need, organisation=organisation)
    _add(record, search, fiches)
    return record


@transaction.atomic
def add(*, record_pk, search=None, fiches=()):
    """Add a search, made now, and fiches to keep; what is there already, or is set aside with a motive, stays as it is.

    Returns:
        Added

    Raises:
        ClosedError
    """
    record = _open(record_pk)
    added = _add(record, search, fiches)
    _touch(record, kept=added.fiches)
    return added


@transaction.atomic
def save_need(*, record_pk, seen, values):
    """Write the need.

    Args:
        record_pk: its key.
        seen: the `need_version` that the form showed.
        values: of the columns of the need.

    Raises:
        ClosedError, ChangedError
    """
    record = _open(record_pk)
    if record.need_version != seen:
        raise ChangedError(record)
    for name, value in values.items():
        setattr(record, name, value)
    record.need_version += 1
    _touch(record, *values, "need_version")


@transaction.atomic
def save_kept(*, record_pk, seen, notes, order):
    """Write the notes and the order of those kept; who isn't in `order` is kept no more.

    Args:
        record_pk: its key.
        seen: the `kept_version` that the form showed.
        notes: by the key of a `RecordFiche`.
        order: of these keys.

    Raises:
        ClosedError, ChangedError
    """
    record = _open(record_pk)
    if record.kept_version != seen:
        raise ChangedError(record)
    rows = {row.pk: row for row in record.kept.all()}
    for pk, row in rows.items():
        if pk not in order:
            row.delete()
    for position, pk in enumerate((pk for pk in order if pk in rows), 1):
        rows[pk].position, rows[pk].note = position, notes.get(pk, rows[pk].note)
        rows[pk].save(update_fields=["position", "note"])
    _touch(record, kept=True)


@transaction.atomic
def set_aside(*, record_pk, fiches, query, label, is_rest, reason, words):
    """Say why these fiches are set aside, or all those that a criterion leaves out, or all the others.

    Args:
        record_pk: its key.
        fiches: keys.
        query: the criterion that those set aside don't answer; empty for none.
        label: the same in words.
        is_rest: whether all those that remain are.
        reason: a `SetAside.Reason`.
        words: what is added to it.

    Raises:
        ClosedError
        ChangedError: one of them was kept or set aside meanwhile, or the same criterion was written.
        FullError
    """
    record = _open(record_pk)
    motive = {"record": record, "reason": reason, "words": words}
    lines = [SetAside(whom=SetAside.Whom.ONE, co_entrepreneur_id=pk, **motive) for pk in dict.fromkeys(fiches)]
    if query:
        lines.append(SetAside(whom=SetAside.Whom.WITHOUT, query=query, label=label, **motive))
    if is_rest:
        lines.append(SetAside(whom=SetAside.Whom.REST, **motive))
    written = list(record.set_aside.all())
    decided = {(line.whom, line.co_entrepreneur_id, line.query) for line in written}
    decided |= {(SetAside.Whom.ONE, pk, "") for pk in record.kept.values_list("co_entrepreneur", flat=True)}
    if any((line.whom, line.co_entrepreneur_id, line.query) in decided for line in lines):
        raise ChangedError(record)
    if len(written) + len(lines) > sourcing_record.MOST_SET_ASIDE:
        raise FullError
    SetAside.objects.bulk_create(lines)
    _touch(record)


@transaction.atomic
def take_back(*, record_pk, line_pk):
    """Set nobody aside any more by this line."""
    record = _open(record_pk)
    record.set_aside.filter(pk=line_pk).delete()
    _touch(record)


@transaction.atomic
def drop_search(*, record_pk, search_pk):
    record = _open(record_pk)
    record.searches.filter(pk=search_pk).delete()
    _touch(record)


@transaction.atomic
def close(*, record_pk, seen, years, index=None):
    """Freeze a record as it stands: from then on its content is read from `ClosedRecord`, and nothing changes it.

    Args:
        record_pk: its key.
        seen: the `outline` of what the page showed.
        years: a `SourcingRecord.Years`, how long it is kept.
        index: the one that is searched, when it isn't the current one.

    Returns:
        ClosedRecord

    Raises:
        ClosedError, ChangedError, DocumentError
    """
    record = _open(record_pk)
    standing = Standing(record, index)
    if outline(standing) != seen:
        raise ChangedError(record)
    at = timezone.now()
    data = frozen.snapshot(standing, at=at)
    mark = frozen.fingerprint(frozen.canonical(data))
    pdf = render_record(data, fingerprint=mark)
    closed = ClosedRecord.objects.create(
        record=record,
        closed_at=at,
        data=data,
        fingerprint=mark,
        pdf=pdf,
        pdf_fingerprint=frozen.fingerprint(pdf),
        fiches=frozen.fiches_in(data),
    )
    # What it said is said once, there.
    for rows in (record.searches, record.kept, record.set_aside):
        rows.all().delete()
    record.need, record.organisation, record.cpv_codes = "", "", []
    record.amount_from, record.amount_below = None, None
    record.kept_years, record.warned_on = years, None
    record.ends_on = timezone.localdate(at) + years * YEAR
    record.save()
    return closed


def outline(standing):
    """A word for all that a record says, so that what is closed is what was read."""
    data = frozen.snapshot(standing, at=timezone.now())
    return frozen.fingerprint(
        frozen.canonical({key: value for key, value in data.items() if key not in {"salt", "closed_at"}})
    )


@transaction.atomic
def ask_email(*, record_pk, email, seen=""):
    """Take an address, to be confirmed by its owner: nothing else is mailed to it before.

    Args:
        record_pk: its key.
        email: the address.
        seen: the `state_of_email` that the form showed; empty for none.

    Raises:
        ClosedError: it was erased meanwhile.
        ChangedError
    """
    record = _there(record_pk)
    if state_of_email(record) != seen:
        raise ChangedError(record)
    record.email, record.email_asked_at, record.email_confirmed_at = email, timezone.now(), None
    record.save(update_fields=["email", "email_asked_at", "email_confirmed_at"])
    mails.to_confirm(record)


@transaction.atomic
def confirm_email(*, record_pk, email):
    """Keep the address that its owner confirms, and mail them the link of the record; once.

    Another that was typed since their page was read isn't theirs to confirm.
    """
    rows = SourcingRecord.objects.filter(pk=record_pk, email=email, email_confirmed_at=None).exclude(email="")
    # Whom it tells of the end has changed: they are told too.
    if not rows.update(email_confirmed_at=timezone.now(), warned_on=None):
        return False
    mails.link(SourcingRecord.objects.get(pk=record_pk))
    return True


def forget_email(*, record_pk):
    records.forget_addresses([record_pk])


@transaction.atomic
def tell_outcome(*, record_pk, outcome, why_none, words, seen=""):
    """Write what came of a closed record, over what the form showed.

    Args:
        record_pk: its key.
        outcome: a `SourcingRecord.Outcome`.
        why_none: a `SourcingRecord.WhyNone`, or empty.
        words: what is added to it.
        seen: the `state_of_outcome` that the form showed; empty for nothing said.

    Raises:
        ClosedError: it was erased meanwhile.
        ChangedError
    """
    record = _there(record_pk)
    if state_of_outcome(record) != seen:
        raise ChangedError(record)
    record.outcome, record.why_none, record.outcome_words = outcome, why_none, words
    record.outcome_on = timezone.localdate()
    record.save(update_fields=["outcome", "why_none", "outcome_words", "outcome_on"])


def state_of_email(record):
    """A word for the address as it was given; empty for none."""
    return _state(record.email, record.email_asked_at) if record.email else ""


def state_of_outcome(record):
    """A word for what was said to have come of a record; empty for nothing."""
    return _state(record.outcome, record.why_none, record.outcome_words) if record.outcome else ""


def erase(*, record_pk):
    """Erase a record, closed or not, as who has the link asks."""
    records.erase([record_pk], Unfreezing.Purpose.BUYER)


# --- By itself ---------------------------------------------------------------------------------------------------


def warn():
    """Say to whom it concerns that their record ends soon, two weeks before at least.

    Returns:
        int: how many.
    """
    return sum(_warn(pk) for pk in list(SourcingRecord.objects.to_warn().values_list("pk", flat=True)))


@transaction.atomic
def _warn(pk):
    record = _taken(SourcingRecord.objects.to_warn(), pk)
    if record is None:
        return False
    record.warned_on = timezone.localdate()
    record.ends_on = max(record.ends_on, record.warned_on + sourcing_record.WARNED_BEFORE)
    record.save(update_fields=["warned_on", "ends_on"])
    mails.ending(record)
    return True


def ask_outcomes():
    """Ask, once, what came of those that were closed a month ago.

    Returns:
        int: how many.
    """
    return sum(_ask_outcome(pk) for pk in list(SourcingRecord.objects.to_ask().values_list("pk", flat=True)))


@transaction.atomic
def _ask_outcome(pk):
    record = _taken(SourcingRecord.objects.to_ask(), pk)
    if record is None:
        return False
    record.outcome_asked_on = timezone.localdate()
    record.save(update_fields=["outcome_asked_on"])
    mails.outcome(record)
    return True


def _taken(rows, pk):
    """The row of this key, held; None when it isn't among these rows any more, or another job has it."""
    held = SourcingRecord.objects.select_for_update(skip_locked=True).filter(pk=pk, pk__in=rows.values("pk"))
    return held.first()


# --- What they share ---------------------------------------------------------------------------------------------


def _there(pk):
    record = SourcingRecord.objects.select_for_update(of=["self"]).filter(pk=pk).first()
    if record is None:
        raise ClosedError
    return record


def _open(pk):
    record = _there(pk)
    if ClosedRecord.objects.filter(record=pk).exists():
        raise ClosedError
    return record


def _state(*values):
    return frozen.fingerprint(frozen.canonical([str(value) for value in values]))


def _touch(record, *names, kept=False):
    """Write these columns, and that it changed: it is there for as long again."""
    record.changed_at, record.ends_on, record.warned_on = timezone.now(), sourcing_record.open_until(), None
    record.kept_version += bool(kept)
    record.save(update_fields=[*names, "changed_at", "ends_on", "warned_on", "kept_version"])


def _add(record, search, fiches):
    there = set(record.kept.values_list("co_entrepreneur", flat=True))
    # Under the lock: a motive that somebody wrote meanwhile is theirs to take back.
    one_by_one = record.set_aside.filter(whom=SetAside.Whom.ONE, co_entrepreneur__in=fiches)
    set_aside = set(one_by_one.values_list("co_entrepreneur", flat=True))
    fresh = [pk for pk in dict.fromkeys(fiches) if pk not in there | set_aside]
    room = sourcing_record.MOST_KEPT - len(there)
    last = record.kept.aggregate(last=Max("position"))["last"] or 0
    rows = [
        RecordFiche(record=record, co_entrepreneur_id=pk, position=last + rank)
        for rank, pk in enumerate(fresh[:room], 1)
    ]
    RecordFiche.objects.bulk_create(rows)
    is_new = search is not None and not record.searches.filter(query=search.question).exists()
    has_room = record.searches.count() < sourcing_record.MOST_SEARCHES
    if is_new and has_room:
        _keep_search(record, search)
    is_full = len(fresh) > len(rows) or (is_new and not has_room)
    return Added(int(is_new and has_room), len(rows), is_full, len(set_aside))


def _keep_search(record, search):
    RecordSearch.objects.create(
        record=record,
        query=search.question,
        sentence=search.summary,
        address=address_of(search),
        order=f"{SORTS[search.sort]}, {order_of(search.seed)}",
        seed=search.seed,
        version=str(search.index.version or ""),
        total=search.total,
        answers=search.fiches.serialize(),
    )


def address_of(search):
    """The relative address of a search, with its seed: it leads to the same order, on the catalogue of that day."""
    query = search.url_without(f="", page="", graine=search.seed, **NO_BOXES)
    return reverse("catalogue:list") + (query if query != "." else "")
