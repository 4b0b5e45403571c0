"""The way into a record: its key, and nothing else. Who guesses finds nothing, and is soon told to stop."""

from functools import wraps

from django.shortcuts import redirect, render

from crealead.middleware import client_address
from directory.doors.session import private
from directory.models import ClosedRecord, SourcingRecord
from directory.models.sourcing_record import KEY_PATTERN
from directory.privacy.actions import objections

from .limits import LIMITS

# No page of a record tells its address to the next; the site's name alone lets forms prove where they come from.
REFERRER = "strict-origin"


class KeyConverter:
    regex = KEY_PATTERN

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


def secret(view):
    """A page whose address holds a secret: kept by nobody, told to nobody."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        response = private(view)(request, *args, **kwargs)
        response["Referrer-Policy"] = REFERRER
        return response

    return wrapper


def with_record(view):
    """Let in by the key. The view gets the record, whose closed content names nobody who has left.

    A wrong key is answered 404, and 429 once there were too many from one network, which may go on using right ones.
    """

    @secret
    @wraps(view)
    def wrapper(request, record, *args, **kwargs):
        found = record_of(record)
        if found is None:
            return not_found(request)
        return view(request, found, *args, **kwargs)

    return wrapper


def with_open_record(view):
    """The same for what is written in an open one: a closed one leads to its page, and what was sent isn't lost."""

    @with_record
    @wraps(view)
    def wrapper(request, record, *args, **kwargs):
        if not record.is_closed:
            return view(request, record, *args, **kwargs)
        return closed_meanwhile(request, record) if request.method == "POST" else redirect(record)

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
        record = SourcingRecord.objects.select_related("closed").get(pk=record.pk)
    return record


def may_guess(request):
    """Count a wrong key, and tell whether its sender may try another. Right ones aren't counted."""
    return LIMITS.passed({"guess": client_address(request)}) is None


def not_found(request):
    if may_guess(request):
        return render(request, "sourcing/record/not_found.html", status=404)
    return render(request, "429.html", status=429)


def closed_meanwhile(request, record):
    """What was sent to a record that someone closed meanwhile, to be copied elsewhere."""
    typed = [
        value
        for name, values in request.POST.lists()
        for value in values
        if value.strip() and name not in {"csrfmiddlewaretoken", "seen", "action", "pk"} and " " in value.strip()
    ]
    context = {"record": record, "typed": typed}
    return render(request, "sourcing/record/closed_meanwhile.html", context, status=409)
