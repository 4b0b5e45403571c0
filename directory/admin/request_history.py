"""What happened to a request, step by step."""

from dataclasses import dataclass
from datetime import datetime

from directory.models import ReferencingRequest

from .people import name_of

State = ReferencingRequest.State


@dataclass
class Step:
    at: datetime
    what: str
    who: str
    comment: str = ""


def steps_of(request, users):
    """The steps of a request, first to last, from the events its triggers wrote; `users` finds who decided."""
    events = list(request.events.select_related("pgh_context").order_by("pgh_id"))
    found = users.in_bulk({user for event in events if (user := _user_of(event))})
    steps, before = [], None
    for event in events:
        if what := _what(event, before):
            decided = event.state in ReferencingRequest.DECIDED_STATES and what == event.get_state_display()
            steps.append(Step(event.pgh_created_at, what, _who(event, found), event.comment if decided else ""))
        before = event
    return steps


def _what(event, before):
    if before is None or event.state != before.state:
        return event.get_state_display()
    if event.reminded_days > before.reminded_days:
        return f"Rappel envoyé après {event.reminded_days} jours"
    if event.co_entrepreneur_id != before.co_entrepreneur_id:
        return "Fiche rattachée"
    return ""


def _user_of(event):
    return event.pgh_context.metadata.get("user") if event.pgh_context else None


def _who(event, users):
    user = users.get(_user_of(event))
    if user is None:
        return "" if event.pgh_context else "Hors de l’application"
    return name_of(user)
