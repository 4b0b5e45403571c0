"""How often one sender may have a password checked: each check costs a third of a second of a processor, by design."""

import threading
from datetime import timedelta
from functools import wraps
from http import HTTPStatus

from django.shortcuts import render
from django.utils import timezone

from crealead.middleware import client_address
from crealead.rate_limit import allow, end_of, give_back

# However fast they come, pages keep most of the machine.
TRIES, TRIES_WINDOW = 6, timedelta(seconds=20)
# Of any account: who tries one password on sixty names locks none of them.
FAILURES, FAILURES_WINDOW = 20, timedelta(hours=1)
# One at a time in each worker, whoever sends them: its other threads are for readers. A double click waits its turn.
CHECKING = threading.Lock()
TURN_SECONDS = 0.3


def limits_tries(view):
    """Decorate a view (or a method that is one) that checks a password: past the limit it isn’t checked.

    A view that shows its form again, rather than lead elsewhere, is taken to have refused the password.
    """

    @wraps(view)
    def limited(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        sender = client_address(request)
        if not allow(scope="password", sender=sender, limit=TRIES, window=TRIES_WINDOW):
            return _refusal(request, end_of(TRIES_WINDOW) - timezone.now())
        if not CHECKING.acquire(timeout=TURN_SECONDS):
            return _refusal(request, timedelta(seconds=2), status=HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            if not allow(scope="password-failed", sender=sender, limit=FAILURES, window=FAILURES_WINDOW):
                return _refusal(request, end_of(FAILURES_WINDOW) - timezone.now())
            response = view(request, *args, **kwargs)
        finally:
            CHECKING.release()
        if response.status_code == HTTPStatus.FOUND:
            give_back(scope="password-failed", sender=sender, window=FAILURES_WINDOW)
        return response

    return limited


def _refusal(request, wait, *, status=HTTPStatus.TOO_MANY_REQUESTS):
    # To the minute, and not one that has begun.
    context = {"until": timezone.now() + wait + timedelta(seconds=59), "tries": status == HTTPStatus.TOO_MANY_REQUESTS}
    response = render(request, "admin/too_many_tries.html", context, status=status)
    response["Retry-After"] = int(wait.total_seconds()) + 1
    return response
