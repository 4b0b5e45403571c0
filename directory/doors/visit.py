"""Whose address this browser has proved, for a while."""

from datetime import timedelta

from django.utils import timezone

LENGTH = timedelta(hours=2)
_EMAIL, _UNTIL = "referencing_email", "referencing_until"


def begin(request, email):
    """Remember a verified address, under a new session key: one that was known before proves nothing."""
    request.session.cycle_key()
    request.session[_EMAIL] = email
    request.session[_UNTIL] = (timezone.now() + LENGTH).timestamp()


def verified_email(request):
    """The address that was proved within the last two hours, or None."""
    if request.session.get(_UNTIL, 0) < timezone.now().timestamp():
        return None
    return request.session[_EMAIL]


def end(request):
    """Forget the address that this browser has proved."""
    for key in (_EMAIL, _UNTIL):
        request.session.pop(key, None)
