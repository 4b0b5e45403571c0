"""What is a person's own: it goes. Where something shared leads to it, an empty row stays."""

from dataclasses import replace

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import EmailField, ProtectedError, Q
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from directory.models import CoEntrepreneur, FormerSlug, Referent
from directory.privacy import frozen
from directory.privacy.map import ENTRIES
from directory.privacy.vocabulary import By, Eraser, Sought

KEPT_FICHE = "Une fiche vide, « co-entrepreneur retiré », jusqu’au terme des consultations auxquelles elle a part."
KEPT_ACCOUNT = "Un compte fermé et vide, « référent retiré » : des décisions et des envois ont un auteur."


def erase_own(marks, tally):
    """The rows of their own, but for histories, the queue, and what the database makes and deletes by itself."""
    own = {}
    for entry in ENTRIES:
        if entry.is_shared or entry.history_of or entry.eraser is Eraser.PROGRAM or entry.table is ProcrastinateJob:
            continue
        # What is typed to sign in is a login as often as an address.
        names = marks.sought.names
        if entry.model.startswith("axes."):
            names = (*names, *marks.names, *marks.logins)
        own[entry.table] = list(own_rows(entry, replace(marks.sought, names=names)).values_list("pk", flat=True))
    # All are found before any goes: some take others along.
    for table, pks in own.items():
        tally.note(table, pks)
    for table, pks in own.items():
        table._base_manager.filter(pk__in=pks).delete()  # noqa: SLF001 whatever a manager hides


def retire_fiche(tally, pk):
    """Delete the fiche with this key, or empty it where consultations need it."""
    fiches = CoEntrepreneur.objects.filter(pk=pk)
    tally.note_files(fiches)
    try:
        with transaction.atomic():
            if fiches.delete()[0]:
                tally.gone.setdefault(CoEntrepreneur, set()).add(pk)
    except ProtectedError:
        fiche = fiches.get()
        for links in (fiche.skills, fiche.cpv_codes, fiche.departments):
            links.clear()
        today = timezone.localdate()
        tally.mask(
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
        tally.kept.append(KEPT_FICHE)


def retire_account(tally, pk):
    """Delete the account with this key, or close and empty it where decisions need an author."""
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
        tally.mask(
            users,
            username=f"compte-retire-{pk}",
            first_name="Compte",
            last_name="retiré",
            email=frozen.RETIRED_ADDRESS.format(pk),
            password=user.password,
            last_login=None,
            **dict.fromkeys(("is_active", "is_staff", "is_superuser"), False),
        )
        tally.mask(referents, name="Référent retiré", phone="")
        tally.kept.append(KEPT_ACCOUNT)
    else:
        tally.gone.setdefault(get_user_model(), set()).add(pk)
        if referent_pks:
            tally.gone.setdefault(Referent, set()).update(referent_pks)


def rows_of_person(entry, sought):
    """The rows that the ties of an entry find, but for those of somebody who shares a name or a phone with the person.

    One with another address than theirs is theirs when it has both their name and their phone.
    """
    rows = entry.rows_of(sought)
    address = address_of(entry)
    if not address or not sought.emails:
        return rows
    by_address = replace(sought, names=(), phones=())
    by_name, by_phone = Sought(names=sought.names), Sought(phones=sought.phones)
    both = Q(pk__in=entry.rows_of(by_name)) & Q(pk__in=entry.rows_of(by_phone))
    return rows.filter(Q(pk__in=entry.rows_of(by_address)) | Q(**{address: ""}) | both)


def address_of(entry):
    """The column of the address of whom the rows of an entry are about; None without one."""
    paths = {tie.path for tie in entry.ties if tie.by is By.EMAIL}
    fields = entry.table._meta.local_fields  # noqa: SLF001
    return next((field.name for field in fields if isinstance(field, EmailField) and field.name in paths), None)


def own_rows(entry, sought):
    """The rows that are the person's own, by the map: those that are about them, or that go with their fiche."""
    ties = tuple(tie for tie in entry.ties if tie.by is By.FICHE or tie.of in {None, entry.person})
    if entry.history_of == "directory.CoEntrepreneur":
        ties = tuple(tie for tie in ties if tie.by is By.FICHE)
    rows = rows_of_person(replace(entry, ties=ties), sought)
    if any(tie.by in {By.EMAIL, By.PHONE, By.NAME} for tie in ties):
        # What another fiche has isn't theirs, whoever bears the same name.
        for tie in ties:
            if tie.by is By.FICHE and tie.of is None and not callable(tie.path):
                rows = rows.filter(Q(**{f"{tie.path}__isnull": True}) | Q(**{f"{tie.path}__in": sought.fiches}))
    return rows
