"""The figures that sentences of pages and mails say, read from the constants that hold them."""

from datetime import timedelta

from django import template
from django.conf import settings

from crealead import words
from directory.doors import links, visit
from directory.models import (
    access_link,
    alert,
    contact_message,
    cv,
    departure,
    group_message,
    listing_draft,
    member_session,
)
from directory.models.reference import CLOSED_KEPT, RECENT

register = template.Library()

FIGURES = {
    # How long a mailed link serves, and what it opens.
    "link": words.lasting(access_link.LIFETIME),
    "password_link": words.lasting(timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)),
    # How long one follows a request, or answers an invitation, by the link of a mail.
    "follow_up": words.lasting(links.LISTING_STATUS.lasts),
    "invitation": words.lasting(links.INVITATION.lasts),
    # How long one has to confirm an alert, how long it runs, and its address stays after it; how many one has.
    "alert_to_confirm": words.lasting(alert.TO_CONFIRM),
    "alert_lasts": words.lasting(alert.LASTS),
    "alert_kept": words.lasting(alert.KEPT),
    "alert_most": words.SPELLED.get(alert.MOST, str(alert.MOST)),
    # To how many one message goes; how long one has to confirm it; until which hour one answers; how long it is kept.
    "group_between": f"de {words.SPELLED[group_message.FEWEST]} à {words.SPELLED[group_message.MOST]}",
    "group_to_confirm": words.lasting(group_message.TO_CONFIRM),
    "group_hour": f"{group_message.ANSWER_HOUR}\N{NO-BREAK SPACE}h",
    "group_kept": words.lasting(group_message.KEPT),
    "visit": words.lasting(visit.LENGTH),
    "member_session": words.lasting(member_session.LIFETIME),
    # How long a request that isn't sent is kept.
    "draft_kept": words.lasting(listing_draft.KEPT),
    "messages_kept": words.lasting(contact_message.KEPT),
    # How long the data of who left is there, how long before its end a mail says so; how long what was sent is kept.
    "departed_kept": words.lasting(departure.KEPT),
    "departure_notice": words.lasting(departure.NOTICE),
    "answers_kept": words.lasting(timedelta(days=settings.ANSWERS_KEPT_DAYS)),
    # How long a reference that was closed waits to be taken up again.
    "closed_kept": words.lasting(CLOSED_KEPT),
    # How long a client's contact is kept once the service is over.
    "contact_kept": words.lasting(timedelta(days=settings.CONTACT_DAYS)),
    "cv_fresh": words.lasting(cv.FRESH),
    # « trois ans »: how old a reference may be that a candidate is asked for.
    "recent": RECENT,
}


@register.simple_tag
def figure(name):
    """What `FIGURES` says under a name."""
    return FIGURES[name]
