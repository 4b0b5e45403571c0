"""What is said when a page fails."""

import errno
import sys

from django.shortcuts import render
from django.views.defaults import server_error

DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
# As PostgreSQL tells it.
DISK_FULL_STATE = "53100"


def failed(request):
    """The page of a failure; when the disk is full, wherever that was met, one that says so."""
    return render(request, "507.html", status=507) if _is_disk_full(sys.exc_info()[1]) else server_error(request)


def _is_disk_full(error):
    while error is not None:
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            return True
        if getattr(error, "sqlstate", None) == DISK_FULL_STATE:
            return True
        error = error.__cause__ or error.__context__
    return False
