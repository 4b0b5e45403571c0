"""Draw the image that stands for the site where a page of it is shared; it is kept with the static files."""

from django.conf import settings
from django.core.management.base import BaseCommand

from directory.documents import sharing_image

PATH = settings.BASE_DIR / "static" / "img" / "partage.png"


class Command(BaseCommand):
    help = (
        "Dessine l’image des liens partagés, static/img/partage.png, à partir de la charte des documents : à relancer "
        "quand sharing.typ ou la charte change."
    )

    def handle(self, *_args, **_options):
        PATH.write_bytes(sharing_image())
        self.stdout.write(f"{PATH} est dessinée.")
