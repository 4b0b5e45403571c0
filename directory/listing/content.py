"""What a request says: written on it as its author sends it, and on their fiche once it is accepted."""

from datetime import date

from django.utils import timezone

from directory.models import Consent, PublicClient, Reference
from directory.models.consent import ASKED_WITH_LISTING, CONSENT_TEXT_VERSION
from directory.models.files import discard
from directory.references.actions import saved_client

PLAIN_CONTENT = (
    *("headline", "public_offer", "nationwide", "served_clients", "phone", "website", "consents", "word_to_referent"),
)
LIST_CONTENT = ("skills", "cpv_codes", "departments")


def say(listing_request, first_name, last_name, trade_name, content):
    """Set what a request says of its author and of their offer; its lists are set by `say_lists`, once it is saved."""
    listing_request.first_name, listing_request.last_name = first_name, last_name
    listing_request.trade_name = trade_name
    for name in PLAIN_CONTENT:
        setattr(listing_request, name, content[name])
    listing_request.consent_text_version = CONSENT_TEXT_VERSION
    photo = content["photo"]
    if photo is not None and photo != listing_request.photo.name:
        discard(listing_request.photo)
        listing_request.photo = photo


def say_lists(listing_request, content):
    for name in LIST_CONTENT:
        getattr(listing_request, name).set(content[name])


def withdraw_consents(fiche, *, kept):
    """A consent that is no longer ticked ends at once, whatever becomes of the request."""
    asked = fiche.consents.active().filter(item__in=ASKED_WITH_LISTING)
    asked.exclude(item__in=kept).update(withdrawn_at=timezone.now())


def apply(listing_request, fiche):
    """Write what was proposed on the fiche.

    Returns:
        list[Reference]: the references created, unpublished.
    """
    plain = ["headline", "public_offer", "nationwide", "phone", "website"]
    for name in plain:
        setattr(fiche, name, getattr(listing_request, name))
    if listing_request.photo:
        discard(fiche.photo)
        # The file is the fiche's from now on.
        fiche.photo, listing_request.photo = listing_request.photo.name, ""
        plain.append("photo")
    fiche.save(update_fields=plain)
    for name in LIST_CONTENT:
        getattr(fiche, name).set(getattr(listing_request, name).all())
    _give_consents(listing_request, fiche)
    served = [
        _reference(fiche, served, year_otherwise=listing_request.submitted_at.year)
        for served in listing_request.served_clients
    ]
    return [reference for reference, created in served if created]


def _reference(fiche, served, *, year_otherwise):
    client = PublicClient.objects.filter(name__iexact=served["name"], type=served["type"]).first()
    client = client or saved_client(PublicClient(name=served["name"], type=served["type"]))
    known = fiche.references.filter(client=client, subject__iexact=served["subject"]).first()
    if known:
        return known, False
    year = served.get("year") or year_otherwise
    return Reference.objects.create(
        co_entrepreneur=fiche,
        client=client,
        subject=served["subject"],
        starts_on=date(year, 1, 1),
        ends_on=date(year, 12, 31),
    ), True


def _give_consents(listing_request, fiche):
    """Record what was ticked, to the words that were read then; what was withdrawn since stays withdrawn."""
    for item in listing_request.consents:
        if fiche.consents.filter(item=item, withdrawn_at__gt=listing_request.written_at).exists():
            continue
        active = fiche.consents.active().filter(item=item)
        if active.filter(text_version=listing_request.consent_text_version).exists():
            continue
        active.update(withdrawn_at=timezone.now())
        Consent.objects.create(
            co_entrepreneur=fiche,
            item=item,
            text_version=listing_request.consent_text_version,
            given_at=listing_request.written_at,
        )
