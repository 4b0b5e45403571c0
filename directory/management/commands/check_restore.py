"""Say what a restored backup brought back that had been erased or withdrawn, and take it out again."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from directory.decisions import Refused
from directory.privacy import remembered


class Command(BaseCommand):
    help = (
        "Après la restauration d’une sauvegarde : dit ce qui fut effacé ou retiré depuis qu’elle fut faite et qui est "
        "revenu avec elle, et l’efface ou le retire de nouveau avec --apply."
    )

    def add_arguments(self, parser):
        parser.add_argument("--apply", action="store_true", help="rejouer les effacements et les retraits")

    def handle(self, *, apply, **_options):
        path = Path(settings.ERASURES_FILE)
        if not path.exists():
            raise CommandError(
                f"{path} n’est pas là : remettez-y sa dernière copie (docs/deployment.md), ou rien ne dit ce qui fut "
                "effacé. Si rien ne le fut jamais, créez-le vide."
            )
        lines = remembered.lacking()
        whose = remembered.matching(lines)
        to_play = [line for line in lines if remembered.is_to_play(line, whose[line.key])]
        self.stdout.write(
            f"{len(lines)} effacements et retraits que cette base n’a pas eus, dont {len(to_play)} à rejouer."
        )
        for line in to_play:
            self.stdout.write(f"  {line}")
        if not apply:
            if to_play:
                raise CommandError("Rien n’a été rejoué : ajoutez --apply, avant d’ouvrir le site.")
            return
        refused = 0
        for line in lines:
            try:
                remembered.play(line, whose[line.key])
            except Refused as error:
                refused += 1
                self.stderr.write(f"  {line} : {error}")
        if refused:
            raise CommandError(f"{refused} refusés : voyez pourquoi ci-dessus, puis recommencez.")
        self.stdout.write(self.style.SUCCESS(f"{len(to_play)} rejoués."))
