"""What `serve` refuses before it starts anything; that it serves is seen in tests/browser."""

import contextlib
import socket
import subprocess
import time
import urllib.request

import psutil
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from crealead.management.commands import serve


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


def test_a_port_that_is_taken_is_told_with_a_way_out(var, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))

        with pytest.raises(CommandError, match=rf"Le port {port} n’est pas libre.*make run PORT={port + 1}"):
            call_command("serve")


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(var, monkeypatch, port):
    monkeypatch.setenv("PORT", port)

    with pytest.raises(CommandError, match=f"PORT vaut « {port} »"):
        call_command("serve")


def test_it_is_not_for_production(var, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match=r"docs/deployment\.md"):
        call_command("serve")


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_one_sentence(var, monkeypatch):
    broken = connections.create_connection("default")
    broken.settings_dict = broken.settings_dict | {"HOST": "/nowhere", "OPTIONS": {}}
    monkeypatch.setattr(serve, "connection", broken)
    monkeypatch.setattr(serve, "_check_free", lambda _port: None)

    with pytest.raises(CommandError, match="La base de données ne répond pas"):
        call_command("serve")


def test_static_files_are_collected_once(var, settings, capsys):
    settings.STATIC_ROOT = var / "static"
    command = serve.Command()

    command._collect_static()
    command._collect_static()

    assert capsys.readouterr().out == "Fichiers statiques…\n"
    assert (settings.STATIC_ROOT / "css").is_dir()


def workers_of(server):
    workers = set()
    for child in server.children():
        # One that just died stays a moment, and tells nothing of itself any more.
        with contextlib.suppress(psutil.NoSuchProcess):
            if "resource_tracker" not in " ".join(child.cmdline()):
                workers.add(child.pid)
    return workers


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
            return True
    except OSError:
        return False


def test_a_worker_that_dies_is_replaced():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # As the site is served, but for the application, which wants a database.
    command = [*serve._commands(port)["Le serveur web"][:-1], "wsgiref.simple_server:demo_app"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            server = psutil.Process(process.pid)
            wait_for(lambda: len(workers_of(server)) == 2)
            wait_for(lambda: answers(port))
            killed = workers_of(server).pop()
            psutil.Process(killed).kill()
            wait_for(lambda: len(workers_of(server) - {killed}) == 2)
            wait_for(lambda: answers(port))
        finally:
            process.terminate()
