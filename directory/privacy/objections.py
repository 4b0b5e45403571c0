"""Who objected, remembered by keyed fingerprints of their marks: they tell nobody who doesn't know these."""

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone

from crealead.phones import e164
from crealead.words import day
from directory.models import ClosedRecord, CoEntrepreneur, Objection, Unfreezing
from directory.search.places import fold

from . import records
from .fingerprints import fingerprint
from .vocabulary import By, Sought

Kind, Mark = Objection.Kind, Objection.Mark


def record(sought: Sought, kind: str):
    """Remember that a person objected, by each address, phone and name of a `Sought`, those of its fiches included.

    Args:
        sought: the person.
        kind: an `Objection.Kind`.

    Returns:
        int: how many marks weren't remembered already.
    """
    marks = _marks_of(sought)
    known = set(
        Objection.objects.standing()
        .filter(kind=kind, fingerprint__in=_under_all_keys(marks))
        .values_list("fingerprint", flat=True)
    )
    new = [
        Objection(kind=kind, mark=mark, fingerprint=_fingerprint(mark, text, settings.SECRET_KEY))
        for mark, text in marks
        if known.isdisjoint(_under_all_keys([(mark, text)]))
    ]
    Objection.objects.bulk_create(new, ignore_conflicts=True)
    records.retire(sought.fiches, purpose=Unfreezing.Purpose.RETIRING)
    return len(new)


def is_objecting(
    *, emails: Iterable[str] = (), phones: Iterable[str] = (), names: Iterable[str] = ()
) -> Objection | None:
    """The latest objection of who has one of these marks, as its `words` and `mark` say; None for nobody's.

    A name may be another's: of several, one by an address or a phone comes first.
    """
    marks = _marks_of(Sought(emails=tuple(emails), phones=tuple(phones), names=tuple(names)))
    standing = Objection.objects.standing().filter(fingerprint__in=_under_all_keys(marks))
    return min(standing, key=lambda objection: objection.mark == Mark.NAME, default=None)


def retire_from_records(rows=None):
    """Take out of the closed sourcing records, or of these alone, who left the cooperative, objects or is erased.

    Returns:
        list: the keys of the records that changed.
    """
    rows = ClosedRecord.objects.all() if rows is None else rows
    named = {pk for fiches in rows.values_list("fiches", flat=True) for pk in fiches}
    gone = withdrawn_among(named)
    return records.retire(gone, purpose=Unfreezing.Purpose.RETIRING, rows=rows) if gone else []


def withdrawn_among(keys):
    """Those of these fiches that are erased, or whose person left or objects: nobody is told whose they were."""
    return records.left_among(keys, of_fiche)


def of_fiche(fiche) -> Objection | None:
    """The same of who a fiche is about, by its addresses and phones, those it had before too.

    Not by name: of two people who share it, one may agree.
    """
    emails, phones, _ = _of_fiche(fiche)
    return is_objecting(emails=emails, phones=phones)


def warning(*, emails=(), phones=(), names=()):
    """What whoever makes a fiche for someone who objected is told, as a sentence; empty for nobody's."""
    objection = is_objecting(emails=emails, phones=phones, names=names)
    if objection is None:
        return ""
    who = "Une personne de ce nom" if objection.mark == Mark.NAME else "Cette personne"
    return (
        f"{who} {objection.get_kind_display()} le {day(objection.on)} : gardez une fiche à son nom seulement si "
        "elle le veut de nouveau. Le catalogue ne la montrera qu’avec son accord."
    )


def lift(sought: Sought):
    """Take back what a person objected to, as they ask themselves.

    Returns:
        int: how many marks.
    """
    fingerprints = _under_all_keys(_marks_of(sought))
    return Objection.objects.standing().filter(fingerprint__in=fingerprints).update(lifted_at=timezone.now())


def of(fiche):
    """The marks of who a fiche is about."""
    return Sought(fiches=(fiche.pk,))


def _marks_of(sought):
    """Pairs of a kind of mark and the text of one, as it is compared: however it was typed."""
    fiches = CoEntrepreneur.objects.filter(pk__in=sought.fiches) if sought.fiches else []
    emails, numbers, names = [*sought.emails], [*sought.phones], [*sought.names]
    for fiche in fiches:
        for marks, those in zip((emails, numbers, names), _of_fiche(fiche), strict=True):
            marks.extend(those)
    marks = [(Mark.EMAIL, email.strip().lower()) for email in emails]
    marks += [(Mark.PHONE, e164(number)) for number in numbers]
    marks += [(Mark.NAME, " ".join(sorted(fold(name).split()))) for name in names]
    return list(dict.fromkeys((mark, text) for mark, text in marks if text))


def _of_fiche(fiche):
    """The addresses, phones and names of a fiche, and those that its history keeps: changing them hides nobody."""
    former = list(fiche.events.values_list("email", "phone").distinct())
    emails = dict.fromkeys([fiche.email, *(email for email, _ in former)])
    return list(emails), list(dict.fromkeys([fiche.phone, *(phone for _, phone in former)])), [fiche.name]


def _under_all_keys(marks):
    """The fingerprints of these marks, under the key of today and under those it took the place of."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_fingerprint(mark, text, key) for mark, text in marks for key in keys]


def _fingerprint(mark, text, key):
    return fingerprint("objections", By[mark.name], text, key)
