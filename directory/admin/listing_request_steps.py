"""What happened to a request, step by step."""

from dataclasses import dataclass
from datetime import datetime

from directory.decisions import Actors
from directory.listing.actions import FICHE_MADE
from directory.models import ListingRequest

State = ListingRequest.State


@dataclass
class Step:
    at: datetime
    what: str
    who: str
    comment: str = ""


def steps_of(listing_request):
    """The steps of a request, first to last, from the events its triggers wrote."""
    events = list(listing_request.events.select_related("pgh_context", "referent").order_by("pgh_id"))
    actors = Actors(_context_of(event) for event in events)
    steps, before = [], None
    for event in events:
        if what := _what(event, before):
            decided = event.state in ListingRequest.DECIDED_STATES and what == event.get_state_display()
            who = "Hors de l’application"
            if context := _context_of(event):
                who = actors.name(context, followed_by=event.referent_id, at=event.pgh_created_at)
            steps.append(Step(_when(event, what), what, who, event.comment if decided else ""))
        before = event
    return steps


def _what(event, before):
    if before is None or event.state != before.state:
        return event.get_state_display()
    if event.reminded_days > before.reminded_days:
        return f"Rappel envoyé après {event.reminded_days} jours"
    if event.corrected_at and event.corrected_at != before.corrected_at:
        return "Corrigée par son auteur"
    if event.referent_id != before.referent_id:
        return f"Passée à {event.referent}"
    if event.co_entrepreneur_id != before.co_entrepreneur_id:
        return "Fiche créée" if (_context_of(event) or {}).get("reason") == FICHE_MADE else "Fiche rattachée"
    return ""


def _when(event, what):
    """As the request says it, and its author reads it; what it doesn't say is when the event was written."""
    if what == event.get_state_display():
        if event.state == State.SUBMITTED:
            return event.submitted_at
        if event.state in ListingRequest.DECIDED_STATES:
            return event.decided_at
    return event.pgh_created_at


def _context_of(event):
    return event.pgh_context.metadata if event.pgh_context else None
