"""Development and demonstration: all that the site is made of, with one command."""

import csv
import hashlib
import http.client
import os
import socket
import sys
import time
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from crealead import supervisor

HOST = "127.0.0.1"
LAST_PORT = 65535
READY_SECONDS = 60


class Command(BaseCommand):
    help = "Sert le site sur cette machine, pages et courriels ; Ctrl-C arrête tout."
    # The models are checked by `make lint`; here they would cost half a second of each start.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--stop-with-parent", action="store_true", help="s’arrête aussi avec le programme qui l’a lancé"
        )

    def handle(self, *, stop_with_parent, **_options):
        if settings.PRODUCTION:
            raise CommandError("« serve » sert au développement et à la démonstration : voir docs/deployment.md.")
        parent = os.getppid() if stop_with_parent else None
        port = _port()
        url = f"http://{HOST}:{port}/"
        try:
            with supervisor.stop_requests(), supervisor.alone(settings.VAR_DIR, url=url) as remember:
                _check_free(port)
                self._prepare()
                with supervisor.running(_commands(port), remember=remember) as programs:
                    _wait_until_ready(port, programs)
                    self._say_where(url)
                    supervisor.watch(programs, parent=parent)
        except supervisor.StopRequested:
            self._say("\nTout est arrêté.")
        except supervisor.SupervisorError as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(f"La base de données ne répond pas ({str(error).splitlines()[0]}).") from error

    def _say(self, text):
        self.stdout.write(text)
        # At once, into a pipe or a journal too.
        self.stdout.flush()

    def _prepare(self):
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("Mise à jour de la base…")
            call_command("migrate", interactive=False, verbosity=0)
        call_command("fill_demo", if_empty=True)
        connection.close()
        self._collect_static()

    def _collect_static(self):
        """Collect and compress the static files, unless they are those of the last time."""
        stamp = settings.VAR_DIR / "static.sha256"
        digest = hashlib.sha256()
        for finder in get_finders():
            for name, storage in sorted(finder.list([]), key=lambda named: named[0]):
                state = Path(storage.path(name)).stat()
                digest.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
        if stamp.exists() and settings.STATIC_ROOT.exists() and stamp.read_text() == digest.hexdigest():
            return
        self._say("Fichiers statiques…")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(digest.hexdigest())

    def _say_where(self, url):
        lines = [
            "",
            f"  Entrée           {url}",
            f"  Catalogue        {url}catalogue/",
            f"  Administration   {url}admin/",
            f"  Courriels        {settings.VAR_DIR / 'mail'}",
        ]
        accounts = settings.VAR_DIR / "demo-accounts.csv"
        if accounts.exists():
            lines += ["", f"  Comptes de démonstration ({accounts}) :"]
            with accounts.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    secret = row["password"] or "entre par un lien reçu par courriel"
                    lines.append(f"    {row['role']:<16} {row['username']:<34} {secret}")
        lines += ["", "  Ctrl-C arrête tout.", ""]
        self._say("\n".join(lines))


def _port():
    value = os.environ.get("PORT") or "8000"
    if not value.isdecimal() or not 0 < int(value) <= LAST_PORT:
        raise CommandError(f"PORT vaut « {value} » : il faut un nombre de 1 à {LAST_PORT}.")
    return int(value)


def _check_free(port):
    with socket.socket() as probe:
        # As the server will: a connection that is only just closed doesn't hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Le port {port} n’est pas libre ({error.strerror}) : arrêtez ce qui l’occupe, ou choisissez-en un "
                f"autre, par exemple « make run PORT={port + 1 if port < LAST_PORT else 8001} »."
            ) from error


def _commands(port):
    return {
        "Le serveur web": [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"),
            *("--host", HOST, "--port", str(port), "--workers", "2", "--blocking-threads", "2"),
            # One that dies is replaced, rather than end them all.
            "--respawn-failed-workers",
            # One that is told to stop while it starts would never end.
            *("--workers-kill-timeout", "3"),
            *("--working-dir", settings.BASE_DIR, "crealead.wsgi:application"),
        ],
        "L’envoi des courriels": [sys.executable, settings.BASE_DIR / "manage.py", "procrastinate", "worker"],
    }


def _wait_until_ready(port, programs):
    """Wait for a page and a living worker."""
    deadline = time.monotonic() + READY_SECONDS
    while not _is_healthy(port):
        programs.check_alive()
        if time.monotonic() > deadline:
            raise supervisor.SupervisorError(f"Le site ne répond pas au bout de {READY_SECONDS} secondes.")
        time.sleep(0.1)


def _is_healthy(port):
    server = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        server.request("GET", "/healthz")
        return server.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        server.close()
