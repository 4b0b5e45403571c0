"""Portraits of the demonstration: drawn by a few flat shapes, plainly so, of nobody."""

from io import BytesIO
from random import Random

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

SIDE = 320
# Drawn larger, then reduced: edges come out smooth.
SCALE = 2
GROUNDS = ["#dfe6d3", "#d6e6ea", "#f0ded6", "#e6dfcf", "#e0dcec", "#f5e4c8", "#dbe7df", "#ecdfe4"]
SKINS = ["#f3d3b8", "#e8bd98", "#d39f77", "#b57f57", "#8d5c3d", "#6b4530"]
HAIRS = ["#2b221d", "#4d3322", "#7a4f2c", "#b5803f", "#8f8b85", "#c9c4bb", "#7d2f22", "#3c3f4a"]
CLOTHES = ["#8d2f45", "#2f7f8c", "#4f6137", "#4b4a7a", "#a8452e", "#52705f", "#6d5200", "#3a4a5c"]
STYLES = ["short", "side", "long", "bob", "bun", "curls", "tuft"]
INK = "#2b2622"


def portrait(number):
    """The portrait of this number, always the same, as a WebP of a few kB."""
    drawing = _Drawing(Random(number))  # noqa: S311
    image = drawing.image.resize((SIDE, SIDE), Image.Resampling.BOX)
    out = BytesIO()
    image.save(out, "WEBP", quality=80, method=2)
    return ContentFile(out.getvalue(), name="photo.webp")


class _Drawing:
    """A head and shoulders, drawn from the back to the front on a grid of 100 by 100."""

    def __init__(self, random):
        self.image = Image.new("RGB", (SIDE * SCALE, SIDE * SCALE), random.choice(GROUNDS))
        self.draw = ImageDraw.Draw(self.image)
        self.skin, self.hair, self.cloth = random.choice(SKINS), random.choice(HAIRS), random.choice(CLOTHES)
        style = random.choice(STYLES)
        # Half the width of the face, and how far it comes down.
        self.wide, self.down = random.choice([17, 19, 21]), random.choice([66, 68, 70])
        self._behind(style)
        self._shoulders(random)
        self._face(random)
        self._before(style)
        if random.random() < 0.4:  # noqa: PLR2004
            self._glasses(random.choice([INK, "#8d2f45", "#6d7b84"]))

    def _put(self, shape, box, colour, **more):
        getattr(self.draw, shape)([side * SIDE * SCALE / 100 for side in box], fill=colour, **more)

    def _behind(self, style):
        """The hair that falls behind, or stands above."""
        wide = self.wide
        if style == "long":
            self._put("ellipse", (44 - wide, 18, 56 + wide, 66), self.hair)
            self._put("rectangle", (44 - wide, 42, 56 + wide, 84), self.hair)
        elif style == "bob":
            self._put("ellipse", (43 - wide, 18, 57 + wide, 64), self.hair)
            self._put("rectangle", (43 - wide, 42, 57 + wide, 64), self.hair)
        elif style == "bun":
            self._put("ellipse", (41, 6, 59, 24), self.hair)
            self._put("ellipse", (48 - wide, 18, 52 + wide, 58), self.hair)
        elif style == "curls":
            for left, top in [(24, 30), (26, 20), (34, 13), (45, 11), (55, 13), (62, 21), (64, 31), (62, 42), (25, 42)]:
                self._put("ellipse", (left - 3, top - 1, left + 15, top + 17), self.hair)
        else:
            self._put("ellipse", (48 - wide, 18, 52 + wide, 58), self.hair)

    def _shoulders(self, random):
        self._put("ellipse", (14, 78, 86, 140), self.cloth)
        self._put("rectangle", (43, 60, 57, 82), self.skin)
        if random.random() < 0.5:  # noqa: PLR2004
            self._put("ellipse", (41, 75, 59, 88), self.skin)
        else:
            self._put("ellipse", (39, 74, 61, 86), self.cloth)
            self._put("ellipse", (43, 72, 57, 82), self.skin)

    def _face(self, random):
        left, right = 50 - self.wide, 50 + self.wide
        self._put("ellipse", (left - 3, 44, left + 4, 54), self.skin)
        self._put("ellipse", (right - 4, 44, right + 3, 54), self.skin)
        self._put("ellipse", (left, 22, right, self.down + 4), self.skin)
        for eye in (42, 58):
            self._put("ellipse", (eye - 1.8, 46, eye + 1.8, 49.6), INK)
            lift = random.choice([0, 1])
            self._put("rectangle", (eye - 4, 41 - lift, eye + 4, 42.2 - lift), self.hair)
        self._put("arc", (44, 53, 56, 63 + random.choice([0, 2])), INK, start=25, end=155, width=SCALE * 3)

    def _before(self, style):
        """The hair that falls on the brow."""
        wide = self.wide
        if style in {"short", "bun", "bob"}:
            self._put("chord", (49 - wide, 18, 51 + wide, 56), self.hair, start=195, end=345)
        elif style in {"side", "long"}:
            self._put("chord", (46 - wide, 17, 50 + wide, 58), self.hair, start=175, end=325)
        elif style == "curls":
            for left in (32, 40, 48, 56):
                self._put("ellipse", (left, 19, left + 12, 31), self.hair)
        elif style == "tuft":
            self._put("ellipse", (40, 14, 60, 30), self.hair)

    def _glasses(self, colour):
        width = round(0.9 * SIDE * SCALE / 100)
        for eye in (42, 58):
            self._put("ellipse", (eye - 6, 42, eye + 6, 54), None, outline=colour, width=width)
        self._put("rectangle", (48, 46.5, 52, 47.5), colour)
