"""The mails of records: none carries a key before its address is confirmed."""

from django.conf import settings
from django.utils import timezone

from crealead.mail import page_url, queue_mail
from crealead.words import clipped, day, first_line, lasting
from directory.doors import links
from directory.models import sourcing_record

LONGEST_SUBJECT = 60


def to_confirm(record):
    """To an address that nobody has proved yet: nothing that was typed is in it."""
    _queue(record, "record_to_confirm", url=links.RECORD_EMAIL.url(record))


def link(record):
    _queue(record, "record_link", is_closed=record.is_closed)


def ending(record):
    _queue(record, "record_ending", is_closed=record.is_closed)


def outcome(record):
    _queue(record, "record_outcome", outcome_url=page_url("sourcing:record_outcome", record.key))


def subject_of(record):
    """The first line of the need, wherever it stands now."""
    need = record.closed.data["need"]["need"] if record.is_closed else record.need
    return clipped(first_line(need), LONGEST_SUBJECT)


def _queue(record, template, **context):
    context = {
        "subject": subject_of(record),
        "record_url": settings.SITE_URL + record.get_absolute_url(),
        "ends_on": day(record.ends_on),
        "to_confirm": lasting(sourcing_record.EMAIL_TO_CONFIRM),
        "open_for": lasting(sourcing_record.OPEN_FOR),
        "closed_on": day(timezone.localdate(record.closed.closed_at)) if record.is_closed else "",
    } | context
    queue_mail(to=record.email, template=template, context=context)
