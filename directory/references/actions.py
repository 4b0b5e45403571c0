"""What happens to a reference: each action is one transaction, with its mails and its history."""

from functools import partial

from django.contrib.postgres.functions import TransactionNow
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from directory.decisions import Actors, Incomplete, Refused, Stale, awaiting, by_member, by_user, check_own
from directory.models import Consultation, Participation, PublicClient, Reference
from directory.models.files import discard
from directory.rights import references_kept_by, validates

from . import emails

State = Reference.State
# What is named to who wrote over a change: what people write of a reference, and what was decided.
TOLD = [
    "client_id",
    "subject",
    "context",
    "mission",
    "deliverables",
    "results",
    "starts_on",
    "ends_on",
    "place",
    "role",
    "amount",
    "amount_shown",
    "attestation",
    "publishable",
    "state",
]


@transaction.atomic
def propose(*, reference, client, parts, cpv_codes, by, version, won=None):
    """File a reference as its keeper wrote it, for a référent to validate: it doesn't show until then.

    Args:
        reference: new, or with the fields as they were written.
        client: one of the directory, or a new one that isn't saved.
        parts: what each did, by co-entrepreneur; its keeper is always among them.
        cpv_codes: those it has from now on.
        by: its keeper.
        version: the one that was written over; of no use for a new one.
        won: the won consultation that it comes from, which proposes no other from then on.

    Raises:
        Stale: when someone else saved it since.
    """
    with by_member(by, "Référence proposée"):
        before = locked(reference.pk, version) if reference.pk else None
        reference.client = client if client.pk else saved_client(client)
        waits_already = before is not None and before.state == State.TO_VALIDATE
        if not waits_already:
            reference.state, reference.submitted_at = State.TO_VALIDATE, timezone.now()
            reference.decided_by = reference.decided_at = None
        if before:
            reference.version = before.version + 1
            _forget_notice(reference, before)
        reference.save()
        reference.cpv_codes.set(cpv_codes)
        _set_parts(reference, parts)
        if won:
            Consultation.objects.filter(pk=won.pk, won_reference=None).update(won_reference=reference)
        if before and before.attestation != reference.attestation:
            discard(before.attestation)
        if not waits_already:
            emails.tell_proposed(reference, again=before is not None)
    return reference


@transaction.atomic
def tell_contact(*, reference_pk, by, by_mail):
    """Write down that the client's contact knows what is kept of them: the house mails it, or its keeper told them.

    Returns:
        Reference

    Raises:
        NotYours: when someone else keeps it by now.
        Refused: when there is no contact any more, or no address to mail.
    """
    reference = Reference.objects.select_for_update().get(pk=reference_pk)
    check_own("Cette référence", may=references_kept_by(by).filter(pk=reference_pk).exists())
    if not reference.has_contact or (by_mail and not reference.contact_email):
        raise Refused("Ce contact a changé, ou n’a pas d’adresse : regardez la référence.")
    reference.contact_told_at = timezone.now()
    reference.save(update_fields=["contact_told_at"])
    if by_mail:
        emails.tell_contact(reference)
    return reference


@transaction.atomic
def leave(*, reference_pk, by):
    """Take someone out of a reference that another keeps, as they wish; its keeper is told."""
    reference = Reference.objects.select_for_update().get(pk=reference_pk)
    with by_member(by, "Un participant se retire"):
        gone, _ = (
            reference.participations.filter(co_entrepreneur=by)
            .exclude(co_entrepreneur=reference.co_entrepreneur_id)
            .delete()
        )
        if gone:
            _raise_version(reference)
            emails.tell_left(reference, member=by)


@transaction.atomic
def delete(*, reference_pk, by):
    """Delete a reference as its keeper wishes; who took part is told.

    Raises:
        NotYours: when someone else keeps it by now.
    """
    reference = Reference.objects.select_for_update().get(pk=reference_pk)
    check_own("Cette référence", may=references_kept_by(by).filter(pk=reference_pk).exists())
    with by_member(by, "Référence supprimée par qui la tient"):
        for participant in reference.participants.exclude(pk=by.pk):
            emails.tell_deleted(reference, member=participant)
        discard(reference.attestation)
        reference.delete()


@transaction.atomic
def validate(*, reference_pk, by, version, comment="", publish=False):
    """Let a reference show on the fiches of those who took part, when it may be published; they are told.

    To `publish` is to know that the client agrees to be named, whatever was said before.

    Raises:
        NotYours, AlreadyDecided: see `directory.decisions`.
        Stale: when it isn't any more what was read.
    """
    reference = _awaiting(reference_pk, by, version)
    with by_user(by, "Référence validée et publiée" if publish else "Référence validée"):
        reference.publishable = reference.publishable or publish
        _decide(reference, by, State.VALIDATED, comment)
        emails.tell_validated(reference)
        tell_newcomers(reference=reference)
    return reference


@transaction.atomic
def ask_for_changes(*, reference_pk, by, version, comment):
    """Send a reference back to its keeper, with what to complete.

    Raises:
        NotYours, AlreadyDecided: see `directory.decisions`.
        Stale: when it isn't any more what was read.
        Incomplete: without a comment.
    """
    if not comment.strip():
        raise Incomplete(["un commentaire, qui dit ce qu’il faut compléter"])
    reference = _awaiting(reference_pk, by, version)
    with by_user(by, "Compléments demandés sur une référence"):
        _decide(reference, by, State.CHANGES_ASKED, comment)
        emails.tell_changes_asked(reference)
    return reference


@transaction.atomic
def announce_closing(*, reference_pk):
    """Tell who decides on a reference, and its keeper when it waits for them, that it will be closed; once each time.

    Returns:
        bool: whether it was to be told; what someone is deciding right now isn't.
    """
    reference = Reference.objects.to_announce().select_for_update(skip_locked=True).filter(pk=reference_pk).first()
    if reference:
        reference.closing_told_at = timezone.now()
        reference.save(update_fields=["closing_told_at"])
        emails.tell_closing(reference)
    return reference is not None


@transaction.atomic
def close(*, reference_pk):
    """Close a reference that nobody validated, or that its keeper didn't complete, and tell those who took part.

    Its keeper may take it up again, until it is erased.

    Returns:
        bool: whether its time was over.
    """
    reference = Reference.objects.to_close().select_for_update(skip_locked=True).filter(pk=reference_pk).first()
    if reference:
        with by_user(None, "Référence close sans suite"):
            was_to_complete = reference.is_to_complete
            decided = reference.close()
            reference.version += 1
            reference.save(update_fields=[*decided, "version"])
            emails.tell_closed(reference, was_to_complete=was_to_complete)
    return reference is not None


@transaction.atomic
def record(*, reference, by):
    """Save what someone of the team wrote of a reference; call `tell_newcomers` once its participants are saved too.

    What they write anew is validated by them, and so is what they change of a validated one. Correcting what waits
    doesn't decide: who corrects it hasn't said yet that it is right.
    """
    if reference.pk:
        reference.version += 1
        _forget_notice(reference, Reference.objects.get(pk=reference.pk))
    if reference.pk is None or reference.state == State.VALIDATED:
        reference.decide(State.VALIDATED, by=by)
    reference.save()
    return reference


def tell_newcomers(*, reference):
    """Tell those who took part since the reference was last validated, before this transaction; nobody until it is."""
    if reference.state != State.VALIDATED:
        return
    validated = reference.events.filter(state=State.VALIDATED, pgh_created_at__lt=TransactionNow())
    last = validated.aggregate(last=Max("pgh_created_at"))["last"]
    newcomers = reference.participations.exclude(co_entrepreneur=reference.co_entrepreneur_id)
    if last:
        newcomers = newcomers.filter(events__pgh_label="insert", events__pgh_created_at__gt=last)
    for participation in newcomers.select_related("co_entrepreneur", "reference__co_entrepreneur", "reference__client"):
        emails.tell_shared(participation)


def saved_client(client):
    """A new client, saved; another who names it at the same instant has made it already."""
    try:
        with transaction.atomic():
            client.save()
    except IntegrityError:
        same = Q(name=client.name, type=client.type) | Q(siret=client.siret) & ~Q(siret="")
        return PublicClient.objects.filter(same).order_by("pk")[0]
    return client


# --- The row, locked ---------------------------------------------------------------------------------------------


def locked(pk, version):
    """The row, locked, once it is sure that it is still what was read."""
    return _as_read(Reference.objects.select_for_update().get(pk=pk), version)


def _awaiting(pk, by, version):
    """The row, locked, once it is sure that this user may decide, and that what they read waits for a decision."""
    reference = awaiting(Reference.objects, pk, may_decide=partial(validates, by), whose="Cette référence")
    return _as_read(reference, version)


def _as_read(reference, version):
    if reference.version != version:
        raise Stale(_since(reference, version), current=reference)
    return reference


def _decide(reference, by, state, comment):
    decided = reference.decide(state, by=by)
    reference.comment = comment.strip()
    reference.version += 1
    reference.save(update_fields=[*decided, "comment", "publishable", "version"])


def _raise_version(reference):
    reference.version += 1
    reference.save(update_fields=["version"])


def _forget_notice(reference, before):
    """Another person, or another way to reach them, hasn't been told of anything."""
    if any(getattr(reference, name) != getattr(before, name) for name in ("contact_name", "contact_email")):
        reference.contact_told_at = None


def _set_parts(reference, parts):
    """Write who took part as what, touching only what differs: the history tells who came when."""
    held = {participation.co_entrepreneur_id: participation for participation in reference.participations.all()}
    wanted = {member.pk: part for member, part in parts.items()}
    reference.participations.exclude(co_entrepreneur__in=wanted).delete()
    for pk, part in wanted.items():
        if pk not in held:
            Participation.objects.create(reference=reference, co_entrepreneur_id=pk, part=part)
        elif held[pk].part != part:
            held[pk].part = part
            held[pk].save(update_fields=["part"])


# --- What changed meanwhile --------------------------------------------------------------------------------------


def _since(reference, version):
    """Who changed what since a version, as a sentence."""
    event = reference.events.order_by("-pgh_id").select_related("pgh_context").first()
    read = reference.events.filter(version=version).order_by("-pgh_id").first()
    names = [
        getattr(Reference, name).field.verbose_name
        for name in TOLD
        if read and str(getattr(read, name)) != str(getattr(reference, name))
    ]
    context = event.pgh_context.metadata if event and event.pgh_context else {}
    who = Actors([context]).name(context) or "quelqu’un"
    what = f" ({', '.join(names)})" if names else ""
    return (
        f"Cette référence a changé pendant que vous la lisiez : {who} l’a modifiée{what}. Rien n’est enregistré, et ce "
        "que vous avez tapé est toujours là."
    )
