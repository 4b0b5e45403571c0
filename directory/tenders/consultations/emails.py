"""The mails of a consultation: who is told what. Each is queued in the transaction of the action that calls it."""

import logging

from crealead.mail import queue_mail

from . import links
from .people import responsible

logger = logging.getLogger(__name__)


def tell_duplicate(consultation, other):
    """To the teams of both, and their référents: neither goes on before it has spoken."""
    for one, two in ((consultation, other), (other, consultation)):
        for person in responsible(one):
            context = {"consultation": one, "other": two, "url": links.url_to("detail", one)}
            send(person, "tender_duplicate", context)


def tell_settled(notice):
    """To the other team, what this one has said."""
    for person in responsible(notice.other):
        context = {"notice": notice, "url": links.url_to("detail", notice.other)}
        send(person, "tender_duplicate_settled", context)


def send(person, template, context):
    """Queue a mail; an account without an address finds the same on the site."""
    if person.email:
        queue_mail(to=person.email, template=template, context=context | {"person": person})
    else:
        logger.warning("%s has no address: %s not sent", person.name, template)
