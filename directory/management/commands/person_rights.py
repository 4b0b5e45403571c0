"""What the page « Droits d’une personne » does, for who runs the machine."""

import sys
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from crealead.words import counted
from directory.decisions import Refused
from directory.privacy import gestures, person
from directory.privacy.export import title_of
from directory.rights import is_administrator

WORD = "effacer"
MENTIONS = 50


class Command(BaseCommand):
    help = (
        "Cherche une personne dans tout ce qui est gardé, et en remet la copie, corrige, note son opposition ou "
        "l’efface. Chaque usage est inscrit au journal, sans ce qui fut cherché. Attention : ce que vous tapez reste "
        "dans l’historique de votre terminal ; « - » le lit sur l’entrée."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "repere",
            nargs="+",
            metavar="REPÈRE",
            help="nom entier, adresse, téléphone ; « fiches:12 », « accounts:3 » ; « - » : un par ligne sur l’entrée",
        )
        parser.add_argument("--by", required=True, metavar="IDENTIFIANT", help="l’administrateur qui agit")
        parser.add_argument("--exact", action="store_true", help="ne pas ajouter ce que sa fiche dit d’elle")
        parser.add_argument("--files", action="store_true", help="lire aussi l’intérieur des fichiers")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--export", type=Path, metavar="ZIP", help="écrire la copie à lui remettre")
        what.add_argument("--replace", nargs=2, metavar=("ANCIEN", "NOUVEAU"), help="une adresse ou un téléphone")
        what.add_argument("--object", action="store_true", help="noter son opposition")
        what.add_argument("--erase", action="store_true", help="l’effacer")
        parser.add_argument("--dry-run", action="store_true", help="avec --erase : compter sans rien effacer")

    def handle(self, *, repere, by, exact, **options):
        account = get_user_model().objects.filter(username=by).first()
        if account is None or not is_administrator(account):
            raise CommandError("--by : l’identifiant d’un administrateur.")
        typed = [line for mark in repere for line in (_lines() if mark == "-" else [mark])]
        try:
            sought = person.together(*map(_read, typed))
            is_vague = not (sought.fiches or sought.accounts or sought.emails)
            if is_vague and (namesakes := person.namesakes(sought)) > 1:
                self._choose(sought, namesakes)
            sought = sought if exact else person.widened(sought)
            if person.namesakes(person.Sought(names=sought.names)) > 1:
                sought = person.without_names(sought)
            self._do(sought, account, **options)
        except (person.UnreadableError, Refused) as error:
            raise CommandError(str(error)) from error

    def _choose(self, sought, namesakes):
        self.stdout.write(f"{namesakes} personnes ont ce nom ou ce téléphone ; cherchez par l’un de ces repères :")
        for mark in person.marks_of(person.widened(sought)):
            if mark.sent.startswith(("fiches:", "accounts:", "emails:")):
                self.stdout.write(f"  {mark.sent}  {mark.words}")
        raise CommandError("Rien n’a été fait.")

    def _do(self, sought, account, *, export, replace, erase, dry_run, files, **options):
        self.stdout.write("Cherchée par :")
        for mark in person.marks_of(sought):
            self.stdout.write(f"  {mark.words}")
        if export:
            self._export(sought, account, export)
        elif replace:
            counts = gestures.replace(sought, former=replace[0], new=replace[1], by=account)
            self.stdout.write(f"Remplacé dans {counted(sum(counts.values()), 'ligne', 'lignes')}.")
        elif options["object"]:
            did = gestures.oppose(sought, by=account)
            self.stdout.write(f"Opposition notée. Fiches retirées : {did.fiches} ; contacts retirés : {did.contacts}.")
        elif erase:
            self._erase(sought, account, dry_run=dry_run)
        else:
            self._tell(sought, account, files=files)

    def _tell(self, sought, account, *, files):
        lines = gestures.search(sought, by=account)
        for line in lines:
            self.stdout.write(f"{line.count:>6} {title_of(line.entry)}")
        if not lines:
            self.stdout.write("Rien n’est gardé sous ces repères.")
        mentions, count = person.mentions_of(sought, lines, MENTIONS)
        self.stdout.write(f"À relire, sans être à elle : {count}")
        for mention in mentions:
            self.stdout.write(f"       {title_of(mention.of)}, n° {mention.row.pk}")
        if files:
            paths = person.files_naming(sought)
            self.stdout.write(f"Fichiers qui la nomment, PDF et images non lus : {len(paths)}")
            for path in paths:
                self.stdout.write(f"       {path}")

    def _export(self, sought, account, path):
        if path.exists():
            raise CommandError(f"{path} existe déjà.")
        path.touch(mode=0o600)
        with gestures.export(sought, by=account) as archive:
            path.write_bytes(archive.read())
        self.stdout.write(f"Écrit : {path}")

    def _erase(self, sought, account, *, dry_run):
        self._report(gestures.erase(sought, by=account, dry_run=True))
        if dry_run:
            self.stdout.write("Rien n’a été effacé (--dry-run).")
            return
        if input(f"Tapez « {WORD} » pour effacer pour de bon : ").strip().casefold() != WORD:
            raise CommandError("Rien n’a été effacé.")
        self._report(gestures.erase(sought, by=account, dry_run=False))
        self.stdout.write(self.style.SUCCESS("Effacé."))

    def _report(self, report):
        for line in report.lines:
            self.stdout.write(f"{line.erased:>6} effacées {line.masked:>6} masquées  {line.words}")
        self.stdout.write(f"{report.files:>6} fichiers")
        for sentence in report.kept:
            self.stdout.write(f"       {sentence}")


def _lines():
    return [line.strip() for line in sys.stdin if line.strip()]


def _read(text):
    """The marks of what was typed, or of one that was shown: « fiches:12 »."""
    is_mark = text.startswith(("fiches:", "accounts:", "emails:"))
    return person.sought_of([text]) if is_mark else person.read(text)
