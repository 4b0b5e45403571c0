"""Closed sourcing records: who leaves is taken out of our copy; the buyer's reasons and the fingerprint stay."""

from urllib.parse import unquote_plus

from django.db import transaction

from crealead.words import plain
from directory.documents import DocumentError, render_record
from directory.models import ClosedRecord, CoEntrepreneur, SourcingRecord, Unfreezing
from directory.models.masking import OF_NOBODY, RETIRED_LINE
from directory.search.lexicon import is_french

from .frozen import opened
from .wording import Wording

# Of a line about somebody, what isn't theirs: where it stands, and what the buyer wrote.
OF_THE_BUYER = {"place", "note"}


@transaction.atomic
def retire(fiches, *, purpose, by=None, rows=None):
    """Take the people of these fiches out of the closed records that name them.

    Args:
        fiches: their keys.
        purpose: an `Unfreezing.Purpose`.
        by: the account that does it, or None.
        rows: a queryset, of the only records that are looked into.

    Returns:
        list: the keys of the records that changed.
    """
    fiches = set(fiches)
    closed = (ClosedRecord.objects.all() if rows is None else rows).filter(fiches__overlap=list(fiches))
    return [row.pk for row in _held(closed) if _write(row, masked(row.data, fiches), purpose, by)]


@transaction.atomic
def mask(rows, wording, *, by=None):
    """Take the words that name a person out of these closed records, whatever line they stand in."""
    return [row.pk for row in _held(rows) if _write(row, _reworded(row.data, wording), Unfreezing.Purpose.ERASURE, by)]


def masked(data, fiches):
    """The same without the people of these fiches; what the buyer wrote stays, but for their names."""
    gone = []
    data = _without_lines(data, fiches, gone)
    names = {line["name"] for line in gone}
    names |= {name for line in gone if (name := line["trade_name"]) and (" " in name or not is_french(name))}
    return _reworded(data, Wording(names))


@transaction.atomic
def erase(pks, purpose=Unfreezing.Purpose.PURGE):
    """Erase records with all that they say, closed or not."""
    # Held first: what is being written of one, or closed, is erased with it.
    list(SourcingRecord.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk", flat=True))
    with opened(purpose):
        ClosedRecord.objects.filter(record__in=pks).delete()
    SourcingRecord.objects.filter(pk__in=pks).delete()


def forget_addresses(pks):
    """Empty the address of these records, and what follows from it."""
    SourcingRecord.objects.filter(pk__in=pks).update(email="", email_asked_at=None, email_confirmed_at=None)


def about(data, fiches):
    """What a closed record says of these fiches, and of nobody else: a list of lines, with the reason of each."""
    told = [line for line in data["kept"] if line["fiche"] in fiches]
    for reason in data["set_aside"]:
        why = {name: reason[name] for name in ("label", "reason", "words")}
        told += [line | why for line in reason["fiches"] if line["fiche"] in fiches]
    return told + [line for line in data["without_reason"]["fiches"] if line["fiche"] in fiches]


def lines_in(data):
    """The lines of a closed record about somebody, wherever they stand; `fiche` is None once they are masked."""
    if isinstance(data, list):
        return [line for one in data for line in lines_in(one)]
    if not isinstance(data, dict):
        return []
    return [data] if "fiche" in data else [line for one in data.values() for line in lines_in(one)]


def left_among(keys, is_objecting):
    """Those of these fiches that are erased, or whose person left or objects.

    Args:
        keys: of fiches.
        is_objecting: tells it of a fiche that isn't published.
    """
    rows = CoEntrepreneur.objects.in_bulk(keys)
    gone = set(keys) - rows.keys()
    return gone | {
        pk for pk, fiche in rows.items() if fiche.is_departed or (not fiche.client_public and is_objecting(fiche))
    }


def _held(rows):
    return list(rows.select_for_update().order_by("pk"))


def _write(row, data, purpose, by):
    if data == row.data:
        return False
    # Nobody proves by the fingerprint, which stays, what they guess of who was masked.
    data["salt"] = ""
    named = {line["fiche"] for line in lines_in(data) if line["fiche"]}
    try:
        pdf = render_record(data, fingerprint=row.fingerprint)
    except DocumentError:
        # Made again when it is asked for: nothing keeps the person from going.
        pdf = b""
    with opened(purpose, by=by):
        ClosedRecord.objects.filter(pk=row.pk).update(
            data=data, pdf=pdf, fiches=[pk for pk in row.fiches if pk in named]
        )
    return True


def _without_lines(data, fiches, gone):
    if isinstance(data, list):
        return [_without_lines(one, fiches, gone) for one in data]
    if not isinstance(data, dict):
        return data
    if data.get("fiche") in fiches:
        gone.append(data)
        emptied = {key: value if key in OF_THE_BUYER else type(value)() for key, value in data.items()}
        if emptied.get("note"):
            emptied["note"] = _of_them([data]).masked(emptied["note"])
        return emptied | {"fiche": None, "name": RETIRED_LINE}
    if data.get("words") and (them := [line for line in data.get("fiches", []) if line["fiche"] in fiches]):
        others = [line for line in data["fiches"] if line not in them]
        data = data | {"words": _of_them(them, others).masked(data["words"])}
    return {key: _without_lines(one, fiches, gone) for key, one in data.items()}


def _of_them(lines, others=()):
    """In what is written of people, each of their names alone means them; one that French has, by its capital.

    But for a name that another of whom it is written has as well.
    """
    names = [line["name"] for line in lines]
    shared = {plain(word) for line in others for word in line["name"].split()}
    own = [word for name in names for word in name.split() if word[0].isupper() and plain(word) not in shared]
    common = [word for word in own if is_french(word)]
    return Wording([*names, *(word for word in own if word not in common)], capitalised=common)


def _reworded(value, wording):
    if isinstance(value, list):
        return [_reworded(one, wording) for one in value]
    if isinstance(value, dict):
        value = {key: one if key in OF_NOBODY else _reworded(one, wording) for key, one in value.items()}
        # A search by somebody's name leads to them.
        if wording.names(unquote_plus(str(value.get("address", "")))):
            value["address"] = ""
        return value
    return wording.masked(value) if isinstance(value, str) else value
