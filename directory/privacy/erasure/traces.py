"""What the queue, the sessions, the histories, the log, the words of the catalogue and the disk keep of a person."""

import json
from pathlib import Path

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from pghistory.models import Context, Event
from procrastinate.contrib.django.models import ProcrastinateJob

from directory.forms.files import WAITING_DIRECTORY
from directory.models import BuyerSearch, CoEntrepreneur, FruitlessSearch, Referent
from directory.models.files import once_committed
from directory.privacy import past
from directory.privacy.files import named, texts_of_mails
from directory.privacy.map import ENTRIES, entry_of

from . import words
from .own import own_rows

KEPT_MAIL = "Un courriel qui part en ce moment : il s’efface de la file une fois parti."


def treat_jobs(marks, tally):
    """Mails and works that wait or failed: those to the person, and those about them, which hold their words, go.

    What an account decided still reaches whom it is for, without its name. One that leaves right now can't be held.
    """
    tied = set(entry_of(ProcrastinateJob).rows_of(marks.sought).values_list("pk", flat=True))
    naming = {*tied, *words.naming(ProcrastinateJob, marks.everywhere)}
    rows = ProcrastinateJob.objects.filter(pk__in=naming).values_list("pk", "status", "args")
    gone, masked = [], {}
    for pk, status, args in rows:
        if pk not in tied and not marks.everywhere.names(json.dumps(args, ensure_ascii=False)):
            # Another's longer name or address.
            continue
        if status == "doing":
            tally.kept.append(KEPT_MAIL)
        elif not _is_to_another(args, marks):
            gone.append(pk)
        else:
            kept = {"reply_to": None} if marks.has_address(args.get("reply_to")) else {}
            masked[pk] = marks.everywhere.masked_json(args | kept)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s) AND status <> 'doing'", [gone])
        for pk, args in masked.items():
            cursor.execute(
                "UPDATE procrastinate_jobs SET args = %s WHERE id = %s AND status <> 'doing'",
                [json.dumps(args, ensure_ascii=False), pk],
            )
    for told, pks in [(tally.gone, gone), (tally.masked, masked)]:
        if pks:
            told.setdefault(ProcrastinateJob, set()).update(pks)


def _is_to_another(args, marks):
    """Whether it is a mail to somebody, from or about an account that is erased."""
    return bool(marks.accounts and not marks.fiches and args.get("to")) and not marks.has_address(args["to"])


def erase_sessions(marks, tally):
    """Those where their account is open, or their address proved; the database can't be asked what one holds."""
    accounts, emails = {str(pk) for pk in marks.accounts}, {email.lower() for email in marks.sought.emails}
    if not (accounts or emails):
        return
    pks = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if _holds(session.get_decoded(), accounts, emails)
    ]
    tally.delete(Session, pks)


def erase_searches(marks, tally):
    """Those where the name was typed after all, its words as they are kept: without capitals, accents or hyphens."""
    for model, column in [(FruitlessSearch, "words"), (BuyerSearch, "query")]:
        rows = model.objects.filter(pk__in=words.naming(model, marks.in_searches)).values_list("pk", column)
        tally.delete(model, [pk for pk, text in rows if marks.in_searches.names(text.title())])


def erase_histories(marks, tally):
    """Former states, found by the map's ties and by what is gone, whatever wrote them and whenever."""
    for entry in ENTRIES:
        if entry.history_of and not entry.is_shared:
            _erase_events(tally, entry.table, own_rows(entry, marks.sought))
    for table, pks in list(tally.gone.items()):
        if events := getattr(table, "pgh_event_model", None):
            _erase_events(tally, events, events.objects.filter(pgh_obj__in=pks))


def _erase_events(tally, table, rows):
    found = list(rows.values_list("pk", "pgh_context"))
    tally.contexts |= {context for _, context in found if context}
    tally.delete(table, [pk for pk, _ in found])


def erase_reasons(tally):
    """Why it was changed: what no event has any more goes."""
    unused = past.reasons_of_none(None).filter(pk__in=tally.contexts)
    tally.delete(Context, list(unused.values_list("pk", flat=True)))


def erase_log(marks, tally):
    """The lines about what is gone, or about the person's empty rows."""
    about = Q()
    for table, pks in tally.gone.items():
        if issubclass(table, Event):
            continue
        about |= Q(content_type=ContentType.objects.get_for_model(table), object_id__in=[str(pk) for pk in pks])
    referents = Referent.objects.filter(user__in=marks.accounts).values_list("pk", flat=True)
    for table, pks in [
        (CoEntrepreneur, marks.fiches),
        (get_user_model(), marks.accounts),
        (Referent, set(referents)),
    ]:
        about |= Q(content_type=ContentType.objects.get_for_model(table), object_id__in=[str(pk) for pk in pks])
    tally.delete(LogEntry, list(LogEntry.objects.filter(about).values_list("pk", flat=True)))


def erase_words(marks, tally):
    """The words of the catalogue that only they had; it writes its own at the end of the transaction, hence now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    if marks.fiches:
        unused = past.words_of_none(None)
        tally.delete(unused.model, list(unused.values_list("pk", flat=True)))


def drop_files(marks, tally):
    """Delete, once all is committed, the files that no row names any more.

    Returns:
        int: how many.
    """
    paths = tally.paths - named(list(tally.paths))
    if default_storage.exists(WAITING_DIRECTORY):
        starts = tuple(f"{pk}-" for pk in marks.fiches)
        waiting = default_storage.listdir(WAITING_DIRECTORY)[1]
        paths |= {f"{WAITING_DIRECTORY}/{name}" for name in waiting if starts and name.startswith(starts)}
    mails = [path for path in _mails() if any(map(marks.everywhere.names, texts_of_mails(path.read_bytes())))]
    once_committed(lambda: _delete_files(sorted(paths), mails), {*paths, *map(str, mails)})
    return len(paths) + len(mails)


def _holds(data, accounts, emails):
    values = {str(value).lower() for value in data.values()}
    return data.get("_auth_user_id") in accounts or bool(values & emails)


def _mails():
    directory = getattr(settings, "EMAIL_FILE_PATH", None)
    if not directory or not Path(directory).is_dir():
        return []
    return [path for path in sorted(Path(directory).iterdir()) if path.is_file()]


def _delete_files(paths, mails):
    for path in paths:
        default_storage.delete(path)
    for path in mails:
        path.unlink(missing_ok=True)
