"""Mail, queued in the transaction that decides it and sent by the worker: decided and queued are one and the same."""

import json
import logging
import re
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from crealead import mail_failures
from crealead.addresses import validate_address
from crealead.context import identity

logger = logging.getLogger(__name__)

# No-break spaces stay.
SPACES = re.compile(r"[^\S\xa0\u202f]+")

# Waits of 3, 9, 27 … seconds, then of hours: a mail server may be down for a day before a mail is given up.
RETRY = RetryStrategy(max_attempts=10, exponential_wait=3)


def queue_mail(*, to, template, context, reply_to=None, answered_by=None, preface="", html=False, unsubscribe=""):
    """Render a mail now and queue it in the current transaction.

    Args:
        to: a bare address.
        template: the name of `templates/emails/<template>.txt`: a line « Objet : … », an empty line, the body.
        context: for the template, beside `cooperative` and `site_url`; nothing is escaped in plain text.
        reply_to: a bare address, or None.
        answered_by: who answers what is written back, with a `name`, and maybe an `email` and a `phone`: replies go to
            them, and the foot of the mail says how to reach them. None when nobody in particular does.
        preface: a sentence before the body, for this reader.
        html: whether `templates/emails/<template>.html` says the same, for who reads it so.
        unsubscribe: the address whose page ends such mails by a button, and to which a mailbox posts to end them in
            one click (RFC 8058); empty for a mail that isn't sent again and again.

    Raises:
        ValidationError: when an address isn't one that a mail can be made out to.
        ValueError: when the template has no subject, or the mail can't be built: what is queued can be.
    """
    if answered_by:
        reply_to = answered_by.email or None
    for address in filter(None, [to, reply_to]):
        validate_address(address)
    is_reachable = answered_by is not None and bool(answered_by.email or answered_by.phone)
    context = identity(None) | context | {"answered_by": answered_by, "is_reachable": is_reachable}
    subject, body = _render(template, context)
    body = f"{preface}\n\n{body}" if preface else body
    mail = {
        "to": to,
        "subject": subject,
        "body": body,
        "reply_to": reply_to,
        "message_id": make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
        "date": formatdate(localtime=True),
    }
    if html:
        mail["html"] = get_template(f"emails/{template}.html").render(context)
    if unsubscribe:
        mail["unsubscribe"] = unsubscribe
    _built(**mail).message().as_bytes()
    send_mail.defer(**mail, template=template)


def queue_mail_to(person, *, template, context, answered_by=None):
    """Queue a mail to someone, who has a `name` and maybe an `email`, or to nobody: None.

    What can't leave is said in the log; who has no address finds the same on the site. See `queue_mail`.
    """
    if person and person.email:
        queue_mail(to=person.email, template=template, context=context, answered_by=answered_by)
    else:
        # Who it is stays out of the log.
        logger.warning("%s not sent: %s", template, "no address" if person else "to nobody")


def page_url(name, *args):
    """The whole address of a page, as a mail carries it."""
    return settings.SITE_URL + reverse(name, args=args)


@app.task(name="send_mail", aliases=["crealead.mail.send_mail"], retry=RETRY, queue="mail", pass_context=True)
def send_mail(context, *, template="", **mail):  # noqa: ARG001
    """Send one mail; its identifier and date were set when it was queued, so that a second try is the same mail.

    `template` is what it was written from, for who reads why it failed.
    """
    try:
        _built(**mail).send()
    except Exception as error:
        mail_failures.keep(context.job.id, error)
        raise


@transaction.atomic
def send_again(job_ids):
    """Queue these mails anew, as if they had just been written; what left meanwhile, or leaves right now, isn't.

    Returns:
        int: how many.
    """
    return len([send_mail.defer(**mail) for mail in _taken_out(job_ids)])


@transaction.atomic
def abandon(job_ids):
    """Take these mails out of the queue for good.

    Returns:
        int: how many.
    """
    return len(_taken_out(job_ids))


def _taken_out(job_ids):
    """What these jobs were to send; none of them is in the queue any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE id = ANY(%s) AND task_name = ANY(%s) AND status IN ('todo', 'failed')"
            " RETURNING args::text",
            [list(job_ids), [send_mail.name, *send_mail.aliases]],
        )
        return [json.loads(args) for (args,) in cursor.fetchall()]


def _built(*, to, subject, body, reply_to, message_id, date, html="", unsubscribe=""):
    headers = {"Message-ID": message_id, "Date": date, "Auto-Submitted": "auto-generated"}
    if unsubscribe:
        headers |= {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(
        subject=subject, body=body, to=[to], reply_to=[reply_to] if reply_to else None, headers=headers
    )
    if html:
        message.attach_alternative(html, "text/html")
    return message


def _render(template, context):
    """The subject, on one line whatever the context holds, and the body."""
    text = get_template(f"emails/{template}.txt").template.render(Context(context, autoescape=False))
    first_line, _, body = text.strip().partition("\n")
    label, _, subject = first_line.partition(":")
    subject = SPACES.sub(" ", subject).strip()
    if label.strip() != "Objet" or not subject:
        raise ValueError(f"emails/{template}.txt doit commencer par « Objet : … ».")
    return subject, body.strip() + "\n"
