"""Data into PDF, by the templates of the charter."""

import json
import logging
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import typst

CHARTER = Path(__file__).resolve().parent / "charter"
# Tagged, readable by assistive technologies: ISO 14289-1.
STANDARD = "ua-1"
POINTS_AN_INCH = 72

# More letters of JSON than a page of ten-point words can hold: not worth laying out.
MOST_ON_A_PAGE = 10_000
# Words of another size take as much more room as their square, or a little less.
SURELY_OVER = 1.05

# typst's own are RuntimeErrors.
FAILURES = (RuntimeError, KeyError, ValueError, TypeError)

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {width} {height}">'
    '<image width="{width}" height="{height}" xlink:href="data:image/jpeg;base64,{bytes}"/></svg>'
)

logger = logging.getLogger(__name__)


class DocumentError(Exception):
    """A document couldn't be made; `reason` is the sentence to show."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


@cache
def _fonts():
    """The charter's own, and no font of the machine: a document is the same wherever it is made."""
    return typst.Fonts(include_system_fonts=False, font_paths=[CHARTER / "fonts"])


@dataclass(frozen=True)
class Picture:
    """The bytes of a JPEG, and its proportions."""

    content: bytes
    width: int = 1
    height: int = 1

    @property
    def svg(self):
        return PICTURE.format(bytes=b64encode(self.content).decode(), width=self.width, height=self.height)


def _world(data, pictures=None):
    # Data goes in as JSON, so that nothing in it can be read as Typst.
    inputs = {"data": json.dumps(data)}
    # Typst takes words only: a picture goes in as one that holds it.
    inputs |= {name: picture.svg for name, picture in (pictures or {}).items()}
    return {"root": CHARTER, "font_paths": _fonts(), "ignore_system_fonts": True, "sys_inputs": inputs}


def render(template, data, *, pictures=None):
    """The PDF of a template filled with data: the same bytes for the same data.

    Args:
        template: the name of a file of the charter, without its ending.
        data: what the template prints; `dated` is the day that the file says it was made.
        pictures: by the name that the template gives them, each a `Picture`.

    Raises:
        DocumentError: when it can't be made.
    """
    try:
        day = date.fromisoformat(data["dated"])
        return typst.compile(
            CHARTER / f"{template}.typ",
            format="pdf",
            pdf_standards=[STANDARD],
            timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
            **_world(data, pictures),
        )
    except FAILURES as error:
        raise _failed(template, data, error) from error


def picture(template):
    """A template that takes no data as a PNG, a pixel for a point.

    Returns:
        bytes
    """
    fonts = {"font_paths": _fonts(), "ignore_system_fonts": True}
    return typst.compile(CHARTER / f"{template}.typ", root=CHARTER, format="png", ppi=POINTS_AN_INCH, **fonts)


def extent(template, data):
    """How many pages it would take, the last one counted by how far down it goes."""
    try:
        pages = typst.query(CHARTER / f"{template}.typ", "<extent>", field="value", one=True, **_world(data))
    except FAILURES as error:
        raise _failed(template, data, error) from error
    return float(pages)


def fitted(template, content, rooms, shape, *, most=MOST_ON_A_PAGE):
    """The data of a document in the widest room whose `pages` it doesn't exceed.

    Args:
        template: the name of a file of the charter.
        content: all that could be printed.
        rooms: from the widest to the narrowest, which holds anything.
        shape: makes the data from the content and a room.
        most: letters of JSON than which a page of it, in ten-point words, surely holds fewer.
    """
    laid = None
    for room in rooms[:-1]:
        data = shape(content, room)
        if len(json.dumps(data, ensure_ascii=False)) > room.pages * most * (10 / room.size) ** 2:
            continue
        if laid and _foreseen(data, *laid) > room.pages * SURELY_OVER:
            continue
        pages = extent(template, data)
        if pages <= room.pages:
            return data
        laid = data, pages
    return shape(content, rooms[-1])


def _foreseen(data, laid, pages):
    """The extent of data, from that of the same laid out in another size; nothing can be said of any other."""
    if data | {"size": 0} != laid | {"size": 0}:
        return 0
    return pages * (data["size"] / laid["size"]) ** 2


def _failed(template, data, error):
    """What to raise; the title holds names, and stays out of the log."""
    title = data.get("title", "sans titre") if isinstance(data, dict) else "sans titre"
    logger.error("a %s can't be made", template, exc_info=error)
    return DocumentError(f"Le document « {title} » n’a pas pu être composé.")
