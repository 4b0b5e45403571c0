from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from directory.doors import second_factor


class Command(BaseCommand):
    help = "Remet à zéro le second facteur d’un compte, quand aucun administrateur ne peut plus entrer pour le faire."

    def add_arguments(self, parser):
        parser.add_argument("username", metavar="IDENTIFIANT")

    def handle(self, *, username, **_options):
        account = get_user_model().objects.filter(username=username).first()
        if account is None:
            raise CommandError(f"Aucun compte « {username} ».")
        with transaction.atomic():
            if not second_factor.forget(account):
                raise CommandError(f"« {username} » n’a pas de second facteur.")
            second_factor.tell(account, "le second facteur, remis à zéro par l’hébergement, n’est plus demandé")
        self.stdout.write(f"Le second facteur de « {username} » est remis à zéro.")
