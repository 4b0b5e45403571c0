"""The mails of a member's space: each is queued in the transaction of the action that calls it."""

import logging

from django.conf import settings
from django.urls import reverse

from crealead.mail import queue_mail

from . import links

logger = logging.getLogger(__name__)


def send_access_link(link, *, member, then):
    """The link, to a member; to a stranger, what to do to be known."""
    if member:
        context = {"member": member, "url": links.access_url(link, then=then)}
        queue_mail(to=link.email, template="my_space_link", context=context)
    else:
        context = {"article_url": _url("listing:article")}
        queue_mail(to=link.email, template="my_space_unknown", context=context)


def tell_proposed(proposal, *, labels, again):
    """To the référent, with the page where to decide."""
    _to_referent(proposal, "proposal_to_decide", {"labels": labels, "again": again, "url": decision_url(proposal)})


def tell_withdrawn(proposal):
    """To the référent, who need not decide any more."""
    _to_referent(proposal, "proposal_withdrawn", {})


def tell_accepted(proposal, *, accepted, left):
    _to_author(proposal, "proposal_accepted", {"accepted": accepted, "left": left})


def tell_refused(proposal, *, labels):
    _to_author(proposal, "proposal_refused", {"labels": labels})


def decision_url(proposal):
    """The page of the admin where the référent decides."""
    return _url("admin:directory_ficheproposal_decide", proposal.pk)


def _to_author(proposal, template, context):
    fiche = proposal.co_entrepreneur
    public_url = settings.SITE_URL + fiche.get_absolute_url() if fiche.is_published else ""
    context |= {"proposal": proposal, "fiche": fiche, "decider": proposal.decider}
    context |= {"public_url": public_url, "url": _url("my_space:fiche")}
    queue_mail(to=fiche.email, template=template, context=context)


def _to_referent(proposal, template, context):
    """Queue a mail to the référent; who has no address, or a fiche that nobody follows, shows in the admin."""
    fiche = proposal.co_entrepreneur
    if fiche.referent and fiche.referent.email:
        context |= {"proposal": proposal, "fiche": fiche, "referent": fiche.referent}
        queue_mail(to=fiche.referent.email, template=template, context=context)
    else:
        logger.warning("fiche %s has no référent with an address: %s not sent", fiche.pk, template)


def _url(name, *args):
    return settings.SITE_URL + reverse(name, args=args)
