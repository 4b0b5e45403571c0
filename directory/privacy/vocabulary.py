"""The words in which the map says what is kept of a person: whose, why, by what right, who sees it, until when."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from django.apps import apps
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Concat

from crealead.words import lasting

# Of a phone, what its country or its zero comes before.
LOCAL_DIGITS = 9


class Person(Enum):
    """Whose data it is."""

    MEMBER = "co-entrepreneurs présents ou partis"
    APPLICANT = "personnes qui demandent à être référencées"
    STAFF = "référents et administrateurs"
    BUYER = "acheteurs qui écrivent, ou demandent une alerte"
    CONTACT = "contacts chez les clients des co-entrepreneurs"
    VISITOR = "personnes qui lisent ou cherchent"
    ANYONE = "toute personne dont il est question ici"


class Basis(Enum):
    """What the law rests it on: a letter of article 6, 1 of the GDPR."""

    CONSENT = "consentement (art. 6, 1, a)"
    CONTRACT = "contrat, ou démarches qui le précèdent (art. 6, 1, b)"
    OBLIGATION = "obligation légale (art. 6, 1, c)"
    INTEREST = "intérêt légitime (art. 6, 1, f)"


class Reader(Enum):
    """Who sees it, as the page says it."""

    PUBLIC = "tout le monde"
    PERSON = "la personne elle-même"
    REFERENT = "le référent qui suit la fiche"
    REFERENTS = "les référents"
    ADMINISTRATORS = "les administrateurs"
    MEMBERS = "les co-entrepreneurs"
    TEAM = "l’équipe de la consultation"
    COLLEAGUES = "les participants à la référence"
    ADDRESSEE = "le destinataire"
    AUTHOR = "l’acheteur qui a écrit"
    LINK = "qui a le lien du dossier"
    CONTRACTING = "l’acheteur à qui la réponse est envoyée"
    NOBODY = "personne : le programme s’en sert"
    HOST = "l’hébergeur, sur instruction"


class Eraser(Enum):
    """What erases it."""

    PURGE = "la purge de chaque jour"
    PARENT = "ce dont elle fait partie, en s’effaçant"
    PERSON = "la personne elle-même, ou l’effacement qu’elle demande"
    PROGRAM = "le programme qui l’écrit, de lui-même"
    OUTSIDE = "la machine, hors de ce programme"


class By(Enum):
    """What ties a row to its person, at the end of the path of a `Tie`."""

    FICHE = "a co-entrepreneur"
    ACCOUNT = "an account of the back office"
    EMAIL = "an address"
    PHONE = "a number"
    NAME = "a name, whole, or in the columns that the path lists"


@dataclass(frozen=True)
class Purpose:
    """A processing of the register.

    Attributes:
        why: as the page says it.
        readers: who sees its data, unless an entry or its columns say otherwise.
    """

    title: str
    why: str
    basis: Basis
    readers: tuple[Reader, ...]


@dataclass(frozen=True)
class Term:
    """Until when it is kept.

    Attributes:
        since: what the length is counted from, « la réception »; without a length, until when: « la fiche s’efface ».
        reason: why that long.
    """

    since: str
    length: timedelta | None = None
    reason: str = ""

    def __str__(self):
        if self.length:
            return f"{lasting(self.length)} après {self.since}"
        return f"jusqu’à ce qu’{self.since}" if self.since.startswith("il ") else f"jusqu’à ce que {self.since}"

    @property
    def words(self):
        """« un an », the length alone; what it waits for when it has none."""
        return lasting(self.length) if self.length else str(self)


@dataclass(frozen=True)
class Sought:
    """The marks by which a person is looked for; `Entry.rows_of` finds what has one of them."""

    fiches: tuple[int, ...] = ()
    accounts: tuple[int, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def of(self, by):
        return {
            By.FICHE: self.fiches,
            By.ACCOUNT: self.accounts,
            By.EMAIL: self.emails,
            By.PHONE: self.phones,
            By.NAME: self.names,
        }[by]


@dataclass(frozen=True)
class Tie:
    """How a row is tied to a person.

    Attributes:
        path: a lookup from the row to what `by` says, « cv__co_entrepreneur »; the columns of a name, with spaces; or
            what makes a `Q` of the marks that are sought, for what no lookup reaches.
        of: whose, when it isn't the entry's own person.
    """

    by: By
    path: str | Callable[[tuple], Q]
    of: Person | None = None

    def rows(self, queryset, marks):
        """Those of a queryset that have one of these marks."""
        if callable(self.path):
            return queryset.filter(self.path(marks))
        if self.by in {By.FICHE, By.ACCOUNT}:
            return queryset.filter(**{f"{self.path}__in": marks})
        condition = Q()
        if self.by is By.NAME:
            first, *others = self.path.split()
            words = [part for name in others for part in (Value(" "), F(name))]
            queryset = queryset.alias(sought_name=Concat(F(first), *words) if others else F(first))
            for mark in marks:
                condition |= Q(sought_name__unaccent__iexact=mark)
        elif self.by is By.PHONE:
            # However it was typed: what is kept since before one way of writing them, or by another's table.
            digits = Func(F(self.path), Value(r"\D"), Value(""), Value("g"), function="regexp_replace")
            queryset = queryset.alias(sought_digits=digits)
            for mark in marks:
                if local := re.sub(r"\D", "", mark)[-LOCAL_DIGITS:]:
                    condition |= Q(sought_digits__endswith=local)
            if not condition:
                return queryset.none()
        else:
            for mark in marks:
                condition |= Q(**{f"{self.path}__iexact": mark})
        return queryset.filter(condition)


@dataclass(frozen=True)
class Columns:
    """Columns of a table that say the same kind of thing of a person.

    Attributes:
        names: with spaces between them.
        what: as the page and the register name them.
        of, basis, readers: where they aren't those of the entry.
        is_free: whether they hold words of one's own, where anybody may be named.
    """

    names: str
    what: str
    of: Person | None = None
    basis: Basis | None = None
    readers: tuple[Reader, ...] | None = None
    is_free: bool = False


@dataclass(frozen=True)
class Purge:
    """A line of the daily purge.

    Attributes:
        line: what it counts, « messages reçus ».
        past: the rows whose time is over, given how long they are kept (None for a term without a length).
        erase: what erases the rows of these keys, for those that the ORM can't.
    """

    line: str
    past: Callable
    erase: Callable | None = None


@dataclass(frozen=True)
class Sooner:
    """What of a table goes before the rest.

    Attributes:
        what: as the page and the register name it.
        names: the columns that are emptied, with spaces; whole rows go without any.
    """

    what: str
    term: Term
    purge: Purge
    names: str = ""


@dataclass(frozen=True)
class Entry:
    """What a table holds of people.

    Attributes:
        model: its label, « directory.ContactMessage ».
        what: what a row is, as the page names it: « les messages des acheteurs ».
        plain: the columns that say nothing of anybody, with spaces.
        goes_with: the entry's model whose erasure takes it along, when its eraser is `PARENT`.
        history_of: the model whose former states these are.
        is_shared: whether others rest on its rows: the erasure of a person masks them there, and leaves the rows.
        sooner: what of it goes before the rest, whatever its eraser.
    """

    model: str
    what: str
    person: Person
    purpose: Purpose
    term: Term
    eraser: Eraser
    columns: tuple[Columns, ...]
    plain: str = ""
    ties: tuple[Tie, ...] = ()
    readers: tuple[Reader, ...] | None = None
    purge: Purge | None = None
    goes_with: str = ""
    history_of: str = ""
    is_shared: bool = False
    sooner: tuple[Sooner, ...] = ()

    @property
    def table(self):
        return apps.get_model(self.model)

    @property
    def names(self):
        """All the columns that it names."""
        return [name for columns in self.columns for name in columns.names.split()] + self.plain.split()

    def term_of(self, columns):
        """Until when these columns are kept."""
        return next((part.term for part in self.sooner if part.names == columns.names), self.term)

    def basis_of(self, columns):
        return columns.basis or self.purpose.basis

    def readers_of(self, columns):
        return columns.readers or self.readers or self.purpose.readers

    def person_of(self, columns):
        return columns.of or self.person

    def rows_of(self, sought):
        """The rows that are tied to a person, by any of the marks of a `Sought`."""
        rows = self.table._base_manager.all()  # noqa: SLF001 whatever a manager hides
        ties = [(tie, marks) for tie in self.ties if (marks := sought.of(tie.by))]
        condition = Q(pk__in=[])
        for tie, marks in ties:
            condition |= Q(Exists(tie.rows(rows.filter(pk=OuterRef("pk")), marks)))
        return rows.filter(condition)


@dataclass(frozen=True)
class Plain:
    """A table that says nothing of anybody, and why it is there."""

    model: str
    what: str
    plain: str

    @property
    def names(self):
        return self.plain.split()


@dataclass(frozen=True)
class FilesPurge:
    """A line of the purge that erases files; `past` gives their paths, `erase` takes one."""

    line: str
    past: Callable
    erase: Callable


@dataclass(frozen=True)
class Place:
    """Where personal data stands outside any table: files, cookies, copies.

    Attributes:
        where: as one finds it.
        folders: those of MEDIA_ROOT that it is about.
        in_production: whether it is there too, and not in a demonstration alone.
    """

    where: str
    what: str
    person: Person
    purpose: Purpose
    term: Term
    eraser: Eraser
    folders: tuple[str, ...] = ()
    readers: tuple[Reader, ...] | None = None
    purge: FilesPurge | None = None
    in_production: bool = True


@dataclass(frozen=True)
class Cookie:
    """A cookie, or what a script keeps in the browser: where it comes, what it is for and how long it stays."""

    name: str
    where: str
    why: str
    lasts: str
