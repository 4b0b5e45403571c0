"""One message to several: written, confirmed, answered, summed up, ended; and the team of those who are interested.

Whoever writes holds the row of the message first: of two clicks at once, the second sees what the first did. What is
decided and what is mailed of it are one transaction.
"""

import logging
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from directory.decisions import Refused
from directory.models import CoEntrepreneur, GroupMessage, GroupRecipient, TeamMember
from directory.tenders.consultations import actions as consultations
from directory.tenders.team import actions as teams

from . import mails, page

logger = logging.getLogger(__name__)

SAME_MESSAGE_WITHIN = timedelta(hours=1)
TOO_LATE = (
    "La date de réponse que vous demandiez est passée : rien n’est parti. Écrivez de nouveau, avec une autre date."
)
OVER = "L’acheteur n’attend plus de réponse : rien n’a changé."
# What a colleague reads of the need when they are invited.
LONGEST_INVITATION = 900


# --- By who writes -----------------------------------------------------------------------------------------------


@transaction.atomic
def ask(*, message, fiches):
    """Keep a message to be confirmed, and mail its link; nothing that was typed is mailed before that.

    The same within the hour, by a second click or a reload, is neither kept nor mailed twice.

    Args:
        message: an unsaved, valid `GroupMessage`.
        fiches: to whom.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('group message ' || lower(%s), 0))", [message.email]
        )
    same = GroupMessage.objects.with_address(message.email).filter(
        **{name: getattr(message, name) for name in ("subject", "message", "place", "answer_by")},
        created_at__gt=timezone.now() - SAME_MESSAGE_WITHIN,
    )
    pks = {fiche.pk for fiche in fiches}
    for row in same.prefetch_related("recipients"):
        if {recipient.co_entrepreneur_id for recipient in row.recipients.all()} == pks:
            return
    message.save()
    GroupRecipient.objects.bulk_create(GroupRecipient(message=message, co_entrepreneur=fiche) for fiche in fiches)
    mails.to_confirm(message)


@transaction.atomic
def confirm(*, message_pk):
    """Send it, to each apart, but for those who have left the catalogue since; once, by whoever clicks.

    Returns:
        bool: whether this click did.

    Raises:
        Refused: the date by which an answer was wanted has come.
    """
    message = _held(message_pk, GroupMessage.objects.to_confirm())
    if message is None:
        return False
    if message.is_past:
        raise Refused(TOO_LATE)
    recipients = list(message.recipients.order_by("pk"))
    # Held: who leaves the catalogue right now leaves it after, or isn't written to.
    there = CoEntrepreneur.objects.published().filter(pk__in=[row.co_entrepreneur_id for row in recipients])
    there = {fiche.pk: fiche for fiche in there.order_by("pk").select_for_update(no_key=True)}
    message.confirmed_at = timezone.now()
    written = [row for row in recipients if row.co_entrepreneur_id in there and _write(message, row, there)]
    if not written:
        message.closed_at = message.confirmed_at
    message.save(update_fields=["confirmed_at", "closed_at"])
    GroupRecipient.objects.bulk_update(written, ["sent_at"])
    mails.sent(message, [there[row.co_entrepreneur_id] for row in written], len(recipients))
    return True


def _write(message, recipient, fiches):
    """Mail it to one of these fiches; no address that no mail can be made out to keeps the others from theirs."""
    recipient.sent_at = message.confirmed_at
    try:
        mails.message(message, recipient, fiches[recipient.co_entrepreneur_id])
    except ValidationError:
        logger.warning("no mail can be made out to the address of a fiche")
        return False
    return True


@transaction.atomic
def close(*, message_pk):
    """Take no more answers, and remind nobody.

    Returns:
        bool: whether it was open.
    """
    message = _held(message_pk, GroupMessage.objects.open())
    if message is None:
        return False
    message.closed_at = timezone.now()
    message.save(update_fields=["closed_at"])
    return True


@transaction.atomic
def delete(*, message_pk):
    """Erase it, with what was answered; what is in mailboxes stays there."""
    if message := _held(message_pk, GroupMessage.objects.confirmed()):
        message.delete()


# --- By who was written to ---------------------------------------------------------------------------------------


@transaction.atomic
def mark_read(*, recipient_pk):
    """Write down that they say they have read it, once."""
    GroupRecipient.objects.filter(pk=recipient_pk, opened_at=None, message__in=GroupMessage.objects.open()).update(
        opened_at=timezone.now()
    )


@transaction.atomic
def answer(*, recipient_pk, given, reason="", word=""):
    """Write down what someone answers, in place of what they did; the same again changes nothing.

    The last to answer has the author told, once, what all did. Who is interested, and after another who opened a
    consultation, is invited into its team.

    Args:
        recipient_pk: the `GroupRecipient`.
        given: one of `GroupRecipient.Answer`.
        reason: one of `GroupRecipient.Reason`, of who declines.
        word: whom they know, or anything else they say.

    Raises:
        Refused: no answer is awaited any more.
    """
    recipient = _recipient(recipient_pk)
    if recipient is None or not recipient.message.is_open:
        raise Refused(OVER)
    said = {"answer": given, "reason": reason, "word": word}
    if all(getattr(recipient, name) == value for name, value in said.items()):
        return
    for name, value in said.items():
        setattr(recipient, name, value)
    recipient.answered_at = timezone.now()
    recipient.opened_at = recipient.opened_at or recipient.answered_at
    recipient.save(update_fields=[*said, "answered_at", "opened_at"])
    if recipient.is_interested and recipient.message.consultation:
        _invite_missing(recipient.message)
    _sum_up(recipient.message_id)


@transaction.atomic
def open_team(*, recipient_pk, by, buyer, deadline):
    """Open the consultation of a message, led by who is interested and comes first, and invite the others who are.

    The one that is open already stays as it is: who isn't in its team yet is invited.

    Args:
        recipient_pk: the `GroupRecipient` of who opens.
        by: the `directory.rights.Viewer` that they are.
        buyer: a `PublicClient`, which may be new.
        deadline: by when the team answers the buyer.

    Returns:
        tuple: the consultation, and the sentence that says why others aren't invited, if so.

    Raises:
        Refused: the buyer has erased the message meanwhile.
    """
    recipient = _recipient(recipient_pk)
    if recipient is None or not recipient.is_interested:
        raise Refused("L’acheteur a retiré son message, ou vous avez changé de réponse : rien n’est ouvert.")
    message = recipient.message
    if message.consultation is None:
        nothing = {"reference": "", "lot": "", "contract_ends_on": None, "link": ""}
        lists = {"cpv_codes": [], "skills": [], "departments": []}
        content = {"buyer": buyer, "subject": message.subject, "deadline": deadline} | nothing | lists
        message.consultation = consultations.open_consultation(by=by, content=content)
        message.save(update_fields=["consultation"])
    return message.consultation, _invite_missing(message)


def _invite_missing(message):
    """Ask into the team each of those interested who has no seat in it.

    Returns:
        str: why it can't be done as things stand; empty when it was.
    """
    consultation = message.consultation
    seated = TeamMember.objects.filter(consultation=consultation).values("co_entrepreneur")
    interested = message.recipients.interested().exclude(co_entrepreneur__in=seated).select_related("co_entrepreneur")
    words = "\n\n".join(filter(None, [message.message, message.place and f"Lieu : {message.place}"]))
    for recipient in interested.order_by("pk"):
        try:
            teams.invite(
                consultation_pk=consultation.pk,
                co_entrepreneur=recipient.co_entrepreneur,
                message=f"{message.organisation} écrivait :\n\n{words}"[:LONGEST_INVITATION],
            )
        except Refused as error:
            return str(error)
    return ""


# --- By itself ---------------------------------------------------------------------------------------------------


def tend():
    """Remind those awaited half-way, and tell authors what was answered, whose hour has come.

    A message that fails keeps no other from being tended.

    Returns:
        tuple[int, int]: how many reminders, how many authors told.

    Raises:
        ExceptionGroup: at the end, with what made messages fail.
    """
    done, errors = {_remind: 0, _sum_up: 0}, []
    for rows, step in ((GroupMessage.objects.open(), _remind), (GroupMessage.objects.to_sum_up(), _sum_up)):
        for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
            try:
                done[step] += step(pk)
            except Exception as error:
                logger.exception("a message to several failed")
                errors.append(error)
    if errors:
        raise ExceptionGroup("Some messages to several failed.", errors)
    return done[_remind], done[_sum_up]


@transaction.atomic
def _remind(message_pk):
    """Mail those awaited, if it is the day, each once."""
    message = _held(message_pk, GroupMessage.objects.open())
    if message is None or not message.is_reminder_due:
        return 0
    recipients = list(message.recipients.awaited().filter(reminded_at=None).select_related("co_entrepreneur"))
    for recipient in recipients:
        recipient.reminded_at = timezone.now()
        mails.reminder(message, recipient)
    GroupRecipient.objects.bulk_update(recipients, ["reminded_at"])
    return len(recipients)


@transaction.atomic
def _sum_up(message_pk):
    """Mail its author what was answered, if it is time and isn't what they were told already.

    Returns:
        bool: whether it did.
    """
    message = _held(message_pk, GroupMessage.objects.to_sum_up())
    if message is None:
        return False
    before, message.fingerprint = message.fingerprint, page.fingerprint_of(message)
    if message.is_past:
        message.summed_up_at = timezone.now()
    message.save(update_fields=["fingerprint", "summed_up_at"])
    if message.fingerprint == before:
        return False
    mails.summary(message, is_corrected=before is not None)
    return True


# --- The rows, held ----------------------------------------------------------------------------------------------


def _held(pk, rows):
    """The message among these rows, held to the end of the transaction; None when it isn't, or isn't any more."""
    # Held before it is asked whether it is among them: what a subquery reads isn't read again after a wait.
    there = GroupMessage.objects.select_for_update(no_key=True).filter(pk=pk).values_list("pk", flat=True).first()
    return rows.filter(pk=pk).first() if there else None


def _recipient(pk):
    """Someone who was written to, with the message, held; None when it was erased, or when they left the catalogue."""
    message_pk = GroupRecipient.objects.filter(pk=pk).values_list("message_id", flat=True).first()
    message = message_pk and _held(message_pk, GroupMessage.objects.confirmed().select_related("consultation"))
    recipient = message and message.recipients.written().in_catalogue().filter(pk=pk).first()
    if recipient:
        recipient.message = message
    return recipient
