"""The files that rows hold: what they may be, and the private, unguessable path that each is kept under."""

import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from PIL import Image

from crealead.words import MEGABYTE, megabytes

MAX_UPLOAD_BYTES = 5 * MEGABYTE
MAX_PHOTO_PIXELS = 40_000_000
# As they are told beside a field.
PROOF_LIMITS = f"PDF, JPEG ou PNG, {megabytes(MAX_UPLOAD_BYTES)} au plus."
PHOTO_LIMITS = f"JPEG, PNG ou WebP, {megabytes(MAX_UPLOAD_BYTES)} au plus."
# First bytes of the formats accepted as a proof, and the ending each is stored under.
PROOF_FORMATS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}


def _proof_format(file):
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    return next((ending for magic, ending in PROOF_FORMATS.items() if head.startswith(magic)), None)


def _is_new(file):
    """Whether a field's file comes with the form; what is stored was checked when it came."""
    return not getattr(file, "_committed", False)


def validate_proof(file):
    """Refuse what isn't a PDF, JPEG or PNG by content, or is over `MAX_UPLOAD_BYTES`.

    Raises:
        ValidationError: with the sentence to show.
    """
    if not _is_new(file):
        return
    if file.size > MAX_UPLOAD_BYTES:
        raise ValidationError(f"Ce fichier dépasse {megabytes(MAX_UPLOAD_BYTES)}.")
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
    """Refuse what Pillow can't read as an image, or is over `MAX_UPLOAD_BYTES` or `MAX_PHOTO_PIXELS`.

    Raises:
        ValidationError: with the sentence to show.
    """
    if not _is_new(file):
        return
    if file.size > MAX_UPLOAD_BYTES:
        raise ValidationError(f"Cette photo dépasse {megabytes(MAX_UPLOAD_BYTES)}.")
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
        raise ValidationError(f"Cette photo est trop grande : {MAX_PHOTO_PIXELS // 1_000_000} mégapixels au plus.")


def discard(file):
    """Delete the file once what no longer names it is committed."""
    if file:
        storage, name = file.storage, file.name
        transaction.on_commit(lambda: storage.delete(name))
