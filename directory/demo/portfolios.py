"""Portfolios of the demonstration: the work of some whose work is seen, drawn and plainly so."""

from random import Random

from django.core.files.base import ContentFile
from PIL import Image

from directory.models import Consent, PortfolioImage

from . import files

# What each shows, and its caption.
IMAGES = [
    ("Affiche dessinée : collines et soleil sur fond clair", "Affiche d’une fête de village"),
    ("Couverture dessinée : trois lignes de relief, tons de vigne", "Bulletin municipal, quatre numéros par an"),
    ("Panneau dessiné : étang et garrigue en aplats", "Signalétique d’un sentier, huit panneaux"),
    ("Carte dessinée : calcaire et ciel du soir", ""),
]
SEED = 34


def write(fiches, now):
    """Give these fiches their images, and the consent to show them."""
    random = Random(SEED)  # noqa: S311
    Consent.objects.bulk_create(
        Consent(co_entrepreneur=fiche, item=Consent.Item.PORTFOLIO, given_at=now) for fiche in fiches
    )
    for fiche in fiches:
        for position, (alternative_text, caption) in enumerate(IMAGES):
            image = PortfolioImage(
                co_entrepreneur=fiche,
                alternative_text=alternative_text,
                caption=caption,
                on_cv=position < len(IMAGES) - 1,
                position=position,
            )
            image.photo.save("realisation.webp", _cropped(files.photo(random, position)), save=False)
            image.save()


def _cropped(photo):
    """The middle of it: what hangs on a wall is seldom square."""
    with Image.open(photo) as image:
        middle = image.crop((0, 90, image.width, image.height - 90))
    out = ContentFile(b"", name="realisation.webp")
    middle.save(out, "WEBP", quality=82)
    out.seek(0)
    return out
