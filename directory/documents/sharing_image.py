"""The image that stands for the site where a page of it is shared."""

from io import BytesIO

from PIL import Image

from .typesetting import picture


def sharing_image():
    """1200 × 630 pixels, as the bytes of a PNG of 256 colours: it has but a few."""
    drawn = BytesIO()
    with Image.open(BytesIO(picture("sharing"))) as image:
        image.convert("RGB").quantize(256).save(drawn, "PNG", optimize=True)
    return drawn.getvalue()
