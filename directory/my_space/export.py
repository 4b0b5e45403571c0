"""Everything held about a member: words that read by themselves, and the files.

What is told follows from the map of personal data: a table that has something of a member is told, unless `LEFT_OUT`
says why it isn't.
"""

import json
import zipfile
from tempfile import TemporaryFile

from django.db.models import Q
from pghistory.models import Events

from crealead.files import split_ending
from directory.changes import Names, field_of, happened, model_of
from directory.decisions import Actors
from directory.models import (
    Answer,
    Consent,
    ConsentText,
    Consultation,
    DuplicateNotice,
    FicheProposal,
    Insurance,
    Kit,
    ListingRequest,
    MemoPart,
    PublicClient,
)
from directory.models.consent import NOT_KEPT
from directory.privacy.actions import ENTRIES, KEEPERS_OWN, Files, Person, Sought, lines_of, read, told, told_of
from directory.rights import Viewer, consultations_read_by

from .proposals import in_words, label_of

# As what a member may stand in a table.
AS_MEMBER = {Person.MEMBER, Person.APPLICANT, Person.ANYONE}
WITH_ANOTHER = "dit avec ce dont il fait partie"
OF_A_BUYER = "le choix d’un acheteur, qui est à lui : la coopérative dit à votre demande ce qui est écrit de vous"
LEFT_OUT = {
    "directory.SearchDocument": "les mots de la fiche, dits avec elle",
    "directory.Participation": WITH_ANOTHER,
    "directory.CvEntry": WITH_ANOTHER,
    "directory.AnswerFile": WITH_ANOTHER,
    "directory.RecordFiche": OF_A_BUYER,
    "directory.SetAside": OF_A_BUYER,
    "directory.ClosedRecord": OF_A_BUYER,
}
TITLES = {
    "directory.CoEntrepreneur": "fiche",
    "directory.FormerSlug": "anciennes adresses de la fiche",
    "directory.Consent": "accords",
    "directory.Certification": "labels et certifications",
    "directory.PortfolioImage": "réalisations",
    "directory.Insurance": "assurances",
    "directory.Reference": "références",
    "directory.Cv": "cv",
    "directory.ListingRequest": "demandes de référencement",
    "directory.ListingDraft": "demande en préparation",
    "directory.FicheNotice": "avis de création de la fiche",
    "directory.FicheProposal": "modifications proposées",
    "directory.FirstPage": "premières pages du catalogue",
    "directory.NotMyTrade": "hors de mon métier",
    "directory.ContactMessage": "messages reçus",
    "directory.GroupRecipient": "messages reçus avec d’autres",
    "directory.Consultation": "consultations ouvertes ou modifiées",
    "directory.TeamMember": "équipes",
    "directory.MemoPart": "textes de mémoires",
    "directory.DuplicateNotice": "doublons tranchés",
    "directory.Kit": "dossiers demandés",
    "directory.Answer": "réponses envoyées",
    "directory.MemberSession": "sessions ouvertes",
    "directory.AccessLink": "liens d’accès demandés",
}


def archive_of(member):
    """A ZIP, open at its beginning: `donnees.json`, and the files that it names."""
    archive = TemporaryFile()  # noqa: SIM115 closed by whoever sends it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        data = data_of(member, Files(written))
        written.writestr("donnees.json", json.dumps(data, ensure_ascii=False, indent=2, default=str))
    archive.seek(0)
    return archive


def entries_of_members():
    """The tables of the map that may have something of a member, histories apart: they are told together."""
    return [
        entry
        for entry in ENTRIES
        if not entry.history_of and any((tie.of or entry.person) in AS_MEMBER for tie in entry.ties)
    ]


def data_of(member, files):
    """All that is held, by the names that people read."""
    sought = Sought(fiches=(member.pk,), emails=(member.email,))
    entries = [entry for entry in entries_of_members() if entry.model not in LEFT_OUT]
    by_map = [entry for entry in entries if entry.model not in MADE]
    lines = {line.entry.model: line for line in lines_of(sought, by_map)}
    data = {}
    for entry in entries:
        title = title_of(entry)
        if make := MADE.get(entry.model):
            data[title] = make(member, files)
        elif line := lines.get(entry.model):
            rows = [row for row in line.rows() if line.persons[row.pk] & AS_MEMBER]
            data[title] = [told_of(line, row, sought.fiches, files, WORDED) for row in rows]
        else:
            data[title] = []
    return data | {"historique": _history(member)}


def title_of(entry):
    return TITLES.get(entry.model, entry.what)


def _rows(rows, files=None, folder="", *, leave=frozenset()):
    return [_row(row, files, folder, leave=leave) for row in rows]


def _row(row, files=None, folder="", *, leave=frozenset()):
    """The fields of a row by the names that people read, values as they read them."""
    return told(row, files, folder, leave=leave, worded=WORDED)


def _fiche(member, files):
    return _row(member, files, "photo")


def _consents(member, files):
    """What was agreed to, word for word, with the scans of what was agreed on paper."""
    texts = {text.version: text for text in ConsentText.objects.all()}
    return [
        _row(consent, files, "accords")
        | {
            "mots acceptés": texts[consent.text_version].sentence(consent.item)
            if consent.text_version in texts
            else NOT_KEPT
        }
        for consent in member.consents.all()
    ]


def _references(member, files):
    rows = member.participations.select_related("reference__client", "reference__decided_by__referent").order_by("pk")
    return [_reference(participation, member, files) for participation in rows]


def _reference(participation, member, files):
    reference = participation.reference
    kept = reference.co_entrepreneur_id == member.pk
    leave = {"participants"} if kept else KEEPERS_OWN | {"participants"}
    told_reference = _row(reference, files, "attestations", leave=leave)
    return told_reference | {"tenue par la personne": kept, "en tant que": participation.part}


def _cv(member, _files):
    cv = getattr(member, "cv", None)
    return cv and _row(cv) | {"lignes": _rows(cv.entries.all())}


def _requests(member, files):
    same_address = ListingRequest.objects.with_address(member.email).values("pk")
    asked = ListingRequest.objects.filter(Q(co_entrepreneur=member) | Q(pk__in=same_address))
    return _rows(asked.select_related("referent"), files, "demandes")


def _group_messages(member, _files):
    """What was written to them among others, and what they answered."""
    rows = member.group_recipients.written().select_related("message")
    return [
        _row(row, leave={"message"}) | {"ce qui fut écrit": _row(row.message, leave={"consultation"})} for row in rows
    ]


def _consultations(member, _files):
    """Those that they opened, or were the last to change."""
    return _rows(_written_by(member, Consultation, "updated_by", "pk").select_related("buyer"))


def _memo_parts(member, _files):
    """The texts that they were the last to write."""
    return _rows(_written_by(member, MemoPart, "updated_by", "consultation").select_related("consultation"))


def _duplicates(member, _files):
    return _rows(_written_by(member, DuplicateNotice, "settled_by", "consultation"))


def _written_by(member, model, column, consultation):
    """The rows that keep by a name alone who wrote them: a namesake's are in consultations of others."""
    readable = consultations_read_by(Viewer(member=member)).values("pk")
    written = Q(**{column: member.name, f"{consultation}__in": readable})
    if model is Consultation:
        written |= Q(author_member=member)
    return model.objects.filter(written)


def _kits(member, _files):
    return _rows(Kit.objects.filter(author_member=member), leave={"archive", "problems"})


def _answers(member, files):
    """Those that they sent, and those that a colleague sent for a team of theirs."""
    readable = consultations_read_by(Viewer(member=member)).values("pk")
    answers = Answer.objects.filter(Q(author_member=member) | Q(consultation__in=readable))
    rows = answers.select_related("consultation", "author_member", "author_user__referent").order_by("pk")
    return [_answer(answer, files) for answer in rows]


def _answer(answer, files):
    sent = []
    for file in answer.files.exclude(file=""):
        name, ending = split_ending(file.name)
        sent.append(files.add(file.file, f"reponses/{answer.pk}", name, ending=ending))
    return {
        "consultation": str(answer.consultation),
        "envoyée le": read(answer.sent_at),
        "envoyée par": answer.author_name,
        "fichiers": sent,
    }


def _history(member):
    """What was changed about them: when, by whom, why."""
    events = list(Events.objects.references(member).order_by("pgh_created_at", "pgh_id"))
    contexts = [event.pgh_context or {} for event in events]
    actors, names = Actors(contexts), Names(events)
    return [
        {
            "date": read(event.pgh_created_at),
            "quoi": model_of(event)._meta.verbose_name,  # noqa: SLF001
            "événement": happened(event),
            "par": actors.name(context),
            "motif": context.get("reason") or "",
            "changements": _changes(event, names),
        }
        for event, context in zip(events, contexts, strict=True)
    ]


def _changes(event, names):
    """What changed, before and after, by the names that people read."""
    if change := names.listed(event):
        field, before, after = change
        return {str(field.verbose_name): [before, after]}
    changes = {}
    for column, values in (event.pgh_diff or {}).items():
        field = field_of(model_of(event), column)
        worded = WORDED.get(field)
        texts = [worded(value) if worded and value else names.text(field, value) for value in values]
        changes[str(field.verbose_name)] = texts
    return changes


# --- What is kept as data, in words ----------------------------------------------------------------------------------


def _content(content):
    return {said.label: said.words for said in in_words(content)}


def _served(clients):
    types = dict(PublicClient.Type.choices)
    return [
        {
            "client": client.get("name", ""),
            "type": types.get(client.get("type"), client.get("type")),
            "prestation": client.get("subject", ""),
            "année": client.get("year"),
        }
        for client in clients
    ]


WORDED = {
    FicheProposal.changes.field: _content,
    FicheProposal.before.field: _content,
    FicheProposal.accepted_fields.field: lambda fields: [label_of(name) for name in fields],
    ListingRequest.served_clients.field: _served,
    ListingRequest.consents.field: lambda items: [Consent.Item(item).label for item in items],
}

# --- What is told in a way of its own --------------------------------------------------------------------------------

MADE = {
    "directory.CoEntrepreneur": _fiche,
    "directory.FormerSlug": lambda member, _files: [former.slug for former in member.former_slugs.all()],
    "directory.Consent": _consents,
    "directory.Certification": lambda member, files: _rows(
        member.certifications.select_related("label"), files, "justificatifs"
    ),
    "directory.PortfolioImage": lambda member, files: _rows(member.portfolio_images.all(), files, "realisations"),
    "directory.Insurance": lambda member, files: _rows(
        Insurance.objects.filter(co_entrepreneur=member), files, "assurances"
    ),
    "directory.Reference": _references,
    "directory.Cv": _cv,
    "directory.ListingRequest": _requests,
    "directory.FicheProposal": lambda member, files: _rows(member.proposals.all(), files, "propositions"),
    "directory.ContactMessage": lambda member, _files: _rows(member.contact_messages.all()),
    "directory.GroupRecipient": _group_messages,
    "directory.Consultation": _consultations,
    "directory.TeamMember": lambda member, _files: _rows(member.team_seats.select_related("consultation__buyer")),
    "directory.MemoPart": _memo_parts,
    "directory.DuplicateNotice": _duplicates,
    "directory.Kit": _kits,
    "directory.Answer": _answers,
}
