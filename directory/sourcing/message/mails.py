"""The mails of a message to several. Each goes to one person, and names nobody else who was written to."""

from django.conf import settings

from crealead.mail import page_url, queue_mail
from crealead.words import counted, day
from directory.doors import links

from .page import lines_of, outcome_of, until


def to_confirm(message):
    """To an address that nobody has proved yet: nothing that was typed is in it."""
    url = links.GROUP_CONFIRMATION.url(message)
    queue_mail(to=message.email, template="group_to_confirm", context={"url": url})


def message(message, recipient, fiche):
    _to_recipient(message, recipient, fiche, "group_message")


def reminder(message, recipient):
    _to_recipient(message, recipient, recipient.co_entrepreneur, "group_reminder")


def sent(message, fiches, count):
    """To the author: the only way to their page, and to whom it left."""
    left_out = count - len(fiches)
    context = {
        "fiches": [(fiche, settings.SITE_URL + fiche.get_absolute_url()) for fiche in fiches],
        "left_out": counted(left_out, "fiche choisie", "fiches choisies") if left_out else "",
    }
    _to_author(message, "group_sent", context)


def summary(message, *, is_corrected):
    """To the author: what was answered; `is_corrected` when they were told otherwise before."""
    context = {
        "lines": lines_of(message),
        "outcome": outcome_of(message),
        "is_corrected": is_corrected,
        "until": until(message) if message.is_open else "",
    }
    _to_author(message, "group_summary", context)


def _to_recipient(message, recipient, fiche, template):
    context = {
        "message": message,
        "fiche": fiche,
        "answer_by": day(message.answer_by),
        "url": links.GROUP_ANSWER.url(recipient),
        "fiche_url": settings.SITE_URL + fiche.get_absolute_url(),
    }
    queue_mail(to=fiche.email, template=template, context=context, reply_to=message.email)


def _to_author(message, template, context):
    """What is written back comes to the cooperative: the addresses of co-entrepreneurs are private."""
    context |= {
        "message": message,
        "answer_by": day(message.answer_by),
        "url": links.GROUP_MESSAGE.url(message),
        "buying_url": page_url("catalogue:buying"),
    }
    reply_to = settings.COOPERATIVE["email"]
    queue_mail(to=message.email, template=template, context=context, reply_to=reply_to)
