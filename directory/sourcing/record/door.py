"""The way into a record: its key, and nothing else. Who guesses finds nothing, and is soon told to stop."""

from functools import wraps
from http import HTTPStatus

from django.shortcuts import redirect, render

from crealead.middleware import client_address
from directory.doors.session import private
from directory.models import ClosedRecord, SourcingRecord
from directory.privacy.actions import objections

from .actions import ClosedError
from .limits import LIMITS
from .typed import typed_in


class KeyConverter:
    # A link that was cut, or pasted with a sign too many, is told so rather than that there is no such page.
    regex = "[A-Za-z0-9_-]{20,64}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


def with_record(view):
    """Let in by the key. The view gets the record, whose closed content names nobody who has left.

    A wrong key is answered 404, and 429 once there were too many from one network, which may go on using right ones.
    What is sent to a record that was closed or erased meanwhile (`ClosedError`) is shown, to be copied elsewhere.
    """

    @private
    @wraps(view)
    def wrapper(request, record, *args, **kwargs):
        key, record = record, record_of(record)
        if record is None:
            return not_found(request)
        try:
            return view(request, record, *args, **kwargs)
        except ClosedError:
            return not_written(request, record_of(key))

    return wrapper


def with_open_record(view):
    """The same for what is written in an open one: a closed one leads to its page."""

    @with_record
    @wraps(view)
    def wrapper(request, record, *args, **kwargs):
        if not record.is_closed:
            return view(request, record, *args, **kwargs)
        if request.method == "POST":
            raise ClosedError
        return redirect(record)

    return wrapper


def with_closed_record(view):
    """The same for what only a closed one has."""

    @with_record
    @wraps(view)
    def wrapper(request, record, *args, **kwargs):
        return view(request, record, *args, **kwargs) if record.is_closed else redirect(record)

    return wrapper


def record_of(key):
    """The record that a key opens, or None."""
    record = SourcingRecord.objects.alive().select_related("closed").filter(key=key).first()
    if record and record.is_closed and objections.retire_from_records(ClosedRecord.objects.filter(record=record)):
        record = SourcingRecord.objects.select_related("closed").filter(pk=record.pk).first()
    return record


def may_guess(request):
    """Count a wrong key, and tell whether its sender may try another. Right ones aren't counted."""
    return LIMITS.passed({"guess": client_address(request)}) is None


def not_found(request):
    if may_guess(request):
        return not_written(request, None)
    if request.method == "POST":
        return not_written(request, None, status=HTTPStatus.TOO_MANY_REQUESTS)
    return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)


def not_written(request, record, *, status=HTTPStatus.NOT_FOUND):
    """The page of a record that is closed, or is none, with all that was sent to it."""
    typed = typed_in(request)
    if record is None:
        return render(request, "sourcing/record/not_found.html", {"typed": typed}, status=status)
    context = {"record": record, "typed": typed}
    return render(request, "sourcing/record/closed_meanwhile.html", context, status=HTTPStatus.CONFLICT)
