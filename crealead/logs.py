"""One JSON object a line, without personal data; or words.

What is left out: addresses, names, query strings, paths (a fiche's path is a name, a link's is a key), and the text of
exceptions (« Key (email)=(…) already exists »). What is kept tells where to look: the route, the status, the type of
each exception and the lines of code it went through, without their variables.
"""

import json
import logging
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from traceback import extract_tb

from django.http import HttpRequest

OURS = ("crealead", "directory")
BASE_DIR = Path(__file__).resolve().parent.parent


class LineFormatter(logging.Formatter):
    def format(self, record):
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
            "status": getattr(record, "status_code", None),
            **_request(getattr(record, "request", None)),
            **_job(getattr(record, "job", None)),
            "exceptions": _exceptions(record.exc_info[1]) if record.exc_info else None,
        }
        return json.dumps({key: value for key, value in line.items() if value is not None}, ensure_ascii=False)


class WordFormatter(logging.Formatter):
    """The same in words, for whoever runs the site by hand; an exception with its words.

    The path of a request stays out here too: what a terminal showed is copied, and kept by whatever runs it.
    """

    def formatMessage(self, record):  # noqa: N802 the name is that of `logging`
        request = getattr(record, "request", None)
        parts = [_event(record), *_request(request).values()] if request else [record.getMessage()]
        return " ".join(str(part) for part in [record.levelname, record.name, *parts] if part is not None)


def _event(record):
    """What happened, in words that come from source code.

    Our own messages carry counts and nothing else. Those of others may be filled in with anything: they are given
    unfilled, or by the place they come from when they were filled in beforehand.
    """
    if record.name.split(".")[0] in OURS:
        return record.getMessage()
    if status := getattr(record, "status_code", None):
        return HTTPStatus(status).phrase
    if action := getattr(record, "action", None):
        return action
    return record.msg if record.args else f"{record.module}.{record.funcName}:{record.lineno}"


def _request(request):
    if not isinstance(request, HttpRequest):
        return {}
    match = request.resolver_match
    return {"method": request.method, "route": match.route if match else None}


def _job(job):
    return {"task": job["task_name"], "job": job["id"]} if isinstance(job, dict) else {}


def _exceptions(error):
    """The exception, then its causes."""
    exceptions = []
    while error:
        stack = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
        exceptions.append({"type": type(error).__qualname__, "stack": stack})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return exceptions


def _short(filename):
    """The path from the project, or from the package it belongs to."""
    _, _, inside_package = filename.rpartition("/site-packages/")
    return inside_package.removeprefix(f"{BASE_DIR}/")
