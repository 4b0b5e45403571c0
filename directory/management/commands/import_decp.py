"""Import the State's open data of public contracts: those that the cooperative holds wait to be attributed."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from directory.references.decp import actions
from directory.references.decp import reading as decp

SHOWN_PROBLEMS = 20


class Command(BaseCommand):
    help = (
        "Importe d’un fichier DECP (JSON, schéma 2) les marchés dont un titulaire porte le SIREN de la coopérative : "
        "ils attendent ensuite, dans l’espace des référents, que l’on dise qui les a réalisés."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FICHIER", type=Path, help="le fichier JSON")
        parser.add_argument("--dry-run", action="store_true", help="vérifier et compter, sans rien écrire")

    def handle(self, *_args, file, dry_run, verbosity, **_options):
        reading = _read(file, progress=verbosity > 0)
        contracts = list(reading.suggestions.values())
        new = len(actions.unknown(contracts)) if dry_run else actions.bring_in(suggestions=contracts)
        if verbosity > 0:
            self.stdout.write(
                f"{'Essai, rien n’a été écrit : ' if dry_run else ''}{reading.rows} marchés lus, {new} nouveaux à "
                f"attribuer, {len(contracts) - new} déjà connus."
            )
        self._tell("écarté", reading.dropped, reading.dropped_count)
        self._tell("corrigé", reading.warnings, reading.warnings_count)

    def _tell(self, what, problems, how_many):
        for problem in problems[:SHOWN_PROBLEMS]:
            self.stderr.write(f"{what} – {problem}")
        if problems and how_many > SHOWN_PROBLEMS:
            self.stderr.write(f"… et d’autres : {how_many} en tout.")


def _read(path, *, progress):
    try:
        with (
            path.open("rb") as file,
            tqdm(total=path.stat().st_size, desc=path.name, unit="o", unit_scale=True, disable=not progress) as bar,
        ):
            return decp.read(file, siren=settings.COOPERATIVE["siret"][:9], source=path.name[:200], progress=bar.update)
    except OSError as error:
        raise CommandError(f"Impossible de lire {path} : {error.strerror}.") from error
    except decp.UnreadableFileError as error:
        raise CommandError(f"Rien n’a été importé : {error}") from error
