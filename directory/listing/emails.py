"""The mails of a request: who is told what. Each is queued in the transaction of the action that calls it."""

import logging

from django.conf import settings
from django.urls import reverse

from crealead.mail import queue_mail

from . import links

logger = logging.getLogger(__name__)


def send_access_link(link, *, known):
    """The link that proves an address; who isn't known reads that they may ask all the same."""
    template = "access_link" if known else "access_link_unknown"
    queue_mail(to=link.email, template=template, context={"url": links.access_url(link)})


def tell_submitted(request, *, again):
    """To both: the co-entrepreneur gets a receipt, the référent the page where to decide."""
    _to_author(request, "request_received", {"again": again})
    _to_referent(
        request.referent, "request_to_decide", {"request": request, "again": again, "url": links.decision_url(request)}
    )


def remind(request, *, days):
    _to_referent(
        request.referent,
        "request_reminder",
        {"request": request, "days": days, "url": links.decision_url(request)},
    )


def tell_accepted(request, *, references):
    """To the co-entrepreneur; and to the référent when references wait for the clients' consent."""
    fiche = request.co_entrepreneur
    _to_author(request, "request_accepted", {"fiche_url": _public_url(fiche), "references": references})
    if references:
        _to_referent(
            request.referent,
            "references_to_check",
            {"fiche": fiche, "references": references, "url": _admin_url(fiche)},
        )


def tell_changes_asked(request):
    _to_author(request, "request_changes_asked", {})


def tell_refused(request):
    _to_author(request, "request_refused", {"ask_url": settings.SITE_URL + reverse("listing:article")})


def tell_withdrawn(request):
    """To the référent, who need not decide any more."""
    _to_referent(request.referent, "request_withdrawn", {"request": request})


def tell_listed(fiche):
    queue_mail(to=fiche.email, template="fiche_listed", context={"fiche": fiche, "fiche_url": _public_url(fiche)})


def tell_unlisted(fiche, *, reason):
    queue_mail(to=fiche.email, template="fiche_unlisted", context={"fiche": fiche, "reason": reason})


def tell_departed(fiche):
    """To both, on the day the fiche leaves the catalogue because the person leaves the cooperative."""
    queue_mail(to=fiche.email, template="fiche_departed", context={"fiche": fiche})
    _to_referent(fiche.referent, "fiche_departed_referent", {"fiche": fiche, "url": _admin_url(fiche)})


def tell_left_catalogue(fiche, *, word, request_withdrawn):
    """To both, when the person takes their own fiche out of the catalogue: a receipt, and the référent is told."""
    tell_unlisted(fiche, reason="Vous l’avez demandé, depuis votre espace.")
    _to_referent(
        fiche.referent,
        "my_space_left_catalogue",
        {"fiche": fiche, "word": word, "request_withdrawn": request_withdrawn, "url": _admin_url(fiche)},
    )


def _to_author(request, template, context):
    queue_mail(
        to=request.email,
        template=template,
        context=context | {"request": request, "status_url": links.status_url(request)},
    )


def _to_referent(referent, template, context):
    """Queue a mail to a référent; an account without an address finds the same in the admin."""
    if referent.email:
        queue_mail(to=referent.email, template=template, context=context | {"referent": referent})
    else:
        logger.warning("referent %s has no address: %s not sent", referent.pk, template)


def _public_url(fiche):
    return settings.SITE_URL + fiche.get_absolute_url()


def _admin_url(fiche):
    return settings.SITE_URL + reverse("admin:directory_coentrepreneur_change", args=[fiche.pk])
