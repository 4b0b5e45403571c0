import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.test import override_settings
from django.utils import timezone

from crealead import supervisor
from directory.benchmark import documents, exports, machine, report
from directory.benchmark.database import fill, own_database
from directory.benchmark.measures import measure
from directory.benchmark.server import throughputs

SIZES = [300, 12_000, 100_000, 1_000_000]


class Command(BaseCommand):
    help = (
        "Mesure les documents d’une réponse, puis le catalogue à plusieurs tailles, sur des données inventées et dans "
        "une base à part ; écrit les chiffres dans docs/performance.md."
    )

    def add_arguments(self, parser):
        parser.add_argument("sizes", metavar="TAILLE", nargs="*", type=int, help=f"nombres de fiches : {SIZES}")
        parser.add_argument("--output", type=Path, default=settings.BASE_DIR / "docs" / "performance.md")

    def handle(self, *, sizes, output, verbosity, **_options):
        if settings.PRODUCTION:
            raise CommandError("« bench » occupe toute la machine : lancez-la en développement.")
        try:
            with (
                supervisor.stop_requests(),
                tempfile.TemporaryDirectory(prefix="bench-") as directory,
                _on_its_own(Path(directory)),
            ):
                call_command("collectstatic", interactive=False, verbosity=0)
                with own_database():
                    costs = documents.measure(progress=verbosity > 0)
                sizings = []
                for size in sizes or SIZES:
                    sizings.append(_sizing(size, Path(directory), progress=verbosity > 0))
                    # After each: what a long run has measured isn't lost if the next size fails.
                    written = report.markdown(
                        sizings, costs, machine=machine.description(), date=f"{timezone.localdate():%Y-%m-%d}"
                    )
                    output.write_text(written, encoding="utf-8")
        except supervisor.StopRequested:
            raise CommandError(f"Arrêté : {output} garde les tailles mesurées jusque-là.") from None
        except Error as error:
            raise CommandError(f"La base de données refuse ({str(error).splitlines()[0]}).") from error
        self.stdout.write(written)


def _on_its_own(directory):
    """Pages, static files and addresses of the benchmark's own."""
    return override_settings(
        VAR_DIR=directory,
        STATIC_ROOT=directory / "static",
        ROOT_URLCONF="directory.benchmark.urls",
        CACHES={
            "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 1000}}
        },
    )


def _sizing(size, directory, *, progress):
    with own_database():
        began = time.monotonic()
        fill(size, progress=progress)
        made_in = time.monotonic() - began
        measures = measure(progress=progress)
        files = exports.measure()
        http = throughputs(directory, progress=progress)
        return report.Sizing(size, made_in, measures, http, machine.load_average(), files)
