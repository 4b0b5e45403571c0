"""The rows of a request and of a fiche, locked for what is done to them, and what several actions do to them."""

from functools import partial

from django.utils import timezone

from directory.decisions import Incomplete, Stale, awaiting, check_own
from directory.models import CoEntrepreneur, ListingAgreement, ListingRequest
from directory.models.files import discard
from directory.rights import follows

from . import emails

State = ListingRequest.State

SETTLED = "Votre fiche est déjà dans le catalogue, telle qu’elle est : ce que la demande proposait n’y est pas écrit."


def locked_fiche(pk):
    """The fiche with this key, locked."""
    return CoEntrepreneur.objects.select_for_update().get(pk=pk)


def awaiting_request(pk, by, seen=None, *, even_sent_back=False):
    """The request, locked, once it is sure that this user may decide on it, and that it waits as they read it."""
    listing_request = awaiting(
        ListingRequest.objects,
        pk,
        may_decide=partial(follows, by),
        whose="Cette demande",
        even_sent_back=even_sent_back,
    )
    if seen and seen != listing_request.version:
        raise Stale("Son auteur vient de corriger cette demande, et rien n’est décidé.", current=listing_request)
    return listing_request


def own_fiche(pk, by):
    """The fiche, locked; nobody is the daily job, which may."""
    fiche = locked_fiche(pk)
    check_own("Cette fiche", may=by is None or follows(by, fiche))
    return fiche


def open_request(email, fiche):
    """The open request of this fiche, or else of this address, locked; None when there is none."""
    # In one query: one that is decided on while its lock is waited for is open no more, and isn't taken.
    requests = ListingRequest.objects.open().select_for_update()
    listing_request = requests.filter(co_entrepreneur=fiche).first() if fiche else None
    return listing_request or requests.with_address(email).first()


def holder(listing_request, fiche):
    """Who decides when the author chooses nobody: a colleague to whom it was passed on, or who follows the fiche."""
    referent = listing_request.referent if listing_request.referent_id else None
    if referent and referent.user.is_active:
        return referent
    return fiche.referent if fiche else referent


def decide(listing_request, by, state, comment):
    """Write the decision down: who took it, when, and what they say of it."""
    decided = listing_request.decide(state, by=by)
    listing_request.comment = comment.strip()
    listing_request.save(update_fields=[*decided, "comment", "refusal_reason", "photo", "co_entrepreneur"])


def drop_photo(listing_request):
    """A photo that nobody will look at any more isn't kept."""
    discard(listing_request.photo)
    listing_request.photo = ""


def attach(listing_request, by, fiche_pk):
    """Attach the fiche with this key to a request.

    Raises:
        NotYours: see `directory.decisions`.
        Incomplete: when another request of this fiche is open.
    """
    fiche = locked_fiche(fiche_pk)
    if fiche.referent is None:
        fiche.referent = listing_request.referent
        fiche.save(update_fields=["referent"])
    else:
        check_own("Cette fiche", may=follows(by, fiche))
    if fiche.listing_requests.open().exclude(pk=listing_request.pk).exists():
        raise Incomplete(["une fiche sans autre demande : celle-ci en a déjà une, ouverte"])
    listing_request.co_entrepreneur = fiche
    listing_request.save(update_fields=["co_entrepreneur"])


def check_complete(fiche):
    """Raise `Incomplete`, with what the fiche lacks to be listed."""
    if missing := fiche.missing_for_listing():
        raise Incomplete(missing)


def settle(fiche, by):
    """Close the requests of a fiche that is listed without them; one that someone is deciding right now is theirs.

    Returns:
        bool: whether there was one.
    """
    requests = list(ListingRequest.objects.open().of_fiche(fiche).select_for_update(skip_locked=True))
    for listing_request in requests:
        listing_request.co_entrepreneur = fiche
        drop_photo(listing_request)
        decide(listing_request, by, State.ACCEPTED, SETTLED)
    if requests:
        emails.tell_settled(fiche, requests, by=by)
    return bool(requests)


def ask_agreement(fiche, by, reason):
    """Mail the person where to agree, unless they were and may still answer."""
    if not fiche.listing_agreements.open().exists():
        agreement = ListingAgreement.objects.create(co_entrepreneur=fiche, asked_by=by, reason=reason[:500])
        emails.ask_agreement(agreement)


def list_fiche(fiche):
    """Tick the box; a fiche that is listed already keeps its date."""
    if not fiche.client_public:
        fiche.client_public, fiche.listed_since = True, timezone.localdate()
        fiche.save(update_fields=["client_public", "listed_since"])
