"""What is done of a file that a form brings: a photo made anew, and files that wait while their form is corrected."""

import secrets
import threading
from contextlib import suppress
from datetime import timedelta
from io import BytesIO

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageCms, ImageOps

PHOTO_SIDE = 640
# A decoded photo takes up to some 250 MB for a second: a worker, whatever its threads, decodes them one by one.
ONE_AT_A_TIME = threading.Lock()
WAITING_DIRECTORY = "waiting-files"
WAITING_TIME = timedelta(hours=12)
MOST_WAITING = 10
SIGNER = signing.TimestampSigner(salt="uploads.waiting")


def reencode_photo(file, *, side=PHOTO_SIDE):
    """The photo as a new WebP of at most `side` pixels a side, upright, on white, in sRGB, without metadata.

    It is to have passed `validate_photo`, which bounds what decoding takes.

    Returns:
        ContentFile: ready for an ImageField.

    Raises:
        ValidationError: with the sentence to show, when the photo or what it says of itself is damaged.
    """
    out = BytesIO()
    try:
        file.seek(0)
        with ONE_AT_A_TIME:
            image = _decoded(file, side)
            # Pixels of 16 bits have no filter that goes by halves.
            image.thumbnail((side, side), reducing_gap=None if image.mode == "I;16" else 2)
        image = _in_srgb(_on_white(_in_8_bits(ImageOps.exif_transpose(image))))
        # What a format keeps without being asked to.
        image.info.clear()
        image.save(out, "WEBP", quality=82)
    except Exception as error:
        raise ValidationError("Cette image est abîmée : elle ne se lit pas jusqu’au bout.") from error
    return ContentFile(out.getvalue(), name="photo.webp")


def _decoded(file, side):
    """The pixels, of a JPEG at the smallest fraction that is twice the wanted size; those that mix can be."""
    with Image.open(file, formats=["JPEG", "PNG", "WEBP"]) as image:
        image.draft(None, (2 * side, 2 * side))
        image.load()
        if image.mode in {"P", "PA"} or "transparency" in image.info:
            return image if image.mode == "I;16" else image.convert("RGBA")
        return image.convert("L") if image.mode == "1" else image


def _in_8_bits(image):
    return image.point(lambda level: level / 257).convert("L") if image.mode == "I;16" else image


def _on_white(image):
    if image.mode not in {"RGBA", "LA"}:
        return image
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image.convert("RGBA"))
    flat = ground.convert("L" if image.mode == "LA" else "RGB")
    flat.info = image.info
    return flat


def _in_srgb(image):
    """By the colour profile that the image carries; one that can't be read, or isn't of these colours, is ignored."""
    if carried := image.info.get("icc_profile"):
        with suppress(ImageCms.PyCMSError, OSError):
            profile = ImageCms.ImageCmsProfile(BytesIO(carried))
            return ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return image.convert("RGB")


# --- Files that wait while their form is being corrected ---------------------------------------------------------


def keep(file, *, member):
    """Keep a file whose form isn't right yet: a browser doesn't send it twice by itself.

    Returns:
        str: what finds it again, signed, for this member alone.
    """
    forget_waiting_files()
    own = [path for path, _ in _waiting() if path.startswith(f"{WAITING_DIRECTORY}/{member.pk}-")]
    for path in own[: max(0, len(own) - MOST_WAITING + 1)]:
        default_storage.delete(path)
    file.seek(0)
    name = f"{WAITING_DIRECTORY}/{member.pk}-{secrets.token_hex(16)}"
    return SIGNER.sign_object([member.pk, default_storage.save(name, ContentFile(file.read())), file.name[:100]])


def kept(ticket, *, member):
    """The file that a ticket names, as it was sent; None for what isn't a ticket, is too old or is someone else's."""
    try:
        owner, name, file_name = SIGNER.unsign_object(ticket, max_age=WAITING_TIME)
        if owner != member.pk:
            return None
        with default_storage.open(name) as file:
            return ContentFile(file.read(), name=file_name)
    except (signing.BadSignature, FileNotFoundError):
        return None


def forget_waiting_files():
    """Delete the files whose form never came back."""
    for path in lost_files():
        default_storage.delete(path)


def lost_files():
    """The paths of the files whose form never came back."""
    return [path for path, came_at in _waiting() if came_at < timezone.now() - WAITING_TIME]


def _waiting():
    """The files that wait, oldest first: pairs of a path and a moment."""
    waiting = []
    for name in default_storage.listdir(WAITING_DIRECTORY)[1] if default_storage.exists(WAITING_DIRECTORY) else []:
        path = f"{WAITING_DIRECTORY}/{name}"
        # Another request may have deleted it meanwhile.
        with suppress(FileNotFoundError):
            waiting.append((path, default_storage.get_created_time(path)))
    return sorted(waiting, key=lambda file: file[1])
