"""Files without what they say of who made them, when, where and with what: what they show isn't touched.

Images lose their EXIF (place and device of a photo), all but which way up they stand; PDFs their properties, their XMP,
the names of who commented, their former versions and the EXIF of the images inside. Nothing is decoded: the pixels and
the text are the very ones that came.
"""

from io import BytesIO

from django.core.exceptions import ValidationError
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
ORIENTATION = 0x0112
UPRIGHT = 1
# Of a JPEG: the segments of applications but for those without which its colours are wrong, and comments.
TELLING = {*range(0xE1, 0xF0), 0xFE}
COLOURS = {0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
START_OF_SCAN, END, STUFFED, RESTARTS = 0xDA, 0xD9, 0x00, range(0xD0, 0xD8)
ALONE = {0x01, 0xD8, *RESTARTS}
# Of a PNG: what its pixels and colours are made of.
PIXELS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"pHYs"}
# Of any object of a PDF.
OF_MAKERS = ("/Metadata", "/PieceInfo", "/LastModified")
# What is said of a file that is refused.
DAMAGED = "Ce fichier est abîmé : il ne se lit pas jusqu’au bout."
LOCKED = "Ce PDF est protégé par un mot de passe : enregistrez-le sans protection, puis envoyez-le de nouveau."


def bare(content):
    """The bytes of a PDF, JPEG or PNG, without metadata; the very same when there was none.

    A signed PDF comes back as it is: another one would prove nothing.

    Raises:
        ValidationError: with the sentence to show, for what is protected or can't be read.
    """
    try:
        if content.startswith(JPEG):
            return _bare_jpeg(content)
        return _bare_png(content) if content.startswith(PNG) else _bare_pdf(content)
    except ValidationError:
        raise
    except Exception as error:
        # Whatever a broken file leads its reader to raise, the person can only send another one.
        raise ValidationError(DAMAGED) from error


def _bare_jpeg(content):
    """Without what follows its end either, where phones put a second picture."""
    kept, at = [content[:2]], 2
    if (orientation := _orientation(content)) != UPRIGHT:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        data = exif.tobytes()
        kept.append(b"\xff\xe1" + (len(data) + 2).to_bytes(2) + data)
    while True:
        if content[at] != 0xFF:  # noqa: PLR2004 what begins a marker
            raise ValueError("No marker where one must be.")
        marker = content[at + 1]
        if marker == 0xFF:  # noqa: PLR2004 a marker may be padded
            at += 1
            continue
        if marker == END:
            return b"".join([*kept, content[at : at + 2]])
        end = at + 2 if marker in ALONE else at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if marker not in TELLING or content[at + 4 : end].startswith(COLOURS.get(marker, b"\0none")):
            kept.append(content[at:end])
        at = end
        if marker == START_OF_SCAN:
            end = _end_of_scan(content, at)
            kept.append(content[at:end])
            at = end


def _end_of_scan(content, at):
    while True:
        at = content.index(0xFF, at)
        if content[at + 1] != STUFFED and content[at + 1] not in RESTARTS:
            return at
        at += 2


def _orientation(content):
    with Image.open(BytesIO(content), formats=["JPEG"]) as image:
        return image.getexif().get(ORIENTATION, UPRIGHT)


def _bare_png(content):
    kept, at, name = [PNG], len(PNG), b""
    while name != b"IEND":
        name = content[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(content[at : at + 4])
        if end > len(content):
            raise ValueError("It ends before its end.")
        if name in PIXELS:
            kept.append(content[at:end])
        at = end
    return b"".join(kept)


def _bare_pdf(content):
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted:
        raise ValidationError(LOCKED)
    if b"/ByteRange" in content:
        return content
    writer = PdfWriter(clone_from=reader)
    objects = [thing.get_object() for thing in writer._objects if thing is not None]  # noqa: SLF001 all that it writes
    cleaned = [_clean(thing) for thing in objects if isinstance(thing, DictionaryObject)]
    # Each save that was added to the file keeps what it replaced.
    has_former = content.count(b"startxref") > 1
    if "/Info" not in reader.trailer and not has_former and not any(cleaned):
        return content
    # Twice: what nothing leads to any more is written the first time, and not read the second.
    return _written(PdfWriter(clone_from=PdfReader(BytesIO(_written(writer)))))


def _written(writer):
    writer.metadata = None
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _clean(thing):
    """Take out of an object of a PDF what it says of its makers: whether there was anything."""
    names = [name for name in OF_MAKERS if name in thing]
    # The title of a comment is who wrote it; that of a field is its name.
    if "/T" in thing and thing.get("/Subtype") not in {None, "/Widget"}:
        names.append("/T")
    for name in names:
        del thing[NameObject(name)]
    return _clean_image(thing) or bool(names)


def _clean_image(thing):
    if not isinstance(thing, StreamObject) or thing.get("/Filter") not in {"/DCTDecode", ("/DCTDecode",)}:
        return False
    content = thing._data  # noqa: SLF001 as it stands in the file
    try:
        cleaned = _bare_jpeg(content)
    except (IndexError, ValueError, OSError):
        # Readers show it as far as it goes.
        return False
    thing._data = cleaned  # noqa: SLF001
    return cleaned != content
