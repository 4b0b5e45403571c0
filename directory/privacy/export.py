"""What is kept of a person, in words that read by themselves, and its files, in one archive."""

import json
import re
import zipfile
from datetime import date, datetime
from tempfile import TemporaryFile

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import FileField, ForeignKey
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst, slugify

from crealead.files import split_ending
from crealead.words import day, moment
from directory.changes import HAPPENED, name_of_row

from . import records
from .map import entry_of
from .vocabulary import Plain

# What tells nothing of a person: keys, counters, and what the database keeps for itself.
UNTOLD = {"id", "version", "co_entrepreneur", "cv", "author_member", "answer", "reminded_days", "sources"}
UNTOLD |= {"pdf", "answers", "fiches"}
EVENT = {"pgh_created_at": "date", "pgh_label": "événement"}
OF_EVENTS = {"pgh_id", "pgh_obj", "pgh_context"}
# What opens a door, or proves who one is: it is said to be there, never shown.
SECRET = re.compile(r"password|secret|hash|session_|public_key|credential|handle|^key$|_data|^data$")
DOORS = ("otp_totp.", "django_otp_webauthn.", "axes.", "sessions.")
WITH_SECRETS = ("directory.MemberSession", "directory.OneTimeCodes", "directory.SourcingRecord")
JOB = "procrastinate.ProcrastinateJob"
HIDDEN = "(secret de connexion : non montré)"
# As `read` writes one.
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d[+-]\d\d:\d\d")
LINK = re.compile(r"https?://\S+")
# Of a reference that a colleague keeps: what they alone know of it.
KEEPERS_OWN = {
    "amount",
    "attestation",
    "contact_name",
    "contact_role",
    "contact_email",
    "contact_phone",
    "contact_told_at",
    "comment",
}


class Files:
    """The files of the archive, each under a name of its own."""

    def __init__(self, archive):
        self.archive = archive

    def add(self, file, folder, name, *, ending):
        """Put a file in the archive, under the name that people know it by.

        Returns:
            str: its path there, or a word saying that it isn't on the disk any more.
        """
        stem = slugify(name)[:60] or "fichier"
        path, number = f"fichiers/{folder}/{stem}{ending}", 1
        while path in self.archive.NameToInfo:
            number += 1
            path = f"fichiers/{folder}/{stem}-{number}{ending}"
        try:
            with file.open("rb") as content:
                self.archive.writestr(path, content.read())
        except FileNotFoundError:
            return "introuvable"
        return path


def read(value):
    """A moment at the cooperative's hour; anything else as it is."""
    return timezone.localtime(value).isoformat(" ", "minutes") if isinstance(value, datetime) else value


def told(row, files=None, folder="", *, leave=frozenset(), columns=None, worded=None):
    """The fields of a row by the names that people read, values as they read them.

    Args:
        row: of any model.
        files: where its files are added, or None.
        folder: where in it.
        leave: columns to leave out.
        columns: those to tell, instead of all.
        worded: by field, what makes words of its value.
    """
    meta, worded = row._meta, worded or {}  # noqa: SLF001 the public face of a model's fields
    words = {}
    for field in (*meta.concrete_fields, *meta.many_to_many):
        if field.name in UNTOLD | OF_EVENTS or field.name in leave:
            continue
        if columns is not None and field.name not in columns and not field.many_to_many:
            continue
        if is_secret(meta.label, field.name):
            words[str(field.verbose_name)] = HIDDEN
            continue
        value = getattr(row, field.attname if isinstance(field, ForeignKey) else field.name)
        if isinstance(field, FileField):
            _, ending = split_ending(value.name or "")
            value = files.add(value, folder, str(row), ending=ending) if value and files else value.name or ""
        elif field.many_to_many:
            value = [str(listed) for listed in value.all()]
        elif isinstance(field, ForeignKey):
            value = _row_of(row, field)
        elif field in worded:
            value = worded[field](value)
        elif field.choices:
            value = dict(field.flatchoices).get(value, value)
        words[_label(field)] = _without_links(value) if meta.label == JOB else read(value)
    return words


def is_secret(label, name):
    """Whether a column of a table, by its label, is a secret that opens a door."""
    if label == "auth.User":
        return name == "password"
    return (label.startswith(DOORS) or label in WITH_SECRETS) and bool(SECRET.search(name))


def _label(field):
    if field.name in EVENT:
        return EVENT[field.name]
    # Of a list, Django names the sides by their class.
    is_unnamed = isinstance(field, ForeignKey) and field.verbose_name == field.related_model.__name__.lower()
    return str(field.related_model._meta.verbose_name if is_unnamed else field.verbose_name)  # noqa: SLF001


def _row_of(row, field):
    """How the row is called that a key leads to; it may be gone when only the history names it."""
    if (key := getattr(row, field.attname)) is None:
        return None
    try:
        return name_of_row(getattr(row, field.name))
    except ObjectDoesNotExist:
        return f"effacé, n° {key}"


def _without_links(value):
    """What a job holds, but for its links: they may let in who follows them."""
    if isinstance(value, dict):
        return {key: _without_links(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_links(inner) for inner in value]
    return LINK.sub("[lien]", value) if isinstance(value, str) else value


# --- Of a person, by the map -----------------------------------------------------------------------------------------


def told_of(line, row, fiches=(), files=None, worded=None):
    """What a row of a `person.Line` says of the person."""
    leave = frozenset()
    if line.entry.model == "directory.Reference" and fiches and row.co_entrepreneur_id not in fiches:
        leave = KEEPERS_OWN
    if line.entry.model == "directory.ClosedRecord":
        # The rest is the buyer's, and about others.
        row.data = records.about(row.data, fiches)
    columns = line.columns(row)
    folder = slugify(line.entry.what)[:40]
    words = told(row, files, folder, columns=columns, leave=leave, worded=worded)
    if label := HAPPENED.get(str(words.get("événement", "")).rpartition(".")[2]):
        words["événement"] = label
    return words


def title_of(entry):
    """« Historique : la fiche », as the page and the archive call a line."""
    if isinstance(entry, Plain):
        return capfirst(entry.what)
    if entry.history_of:
        return f"Historique : {entry.what}"
    is_part = entry.goes_with and entry_of(apps.get_model(entry.goes_with)).what == entry.what
    return capfirst(f"{entry.what}, en détail" if is_part else entry.what)


def archive_of(sought, lines, mentions):
    """A ZIP, open at its beginning: LISEZ-MOI, data for a program, the same to be read, and the files.

    Args:
        sought: the marks of the person.
        lines: what is kept of them, as `person.lines_of` tells it.
        mentions: what somebody has to read before it is given: only its number is told.
    """
    archive = TemporaryFile()  # noqa: SIM115 closed by whoever sends it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        files = Files(written)
        sections = []
        for line in lines:
            section = {
                "titre": title_of(line.entry),
                "table": line.entry.model,
                "pourquoi": line.entry.purpose.why,
                "base légale": line.entry.purpose.basis.value,
                "qui le voit": [reader.value for reader in line.entry.readers or line.entry.purpose.readers],
                "gardé": str(line.entry.term),
                "lignes": [told_of(line, row, sought.fiches, files) for row in line.rows()],
            }
            sections.append(section)
        read_sections = [
            {
                "titre": section["titre"],
                "pourquoi": section["pourquoi"],
                "base": section["base légale"],
                "readers": ", ".join(section["qui le voit"]),
                "gardé": section["gardé"],
                "rows": [in_words(row) for row in section["lignes"]],
            }
            for section in sections
        ]
        context = {"sections": read_sections, "made_at": moment(timezone.now()), "mentions": mentions}
        data = {"écrit le": context["made_at"], "données": sections}
        written.writestr("LISEZ-MOI.txt", render_to_string("admin/person_rights/lisez_moi.txt", context))
        written.writestr("donnees.json", json.dumps(data, ensure_ascii=False, indent=2, default=str))
        written.writestr("donnees.html", render_to_string("admin/person_rights/donnees.html", context))
    archive.seek(0)
    return archive


def in_words(told_row):
    """What `told` says of a row, each value as one text: [(label, text)]."""
    return [(label, _text(value)) for label, value in told_row.items()]


def _text(value):
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dict):
        return " ; ".join(f"{key} : {_text(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_text(inner) for inner in value)
    if isinstance(value, date):
        return day(value)
    return moment(parse_datetime(value)) if isinstance(value, str) and MOMENT.fullmatch(value) else str(value)
