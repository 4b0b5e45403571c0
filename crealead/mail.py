"""Mail, queued in the transaction that decides it and sent by the worker: decided and queued are one and the same."""

import logging
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from crealead.context import identity

logger = logging.getLogger(__name__)

# Waits of 3, 9, 27 … seconds, then of hours: a mail server may be down for a day before a mail is given up.
RETRY = RetryStrategy(max_attempts=10, exponential_wait=3)


def queue_mail(*, to, template, context, reply_to=None, preface=""):
    """Render a mail now and queue it in the current transaction.

    Args:
        to: a bare address.
        template: the name of `templates/emails/<template>.txt`: a line « Objet : … », an empty line, the body.
        context: for the template, beside `cooperative` and `site_url`; nothing is escaped, the mail is plain text.
        reply_to: a bare address, or None.
        preface: a sentence before the body, for this reader.

    Raises:
        ValidationError: when an address isn't one, or carries a line break.
        ValueError: when the template has no subject.
    """
    for address in filter(None, [to, reply_to]):
        validate_email(address)
    subject, body = _render(template, context)
    body = f"{preface}\n\n{body}" if preface else body
    send_mail.defer(
        to=to,
        subject=subject,
        body=body,
        reply_to=reply_to,
        message_id=make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
        date=formatdate(localtime=True),
    )


def queue_mail_to(person, *, template, context):
    """Queue a mail to someone, who has a `name` and maybe an `email`, or to nobody: None.

    Whoever has `deputies()`, people who stand in for them, has it copied to each.
    What can't leave is said in the log; who has no address finds the same on the site. See `queue_mail`.
    """
    if person and person.email:
        queue_mail(to=person.email, template=template, context=context)
    else:
        # Who it is stays out of the log.
        logger.warning("%s not sent: %s", template, "no address" if person else "to nobody")
    for deputy in person.deputies() if hasattr(person, "deputies") else ():
        preface = f"Pour {person.name}, que vous remplacez."
        queue_mail(to=deputy.email, template=template, context=context, preface=preface)


def page_url(name, *args):
    """The whole address of a page, as a mail carries it."""
    return settings.SITE_URL + reverse(name, args=args)


@app.task(name="send_mail", aliases=["crealead.mail.send_mail"], retry=RETRY, queue="mail")
def send_mail(*, to, subject, body, reply_to, message_id, date):
    """Send one mail; its identifier and date were set when it was queued, so that a second try is the same mail."""
    EmailMessage(
        subject=subject,
        body=body,
        to=[to],
        reply_to=[reply_to] if reply_to else None,
        headers={"Message-ID": message_id, "Date": date, "Auto-Submitted": "auto-generated"},
    ).send()


def _render(template, context):
    """The subject, on one line whatever the context holds, and the body."""
    text = get_template(f"emails/{template}.txt").template.render(Context(identity(None) | context, autoescape=False))
    first_line, _, body = text.strip().partition("\n")
    label, _, subject = first_line.partition(":")
    subject = " ".join(subject.split())
    if label.strip() != "Objet" or not subject:
        raise ValueError(f"emails/{template}.txt doit commencer par « Objet : … ».")
    return subject, body.strip() + "\n"
