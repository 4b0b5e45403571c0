"""Spreadsheets of fiches, tried then imported: at once when they are short, else by the worker."""

import logging

from django.db import InterfaceError, OperationalError, connection, transaction
from import_export.results import RowResult
from procrastinate.contrib.django import app

from directory.listing import notices
from directory.models import CoEntrepreneur, FicheFile
from directory.models.files import discard

from .resource import FicheResource
from .spreadsheet.reading import read

logger = logging.getLogger(__name__)

State = FicheFile.State
# Some five seconds on a busy machine; what is longer is done by the worker.
MOST_ROWS_AT_ONCE = 100
PREVIEW_ROWS = 200
# How many names written oddly are quoted.
QUOTED_NAMES = 5
KINDS = {"new": RowResult.IMPORT_TYPE_NEW, "update": RowResult.IMPORT_TYPE_UPDATE, "skip": RowResult.IMPORT_TYPE_SKIP}
STOPPED = (
    "le travail s’est arrêté sur une erreur, et rien n’est écrit. Envoyez le fichier de nouveau ; si elle revient, "
    "prévenez le site."
)


def read_fiches(content):
    """The rows of a file of fiches, whatever its titles; see `reading.read`."""
    return read(content, titles=FicheResource.titles(), key="email")


@transaction.atomic
def receive(*, form, by):
    """Keep a file whose form is right, and try it.

    Returns:
        FicheFile: what it would bring is in `result` if it was short.
    """
    file, table = form.cleaned_data["file"], form.table
    fiche_file = FicheFile(user=by, name=FicheFile.printable(file.name), rows=len(table.dataset))
    fiche_file.result = {"notices": table.notices}
    fiche_file.file.save("", file)
    _work_or_defer(fiche_file)
    return fiche_file


@transaction.atomic
def confirm(*, pk, tells, by):
    """Import a file that was previewed, once; its rows are checked again, since fiches may have changed meanwhile.

    Returns:
        FicheFile: under way too if a first click set it off; None when none waits.
    """
    fiche_file = FicheFile.objects.select_for_update().filter(pk=pk, user=by).first()
    if fiche_file and fiche_file.state == State.READ:
        fiche_file.state, fiche_file.is_confirmed, fiche_file.tells = State.QUEUED, True, tells
        fiche_file.rows_done = 0
        fiche_file.save()
        _work_or_defer(fiche_file)
    elif fiche_file and not fiche_file.is_under_way:
        return None
    return fiche_file


def _work_or_defer(fiche_file):
    if fiche_file.rows <= MOST_ROWS_AT_ONCE:
        _work(fiche_file)
    else:
        work_on_fiche_file.defer(pk=fiche_file.pk)


@app.task(name="work_on_fiche_file", lock="fiche-files")
def work_on_fiche_file(*, pk):
    """Try a file, or import it if it was confirmed. Run again after a crash, it starts afresh: nothing was written."""
    under_way = FicheFile.objects.filter(pk=pk, state__in=[State.QUEUED, State.RUNNING])
    if not under_way.update(state=State.RUNNING, rows_done=0):
        return
    fiche_file = under_way.select_related("user").get()
    try:
        with transaction.atomic():
            # One that was taken for dead may still be at it; the row itself stays free for `progress`.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fiche-file'), %s)", [pk])
            if under_way.exists():
                _work(fiche_file, progress=fiche_file.progress)
    except Exception:
        logger.exception("the file of fiches %d can't be imported", pk)
        if under_way.update(state=State.FAILED, problem=STOPPED):
            discard(fiche_file.file)


def _work(fiche_file, progress=None):
    """In the caller's transaction, what the file brings and that it did are one."""
    resource = FicheResource(user=fiche_file.user, file_name=fiche_file.name, progress=progress)
    with fiche_file.file.open("rb") as file:
        dataset = read_fiches(file.read()).dataset
    result = resource.import_data(dataset, dry_run=not fiche_file.is_confirmed)
    _raise_what_is_no_line_s(result)
    fiche_file.result = _storable(fiche_file.result | _told(result, resource))
    if fiche_file.result["errors"]:
        fiche_file.state = State.FAILED
    elif fiche_file.is_confirmed:
        fiche_file.result["told"] = _tell_made(fiche_file, resource.made)
        fiche_file.state = State.IMPORTED
    else:
        fiche_file.state = State.READ
    if fiche_file.state != State.READ:
        discard(fiche_file.file)
        fiche_file.file = ""
    fiche_file.save(update_fields=["state", "result", "file"])


def _raise_what_is_no_line_s(result):
    """A database that is away or busy is no error of the file: what to come back for is said as everywhere."""
    for error in (*result.base_errors, *(error for _, errors in result.row_errors() for error in errors)):
        if isinstance(error.error, OperationalError | InterfaceError):
            raise error.error


def _told(result, resource):
    """What a page says of a result: `errors` alone, or what changes."""
    errors = _errors(result)
    changed = [row for row in result.rows if row.diff] if not errors else []
    return {
        "errors": errors[:PREVIEW_ROWS],
        "errors_count": len(errors),
        "errors_more": len(errors) > PREVIEW_ROWS,
        "totals": {kind: result.totals[kind] for kind in KINDS},
        "changed": [
            {"name": row.object_repr, "is_new": row.is_new(), "diff": row.diff} for row in changed[:PREVIEW_ROWS]
        ],
        "more": max(0, len(changed) - PREVIEW_ROWS),
        "effects": resource.effects,
        "made": len(resource.made),
        "odd_names": _odd_names(resource),
    }


def _odd_names(resource):
    """Asks about the names that are written oddly; empty when none is."""
    names = resource.odd_names
    if not names:
        return ""
    quoted = ", ".join(f"« {name} » ({usual})" for name, usual in names[:QUOTED_NAMES])
    more = f", et {len(names) - QUOTED_NAMES} de plus" if len(names) > QUOTED_NAMES else ""
    return f"Ces noms sont-ils écrits comme il faut ? {quoted}{more}. Sinon, corrigez le fichier."


def _storable(told):
    """The same data, of texts that the database can hold: an error quotes what a file has, whatever it is."""
    if isinstance(told, str):
        return told.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(told, dict):
        return {key: _storable(value) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [_storable(value) for value in told]
    return told


def _tell_made(fiche_file, made):
    """Tell those whose fiche was made, as was chosen on the preview, or remember that they are to be told.

    Returns:
        int: how many mails leave.
    """
    if fiche_file.tells:
        return sum(notices.tell(co_entrepreneur_pk=pk, by=fiche_file.user) for pk in made)
    for fiche in CoEntrepreneur.objects.filter(pk__in=made):
        notices.tell_later(fiche)
    return 0


def sentence(fiche_file):
    """How an import ended."""
    result, totals = fiche_file.result, fiche_file.result["totals"]
    done = (
        f"Import de « {fiche_file.name} » terminé. Fiches créées : {totals['new']} ; modifiées : {totals['update']} ; "
        f"inchangées : {totals['skip']}."
    )
    if not result["made"]:
        return done
    if told := result["told"]:
        return f"{done} Un courriel prévient {told} personne{'s' if told > 1 else ''} de leur fiche."
    return (
        f"{done} Personne n’est encore prévenu : filtrez la liste par « pas encore », puis « Prévenir de leur fiche »."
    )


def _errors(result):
    """What stops the import: [(line, [(column, sentence)])], in the order of the file."""
    columns = {field.attribute: field.column_name for field in FicheResource.fields.values()}
    lines = {}
    for row in result.invalid_rows:
        lines[row.number] = [
            (columns.get(name, ""), str(text))
            for name, texts in (row.field_specific_errors | {"": row.non_field_specific_errors}).items()
            for text in texts
        ]
    for line, errors in result.row_errors():
        lines[line] = [("", f"Cette ligne n’a pas pu être enregistrée ({error.error}).") for error in errors]
    for error in result.base_errors:
        lines[0] = [("", str(error.error))]
    return sorted(lines.items())
