"""The erasure of a person: all that the map ties to them goes, or is masked where others rest on it.

What the map says of a table decides: rows of the person's own go; those that others share (`is_shared`) stay, the
person masked. A fiche or an account that something shared leads to stays as an empty row, « co-entrepreneur retiré ».
"""

from dataclasses import dataclass

from django.db import connection, transaction

from directory.decisions import Refused, by_user
from directory.models import CoEntrepreneur, ListingRequest
from directory.privacy import remembered
from directory.privacy.vocabulary import Sought

from . import own, shared, sourcing, traces, words
from .marks import Marks
from .tally import Line, Tally

# One erasure at a time.
LOCK = 8_190_502


@dataclass(frozen=True)
class Report:
    """What an erasure did, or would do, by line of the map; nothing personal is in it.

    Attributes:
        lines: those where something was done, in the order of the map.
        files: how many files go.
        kept: what stays of the person, and why: French sentences.
    """

    lines: tuple[Line, ...] = ()
    files: int = 0
    kept: tuple[str, ...] = ()

    @property
    def erased(self):
        return sum(line.erased for line in self.lines)

    @property
    def masked(self):
        return sum(line.masked for line in self.lines)


def erase(sought: Sought, *, by, reason, dry_run=False) -> Report:
    """Erase a person from everywhere, all or nothing; what is dropped on the disk goes once that is committed.

    A fiche or an account is erased by its key, or by its address, which is one person's; never by a name or a phone,
    which others may have: these erase the rest (messages, requests, clients' contacts).

    Args:
        sought: the marks of the person.
        by: the account that does it, None for the daily purge.
        reason: why, a word for the history of what stays, that names nobody.
        dry_run: whether all is done, counted and undone: the figures are those of the erasure itself.

    Raises:
        Refused: when the person can't be erased yet, with the sentence that says why (`directory.decisions`).
    """
    with transaction.atomic():
        _hold()
        marks = Marks(sought)
        _refuse(marks, by)
        with by_user(by, reason):
            report = _erase(marks, by)
        if dry_run:
            transaction.set_rollback(True)
        else:
            remembered.remember_erasure(marks.sought)
    return report


def _hold():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _refuse(marks, by):
    if by and by.pk in marks.accounts:
        raise Refused("On n’efface pas le compte par lequel on agit : un autre administrateur le fera.")
    followed = CoEntrepreneur.objects.present().filter(referent__user__in=marks.accounts).count()
    if followed:
        fiches = f"{followed} fiche{'s' if followed > 1 else ''}"
        raise Refused(f"Ce référent suit encore {fiches} : confiez d’abord ce qu’il suit.")
    waiting = ListingRequest.objects.filter(
        referent__user__in=marks.accounts, state__in=ListingRequest.OPEN_STATES
    ).exclude(co_entrepreneur__in=marks.fiches)
    if waiting.exists():
        raise Refused("Des demandes attendent encore ce référent : confiez-les d’abord.")


def _erase(marks, by):
    tally = Tally()
    shared.part_with_references(marks, tally)
    shared.mask_group_messages(marks, tally)
    shared.mask_tenders(marks, tally, by)
    sourcing.mask_records(marks, tally, by)
    own.erase_own(marks, tally)
    traces.treat_jobs(marks, tally)
    traces.erase_sessions(marks, tally)
    traces.erase_searches(marks, tally)
    for pk in sorted(marks.fiches):
        own.retire_fiche(tally, pk)
    for pk in sorted(marks.accounts):
        own.retire_account(tally, pk)
    # Last: all that was done above was told there too, the deletions themselves included.
    traces.erase_histories(marks, tally)
    traces.erase_reasons(tally)
    traces.erase_log(marks, tally)
    words.mask_everywhere(marks, tally)
    words.tell_of_texts(marks, tally)
    traces.erase_words(marks, tally)
    files = traces.drop_files(marks, tally)
    return Report(tally.lines(), files, tuple(dict.fromkeys(tally.kept)))
