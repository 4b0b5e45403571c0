"""What is said when a page fails: whose fault it is, and when to come back."""

import errno
import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template import loader
from django.views.defaults import bad_request, server_error

# The embedded server is back within ten seconds; systemd starts the machine's own again as fast.
RETRY_AFTER_SECONDS = 10
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
# As PostgreSQL tells it.
NO_ROOM_STATE = "53100"


def fault(request):
    """Django's `handler500`: it is asked whatever failed, a view, a template or a middleware.

    503 and `Retry-After` when the database is away, 507 when the disk is full, else 500.
    """
    return _ours(sys.exc_info()[1]) or server_error(request)


def unreadable(request, exception):
    """Django's `handler400`: a session that the database couldn't keep is told to it as a fault of the browser."""
    return _ours(exception) or bad_request(request, exception)


def _ours(error):
    """The answer when it comes from what we stand on; else None."""
    causes = list(_causes(error))
    if any(_is_full_disk(cause) for cause in causes):
        return _page("507.html", HTTPStatus.INSUFFICIENT_STORAGE)
    if any(isinstance(cause, OperationalError | InterfaceError) for cause in causes):
        response = _page("503.html", HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = RETRY_AFTER_SECONDS
        return response
    return None


def _causes(error):
    """The exception, and those that it comes from: the queue wraps what the database says."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _is_full_disk(error):
    return getattr(error, "errno", None) in NO_ROOM or getattr(error, "sqlstate", None) == NO_ROOM_STATE


def _page(template, status):
    return HttpResponse(loader.get_template(template).render(), status=status, headers={"Cache-Control": "no-store"})
