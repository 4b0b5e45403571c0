"""The erasure of a person: all that the map ties to them goes, or is masked where others rest on it.

What the map says of a table decides: rows of the person's own go; those that others share (`is_shared`) stay, the
person masked. A fiche or an account that something shared leads to stays as an empty row, « co-entrepreneur retiré ».
"""

import json
import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, ProtectedError, Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from pghistory.models import Context, Event
from procrastinate.contrib.django.models import ProcrastinateJob

from directory.decisions import Refused, by_user
from directory.forms.files import WAITING_DIRECTORY
from directory.models import (
    Answer,
    AnswerFile,
    BuyerSearch,
    CoEntrepreneur,
    Consultation,
    DuplicateNotice,
    FormerSlug,
    FruitlessSearch,
    ListingRequest,
    MemoPart,
    Participation,
    Reference,
    Referent,
    TeamMember,
)
from directory.models.author import name_of
from directory.search.lexicon import is_french

from . import frozen, past, remembered
from .files import columns_of_files, named
from .map import ENTRIES, entry_of
from .vocabulary import By, Entry, Eraser, Sought
from .wording import RETIRED, Wording

# One erasure at a time.
LOCK = 8_190_502
CONTACT = ("contact_name", "contact_role", "contact_email", "contact_phone")
KEPT_FILES = (
    "{} fichier{s} d’envois à des acheteurs, qui peu{t} encore nommer la personne, jusqu’au terme du marché : ce qui a "
    "été envoyé ne se récrit pas."
)
KEPT_FICHE = "Une fiche vide, « co-entrepreneur retiré », jusqu’au terme des consultations auxquelles elle a part."
KEPT_ACCOUNT = "Un compte fermé et vide, « référent retiré » : des décisions et des envois ont un auteur."
KEPT_MAIL = "Un courriel qui part en ce moment : il s’efface de la file une fois parti."

# The words of people around a consultation: the columns, and what leads to it.
TOLD_IN_TENDERS = [
    (Consultation, ["feedback"], "pk"),
    (TeamMember, ["mission", "answer_word", "message"], "consultation"),
    (MemoPart, ["title", "body", "criterion", "guidance"], "consultation"),
    (DuplicateNotice, ["word", "settled_by"], "consultation"),
]


@dataclass(frozen=True)
class Line:
    """What an erasure did in one table: how many rows went, and in how many the person was masked."""

    of: Entry
    erased: int = 0
    masked: int = 0

    @property
    def words(self):
        """« les messages des acheteurs », as the map says it; « historique : la fiche » of a history."""
        return f"historique : {self.of.what}" if self.of.history_of else self.of.what


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
        erasure = _Erasure(sought, by)
        with by_user(by, reason):
            report = erasure.run()
        if dry_run:
            transaction.set_rollback(True)
        else:
            remembered.remember_erasure(erasure.sought)
    return report


def _hold():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


class _Erasure:
    """An erasure under way, in one transaction."""

    def __init__(self, sought, by):
        self.by = by
        self.sought = _completed(sought)
        self.fiches, self.accounts = set(self.sought.fiches), set(self.sought.accounts)
        self.gone, self.masked = {}, {}
        self.paths, self.contexts = set(), set()
        self.kept, self.left = [], 0
        self._read_names()

    def run(self):
        self._refuse()
        self._part_with_references()
        self._mask_tenders()
        self._erase_own()
        self._treat_jobs()
        self._erase_sessions()
        self._erase_searches()
        for pk in sorted(self.fiches):
            self._retire_fiche(pk)
        for pk in sorted(self.accounts):
            self._retire_account(pk)
        # Last: all that was done above was told there too, the deletions themselves included.
        self._erase_histories()
        self._erase_reasons()
        self._mask_log()
        self._erase_words()
        files = self._drop_files()
        if self.left:
            several = self.left > 1
            sentence = KEPT_FILES.format(self.left, s="s" if several else "", t="vent" if several else "t")
            self.kept.append(sentence)
        return Report(self._lines(), files, tuple(dict.fromkeys(self.kept)))

    # --- Who it is --------------------------------------------------------------------------------------------------

    def _read_names(self):
        """What names the person: everywhere, and in the consultations that they took part in, where more is meant."""
        fiches = CoEntrepreneur.objects.select_for_update().filter(pk__in=self.fiches).order_by("pk")
        states = [*fiches, *CoEntrepreneur.pgh_event_model.objects.filter(pgh_obj__in=self.fiches)]
        users = get_user_model().objects.filter(pk__in=self.accounts).select_related("referent").order_by("pk")
        accounts = list(users)
        names = {f"{one.first_name} {one.last_name}".strip() for one in [*states, *accounts]}
        names |= {f"{one.last_name} {one.first_name}".strip() for one in states}
        names |= {name_of(account) for account in accounts} | set(self.sought.names)
        names = {name for name in names if " " in name and not self._is_anothers(name)}
        self.names, self.logins = names, {account.username for account in accounts}
        slugs = {state.slug for state in states if state.slug}
        slugs |= set(FormerSlug.objects.filter(co_entrepreneur__in=self.fiches).values_list("slug", flat=True))
        phones = {state.phone for state in states} | set(self.sought.phones)
        phones = {phone for phone in phones if phone and not self._is_shared(phone=phone)}
        known = {*names, *self.sought.emails, *slugs}
        lasts = {state.last_name for state in states if self._is_theirs_alone(state.last_name)}
        marques = {state.trade_name for state in states if " " in state.trade_name or not is_french(state.trade_name)}
        sites = {state.website for state in states if not self._is_shared(website=state.website)}
        self.lasts = lasts
        self.everywhere = Wording(known, phones)
        self.in_tenders = Wording(known | marques | sites | lasts, phones)

    def _is_anothers(self, name):
        """Whether somebody else has this name too: nothing is masked by it."""
        return (
            _named(name, CoEntrepreneur.objects.exclude(pk__in=self.fiches))
            or _named(name, get_user_model().objects.exclude(pk__in=self.accounts))
            or Referent.objects.exclude(user__in=self.accounts).filter(name__iexact=name).exists()
        )

    def _is_shared(self, **mark):
        """Whether another has this phone or this site too: the cooperative's, maybe."""
        [(name, value)] = mark.items()
        others = CoEntrepreneur.objects.exclude(pk__in=self.fiches).filter(**mark).exists()
        return (
            others
            or value == settings.COOPERATIVE.get(name)
            or (name == "phone" and Referent.objects.exclude(user__in=self.accounts).filter(**mark).exists())
        )

    def _is_theirs_alone(self, last_name):
        others = CoEntrepreneur.objects.exclude(pk__in=self.fiches).filter(last_name__iexact=last_name)
        return bool(last_name) and not is_french(last_name) and not others.exists()

    def _refuse(self):
        if self.by and self.by.pk in self.accounts:
            raise Refused("On n’efface pas le compte par lequel on agit : un autre administrateur le fera.")
        followed = CoEntrepreneur.objects.present().filter(referent__user__in=self.accounts).count()
        if followed:
            fiches = f"{followed} fiche{'s' if followed > 1 else ''}"
            raise Refused(f"Ce référent suit encore {fiches} : confiez d’abord ce qu’il suit.")
        waiting = ListingRequest.objects.filter(
            referent__user__in=self.accounts, state__in=ListingRequest.OPEN_STATES
        ).exclude(co_entrepreneur__in=self.fiches)
        if waiting.exists():
            raise Refused("Des demandes attendent encore ce référent : confiez-les d’abord.")

    # --- What is theirs alone ---------------------------------------------------------------------------------------

    def _erase_own(self):
        """The rows of their own, but for histories, the queue, and what the database makes and deletes by itself."""
        own = {}
        for entry in ENTRIES:
            if entry.is_shared or entry.history_of or entry.eraser is Eraser.PROGRAM or entry.table is ProcrastinateJob:
                continue
            # What is typed to sign in is a login as often as an address.
            names = (*self.sought.names, *self.logins) if entry.model.startswith("axes.") else self.sought.names
            own[entry.table] = list(_own(entry, replace(self.sought, names=names)).values_list("pk", flat=True))
        # All are found before any goes: some take others along.
        for table, pks in own.items():
            self._note(table, pks)
        for table, pks in own.items():
            table._base_manager.filter(pk__in=pks).delete()  # noqa: SLF001 whatever a manager hides

    def _delete(self, table, pks):
        self._note(table, pks)
        table._base_manager.filter(pk__in=pks).delete()  # noqa: SLF001

    def _note(self, table, pks):
        """Remember what goes, and the files that it names."""
        if pks:
            self._note_files(table._base_manager.filter(pk__in=pks))  # noqa: SLF001
            self.gone.setdefault(table, set()).update(pks)

    def _note_files(self, rows):
        for column in columns_of_files(rows.model):
            self.paths |= {path for path in rows.values_list(column, flat=True) if path}

    def _mask(self, rows, **values):
        self.masked.setdefault(rows.model, set()).update(rows.values_list("pk", flat=True))
        return rows.update(**values)

    def _treat_jobs(self):
        """Mails and works that wait or failed: those to the person, and those about them, which hold their words, go.

        What an account decided still reaches whom it is for, without its name. One that leaves right now can't be held.
        """
        jobs = ProcrastinateJob.objects.alias(told=Cast("args", TextField()))
        tied = set(entry_of(ProcrastinateJob).rows_of(self.sought).values_list("pk", flat=True))
        rows = jobs.filter(Q(pk__in=tied) | self._naming("told")).values_list("pk", "status", "args")
        gone, masked = [], {}
        for pk, status, args in rows:
            if pk not in tied and not self.everywhere.names(json.dumps(args, ensure_ascii=False)):
                # Another's longer name or address.
                continue
            if status == "doing":
                self.kept.append(KEPT_MAIL)
            elif not self._is_to_another(args):
                gone.append(pk)
            else:
                kept = {"reply_to": None} if self._is_theirs(args.get("reply_to")) else {}
                masked[pk] = self.everywhere.masked_json(args | kept)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s) AND status <> 'doing'", [gone])
            for pk, args in masked.items():
                cursor.execute(
                    "UPDATE procrastinate_jobs SET args = %s WHERE id = %s AND status <> 'doing'",
                    [json.dumps(args, ensure_ascii=False), pk],
                )
        for told, pks in [(self.gone, gone), (self.masked, masked)]:
            if pks:
                told.setdefault(ProcrastinateJob, set()).update(pks)

    def _is_to_another(self, args):
        """Whether it is a mail to somebody, from or about an account that is erased."""
        return bool(self.accounts and not self.fiches and args.get("to")) and not self._is_theirs(args["to"])

    def _is_theirs(self, address):
        return bool(address) and address.lower() in self.sought.emails

    def _erase_sessions(self):
        """Those where their account is open, or their address proved; the database can't be asked what one holds."""
        accounts, emails = {str(pk) for pk in self.accounts}, {email.lower() for email in self.sought.emails}
        if not (accounts or emails):
            return
        pks = [
            session.pk
            for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
            if _holds(session.get_decoded(), accounts, emails)
        ]
        self._delete(Session, pks)

    def _erase_searches(self):
        """Those where the name was typed after all."""
        words = "|".join(re.escape(name) for name in sorted(self.names | self.lasts))
        for model, column in [(FruitlessSearch, "words"), (BuyerSearch, "query")]:
            rows = model.objects.filter(**{f"{column}__iregex": rf"\m({words})\M"}) if words else model.objects.none()
            self._delete(model, list(rows.values_list("pk", flat=True)))

    def _naming(self, *columns):
        """The condition of what names the person, in any of these columns."""
        condition = Q(pk__in=[])
        for name in (*self.names, *self.sought.emails):
            for column in columns:
                condition |= Q(**{f"{column}__icontains": name})
        return condition

    # --- What others share ------------------------------------------------------------------------------------------

    def _part_with_references(self):
        """References that nobody else took part in go; others lose this keeper, and the contact that they alone had.

        A contact at a client's, who is sought, goes from all.
        """
        as_contact = replace(entry_of(Reference), ties=tuple(tie for tie in entry_of(Reference).ties if tie.of))
        marks = replace(self.sought, accounts=(), fiches=())
        self._mask(Reference.objects.filter(pk__in=as_contact.rows_of(marks)), **dict.fromkeys(CONTACT, ""))
        if not self.fiches:
            return
        events = Reference.pgh_event_model.objects.filter(co_entrepreneur__in=self.fiches)
        parts = Participation.objects.filter(co_entrepreneur__in=self.fiches)
        tied = Q(co_entrepreneur__in=self.fiches) | Q(pk__in=parts.values("reference"))
        # An earlier deletion left some that nobody keeps.
        tied |= Q(pk__in=events.values("pgh_obj"), co_entrepreneur=None)
        references = Reference.objects.filter(tied)
        others = Participation.objects.filter(reference=OuterRef("pk")).exclude(co_entrepreneur__in=self.fiches)
        alone = list(references.filter(~Exists(others)).values_list("pk", flat=True))
        self._delete(Reference, alone)
        kept = Reference.objects.filter(co_entrepreneur__in=self.fiches)
        self._mask(kept, co_entrepreneur=None, **dict.fromkeys(CONTACT, ""))
        self._mask(events.exclude(pgh_obj__in=alone), co_entrepreneur=None)

    def _mask_tenders(self):
        """In teams, memos and answers: their own words go, and what names them is masked; all else stays as it is."""
        for name in (*self.names, *self.logins):
            self._mask(Consultation.objects.filter(updated_by__iexact=name), updated_by=RETIRED)
            self._mask(MemoPart.objects.filter(updated_by__iexact=name), updated_by=RETIRED)
            self._mask(DuplicateNotice.objects.filter(settled_by__iexact=name), settled_by=RETIRED)
        theirs = Q(team__co_entrepreneur__in=self.fiches) | Q(author_member__in=self.fiches)
        consultations = set(Consultation.objects.filter(theirs).values_list("pk", flat=True))
        seats = TeamMember.objects.filter(co_entrepreneur__in=self.fiches)
        self._mask(seats, mission="", answer_word="", message="")
        answers = Answer.objects.alias(told=Cast("data", TextField())).filter(self._naming("told"))
        naming = set(answers.values_list("consultation", flat=True))
        for model, columns, of in TOLD_IN_TENDERS:
            naming |= set(model.objects.filter(self._naming(*columns)).values_list(of, flat=True))
        # Where they took part, their marque and their name alone mean them.
        self._mask_consultations(sorted(consultations), self.in_tenders)
        self._mask_consultations(sorted(naming - consultations), self.everywhere)

    def _mask_consultations(self, consultations, wording):
        for model, columns, of in TOLD_IN_TENDERS:
            self._mask_words(model.objects.filter(**{f"{of}__in": consultations}), columns, wording)
        answers, files, dropped, left = frozen.mask(consultations, wording, by=self.by)
        for model, pks in [(Answer, answers), (AnswerFile, files)]:
            if pks:
                self.masked.setdefault(model, set()).update(pks)
        self.paths |= {file.name for file in dropped if file}
        self.left += left

    def _mask_words(self, rows, columns, wording):
        for row in rows:
            texts = {column: wording.masked(getattr(row, column)) for column in columns}
            if changed := {column: text for column, text in texts.items() if text != getattr(row, column)}:
                longest = {column: row._meta.get_field(column).max_length for column in changed}  # noqa: SLF001
                cut = {column: text[: longest[column]] for column, text in changed.items()}
                self._mask(rows.model.objects.filter(pk=row.pk), **cut)

    # --- The fiche and the account ----------------------------------------------------------------------------------

    def _retire_fiche(self, pk):
        fiches = CoEntrepreneur.objects.filter(pk=pk)
        self._note_files(fiches)
        try:
            with transaction.atomic():
                if fiches.delete()[0]:
                    self.gone.setdefault(CoEntrepreneur, set()).add(pk)
        except ProtectedError:
            fiche = fiches.get()
            for links in (fiche.skills, fiche.cpv_codes, fiche.departments):
                links.clear()
            today = timezone.localdate()
            self._mask(
                fiches,
                first_name="Co-entrepreneur",
                last_name="retiré",
                slug=f"co-entrepreneur-retire-{pk}",
                email=frozen.RETIRED_ADDRESS.format(pk),
                **dict.fromkeys(("trade_name", "headline", "public_offer", "presentation", "city"), ""),
                **dict.fromkeys(("phone", "website", "photo", "contract_stage"), ""),
                **dict.fromkeys(("contract_ends_on", "listed_since", "referent"), None),
                **dict.fromkeys(("nationwide", "client_public"), False),
                departed_on=min(fiche.departed_on or today, today),
            )
            # The database keeps the former address of a fiche.
            FormerSlug.objects.filter(co_entrepreneur=pk).delete()
            self.kept.append(KEPT_FICHE)

    def _retire_account(self, pk):
        users, referents = get_user_model().objects.filter(pk=pk), Referent.objects.filter(user=pk)
        referent_pks = list(referents.values_list("pk", flat=True))
        try:
            with transaction.atomic():
                referents.delete()
                users.delete()
        except ProtectedError:
            user = users.get()
            user.groups.clear()
            user.user_permissions.clear()
            user.set_unusable_password()
            self._mask(
                users,
                username=f"compte-retire-{pk}",
                first_name="Compte",
                last_name="retiré",
                email=frozen.RETIRED_ADDRESS.format(pk),
                password=user.password,
                last_login=None,
                **dict.fromkeys(("is_active", "is_staff", "is_superuser"), False),
            )
            self._mask(referents, name="Référent retiré", phone="")
            self.kept.append(KEPT_ACCOUNT)
        else:
            self.gone.setdefault(get_user_model(), set()).add(pk)
            if referent_pks:
                self.gone.setdefault(Referent, set()).update(referent_pks)

    # --- What the history, the log and the catalogue keep of it -----------------------------------------------------

    def _erase_histories(self):
        """Former states, found by the map's ties and by what is gone, whatever wrote them and whenever."""
        for entry in ENTRIES:
            if entry.history_of and not entry.is_shared:
                self._erase_events(entry.table, _own(entry, self.sought))
        for table, pks in list(self.gone.items()):
            if events := getattr(table, "pgh_event_model", None):
                self._erase_events(events, events.objects.filter(pgh_obj__in=pks))

    def _erase_events(self, table, rows):
        found = list(rows.values_list("pk", "pgh_context"))
        self.contexts |= {context for _, context in found if context}
        self._delete(table, [pk for pk, _ in found])

    def _erase_reasons(self):
        """Why it was changed: what no event has any more goes, and no other names the person."""
        unused = past.reasons_of_none(None).filter(pk__in=self.contexts)
        self._delete(Context, list(unused.values_list("pk", flat=True)))
        told = Context.objects.alias(told=Cast("metadata", TextField()))
        for context in told.filter(self._naming("told")):
            metadata = self.everywhere.masked_json(context.metadata)
            if metadata != context.metadata:
                self._mask(Context.objects.filter(pk=context.pk), metadata=metadata)

    def _mask_log(self):
        """The lines about what is gone, or about the person's empty rows; others don't name them any more."""
        about = Q()
        for table, pks in self.gone.items():
            if issubclass(table, Event):
                continue
            about |= Q(content_type=ContentType.objects.get_for_model(table), object_id__in=[str(pk) for pk in pks])
        referents = Referent.objects.filter(user__in=self.accounts).values_list("pk", flat=True)
        for table, pks in [
            (CoEntrepreneur, self.fiches),
            (get_user_model(), self.accounts),
            (Referent, set(referents)),
        ]:
            about |= Q(content_type=ContentType.objects.get_for_model(table), object_id__in=[str(pk) for pk in pks])
        self._delete(LogEntry, list(LogEntry.objects.filter(about).values_list("pk", flat=True)))
        columns = ["object_repr", "change_message"]
        self._mask_words(LogEntry.objects.filter(self._naming(*columns)), columns, self.everywhere)

    def _erase_words(self):
        """The words of the catalogue that only they had; it writes its own at the end of the transaction, hence now."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        if self.fiches:
            words = past.words_of_none(None)
            self._delete(words.model, list(words.values_list("pk", flat=True)))

    # --- The disk ---------------------------------------------------------------------------------------------------

    def _drop_files(self):
        """Delete, once all is committed, the files that no row names any more.

        Returns:
            int: how many.
        """
        paths = self.paths - named(list(self.paths))
        if default_storage.exists(WAITING_DIRECTORY):
            starts = tuple(f"{pk}-" for pk in self.fiches)
            waiting = default_storage.listdir(WAITING_DIRECTORY)[1]
            paths |= {f"{WAITING_DIRECTORY}/{name}" for name in waiting if starts and name.startswith(starts)}
        mails = [path for path in _mails() if self._is_in(path)]
        transaction.on_commit(partial(_delete_files, sorted(paths), mails))
        return len(paths) + len(mails)

    def _is_in(self, path):
        return self.everywhere.names(path.read_text(encoding="utf-8", errors="replace"))

    # --- The account of it ------------------------------------------------------------------------------------------

    def _lines(self):
        lines = []
        for entry in ENTRIES:
            erased = self.gone.get(entry.table, set())
            masked = self.masked.get(entry.table, set()) - erased
            if erased or masked:
                lines.append(Line(entry, len(erased), len(masked)))
        return tuple(lines)


def _completed(sought):
    """The same, with the fiches and the accounts that have these addresses, and all the addresses that these had."""
    events, fiches = CoEntrepreneur.pgh_event_model.objects, set(sought.fiches)
    users, accounts = get_user_model().objects, set(sought.accounts)
    of_the_gone = ~Exists(CoEntrepreneur.objects.filter(pk=OuterRef("pgh_obj")))
    for email in sought.emails:
        fiches |= set(CoEntrepreneur.objects.filter(email__iexact=email).values_list("pk", flat=True))
        fiches |= set(events.filter(of_the_gone, email__iexact=email).values_list("pgh_obj", flat=True))
        accounts |= set(users.filter(email__iexact=email).values_list("pk", flat=True))
    for name in sought.names:
        whole = events.alias(whole_name=Concat("first_name", Value(" "), "last_name"))
        fiches |= set(whole.filter(of_the_gone, whole_name__iexact=name).values_list("pgh_obj", flat=True))
    emails = {email.lower() for email in sought.emails}
    had = {email.lower() for email in events.filter(pgh_obj__in=fiches).values_list("email", flat=True) if email}
    # A former address may be somebody else's by now.
    emails |= {email for email in had if not _has_another(email, fiches)}
    for rows in (CoEntrepreneur.objects.filter(pk__in=fiches), users.filter(pk__in=accounts)):
        emails |= {email.lower() for email in rows.values_list("email", flat=True) if email}
    return replace(sought, fiches=tuple(sorted(fiches)), accounts=tuple(sorted(accounts)), emails=tuple(sorted(emails)))


def _has_another(email, fiches):
    others = CoEntrepreneur.objects.exclude(pk__in=fiches)
    return others.filter(email__iexact=email).exists() or get_user_model().objects.filter(email__iexact=email).exists()


def _own(entry, sought):
    """The rows that are the person's own, by the map: those that are about them, or that go with their fiche."""
    ties = tuple(tie for tie in entry.ties if tie.by is By.FICHE or tie.of in {None, entry.person})
    if entry.history_of == "directory.CoEntrepreneur":
        ties = tuple(tie for tie in ties if tie.by is By.FICHE)
    rows = replace(entry, ties=ties).rows_of(sought)
    if any(tie.by in {By.EMAIL, By.PHONE, By.NAME} for tie in ties):
        # What another fiche has isn't theirs, whoever bears the same name.
        for tie in ties:
            if tie.by is By.FICHE and tie.of is None and not callable(tie.path):
                rows = rows.filter(Q(**{f"{tie.path}__isnull": True}) | Q(**{f"{tie.path}__in": sought.fiches}))
    return rows


def _named(name, rows):
    """Whether one of these rows has this first name and this last name."""
    whole = Concat("first_name", Value(" "), "last_name")
    return rows.alias(whole_name=whole).filter(whole_name__iexact=name).exists()


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
