"""What is said when a page fails: whose fault it is, and when to come back."""

import errno
import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template import loader
from django.views.defaults import server_error

# The embedded server is back within ten seconds; systemd starts the machine's own again as fast.
RETRY_AFTER_SECONDS = 10
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
# As PostgreSQL tells it.
NO_ROOM_STATE = "53100"


def fault(request):
    """Django's `handler500`: it is asked whatever failed, a view, a template or a middleware.

    503 and `Retry-After` when the database is away, 507 when the disk is full, else 500.
    """
    causes = list(_causes(sys.exc_info()[1]))
    if any(_is_full_disk(cause) for cause in causes):
        return _page("507.html", HTTPStatus.INSUFFICIENT_STORAGE)
    if any(isinstance(cause, OperationalError | InterfaceError) for cause in causes):
        response = _page("503.html", HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = RETRY_AFTER_SECONDS
        return response
    return server_error(request)


def _causes(error):
    """The exception, and those that it comes from: the queue wraps what the database says."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _is_full_disk(error):
    return getattr(error, "errno", None) in NO_ROOM or getattr(error, "sqlstate", None) == NO_ROOM_STATE


def _page(template, status):
    return HttpResponse(loader.get_template(template).render(), status=status, headers={"Cache-Control": "no-store"})
