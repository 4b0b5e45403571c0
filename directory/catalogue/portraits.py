"""Photos as the lists of the catalogue show them: a face of a few kB."""

from functools import lru_cache
from io import BytesIO

from django.core.files.storage import default_storage
from django.http import Http404
from PIL import Image, ImageOps

# In pixels: twice what a card takes, for the screens that have two for one.
SIDE = 80
# Of a portrait, the head is above the middle.
CENTRE = (0.5, 0.35)
MOST_KEPT = 500


@lru_cache(MOST_KEPT)
def small(name):
    """The stored photo of this name, as a small square WebP; whether it may be shown is the business of the view.

    Raises:
        Http404: when it is no longer on the disk, or isn't an image.
    """
    out = BytesIO()
    try:
        with default_storage.open(name) as file, Image.open(file, formats=["WEBP"]) as image:
            ImageOps.fit(image.convert("RGB"), (SIDE, SIDE), centering=CENTRE).save(out, "WEBP", quality=78, method=4)
    except OSError as error:
        # Pillow's own errors on what it can't read are of this kind too.
        raise Http404("Cette photo n’est plus là.") from error
    return out.getvalue()
