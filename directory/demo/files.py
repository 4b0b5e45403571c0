"""The demonstration's files: proofs of certification, and photos that show nobody."""

from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFilter

PHOTO_SIDE = 640
# Background, then the colours of the shapes: garrigue, pond, vineyard, limestone, evening.
PALETTES = (
    ("#e8ebd9", "#7d8c4a", "#c2a24b", "#4f6137"),
    ("#dcebee", "#2f7f8c", "#7fb7be", "#e2c48d"),
    ("#f3e6e1", "#8d2f45", "#c97b63", "#4a3b47"),
    ("#efeae0", "#a58d6a", "#d9c7a3", "#6d7b84"),
    ("#e5e1ee", "#4b4a7a", "#d98f6c", "#8f83b5"),
    ("#fbeedb", "#d8853b", "#a8452e", "#52705f"),
)


def photo(random, number):
    """An abstract landscape of soft discs and hills, as a WebP."""
    ground, *colours = PALETTES[number % len(PALETTES)]
    image = Image.new("RGB", (PHOTO_SIDE, PHOTO_SIDE), ground)
    sun = random.randint(60, 110)
    centre = random.randint(160, 480), random.randint(120, 240)
    ImageDraw.Draw(image).ellipse((centre[0] - sun, centre[1] - sun, centre[0] + sun, centre[1] + sun), fill=colours[1])
    image = image.filter(ImageFilter.GaussianBlur(6))
    for layer, colour in enumerate((colours[2], colours[0], colours[2])):
        heights = [random.randint(-60, 60) + 330 + 90 * layer for _ in range(6)]
        ridge = [(x * PHOTO_SIDE // 5, y) for x, y in enumerate(heights)]
        mask = Image.new("L", image.size, 0)
        ImageDraw.Draw(mask).polygon([*ridge, (PHOTO_SIDE, PHOTO_SIDE), (0, PHOTO_SIDE)], fill=150 + 40 * layer)
        image.paste(Image.new("RGB", image.size, colour), mask=mask.filter(ImageFilter.GaussianBlur(10 - 3 * layer)))
    out = BytesIO()
    image.save(out, "WEBP", quality=82)
    return ContentFile(out.getvalue(), name="photo.webp")


def proof(lines):
    """A one-page PDF with these lines of French."""
    text = b"".join(b"(%s) Tj T*\n" % _escaped(line) for line in lines)
    page = b"BT /F1 14 Tf 22 TL 72 760 Td\n%sET" % text
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
            b" /Resources << /Font << /F1 4 0 R >> >> >>"
        ),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return ContentFile(bytes(out), name="proof.pdf")


def _escaped(line):
    encoded = line.encode("cp1252", errors="replace")
    return encoded.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
