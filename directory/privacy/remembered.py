"""What must not come back with a restored backup: erasures and withdrawals, kept outside the archive as fingerprints.

`ERASURES_FILE` has a line for each, in JSON, only added. A line names nobody: of each mark of the person it holds the
fingerprint, keyed with `ERASURES_KEY`; who has the file without the key can't try names on it. The database keeps which
lines it has had (`Remembered`). One restored from a copy lacks those that came after: the same fingerprints are made of
all the addresses, phones, names and numbers that it holds, and what matches is played again.
"""

import fcntl
import json
import os
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pghistory
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from crealead.words import moment
from directory.models import CoEntrepreneur, Consent, Remembered

from . import terms
from .fingerprints import fingerprint
from .vocabulary import By, Sought

ERASURE, WITHDRAWAL, UNLISTED = "erasure", "withdrawal", "unlisted"
REASON = "Rejoué après la restauration d’une sauvegarde"
# What makes the same key of the same withdrawal whenever it is looked at.
SPACE = uuid.UUID("7c1e2b36-5a0f-4c1b-9a51-0b6f2f0f9d11")
BATCH = 2_000


@dataclass(frozen=True)
class Line:
    """A line of the file: what was done, when, and the fingerprints of whose it was."""

    key: uuid.UUID
    at: datetime
    what: str
    prints: dict
    item: str = ""

    def __str__(self):
        words = {ERASURE: "effacement", WITHDRAWAL: "accord retiré", UNLISTED: "fiche retirée du catalogue"}
        return f"{words[self.what]} du {moment(self.at)}"


# --- What is kept ------------------------------------------------------------------------------------------------


def remember_erasure(sought):
    """Keep that a person was erased, by these marks; called in the transaction that erases them."""
    _keep([(uuid.uuid4(), timezone.now(), ERASURE, _prints(sought), "")])


def remember_withdrawals():
    """Keep the consents withdrawn and the fiches taken out of the catalogue that aren't yet, whatever path did it.

    Returns:
        int: how many.
    """
    with transaction.atomic():
        found = {key: told for key, *told in [*_withdrawn(), *_unlisted()]}
        known = set(Remembered.objects.filter(key__in=found).values_list("key", flat=True))
        fresh = {key: told for key, told in found.items() if key not in known}
        fiches = CoEntrepreneur.objects.in_bulk([fiche for fiche, *_ in fresh.values()])
        _keep(
            [
                (key, at, what, _prints(_marks_of(fiches[fiche])), item)
                for key, (fiche, at, what, item) in fresh.items()
                if fiche in fiches
            ]
        )
    write_waiting()
    return len(fresh)


def _withdrawn():
    rows = Consent.objects.filter(withdrawn_at__gt=timezone.now() - terms.REMEMBERED.length)
    for pk, fiche, at, item in rows.values_list("pk", "co_entrepreneur", "withdrawn_at", "item"):
        yield uuid.uuid5(SPACE, f"{WITHDRAWAL} {pk} {at.isoformat()}"), fiche, at, WITHDRAWAL, item


def _unlisted():
    """Those that were listed, by the last time that their history tells they were."""
    events = CoEntrepreneur.pgh_event_model.objects.filter(pgh_obj=OuterRef("pk"))
    listed = Subquery(events.filter(client_public=True).order_by("-pgh_id").values("pgh_id")[:1])
    last = Subquery(events.filter(client_public=False).order_by("-pgh_id").values("pgh_created_at")[:1])
    rows = CoEntrepreneur.objects.filter(client_public=False, listed_since__isnull=False)
    since = timezone.now() - terms.REMEMBERED.length
    for fiche, event, at in rows.annotate(listed=listed, last=last).values_list("pk", "listed", "last"):
        if event is not None and at is not None and at > since:
            yield uuid.uuid5(SPACE, f"{UNLISTED} {fiche} {event}"), fiche, at, UNLISTED, ""


def _marks_of(fiche):
    return Sought(fiches=(fiche.pk,), emails=(fiche.email,))


def _keep(told):
    """Write the keys and the lines now, with what they are about; the file once that is committed."""
    if not told:
        return
    rows = [
        Remembered(
            key=key,
            at=at,
            line=json.dumps({"key": str(key), "at": at.isoformat(), "what": what, "item": item, "prints": prints}),
        )
        for key, at, what, prints, item in told
    ]
    Remembered.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(write_waiting)


@transaction.atomic
def write_waiting():
    """Write in the file the lines that wait for it, those too whose writer was stopped after its commit."""
    waiting = list(Remembered.objects.exclude(line="").select_for_update(skip_locked=True).order_by("at", "key"))
    if waiting:
        _append([row.line for row in waiting])
        Remembered.objects.filter(pk__in=[row.pk for row in waiting]).update(line="")


def _append(lines):
    path = Path(settings.ERASURES_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())


# --- What is played again ------------------------------------------------------------------------------------------


def kept_lines():
    """The lines of the file, of the time during which they may serve; one that was cut short is none."""
    path, since = Path(settings.ERASURES_FILE), timezone.now() - terms.REMEMBERED.length
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            told = json.loads(text)
            line = Line(
                uuid.UUID(told["key"]),
                datetime.fromisoformat(told["at"]),
                told["what"],
                {name: frozenset(values) for name, values in told["prints"].items()},
                told["item"],
            )
        except (ValueError, KeyError, TypeError):
            continue
        if line.at > since:
            yield line


def lacking():
    """The lines that this database hasn't had, the oldest first."""
    lines = {line.key: line for line in kept_lines()}
    known = set(Remembered.objects.filter(key__in=lines).values_list("key", flat=True))
    return sorted((line for key, line in lines.items() if key not in known), key=lambda line: line.at)


def matching(lines):
    """Whom each line is about, by the marks that the database still holds: {line's key: `Sought`}."""
    wanted = {}
    for line in lines:
        for name, prints in line.prints.items():
            for one in prints:
                wanted.setdefault((name, one), []).append(line.key)
    marks = {line.key: {by: set() for by in By} for line in lines}
    for by, value in _all_marks() if wanted else []:
        for key in wanted.get((by.name, _fingerprint(by, value)), []):
            marks[key][by].add(value)
    return {
        key: Sought(
            fiches=tuple(sorted(found[By.FICHE])),
            accounts=tuple(sorted(found[By.ACCOUNT])),
            emails=tuple(sorted(found[By.EMAIL])),
            phones=tuple(sorted(found[By.PHONE])),
            names=tuple(sorted(found[By.NAME])),
        )
        for key, found in marks.items()
    }


def is_to_play(line, sought):
    """Whether the database still says what this line took out of it."""
    if line.what == ERASURE:
        return sought != Sought()
    return _rows_of(line, sought).exists()


def play(line, sought):
    """Do again what a line tells, to whom it is about, in one transaction; then it is had."""
    with transaction.atomic():
        if line.what == ERASURE:
            from .erasure import erase

            if sought != Sought():
                erase(sought, by=None, reason=REASON)
        else:
            with pghistory.context(reason=REASON):
                changed = {"withdrawn_at": line.at} if line.what == WITHDRAWAL else {"client_public": False}
                _rows_of(line, sought).update(**changed)
        Remembered.objects.get_or_create(key=line.key, defaults={"at": line.at})


def _rows_of(line, sought):
    fiches = CoEntrepreneur.objects.filter(pk__in=sought.fiches) | CoEntrepreneur.objects.with_address(*sought.emails)
    if line.what == UNLISTED:
        return CoEntrepreneur.objects.filter(pk__in=fiches.values("pk"), client_public=True)
    # What was given again since is another consent.
    return Consent.objects.active().filter(
        co_entrepreneur__in=fiches.values("pk"), item=line.item, given_at__lt=line.at
    )


def _all_marks():
    """Every mark of a person that the tables of the map hold: (what it is, its value)."""
    # The map names this room's files, this one among them.
    from .map import ENTRIES

    yield from ((By.FICHE, pk) for pk in CoEntrepreneur.objects.values_list("pk", flat=True))
    yield from ((By.ACCOUNT, pk) for pk in get_user_model().objects.values_list("pk", flat=True))
    for entry in ENTRIES:
        for tie in entry.ties:
            if callable(tie.path) or tie.by in {By.FICHE, By.ACCOUNT}:
                continue
            names = tie.path.split() if tie.by is By.NAME else [tie.path]
            rows = entry.table._base_manager.order_by().values_list(*names).distinct()  # noqa: SLF001
            for values in rows.iterator(chunk_size=BATCH):
                if mark := " ".join(value for value in values if value):
                    yield tie.by, mark


# --- Fingerprints --------------------------------------------------------------------------------------------------


def _prints(sought):
    return {by.name: sorted({_fingerprint(by, mark) for mark in sought.of(by)}) for by in By if sought.of(by)}


def _fingerprint(by, mark):
    return fingerprint("remembered", by, mark, settings.ERASURES_KEY)


# --- The end of its time -------------------------------------------------------------------------------------------


def past_lines(_kept, _folders):
    """The keys of the lines of the file whose time is over."""
    path = Path(settings.ERASURES_FILE)
    if not path.exists():
        return []
    count = len([line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()])
    return ["lines"] * (count - len(list(kept_lines())))


def forget_past_lines(_line):
    """Write the file anew without them, in one move."""
    path, kept = Path(settings.ERASURES_FILE), {str(line.key) for line in kept_lines()}
    with path.open("r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = [line for line in file.read().splitlines() if line.partition('"key": "')[2][:36] in kept]
        file.seek(0)
        file.write("".join(f"{line}\n" for line in lines))
        file.truncate()
