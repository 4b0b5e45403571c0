"""Whose address this browser has proved, for a while."""

from datetime import timedelta

from django.utils import timezone

# Since the last click: nobody who writes slowly is put out (WCAG 2.2.1 asks for twenty hours).
LENGTH = timedelta(hours=20)
RENEWED_EVERY = timedelta(hours=1)
_EMAIL, _UNTIL = "referencing_email", "referencing_until"


def begin(request, email):
    """Remember a verified address, under a new session key: one that was known before proves nothing."""
    request.session.cycle_key()
    request.session[_EMAIL] = email
    request.session[_UNTIL] = (timezone.now() + LENGTH).timestamp()


def verified_email(request):
    """The address that was proved, and used within the last twenty hours, or None."""
    now, until = timezone.now(), request.session.get(_UNTIL, 0)
    if until < now.timestamp():
        return None
    if until < (now + LENGTH - RENEWED_EVERY).timestamp():
        request.session[_UNTIL] = (now + LENGTH).timestamp()
    return request.session[_EMAIL]


def end(request):
    """Forget the address that this browser has proved."""
    for key in (_EMAIL, _UNTIL):
        request.session.pop(key, None)
