"""What may be uploaded, where it lands, and how it is given back: none of it has a public address."""

import secrets
from contextlib import suppress
from datetime import timedelta
from io import BytesIO

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, Http404
from django.utils import timezone
from PIL import Image, ImageOps

MAX_UPLOAD_BYTES = 5 * 1024 * 1024
MAX_PHOTO_PIXELS = 40_000_000
PHOTO_SIDE = 640
# First bytes of the formats accepted as a proof, and the ending each is stored under.
PROOF_FORMATS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}

WAITING_DIRECTORY = "waiting-files"
WAITING_TIME = timedelta(hours=12)
MOST_WAITING = 10
SIGNER = signing.TimestampSigner(salt="uploads.waiting")


def _proof_format(file):
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    return next((ending for magic, ending in PROOF_FORMATS.items() if head.startswith(magic)), None)


def _is_new(file):
    """Whether a field's file comes with the form; what is stored was checked when it came."""
    return not getattr(file, "_committed", False)


def validate_proof(file):
    """Refuse what isn't a PDF, JPEG or PNG by content, or is over 5 MB.

    Raises:
        ValidationError: with the sentence to show.
    """
    if not _is_new(file):
        return
    if file.size > MAX_UPLOAD_BYTES:
        raise ValidationError("Ce fichier dépasse 5 Mo.")
    if _proof_format(file) is None:
        raise ValidationError("Ce fichier n’est ni un PDF, ni une image JPEG ou PNG.")


def proof_path(certification, _filename):
    """A private, unguessable path; the ending follows the content, never the sender's name for it."""
    ending = _proof_format(certification.proof) or "bin"
    return f"proofs/{secrets.token_urlsafe(16)}.{ending}"


def attestation_path(reference, _filename):
    """The same, for what a client attests of a reference."""
    return f"attestations/{secrets.token_urlsafe(16)}.{_proof_format(reference.attestation) or 'bin'}"


def kit_path(_kit, _filename):
    return f"kits/{secrets.token_urlsafe(16)}.zip"


def answer_path(_answer_file, _filename):
    return f"answers/{secrets.token_urlsafe(16)}"


def photo_path(_co_entrepreneur, _filename):
    return f"photos/{secrets.token_urlsafe(16)}.webp"


def validate_photo(file):
    """Refuse what Pillow can't read as an image, is over 5 MB or over 40 megapixels.

    Raises:
        ValidationError: with the sentence to show.
    """
    if not _is_new(file):
        return
    if file.size > MAX_UPLOAD_BYTES:
        raise ValidationError("Cette photo dépasse 5 Mo.")
    try:
        file.seek(0)
        with Image.open(file, formats=["JPEG", "PNG", "WEBP"]) as image:
            width, height = image.size
            too_large = width * height > MAX_PHOTO_PIXELS
            if not too_large:
                image.verify()
    except Exception as error:
        # Whatever a broken image leads Pillow to raise, the person can only send another one.
        raise ValidationError("Cette photo n’est pas une image JPEG, PNG ou WebP lisible.") from error
    finally:
        file.seek(0)
    if too_large:
        raise ValidationError("Cette photo est trop grande : 40 mégapixels au plus.")


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


# --- Stored files ------------------------------------------------------------------------------------------------


def serve_private(file, *, filename, as_attachment):
    """A stored file; who may read it, and that no cache keeps it, is the business of the view.

    Raises:
        Http404: when there is none, or when it is no longer on the disk.
    """
    if not file:
        raise Http404("Aucun fichier.")
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404("Ce fichier n’est plus là.") from error
    # Not every system knows this type by the ending.
    content_type = "image/webp" if filename.endswith(".webp") else None
    response = FileResponse(content, as_attachment=as_attachment, filename=filename, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def discard(file):
    """Delete the file once what no longer names it is committed."""
    if file:
        storage, name = file.storage, file.name
        transaction.on_commit(lambda: storage.delete(name))


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
    found = []
    for name in default_storage.listdir(WAITING_DIRECTORY)[1] if default_storage.exists(WAITING_DIRECTORY) else []:
        path = f"{WAITING_DIRECTORY}/{name}"
        # Another request may have deleted it meanwhile.
        with suppress(FileNotFoundError):
            found.append((path, default_storage.get_created_time(path)))
    return sorted(found, key=lambda one: one[1])
