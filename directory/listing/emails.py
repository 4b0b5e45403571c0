"""The mails of a request: who is told what. Each is queued in the transaction of the action that calls it."""

from itertools import takewhile

from django.conf import settings
from django.utils.text import Truncator

from crealead.mail import page_url, queue_mail
from crealead.words import lasting, of
from directory.doors import links
from directory.models import ListingRequest
from directory.models.author import name_of
from directory.models.decision import ANNOUNCED_BEFORE
from directory.models.departure import kept_until
from directory.models.listing_agreement import LIFETIME as AGREEMENT_LIFETIME
from directory.recipients import queue_mail_to_answerable, queue_mail_to_referent, tell_decided

# Of a text that changed, in a receipt.
LINE_LENGTH = 200


def tell_submitted(listing_request, *, again):
    """To both: the co-entrepreneur gets a receipt, the référent the page where to decide."""
    _to_author(listing_request, "request_received", {"again": again})
    _to_decider(listing_request, "request_to_decide", {"again": again})


def tell_corrected(listing_request, *, changes):
    """To both: the référent may have read it already, its author gets a receipt of what changed, `Difference`s."""
    lines = [(change.label, *_in_short(change.before, change.after)) for change in changes]
    _to_author(listing_request, "request_correction_received", {"changes": lines})
    _to_decider(listing_request, "request_corrected", {})


def remind(listing_request, *, days):
    _to_decider(listing_request, "request_reminder", {"days": days})


def tell_accepted(listing_request, *, references):
    """To the co-entrepreneur; and to the référent when references wait for the clients' consent."""
    fiche = listing_request.co_entrepreneur
    _tell_colleagues(listing_request, "accepté")
    _to_author(listing_request, "request_accepted", {"fiche_url": _public_url(fiche), "references": references})
    if references:
        queue_mail_to_referent(
            listing_request.referent,
            template="references_to_check",
            context={
                "fiche": fiche,
                "references": [
                    (reference, page_url("admin:directory_reference_decide", reference.pk)) for reference in references
                ],
            },
        )


def tell_changes_asked(listing_request):
    _tell_colleagues(listing_request, "demandé des compléments sur")
    _to_author(listing_request, "request_changes_asked", {})


def tell_refused(listing_request):
    _tell_colleagues(listing_request, "refusé")
    is_stranger = listing_request.refusal_reason == ListingRequest.RefusalReason.NOT_MEMBER
    context = {"ask_url": page_url("listing:article")}
    context |= {"advisor": "la coopérative" if is_stranger else "votre référent"}
    _to_author(listing_request, "request_refused", context)


def tell_passed_on(listing_request, *, former, by, word):
    """To the référent who decides from now on, to the one who did unless they say so, and to the author."""
    _to_decider(listing_request, "request_passed_on", {"by": name_of(by), "word": word})
    _to_author(listing_request, "request_passed_on_author", {})
    if former.user != by:
        context = {"listing_request": listing_request, "by": name_of(by)}
        queue_mail_to_referent(former, template="request_passed_on_former", context=context)


def tell_withdrawn(listing_request):
    """To the référent, who need not decide any more."""
    context = {"listing_request": listing_request}
    queue_mail_to_referent(listing_request.referent, template="request_withdrawn", context=context)


def tell_closing(listing_request):
    """To who decides, before it is closed for want of an answer; to its author, when it waits for theirs."""
    context = {"within": lasting(ANNOUNCED_BEFORE), "is_to_complete": listing_request.is_to_complete}
    _to_decider(listing_request, "request_closing", context)
    if listing_request.is_to_complete:
        _to_author(listing_request, "request_closing_author", context)


def tell_closed(listing_request, *, was_to_complete):
    context = {"was_to_complete": was_to_complete, "ask_url": page_url("listing:article")}
    _to_author(listing_request, "request_closed", context | {"privacy_url": page_url("pages:privacy")})


def tell_made(fiche, notice):
    """To the co-entrepreneur, for whom a fiche was made: what it holds, from where, and how to oppose it."""
    held = [
        ("Nom", fiche.name),
        ("Marque", fiche.trade_name),
        ("Ville", fiche.city),
        ("Téléphone", fiche.phone),
        ("Site", fiche.website),
        ("Référent", fiche.referent.name if fiche.referent else ""),
    ]
    texts = [("Accroche", fiche.headline), ("Offre", fiche.public_offer), ("Présentation", fiche.presentation)]
    context = {
        "fiche": fiche,
        "held": [(label, words) for label, words in held if words],
        "texts": [label.lower() for label, words in texts if words],
        "maker": name_of(notice.sent_by) if notice.sent_by else "",
        "objection_url": links.OBJECTION.url(fiche),
        "space_url": page_url("my_space:home"),
        "privacy_url": page_url("pages:privacy"),
    }
    queue_mail(to=fiche.email, template="fiche_made", context=context, answered_by=fiche.referent)


def tell_without_address(fiche):
    """To the référent, or an administrator: the person can't be told by mail that a fiche was made for them."""
    context = {"fiche": fiche, "url": _admin_url(fiche)}
    queue_mail_to_answerable(fiche.referent, template="fiche_made_without_address", context=context)


def tell_objection(fiche, *, was_listed):
    """To both, when the person objects to their fiche: a receipt; and who follows them has what to do."""
    _to_member(fiche, "fiche_objection", {"was_listed": was_listed})
    context = {"fiche": fiche, "was_listed": was_listed, "url": _admin_url(fiche)}
    queue_mail_to_answerable(fiche.referent, template="fiche_objection_referent", context=context)


def tell_listed(fiche, *, settled=False):
    """To the co-entrepreneur; `settled` says that a request of theirs was open, and is closed."""
    _to_member(fiche, "fiche_listed", {"fiche_url": _public_url(fiche), "settled": settled})


def ask_agreement(agreement):
    """To who left the catalogue, or objected: where to say whether they come back."""
    fiche = agreement.co_entrepreneur
    context = {"agreement": agreement, "by": name_of(agreement.asked_by), "days": AGREEMENT_LIFETIME.days}
    _to_member(fiche, "listing_agreement", context | {"url": links.LISTING_AGREEMENT.url(agreement)})


def tell_agreement_answered(agreement):
    """To who follows the fiche, and to who asked when it is another."""
    fiche = agreement.co_entrepreneur
    context = {"agreement": agreement, "fiche": fiche, "url": _admin_url(fiche)}
    referents = {fiche.referent, getattr(agreement.asked_by, "referent", None)} - {None}
    for referent in sorted(referents, key=lambda referent: referent.pk):
        queue_mail_to_referent(referent, template="listing_agreement_answered", context=context)


def tell_settled(fiche, listing_requests, *, by):
    """To those who held a request, or follow the fiche, that another's tick closed it."""
    what = f"coché « client public » sur la fiche {of(fiche.name)}, ce qui clôt sa demande de référencement"
    pages = {fiche.referent: _admin_url(fiche)}
    pages |= {listing_request.referent: _decision_url(listing_request) for listing_request in listing_requests}
    tell_decided(by=by, what=what, pages=pages)


def tell_unlisted(fiche, *, reason):
    _to_member(fiche, "fiche_unlisted", {"reason": reason})


def tell_departed(fiche):
    """To the référent, on the day the fiche leaves the catalogue because the person leaves the cooperative."""
    context = {"fiche": fiche, "url": _admin_url(fiche)}
    queue_mail_to_referent(fiche.referent, template="fiche_departed_referent", context=context)


def tell_departed_themselves(fiche):
    """To who left: until when they read their data, and what becomes of it then."""
    _to_member(fiche, "fiche_departed", _end_of(fiche))


def warn_departed(fiche):
    """To who left, before their data goes."""
    _to_member(fiche, "fiche_departed_end", _end_of(fiche))


def _end_of(fiche):
    return {"until": kept_until(fiche), "url": page_url("my_space:home")}


def tell_left_catalogue(fiche, *, word, request_withdrawn):
    """To both, when the person takes their own fiche out of the catalogue: a receipt, and the référent is told."""
    tell_unlisted(fiche, reason="Vous l’avez demandé, depuis votre espace.")
    queue_mail_to_referent(
        fiche.referent,
        template="my_space_left_catalogue",
        context={"fiche": fiche, "word": word, "request_withdrawn": request_withdrawn, "url": _admin_url(fiche)},
    )


def _in_short(*texts):
    """Two texts that differ, each on one line; long ones begin a little before they do."""
    lines = [" ".join(text.split()) for text in texts]
    if max(map(len, lines)) > LINE_LENGTH:
        alike = "".join(sign for sign, _ in takewhile(lambda signs: len(set(signs)) == 1, zip(*lines, strict=False)))
        start = alike.rfind(" ", 0, max(0, len(alike) - LINE_LENGTH // 4)) + 1
        lines = [f"… {line[start:]}" if start else line for line in lines]
    return [Truncator(line).chars(LINE_LENGTH) or "rien" for line in lines]


def _to_author(listing_request, template, context):
    context |= {"listing_request": listing_request, "status_url": links.LISTING_STATUS.url(listing_request)}
    queue_mail(to=listing_request.email, template=template, context=context, answered_by=listing_request.referent)


def _to_member(fiche, template, context):
    queue_mail(to=fiche.email, template=template, context=context | {"fiche": fiche}, answered_by=fiche.referent)


def _to_decider(listing_request, template, context):
    """To the référent, with the page of the admin where to decide."""
    context |= {"listing_request": listing_request, "url": _decision_url(listing_request)}
    queue_mail_to_referent(listing_request.referent, template=template, context=context)


def _tell_colleagues(listing_request, verb):
    """To who held the request, and who follows the fiche, when another has just decided."""
    fiche = listing_request.co_entrepreneur
    pages = {fiche.referent: _admin_url(fiche)} if fiche else {}
    pages |= {listing_request.referent: _decision_url(listing_request)}
    what = f"{verb} la demande de référencement {of(listing_request.name)}"
    tell_decided(by=listing_request.decided_by, what=what, pages=pages)


def _decision_url(listing_request):
    return page_url("admin:directory_listingrequest_decide", listing_request.pk)


def _public_url(fiche):
    return settings.SITE_URL + fiche.get_absolute_url()


def _admin_url(fiche):
    return page_url("admin:directory_coentrepreneur_change", fiche.pk)
