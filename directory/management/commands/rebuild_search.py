from django.core.management.base import BaseCommand
from tqdm import tqdm

from directory.models import CoEntrepreneur, SearchDocument
from directory.search import rebuild


class Command(BaseCommand):
    help = (
        "Compare chaque document de recherche à sa fiche et refait ceux qui en diffèrent. Le site peut continuer de "
        "tourner."
    )

    def handle(self, *_args, verbosity, **_options):
        read = written = 0
        with tqdm(total=CoEntrepreneur.objects.count(), desc="Documents", unit="fiche", disable=not verbosity) as bar:
            for pks in rebuild.stretches():
                written += rebuild.repair(pks)
                read += len(pks)
                bar.update(len(pks))
        if verbosity:
            kept = SearchDocument.objects.count()
            self.stdout.write(f"{read} fiches lues, {written} documents refaits ; le catalogue en compte {kept}.")
