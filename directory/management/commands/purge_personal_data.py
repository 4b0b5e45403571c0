"""Erase the personal data whose time is over."""

from argparse import ArgumentTypeError
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from directory.privacy import terms
from directory.privacy.purge import lines, purge

MOST_DAYS = terms.MOST.days


def days(text):
    """A number of days, between 1 and three years."""
    if not (text.isdecimal() and 1 <= int(text) <= MOST_DAYS):
        raise ArgumentTypeError(f"« {text} » n’est pas un nombre de jours entre 1 et {MOST_DAYS}.")
    return int(text)


class Command(BaseCommand):
    help = (
        "Efface ce dont le terme est passé, ligne par ligne de la carte des données personnelles "
        "(directory/privacy/map) : lignes, historiques et fichiers."
    )

    def add_arguments(self, parser):
        for option, term, what in [
            ("--messages", terms.MESSAGE, "des messages"),
            ("--requests", terms.REQUEST, "des demandes et propositions closes"),
        ]:
            parser.add_argument(
                option,
                type=days,
                default=term.length.days,
                metavar="JOURS",
                help=f"âge {what} à effacer ({term.length.days} par défaut, {MOST_DAYS} au plus)",
            )
        parser.add_argument("--dry-run", action="store_true", help="compter sans rien effacer")
        parser.add_argument("--yes", action="store_true", help="ne pas demander de confirmation")

    def handle(self, *, messages, requests, dry_run, yes, verbosity, **_options):
        kept = {
            terms.MESSAGE: timedelta(days=messages),
            terms.REQUEST: timedelta(days=requests),
            terms.PROPOSAL: timedelta(days=requests),
        }
        if dry_run or not yes:
            self._tell({line.words: line.count() for line in lines(kept)})
        if dry_run:
            self.stdout.write("Rien n’a été effacé (--dry-run).")
            return
        if not yes and input("Effacer pour de bon ? [oui/non] ").strip().casefold() != "oui":
            raise CommandError("Rien n’a été effacé.")
        erased = purge(kept)
        if verbosity:
            self._tell(erased)
            self.stdout.write(self.style.SUCCESS("Effacé."))

    def _tell(self, counts):
        for words, count in counts.items():
            self.stdout.write(f"{count:>6} {words}")
