from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from directory.demo import accounts, build
from directory.models import CoEntrepreneur


class Command(BaseCommand):
    help = "Remplit une base vide avec la coopérative de démonstration et écrit les comptes dans demo-accounts.csv."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="ne rien faire, sans un mot, si la base a servi")

    def handle(self, *_args, if_empty, verbosity, **_options):
        if if_empty and (CoEntrepreneur.objects.exists() or get_user_model().objects.exists()):
            return
        path = settings.VAR_DIR / "demo-accounts.csv"
        try:
            # The passwords are known nowhere else: without their file, the accounts are of no use.
            with transaction.atomic():
                counts = build.fill(progress=verbosity > 0)
                accounts.write(counts.accounts, path)
        except build.NotEmptyError as error:
            raise CommandError(
                "La base contient déjà des fiches, des référents ou des clients publics : "
                "la démonstration ne s’installe que dans une base vide."
            ) from error
        except OSError as error:
            raise CommandError(
                f"Rien n’a été écrit : impossible d’écrire dans {settings.VAR_DIR} ({error})."
            ) from error
        if verbosity > 0:
            self.stdout.write(
                f"{counts.fiches} fiches dont {counts.listed} référencées, {counts.departed} départs ; "
                f"{counts.references} références, {counts.certifications} labels et certifications, "
                f"{counts.requests} demandes de référencement, {counts.cvs} CV, {counts.consultations} consultations.\n"
                f"Dossiers de sourçage, l’un ouvert, l’autre clos : "
                f"{' et '.join(record.get_absolute_url() for record in counts.records)}\n"
                f"Comptes : {path}"
            )
