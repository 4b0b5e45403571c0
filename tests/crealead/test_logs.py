"""A line of log says where to look, and nothing of anybody."""

import json
import logging

import pytest
from django.db import IntegrityError
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path
from django.utils.log import log_response
from django.utils.module_loading import import_string

from crealead.logs import LineFormatter, WordFormatter

SECRET = "camille.durand@example.org"


def line(logger="somewhere.else", message="", *arguments, level=logging.ERROR, error=None, **extra):
    """The line of that record, as the object it holds."""
    record = logging.LogRecord(
        logger, level, __file__, 12, message, arguments, (type(error), error, error.__traceback__) if error else None
    )
    vars(record).update(extra)
    formatted = LineFormatter().format(record)
    assert "\n" not in formatted
    return json.loads(formatted)


def test_a_line_says_when_how_grave_and_where():
    logged = line("crealead.health", "database down")

    assert logged.keys() == {"time", "level", "logger", "event"}
    assert logged["level"] == "error"
    assert logged["logger"] == "crealead.health"
    assert logged["time"].endswith("+00:00")


def test_our_own_messages_are_filled_in():
    assert line("directory.listing.tasks", "sent %d reminders", 3)["event"] == "sent 3 reminders"


def test_messages_of_others_are_not_filled_in():
    assert line("axes.handlers", "login failure by %s", SECRET)["event"] == "login failure by %s"


def test_a_message_that_others_filled_in_beforehand_is_named_by_its_place():
    assert line("django.security", f"Invalid header: {SECRET}")["event"] == "test_logs.None:12"


def test_a_job_is_named_without_its_arguments():
    job = {"id": 7, "task_name": "crealead.mail.send_mail", "task_kwargs": {"to": SECRET}}

    logged = line("procrastinate.worker", f"Job send_mail[7](to={SECRET})", action="job_error", job=job)

    assert logged["event"] == "job_error"
    assert (logged["job"], logged["task"]) == (7, "crealead.mail.send_mail")
    assert SECRET not in json.dumps(logged)


def test_an_exception_gives_its_types_and_its_way_but_not_its_words():
    def look_up():
        return {}[SECRET]

    def refuse():
        try:
            look_up()
        except KeyError as error:
            raise IntegrityError(f"Key (email)=({SECRET}) already exists") from error

    with pytest.raises(IntegrityError) as caught:
        refuse()
    logged = line(error=caught.value)

    assert [error["type"] for error in logged["exceptions"]] == ["IntegrityError", "KeyError"]
    assert logged["exceptions"][0]["stack"][-1].endswith("refuse")
    assert logged["exceptions"][0]["stack"][-1].startswith("tests/crealead/test_logs.py:")
    assert SECRET not in json.dumps(logged)


def fail(request, token):
    raise ValueError(token)


urlpatterns = [path("lien/<str:token>/", fail)]


@pytest.mark.urls(__name__)
def test_a_page_that_fails_is_logged_by_its_route(client, caplog):
    client.raise_request_exception = False

    client.get(f"/lien/{SECRET}/?q={SECRET}", headers={"user-agent": SECRET})

    logged = json.loads(LineFormatter().format(caplog.records[-1]))
    assert logged["event"] == "Internal Server Error"
    assert logged["status"] == 500
    assert logged["method"] == "GET"
    assert logged["route"] == "lien/<str:token>/"
    assert logged["exceptions"][0]["type"] == "ValueError"
    assert SECRET not in json.dumps(logged)


def test_a_path_that_leads_nowhere_is_not_repeated(caplog):
    request = RequestFactory().get(f"/{SECRET}/")

    log_response("%s: %s", "Not Found", request.path, response=HttpResponse(status=404), request=request)

    logged = json.loads(LineFormatter().format(caplog.records[-1]))
    assert logged["event"] == "Not Found"
    assert "route" not in logged
    assert SECRET not in json.dumps(logged)


def test_errors_are_mailed_to_nobody():
    handlers = [handler for name in ("", "django", "django.request") for handler in logging.getLogger(name).handlers]

    assert not [handler for handler in handlers if "AdminEmail" in type(handler).__name__]


def test_a_terminal_says_the_route_and_not_the_path(client, caplog, settings):
    formatter = import_string(settings.LOGGING["formatters"]["words"]["()"])()
    with caplog.at_level(logging.WARNING, logger="django.request"):
        client.put("/selection/dossier/empreinte/?empreinte=zyglotrax")
    [logged] = [formatter.format(record) for record in caplog.records]

    assert logged == "WARNING django.request Method Not Allowed PUT selection/dossier/empreinte/"


def test_a_terminal_says_why_something_fails():
    error = ValueError("trop court")
    record = logging.LogRecord(
        "directory.x", logging.ERROR, __file__, 1, "échec de %s", ("a",), (ValueError, error, None)
    )

    assert WordFormatter().format(record) == "ERROR directory.x échec de a\nValueError: trop court"
