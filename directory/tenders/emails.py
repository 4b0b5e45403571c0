"""The mails of a consultation: who is told what. Each is queued in the transaction of the action that calls it."""

import logging

from crealead.mail import queue_mail

from . import links
from .people import lead_of, of_member, opener, responsible

logger = logging.getLogger(__name__)


def invite(seat):
    """To who is asked in: the page where they answer."""
    lead = lead_of(seat.consultation)
    context = {
        "lead": lead if lead and lead.pk != seat.pk else None,
        "invitation_url": links.invitation_url(seat),
    }
    _to_seat(seat, "tender_invitation", context)


def tell_answered(seat):
    """To the lead, what someone invited answered; to who opened the consultation when the lead is the one who did."""
    lead = lead_of(seat.consultation)
    person = of_member(lead.co_entrepreneur) if lead and lead.pk != seat.pk else opener(seat.consultation)
    _send(person, "tender_answered", {"seat": seat, "url": links.url_to("team", seat.consultation)})


def tell_removed(seat):
    _to_seat(seat, "tender_removed", {})


def tell_role(seat):
    _to_seat(seat, "tender_role", {"url": links.url_to("detail", seat.consultation)})


def tell_duplicate(consultation, other):
    """To the teams of both, and their référents: neither goes on before it has spoken."""
    for one, two in ((consultation, other), (other, consultation)):
        for person in responsible(one):
            context = {"consultation": one, "other": two, "url": links.url_to("detail", one)}
            _send(person, "tender_duplicate", context)


def tell_settled(notice):
    """To the other team, what this one has said."""
    for person in responsible(notice.other):
        context = {"notice": notice, "url": links.url_to("detail", notice.other)}
        _send(person, "tender_duplicate_settled", context)


def _to_seat(seat, template, context):
    _send(of_member(seat.co_entrepreneur), template, {"seat": seat, "consultation": seat.consultation, **context})


def _send(person, template, context):
    """Queue a mail; an account without an address finds the same on the site."""
    if person.email:
        queue_mail(to=person.email, template=template, context=context | {"person": person})
    else:
        logger.warning("%s has no address: %s not sent", person.name, template)
