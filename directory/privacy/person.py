"""A person, found over everything that is kept: by what is typed, then by what their rows say of them; line by line."""

import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.files.storage import default_storage
from django.core.validators import validate_email
from django.db import connection

from crealead.phones import shown
from crealead.words import plain
from directory.models import CoEntrepreneur
from directory.models.author import name_of

from .map import ENTRIES, MAP, PLACES
from .vocabulary import By, Entry, Person, Sought

# Rows that say more of the person: beyond, their marks have been seen many times.
READ_FOR_MARKS = 500
DIGITS_OF_PHONE = 9
SHORTEST_NAME = 3
# What a file may weigh for its inside to be read.
LARGEST_FILE = 30 * 1024 * 1024
# A prepared kit is an archive of Word files, which are archives.
DEEPEST = 2
MOST_MARKS = 60
# The pages where all histories are read together: no table.
NO_TABLES = {"pghistory.Events"}
# Whatever the person is to the row, they have it already: it was sent to them.
ADDRESSED = {("directory.ContactMessage", Person.MEMBER)}
MARKS = {By.FICHE: "fiches", By.ACCOUNT: "accounts", By.EMAIL: "emails", By.PHONE: "phones", By.NAME: "names"}


class UnreadableError(ValueError):
    """What is typed is no address, no phone and no name; the sentence says what to type."""


# --- By what ---------------------------------------------------------------------------------------------------------


def read(text):
    """The marks of what was typed: an address, a phone or a whole name.

    Raises:
        UnreadableError
    """
    text = " ".join(text.split())
    if "@" in text:
        try:
            validate_email(text)
        except ValidationError as error:
            raise UnreadableError("Ce n’est pas une adresse entière : « prenom@exemple.fr ».") from error
        return Sought(emails=(text.lower(),))
    if number := shown(text):
        return Sought(phones=(number,))
    if re.search(r"\d{4}", text):
        raise UnreadableError("Un téléphone compte dix chiffres, ou commence par son indicatif.")
    if len(plain(text)) < SHORTEST_NAME or "\x00" in text:
        raise UnreadableError("Tapez un nom entier, prénom compris, une adresse électronique ou un téléphone.")
    return Sought(names=(text,))


def together(*soughts):
    """The marks of all of them, each once, whatever its writing."""
    marks = {}
    for name in MARKS.values():
        once = {}
        for sought in soughts:
            for mark in getattr(sought, name):
                once.setdefault(plain(mark) if isinstance(mark, str) else mark, mark)
        marks[name] = tuple(once.values())[:MOST_MARKS]
    return Sought(**marks)


def is_empty(sought):
    return not any(getattr(sought, name) for name in MARKS.values())


def widened(sought):
    """The same marks, and those that the rows of the person have of them beside: a fiche, an address, a phone.

    One step only: the name that a row gives isn't looked for to find other rows by.
    """
    more = [_marks_beside(entry, tie, sought) for entry in ENTRIES for tie in entry.ties if not callable(tie.path)]
    return together(sought, *more)


def _marks_beside(entry, tie, sought):
    """What rows found by a tie say of the same person by their other ties."""
    if not (marks := sought.of(tie.by)) or not _is_own(entry, tie):
        return Sought()
    siblings = [
        other
        for other in entry.ties
        if other is not tie and other.of == tie.of and not callable(other.path) and _is_own(entry, other)
    ]
    columns = [other.path.split() for other in siblings]
    if not columns:
        return Sought()
    rows = tie.rows(entry.table._base_manager.all(), marks)  # noqa: SLF001 whatever a manager hides
    values = rows.values_list(*[name for names in columns for name in names])[:READ_FOR_MARKS]
    found = {name: [] for name in MARKS.values()}
    for row in values:
        rest = list(row)
        for other, names in zip(siblings, columns, strict=True):
            parts, rest = rest[: len(names)], rest[len(names) :]
            if all(parts):
                found[MARKS[other.by]].append(parts[0] if len(parts) == 1 else " ".join(parts))
    return Sought(**{name: tuple(dict.fromkeys(marks)) for name, marks in found.items()})


def _is_own(entry, tie):
    """Whether a tie reads columns of the row itself; what was typed to sign in is no address to trust."""
    if entry.model.startswith("axes."):
        return False
    try:
        fields = [entry.table._meta.get_field(name) for name in tie.path.split()]  # noqa: SLF001
    except FieldDoesNotExist:
        return tie.path == "pk" and tie.by in {By.FICHE, By.ACCOUNT}
    return all(field.concrete and not field.many_to_many for field in fields)


@dataclass(frozen=True)
class Mark:
    """A mark as the page shows it, to be chosen or left.

    Attributes:
        sent: what the form sends, « fiches:12 ».
        words: « la fiche de Lucie Astruc, Cercle ouvert ».
    """

    sent: str
    words: str


def marks_of(sought):
    """The marks in words; a fiche or an account that is no more is still looked for by its number."""
    fiches = CoEntrepreneur.objects.in_bulk(sought.fiches)
    accounts = get_user_model().objects.select_related("referent").in_bulk(sought.accounts)
    for pk in sought.fiches:
        yield Mark(f"fiches:{pk}", f"la fiche {_fiche(fiches.get(pk), pk)}")
    for pk in sought.accounts:
        account = accounts.get(pk)
        yield Mark(f"accounts:{pk}", f"le compte de {name_of(account)}" if account else f"le compte effacé n° {pk}")
    for kind, words in (("emails", "l’adresse"), ("phones", "le téléphone"), ("names", "le nom")):
        for mark in getattr(sought, kind):
            yield Mark(f"{kind}:{mark}", f"{words} « {mark} »")


def _fiche(fiche, pk):
    if fiche is None:
        return f"effacée n° {pk}"
    return f"de {fiche.name}{f', {fiche.trade_name}' if fiche.trade_name else ''}"


def sought_of(sent):
    """The marks that a form sends, as `marks_of` wrote them.

    Raises:
        UnreadableError: one was made up by hand.
    """
    marks = {name: [] for name in MARKS.values()}
    for mark in sent:
        kind, _, value = mark.partition(":")
        is_key = kind in {"fiches", "accounts"}
        if kind not in marks or not value or "\x00" in value or (is_key and not re.fullmatch(r"[0-9]{1,18}", value)):
            raise UnreadableError("Ce repère n’en est pas un.")
        marks[kind].append(int(value) if is_key else value)
    return together(Sought(**{name: tuple(values) for name, values in marks.items()}))


def namesakes(sought):
    """How many people have one of these names, or one of these phones: a mark alone may then be another's.

    They are told apart by their fiches, their accounts and their addresses.
    """
    return max(_sharing(Sought(names=sought.names)), _sharing(Sought(phones=sought.phones)))


def _sharing(sought):
    if is_empty(sought):
        return 0
    counts, addresses = [0], set()
    for entry in (entry for entry in ENTRIES if not entry.history_of):
        if entry.model in {"directory.CoEntrepreneur", "auth.User"}:
            counts.append(entry.rows_of(sought).count())
        for tie in entry.ties:
            if tie.by is By.EMAIL and not callable(tie.path) and _is_own(entry, tie):
                siblings = tuple(other for other in entry.ties if other.of == tie.of)
                rows = replace(entry, ties=siblings).rows_of(sought)
                addresses |= {email.lower() for email in rows.values_list(tie.path, flat=True) if email}
    return max(*counts, len(addresses))


def candidates_of(typed, found):
    """What tells apart those who share the mark that was typed: fiches, accounts, the addresses of who has neither."""
    fiches = CoEntrepreneur.objects.filter(pk__in=found.fiches).values_list("email", flat=True)
    accounts = get_user_model().objects.filter(pk__in=found.accounts).values_list("email", flat=True)
    known = {email.lower() for email in (*fiches, *accounts)}
    emails = tuple(email for email in found.emails if email.lower() not in known)
    return replace(found, emails=emails, names=typed.names, phones=typed.phones)


def without_names(sought):
    return replace(sought, names=())


# --- What is kept of them --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """The rows of one line of the map that are tied to the person.

    Attributes:
        persons: by key of a row, what the person is to it.
    """

    entry: Entry
    persons: dict

    @property
    def count(self):
        return len(self.persons)

    def rows(self, most=None):
        """The rows, the latest first."""
        table = self.entry.table
        return table._base_manager.filter(pk__in=self.persons).order_by("-pk")[:most]  # noqa: SLF001

    def columns(self, row):
        """The columns of a row that are this person's to read: another's stay out."""
        persons = self.persons[row.pk]
        if any((self.entry.model, person) in ADDRESSED for person in persons):
            return list(self.entry.names)
        groups = [group for group in self.entry.columns if self._shows(group, persons)]
        tied = [tie.path for tie in self.entry.ties if (tie.of or self.entry.person) in persons]
        own = {name for path in tied if not callable(path) for name in path.split("__")[0].split()}
        names = [name for group in groups for name in group.names.split()]
        names += ["pgh_created_at", "pgh_label"] if self.entry.history_of else []
        return names + [name for name in self.entry.names if name in own and name not in names]

    def _shows(self, group, persons):
        whose = self.entry.person_of(group)
        if persons <= {Person.STAFF} and self.entry.person is not Person.STAFF:
            return group.of is Person.STAFF
        if self.entry.person not in persons | {Person.ANYONE} and Person.MEMBER not in persons:
            return whose in persons
        return whose in persons | {Person.STAFF, Person.ANYONE} or (group.of is None and Person.MEMBER in persons)


def lines_of(sought, entries=ENTRIES):
    """What is kept of a person: a `Line` for each table that has something of them, in the order of the map."""
    lines = []
    for entry in entries:
        persons = {}
        for tie in entry.ties:
            if marks := sought.of(tie.by):
                rows = tie.rows(entry.table._base_manager.all(), marks)  # noqa: SLF001 whatever a manager hides
                for pk in rows.values_list("pk", flat=True):
                    persons.setdefault(pk, set()).add(tie.of or entry.person)
        if persons:
            lines.append(Line(entry, persons))
    return lines


def counts_of(lines):
    """How much of each line, by the table it is: it says nothing of anybody."""
    return {line.entry.model: line.count for line in lines}


# --- Where they may be named -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mention:
    """A row, tied to nobody sought, in whose words a mark stands: to be read by somebody.

    Attributes:
        excerpts: (name of the column, the words around the mark).
    """

    of: object
    row: object
    excerpts: tuple


def mentions_of(sought, lines, most=200):
    """The rows to read, whatever their table: (those shown, how many there are)."""
    patterns = _patterns(sought)
    if not patterns:
        return [], 0
    tied = {line.entry.model: line.persons for line in lines}
    shown_rows, count = [], 0
    for described in MAP:
        if described.model in NO_TABLES:
            continue
        pks = [pk for pk in _holding(described, patterns) if pk not in tied.get(described.model, ())]
        count += len(pks)
        table = _table(described)
        rows = table._base_manager.filter(pk__in=pks[: most - len(shown_rows)])  # noqa: SLF001
        shown_rows += [Mention(described, row, tuple(_excerpts(row, patterns))) for row in rows]
    return shown_rows, count


def _patterns(sought):
    """What to look for in words: regular expressions, of PostgreSQL and of Python alike, over plain letters."""
    texts = [plain(mark) for mark in sought.emails]
    for name in sought.names:
        words = plain(name).split()
        texts.append(" ".join(words))
        if len(words) > 1:
            texts.append(" ".join([words[-1], *words[:-1]]))
    patterns = [r"[^a-z0-9]+".join(re.escape(part) for part in text.split()) for text in texts]
    bounded = [rf"(^|[^a-z0-9]){pattern}($|[^a-z0-9])" for pattern in patterns]
    for phone in sought.phones:
        digits = re.sub(r"\D", "", phone)[-DIGITS_OF_PHONE:]
        bounded.append(r"[^a-z0-9]{0,3}".join(digits))
    return bounded


def _table(described):
    from django.apps import apps

    return apps.get_model(described.model)


def _holding(described, patterns):
    """The keys of the rows of a table that hold one of these in any column."""
    meta = _table(described)._meta  # noqa: SLF001
    table, key = connection.ops.quote_name(meta.db_table), connection.ops.quote_name(meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key} FROM {table} AS described WHERE lower(unaccent(described::text)) ~ %s ORDER BY 1",
            ["|".join(patterns)],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _excerpts(row, patterns, around=60):
    for field in row._meta.concrete_fields:  # noqa: SLF001 the public face of a model's fields
        words = " ".join(str(getattr(row, field.attname)).split())
        if match := next((match for pattern in patterns if (match := re.search(pattern, plain(words)))), None):
            # Where it stands in plain letters is about where it stands in the words.
            start, end = max(0, match.start() - around), match.end() + around
            excerpt = words[start:end]
            yield (
                str(field.verbose_name),
                f"{'… ' if start else ''}{excerpt}{' …' if end < len(words) else ''}",
            )


def files_naming(sought):
    """The files of the site in whose text a mark stands, the parts of archives and of Word files included.

    Neither PDF nor images are read.
    """
    patterns = [re.compile(pattern) for pattern in _patterns(sought)]
    if not patterns:
        return []
    paths = []
    for folder in (folder for place in PLACES for folder in place.folders):
        if not default_storage.exists(folder):
            continue
        for name in sorted(default_storage.listdir(folder)[1]):
            path = f"{folder}/{name}"
            if any(pattern.search(text) for text in _texts(path) for pattern in patterns):
                paths.append(path)
    return paths


def _texts(path):
    """The words of a file: one text for each of its parts."""
    try:
        if default_storage.size(path) > LARGEST_FILE:
            return
        with default_storage.open(path) as file:
            yield from _texts_in(file.read())
    except FileNotFoundError:
        return


def _texts_in(content, depth=DEEPEST):
    """The texts of these bytes, of an archive those of its members; what isn't text has none."""
    if content.startswith(b"PK"):
        with (
            suppress(zipfile.BadZipFile, NotImplementedError, RuntimeError),
            zipfile.ZipFile(BytesIO(content)) as archive,
        ):
            members = [member for member in archive.infolist() if member.file_size <= LARGEST_FILE]
            for member in members if depth else []:
                yield from _texts_in(archive.read(member), depth - 1)
        return
    with suppress(UnicodeDecodeError):
        text = content.decode()
        yield plain(re.sub(r"<[^<>]*>", " ", text) if text.startswith("<") else text)
