"""Everything held about a member: words that read by themselves, and the files."""

import json
import zipfile
from datetime import datetime
from tempfile import TemporaryFile

from django.db.models import FileField, ForeignKey, Q
from django.utils import timezone
from django.utils.text import slugify
from pghistory.models import Events

from crealead.files import split_ending
from directory.changes import Names, field_of, happened, model_of, name_of_row
from directory.decisions import Actors
from directory.models import (
    AccessLink,
    Answer,
    Consent,
    Consultation,
    FicheNotice,
    FicheProposal,
    FirstPage,
    Insurance,
    Kit,
    ListingDraft,
    ListingRequest,
    PublicClient,
)

from .proposals import in_words, label_of

# What tells nothing of a person: keys, counters, and what the database keeps for itself.
UNTOLD = {"id", "version", "co_entrepreneur", "cv", "author_member", "answer", "reminded_days", "key_hash", "sources"}
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


def archive_of(member):
    """A ZIP, open at its beginning: `donnees.json`, and the files that it names."""
    archive = TemporaryFile()  # noqa: SIM115 closed by whoever sends it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        data = data_of(member, _Files(written))
        written.writestr("donnees.json", json.dumps(data, ensure_ascii=False, indent=2, default=str))
    archive.seek(0)
    return archive


def data_of(member, files):
    """All that is held, by the names that people read."""
    same_address = ListingRequest.objects.with_address(member.email).values("pk")
    asked = ListingRequest.objects.filter(Q(co_entrepreneur=member) | Q(pk__in=same_address))
    return {
        "fiche": _row(member, files, "photo"),
        "anciennes adresses de la fiche": [former.slug for former in member.former_slugs.all()],
        "accords": _rows(member.consents.all()),
        "labels et certifications": _rows(member.certifications.select_related("label"), files, "justificatifs"),
        "réalisations": _rows(member.portfolio_images.all(), files, "realisations"),
        "assurances": _rows(Insurance.objects.filter(co_entrepreneur=member), files, "assurances"),
        "références": [_reference(one, member, files) for one in _participations(member)],
        "cv": _cv(member),
        "demandes de référencement": _rows(asked.select_related("referent"), files, "demandes"),
        "demande en préparation": _rows(ListingDraft.objects.with_address(member.email), files, "demandes"),
        "avis de création de la fiche": _rows(FicheNotice.objects.filter(co_entrepreneur=member)),
        "modifications proposées": _rows(member.proposals.all(), files, "propositions"),
        "premières pages du catalogue": _rows(FirstPage.objects.filter(co_entrepreneur=member)),
        "hors de mon métier": _rows(member.not_my_trade.all()),
        "messages reçus": _rows(member.contact_messages.all()),
        "consultations ouvertes": _rows(Consultation.objects.filter(author_member=member).select_related("buyer")),
        "équipes": _rows(member.team_seats.select_related("consultation__buyer")),
        "dossiers demandés": _rows(Kit.objects.filter(author_member=member), leave={"archive", "problems"}),
        "réponses envoyées": [_answer(answer, files) for answer in Answer.objects.filter(author_member=member)],
        "sessions ouvertes": _rows(member.member_sessions.all()),
        "liens d’accès demandés": _rows(AccessLink.objects.with_address(member.email)),
        "historique": _history(member),
    }


class _Files:
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


def _rows(rows, files=None, folder="", *, leave=frozenset()):
    return [_row(row, files, folder, leave=leave) for row in rows]


def _row(row, files=None, folder="", *, leave=frozenset()):
    """The fields of a row by the names that people read, values as they read them."""
    meta = row._meta  # noqa: SLF001 the public face of a model's fields
    told = {}
    for field in (*meta.concrete_fields, *meta.many_to_many):
        if field.name in UNTOLD or field.name in leave:
            continue
        value = getattr(row, field.name)
        if isinstance(field, FileField):
            _, ending = split_ending(value.name or "")
            value = files.add(value, folder, str(row), ending=ending) if value and files else ""
        elif field.many_to_many:
            value = [str(one) for one in value.all()]
        elif isinstance(field, ForeignKey):
            value = name_of_row(value) if value else None
        elif field in WORDED:
            value = WORDED[field](value)
        elif field.choices:
            value = dict(field.flatchoices).get(value, value)
        told[str(field.verbose_name)] = _read(value)
    return told


def _read(value):
    """A moment at the cooperative's hour; anything else as it is."""
    return timezone.localtime(value).isoformat(" ", "minutes") if isinstance(value, datetime) else value


def _participations(member):
    return member.participations.select_related("reference__client", "reference__decided_by__referent").order_by("pk")


def _reference(participation, member, files):
    reference = participation.reference
    kept = reference.co_entrepreneur_id == member.pk
    leave = {"participants"} if kept else KEEPERS_OWN | {"participants"}
    told = _row(reference, files, "attestations", leave=leave)
    return told | {"tenue par la personne": kept, "en tant que": participation.part}


def _cv(member):
    cv = getattr(member, "cv", None)
    return cv and _row(cv) | {"lignes": _rows(cv.entries.all())}


def _answer(answer, files):
    sent = []
    for file in answer.files.all():
        name, ending = split_ending(file.name)
        sent.append(files.add(file.file, f"reponses/{answer.pk}", name, ending=ending))
    return {"consultation": str(answer.consultation), "envoyée le": _read(answer.sent_at), "fichiers": sent}


def _history(member):
    """What was changed about them: when, by whom, why."""
    events = list(Events.objects.references(member).order_by("pgh_created_at", "pgh_id"))
    contexts = [event.pgh_context or {} for event in events]
    actors, names = Actors(contexts), Names(events)
    return [
        {
            "date": _read(event.pgh_created_at),
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
