"""Requests to be listed, in every state that one can be in."""

from dataclasses import replace
from datetime import date, timedelta

from directory.models import ConsentText, ListingRequest
from directory.models.consent import CONSENT_TEXT_SINCE, CONSENT_TEXT_VERSION

from . import content
from .plan import Standing

# What ends a request without a decision.
BY_NOBODY = {ListingRequest.State.CLOSED}
# What the oldest requests agreed to, before the words of today.
FORMER_TEXT = "2025-01"


def sources(plans):
    """The number of the fiche that each request comes from; None where there isn't one."""
    wanted = {
        name: iter([number for number, planned in enumerate(plans) if planned.standing is standing])
        for name, standing in Standing.__members__.items()
    }
    return [next(wanted[case.source]) if case.source else None for case in content.requests()]


def with_their_date(plans):
    """The same plans, where whom a request got listed is listed since that day."""
    agreed = list(plans)
    for case, number in zip(content.requests(), sources(plans), strict=True):
        if case.state == ListingRequest.State.ACCEPTED:
            days = case.decided_days_ago
            agreed[number] = replace(plans[number], listed_days_ago=days, updated_days_ago=days)
    return agreed


def write(plans, fiches, referents, now):
    """Write every request; `fiches` are those of `plans`, saved, in the same order.

    Returns:
        list: each request with the trade its lists are to come from.
    """
    first = ConsentText.objects.first()
    ConsentText.objects.get_or_create(version=FORMER_TEXT, defaults={"since": date(2025, 1, 1), "words": first.words})
    pairs = []
    for rank, (case, number) in enumerate(zip(content.requests(), sources(plans), strict=True)):
        # A stranger proposes what one of the last in the plan could.
        planned = plans[-1 - rank if number is None else number]
        fiche = None if number is None else fiches[number]
        accepted = case.state == ListingRequest.State.ACCEPTED
        referent = fiche.referent if fiche else referents[rank % len(referents)]
        first_name, last_name, trade_name = case.stranger or (fiche.first_name, fiche.last_name, fiche.trade_name)
        submitted_at = now - timedelta(days=case.submitted_days_ago, hours=2)
        decided_at = None
        if case.decided_days_ago is not None:
            decided_at = now - timedelta(days=case.decided_days_ago)
        request = ListingRequest(
            co_entrepreneur=fiche,
            referent=referent,
            email=fiche.email if fiche else f"{first_name}.{last_name}@example.org".lower(),
            first_name=first_name,
            last_name=last_name,
            trade_name=trade_name,
            headline=planned.headline if accepted else planned.proposed_headline,
            public_offer=planned.public_offer if accepted else planned.proposed_offer,
            nationwide=planned.nationwide,
            served_clients=_served(planned),
            phone=fiche.phone if fiche else "",
            website=fiche.website if fiche else "",
            consents=sorted(item for item in planned.shows if fiche and getattr(fiche, item)),
            consent_text_version=CONSENT_TEXT_VERSION if submitted_at.date() >= CONSENT_TEXT_SINCE else FORMER_TEXT,
            word_to_referent=case.word,
            state=case.state,
            submitted_at=submitted_at,
            decided_by=None if decided_at is None or case.state in BY_NOBODY else referent.user,
            decided_at=decided_at,
            refusal_reason=case.reason,
            comment=case.comment,
            reminded_days=case.reminded_days,
        )
        pairs.append((request, planned))
    ListingRequest.objects.bulk_create(request for request, _ in pairs)
    return pairs


def _served(planned):
    return [
        {
            "name": reference.client[1],
            "type": reference.client[0],
            "subject": reference.subject,
            "year": reference.starts_on.year,
        }
        for reference in planned.references[:2]
    ]
