import struct
import threading
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

from directory.forms import files
from directory.forms.files import reencode_photo
from directory.models.files import MAX_PHOTO_BYTES, validate_photo
from tests.memory import said_within

# What a worker may take over its rest, and what the process that decodes may, less what is measured of its own.
MEMORY = 290
IMPORTS = """
import sys
from django.core.files import File
from directory.forms.files import reencode_photo
from directory.models.files import validate_photo
# Loaded once for all by the first photo.
from PIL import JpegImagePlugin, PngImagePlugin, WebPImagePlugin
"""
REENCODE = """
with open(sys.argv[1], "rb") as opened:
    photo = File(opened)
    validate_photo(photo)
    print(len(reencode_photo(photo).read()) > 100)
"""
CLOSE = 6


def uploaded(image, format_name, **options):
    content = BytesIO()
    image.save(content, format_name, **options)
    return SimpleUploadedFile("moi", content.getvalue())


def announced(size, mode, format_name, **options):
    """A photo of that size; a JPEG only says that it is, which costs two seconds less than making it."""
    if format_name != "JPEG":
        return uploaded(Image.new(mode, size), format_name, **options)
    small = (16, 16)
    content = uploaded(Image.new(mode, small), "JPEG", **options).read()
    return SimpleUploadedFile("moi", content.replace(_height_and_width(small), _height_and_width(size), 1))


def _height_and_width(size):
    # After the length of the frame's header, eight bits a sample.
    return struct.pack(">BHH", 8, *reversed(size))


def made_anew(photo):
    validate_photo(photo)
    return Image.open(reencode_photo(photo))


def is_near(pixel, expected):
    return all(abs(level - wanted) <= CLOSE for level, wanted in zip(pixel, expected, strict=True))


def p3_profile():
    """Display P3 as an ICC profile of version 2: its three colours, adapted to D50, and sRGB's own curve."""

    def fixed(*numbers):
        return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)

    with_curve = b"curv" + bytes(4) + struct.pack(">LH", 1, round(2.2 * 256)) + bytes(2)
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">L", 3) + b"P3\0" + bytes(78),
        b"wtpt": b"XYZ " + bytes(4) + fixed(0.9642, 1, 0.8249),
        b"rXYZ": b"XYZ " + bytes(4) + fixed(0.5151, 0.2412, -0.0011),
        b"gXYZ": b"XYZ " + bytes(4) + fixed(0.2920, 0.6922, 0.0419),
        b"bXYZ": b"XYZ " + bytes(4) + fixed(0.1571, 0.0666, 0.7841),
        b"rTRC": with_curve,
        b"gTRC": with_curve,
        b"bTRC": with_curve,
        b"cprt": b"text" + bytes(4) + b"none\0",
    }
    start = 128 + 4 + 12 * len(tags)
    listed, content = b"", b""
    for name, tag in tags.items():
        listed += name + struct.pack(">LL", start + len(content), len(tag))
        content += tag + bytes(-len(tag) % 4)
    body = struct.pack(">L", len(tags)) + listed + content
    head = struct.pack(">L4sL4s4s4s", 128 + len(body), bytes(4), 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249)
    return head.ljust(128, b"\0") + body


def see_through(mode):
    image = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    image.paste((200, 30, 30, 255), (0, 0, 150, 200))
    return image.convert(mode)


def keyed():
    """Red, and a black that is said to be transparent."""
    return see_through("RGBA").convert("RGB")


def palette():
    return see_through("RGBA").quantize(8)


@pytest.mark.parametrize(
    ("photo", "ink"),
    [
        (uploaded(see_through("RGBA"), "PNG"), (200, 30, 30)),
        (uploaded(see_through("RGBA"), "WEBP", lossless=True), (200, 30, 30)),
        (uploaded(see_through("LA"), "PNG"), (81, 81, 81)),
        (uploaded(palette(), "PNG"), (200, 30, 30)),
        (uploaded(keyed(), "PNG", transparency=(0, 0, 0)), (200, 30, 30)),
        (uploaded(keyed().convert("L"), "PNG", transparency=0), (81, 81, 81)),
    ],
)
def test_what_is_transparent_is_white(photo, ink):
    image = made_anew(photo)

    assert image.mode == "RGB"
    assert is_near(image.getpixel((250, 100)), (255, 255, 255))
    assert is_near(image.getpixel((50, 100)), ink)


def test_what_is_half_transparent_is_lighter():
    assert is_near(
        made_anew(uploaded(Image.new("RGBA", (900, 900), (0, 0, 0, 128)), "PNG")).getpixel((9, 9)), [127] * 3
    )


def test_grey_of_16_bits_keeps_its_levels():
    row = struct.pack("<900H", *[32768] * 300, *[0] * 300, *[65535] * 300)
    image = Image.frombytes("I;16", (900, 600), row * 600)

    made = made_anew(uploaded(image, "PNG"))

    assert [made.getpixel((x, 200))[0] // 10 for x in (100, 320, 540)] == [12, 0, 25]


@pytest.mark.parametrize(
    ("image", "level"),
    [
        (Image.new("1", (900, 600), 1), 255),
        (Image.new("L", (90, 60), 90), 90),
        (Image.new("LA", (9, 6), (90, 255)), 90),
    ],
)
def test_black_and_white_stays_so(image, level):
    assert is_near(made_anew(uploaded(image, "PNG")).getpixel((5, 5)), [level] * 3)


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_colours_are_those_that_the_profile_says(format_name):
    photo = uploaded(Image.new("RGB", (900, 600), (200, 100, 50)), format_name, icc_profile=p3_profile())

    made = made_anew(photo)

    # By the published matrix from Display P3 to sRGB.
    assert is_near(made.getpixel((300, 200)), (216, 92, 24))
    assert "icc_profile" not in made.info


@pytest.mark.parametrize(
    "profile", [b"not a profile", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()]
)
def test_a_profile_that_is_not_one_of_colours_is_ignored(profile):
    made = made_anew(uploaded(Image.new("RGB", (90, 60), (200, 100, 50)), "PNG", icc_profile=profile))

    assert is_near(made.getpixel((9, 9)), (200, 100, 50))


def test_nothing_of_the_file_is_kept_but_its_pixels_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Un téléphone"
    photo = uploaded(
        Image.new("RGB", (1200, 800), "teal"), "JPEG", exif=exif, icc_profile=p3_profile(), xmp=b"<x/>", comment=b"moi"
    )

    made = made_anew(photo)

    assert made.size == (427, 640)
    assert not made.getexif()
    assert not made.info.keys() & {"exif", "xmp", "icc_profile", "comment"}


@pytest.mark.parametrize(
    ("mode", "size", "format_name", "options"),
    [
        ("RGB", (8640, 5780), "JPEG", {}),
        ("CMYK", (6600, 4500), "JPEG", {}),
        ("RGB", (8640, 5780), "JPEG", {"progressive": True}),
        ("RGBA", (6000, 3990), "PNG", {"compress_level": 1}),
        ("RGB", (6000, 3990), "PNG", {"compress_level": 1, "transparency": (0, 0, 0)}),
        ("P", (6000, 3990), "PNG", {"compress_level": 1, "transparency": 0}),
        ("I;16", (6000, 3990), "PNG", {"compress_level": 1}),
        ("RGBA", (4880, 3270), "WEBP", {"method": 0}),
    ],
)
def test_a_photo_takes_a_bounded_memory_whatever_its_size(tmp_path, mode, size, format_name, options):
    photo = tmp_path / "photo"
    Image.new(mode, size, 90 if mode in {"P", "I;16"} else "teal" if mode != "CMYK" else (9, 90, 90, 9)).save(
        photo, format_name, **options
    )

    assert said_within(MEMORY, IMPORTS, REENCODE, photo) == "True"


@pytest.mark.parametrize(
    ("mode", "size", "format_name", "options", "said"),
    [
        ("L", (8700, 5800), "JPEG", {}, "50 mégapixels au plus"),
        ("RGB", (8600, 5700), "JPEG", {"progressive": True, "subsampling": 0}, "progressif"),
        ("1", (6100, 4000), "PNG", {}, "24 mégapixels au plus.*en JPEG"),
        ("RGB", (4100, 4000), "WEBP", {"method": 0}, "16 mégapixels au plus.*en JPEG"),
    ],
)
def test_a_photo_too_large_to_decode_is_said(mode, size, format_name, options, said):
    with pytest.raises(ValidationError, match=said):
        validate_photo(announced(size, mode, format_name, **options))


@pytest.mark.parametrize(
    ("photo", "said"),
    [
        (SimpleUploadedFile("moi.jpg", bytes(MAX_PHOTO_BYTES + 1)), "dépasse 15 Mo"),
        (uploaded(Image.new("RGB", (10, 10)), "GIF"), "n’est pas une image"),
        (uploaded(Image.new("RGB", (10, 10)), "TIFF"), "n’est pas une image"),
    ],
)
def test_a_photo_that_cannot_be_taken_is_said(photo, said):
    with pytest.raises(ValidationError, match=said):
        validate_photo(photo)


def test_photos_are_decoded_one_at_a_time():
    photo = uploaded(Image.new("RGB", (90, 60)), "PNG")
    made = []
    thread = threading.Thread(target=lambda: made.append(reencode_photo(photo)))

    with files.ONE_AT_A_TIME:
        thread.start()
        thread.join(0.3)
        assert not made
    thread.join(10)

    assert made


def test_a_photo_cut_short_is_said_and_lets_the_next_one_pass():
    content = uploaded(Image.effect_noise((900, 600), 50), "JPEG").read()

    with pytest.raises(ValidationError, match="abîmée"):
        reencode_photo(SimpleUploadedFile("moi.jpg", content[: len(content) // 2]))

    assert not files.ONE_AT_A_TIME.locked()
