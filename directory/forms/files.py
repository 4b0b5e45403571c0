"""What is done of a file that a form brings: a photo made anew, and files that wait while their form is corrected."""

import secrets
from contextlib import suppress
from datetime import timedelta
from io import BytesIO

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageOps

PHOTO_SIDE = 640
WAITING_DIRECTORY = "waiting-files"
WAITING_TIME = timedelta(hours=12)
MOST_WAITING = 10
SIGNER = signing.TimestampSigner(salt="uploads.waiting")


def reencode_photo(file):
    """The photo as a new WebP of at most 640 pixels a side, upright, without metadata.

    Returns:
        ContentFile: ready for an ImageField.

    Raises:
        ValidationError: with the sentence to show, when the photo or what it says of itself is damaged.
    """
    out = BytesIO()
    try:
        file.seek(0)
        with Image.open(file, formats=["JPEG", "PNG", "WEBP"]) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
        upright.save(out, "WEBP", quality=82)
    except Exception as error:
        raise ValidationError("Cette photo est abîmée : elle ne se lit pas jusqu’au bout.") from error
    return ContentFile(out.getvalue(), name="photo.webp")


# --- Files that wait while their form is being corrected ---------------------------------------------------------


def keep(file, *, member):
    """Keep a file whose form isn't right yet: a browser doesn't send it twice by itself.

    Returns:
        str: what finds it again, signed, for this member alone.
    """
    forget_waiting_files()
    own = [path for path, _ in _waiting() if path.startswith(f"{WAITING_DIRECTORY}/{member.pk}-")]
    for path in own[: len(own) - MOST_WAITING + 1]:
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
    for path, came_at in _waiting():
        if came_at < timezone.now() - WAITING_TIME:
            default_storage.delete(path)


def _waiting():
    """The files that wait, oldest first: pairs of a path and a moment."""
    waiting = []
    for name in default_storage.listdir(WAITING_DIRECTORY)[1] if default_storage.exists(WAITING_DIRECTORY) else []:
        path = f"{WAITING_DIRECTORY}/{name}"
        # Another request may have deleted it meanwhile.
        with suppress(FileNotFoundError):
            waiting.append((path, default_storage.get_created_time(path)))
    return sorted(waiting, key=lambda file: file[1])
