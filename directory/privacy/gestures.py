"""What is done for a person who exercises their rights; each use is journalled, without what it was about."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, models, transaction

from crealead.phones import shown
from crealead.words import plain
from directory.decisions import Refused, by_user
from directory.listing import actions as listing
from directory.models import CoEntrepreneur, Reference, RightsUse

from . import erasure, objections
from .erasure.shared import contacts_of
from .export import archive_of
from .fingerprints import fingerprint
from .map import ENTRIES
from .person import UnreadableError, counts_of, lines_of, mentions_of
from .purposes import SECURITY
from .vocabulary import By, Sought

Gesture = RightsUse.Gesture
REASON_OF_ERASURE = "Effacement demandé par la personne"
OF_CONTACT = ("contact_name", "contact_role", "contact_email", "contact_phone")


def fingerprints_of(sought, key=None):
    """The keyed fingerprint of each mark: it says nothing, but the same mark has the same one under the same key."""
    return [fingerprint("rights", by, mark, key or settings.SECRET_KEY) for by in By for mark in sought.of(by)]


def uses_about(sought):
    """The former uses of the tool that were about one of these marks, the latest first."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    fingerprints = [fingerprint for key in keys for fingerprint in fingerprints_of(sought, key)]
    return RightsUse.objects.about(fingerprints).select_related("by__referent")


def _keep(gesture, sought, by, counts):
    return RightsUse.objects.create(gesture=gesture, fingerprints=fingerprints_of(sought), by=by, counts=counts)


# --- To see, to be given ---------------------------------------------------------------------------------------------


def search(sought, *, by):
    """What is kept of the person, by line of the map."""
    lines = lines_of(sought)
    _keep(Gesture.SEARCH, sought, by, counts_of(lines))
    return lines


def export(sought, *, by):
    """The archive to give the person; see `export.archive_of`."""
    lines = lines_of(sought)
    _, mentions = mentions_of(sought, lines, most=0)
    _keep(Gesture.EXPORT, sought, by, counts_of(lines))
    return archive_of(sought, lines, mentions)


# --- To be put right -------------------------------------------------------------------------------------------------


@transaction.atomic
def replace(sought, *, former, new, by):
    """Write another address, or another phone, wherever the rows of the person hold the former one.

    The history keeps what was there, until its term; what was typed to come in stays as it was typed.

    Returns:
        dict: how many rows, by table.

    Raises:
        UnreadableError: the new one isn't of the kind of the former, or the former isn't a mark of the person.
        Refused: somebody else has the new one already.
    """
    by_what, former, new = _kind_of(sought, former, new)
    counts = {}
    try:
        with transaction.atomic(), by_user(by, "Rectification demandée par la personne"):
            for entry, column in _columns_of(by_what):
                own = entry.rows_of(sought)
                rows = [
                    row.pk for row in own.select_for_update(of=["self"]) if plain(getattr(row, column)) == plain(former)
                ]
                if rows:
                    changed = entry.table._base_manager.filter(pk__in=rows).update(**{column: new})  # noqa: SLF001
                    counts[entry.model] = counts.get(entry.model, 0) + changed
    except IntegrityError as error:
        raise Refused("Quelqu’un d’autre a déjà cette adresse : rien n’a été changé.") from error
    _keep(Gesture.REPLACE, sought, by, counts)
    return counts


def _kind_of(sought, former, new):
    """(what kind of mark, the former, the new one), both as they are written."""
    new = " ".join(new.split())
    if plain(former) in {plain(mark) for mark in sought.emails}:
        try:
            validate_email(new)
        except ValidationError as error:
            raise UnreadableError("La nouvelle adresse n’est pas entière : « prenom@exemple.fr ».") from error
        return By.EMAIL, former, new.lower()
    if plain(former) in {plain(mark) for mark in sought.phones}:
        if not (number := shown(new)):
            raise UnreadableError("Le nouveau téléphone ne se lit pas : dix chiffres, ou son indicatif.")
        return By.PHONE, former, number
    raise UnreadableError("Choisissez l’adresse ou le téléphone à remplacer.")


def _columns_of(by_what):
    """(entry, column) of what holds an address, or a phone, and is neither a history nor a door."""
    for entry in ENTRIES:
        if entry.history_of or entry.purpose is SECURITY:
            continue
        for tie in entry.ties:
            if tie.by is by_what and not callable(tie.path) and "__" not in tie.path:
                field = entry.table._meta.get_field(tie.path)  # noqa: SLF001
                if by_what is By.PHONE or isinstance(field, models.EmailField):
                    yield entry, tie.path


# --- To object -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Objected:
    """What an objection did: fiches out of the catalogue, contacts taken off references, marks remembered."""

    fiches: int
    contacts: int
    remembered: int


@transaction.atomic
def oppose(sought, *, by):
    """Take the person out of what is shown and given to others, and remember that they objected."""
    fiches = CoEntrepreneur.objects.filter(pk__in=sought.fiches, client_public=True)
    pks = list(fiches.values_list("pk", flat=True))
    for pk in pks:
        listing.untick(co_entrepreneur_pk=pk, by=by, reason="Vous vous êtes opposé à ce que votre fiche soit montrée")
    contacts = _take_contacts_off(sought, by)
    remembered = objections.record(sought, objections.Kind.PROCESSING)
    _keep(Gesture.OBJECT, sought, by, {"directory.CoEntrepreneur": len(pks), "directory.Reference": contacts})
    return Objected(len(pks), contacts, remembered)


def _take_contacts_off(sought, by):
    """Empty the client's contact of the references where it is this person."""
    contacts = contacts_of(Sought(emails=sought.emails, phones=sought.phones, names=sought.names))
    pks = list(contacts.values_list("pk", flat=True))
    with by_user(by, "Opposition du contact chez le client"):
        return Reference.objects.filter(pk__in=pks).update(**dict.fromkeys(OF_CONTACT, ""))


# --- To be erased ----------------------------------------------------------------------------------------------------


def erase(sought, *, by, dry_run):
    """Erase the person, or count what it would; see `erasure.erase`.

    Raises:
        Refused: with the sentence that says why.
    """
    if by.pk in sought.accounts:
        raise Refused("Votre propre compte ne s’efface pas d’ici : demandez-le à un autre administrateur.")
    with transaction.atomic():
        report = erasure.erase(sought, by=by, reason=REASON_OF_ERASURE, dry_run=dry_run)
        counts = {line.of.model: line.erased + line.masked for line in report.lines}
        _keep(Gesture.REHEARSE if dry_run else Gesture.ERASE, sought, by, counts)
    return report
