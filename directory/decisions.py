"""What all decisions share: why one can't be taken, who acted, and how the history keeps it.

Each refusal reads as a French sentence, ready to be shown; nothing was written.
"""

# These names say what happened to a decision, as `PermissionDenied` does.
# ruff: noqa: N818

import pghistory
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from directory.models import CoEntrepreneur, StandIn
from directory.models.author import name_of


class NotYours(PermissionDenied):
    """The person neither follows the co-entrepreneur whom it is about, nor is an administrator."""


class Refused(Exception):
    """What is asked can't be done as things stand."""


class AlreadyDecided(Refused):
    """It no longer waits for a decision; the sentence says who decided what, and when."""


class Incomplete(Refused):
    """What is asked lacks something.

    Attributes:
        missing: what is lacking, a list of French noun phrases.
    """

    def __init__(self, missing):
        self.missing = missing
        super().__init__(f"Il manque : {', '.join(missing)}.")


class Stale(Refused):
    """Someone saved since what was read; the next click saves, the person having been told.

    Attributes:
        current: the row as it is now, or None.
    """

    def __init__(self, sentence="", *, current=None):
        self.current = current
        super().__init__(sentence)


# --- Before one is taken -----------------------------------------------------------------------------------------


def awaiting(rows, pk, *, may_decide, whose, even_sent_back=False):
    """The row, locked, once it is sure that one may decide on it, and that it waits for it.

    Args:
        rows: of a `models.decision.Decided`, without any that is joined: it would be read as it stood before the lock
            was waited for.
        pk: its key.
        may_decide: tells of the row whether who acts may, by `directory.rights`.
        whose: what it is about, as a sentence begins: « Cette demande ».
        even_sent_back: whether it may wait for its author too, who was asked for more.

    Raises:
        NotYours, AlreadyDecided
    """
    row = rows.select_for_update().get(pk=pk)
    check_own(whose, may=may_decide(row))
    if not (row.is_awaiting or (even_sent_back and row.is_to_complete)):
        raise AlreadyDecided(row.outcome)
    return row


def check_own(whose, *, may):
    """Go on only with what one follows; see `awaiting`.

    Raises:
        NotYours
    """
    if not may:
        raise NotYours(f"{whose} n’est pas suivie par vous.")


# --- Who acted ---------------------------------------------------------------------------------------------------


def by_user(user, reason, comment=""):
    """The context that the history keeps beside each change: which account, and why; nobody is the daily job."""
    reason = f"{reason} : {comment.strip()}" if comment.strip() else reason
    return pghistory.context(user=user.pk if user else None, reason=reason)


def by_member(member, reason):
    """The same, when a co-entrepreneur acts."""
    return pghistory.context(member=member.pk, reason=reason)


class Actors:
    """Who acted, by the contexts that the history kept: their names, read at once for all of them."""

    def __init__(self, contexts):
        """`contexts` are dicts as `by_user` and `by_member` make them, or None for what nothing says."""
        contexts = [context or {} for context in contexts]
        users = {context["user"] for context in contexts if context.get("user") is not None}
        members = {context["member"] for context in contexts if context.get("member") is not None}
        self._users = get_user_model().objects.select_related("referent").in_bulk(users) if users else {}
        stand_ins = StandIn.objects.filter(stand_in__user__in=users).select_related("stand_in", "referent")
        self._stand_ins = list(stand_ins) if users else []
        self._members = CoEntrepreneur.objects.in_bulk(members) if members else {}

    def name(self, context, *, followed_by=None, at=None):
        """The name of who acted; empty when nobody is said, or when they are there no more.

        « X, pour Y » when it was as the stand-in of the référent `followed_by`, a key, at this moment.
        """
        context = context or {}
        if member := self._members.get(context.get("member")):
            return member.name
        user = self._users.get(context.get("user"))
        if user is None:
            return ""
        absent = self._stood_in_for(user, followed_by, at) if at else None
        return f"{name_of(user)}, pour {absent}" if absent else name_of(user)

    def _stood_in_for(self, user, referent_pk, at):
        day = timezone.localdate(at)
        for row in self._stand_ins:
            if row.stand_in.user_id == user.pk and row.referent_id == referent_pk and row.covers(day):
                return row.referent
        return None
