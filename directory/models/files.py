"""The files that rows hold: what they may be, and the private, unguessable path that each is kept under."""

import secrets
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from PIL import Image

from crealead.words import MEGABYTE, megabytes

MAX_UPLOAD_BYTES = 5 * MEGABYTE
MAX_PHOTO_BYTES = 15 * MEGABYTE
# The paths of what would go, while that is rehearsed.
_REHEARSED = ContextVar("rehearsed", default=None)
# In millions. A JPEG is decoded at a fraction of its size; a PNG takes four bytes for each pixel, twice; a WebP, whose
# decoder keeps several copies, sixteen.
MAX_PHOTO_MEGAPIXELS = {"JPEG": 50, "MPO": 50, "PNG": 24, "WEBP": 16}
# What the decoder holds, whatever the fraction, of a JPEG that comes in successive passes.
MAX_PASSES_BYTES = 250 * MEGABYTE
# As they are told beside a field.
PROOF_LIMITS = f"PDF, JPEG ou PNG, {megabytes(MAX_UPLOAD_BYTES)} au plus."
PHOTO_LIMITS = f"JPEG, PNG ou WebP, {megabytes(MAX_PHOTO_BYTES)} au plus."
PAPER_LIMITS = f"PDF, {megabytes(MAX_UPLOAD_BYTES)} au plus."
# First bytes of the images accepted as a proof, and the ending each is stored under.
PROOF_FORMATS = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
# Where a PDF may begin: some programs write a line of their own before it, and every reader takes it.
PDF_HEAD = 1024


def _proof_format(file):
    file.seek(0)
    head = file.read(PDF_HEAD)
    file.seek(0)
    image = next((ending for magic, ending in PROOF_FORMATS.items() if head.startswith(magic)), None)
    return image or ("pdf" if b"%PDF-" in head else None)


def _is_new(file):
    """Whether a field's file comes with the form; what is stored was checked when it came."""
    return not getattr(file, "_committed", False)


def validate_proof(file):
    """Refuse what isn't a PDF, JPEG or PNG by content, or is over `MAX_UPLOAD_BYTES`.

    Raises:
        ValidationError: with the sentence to show.
    """
    _refuse_other(file, {"pdf", *PROOF_FORMATS.values()}, "Ce fichier n’est ni un PDF, ni une image JPEG ou PNG.")


def validate_paper(file):
    """The same, for what buyers download: a PDF and nothing else.

    Raises:
        ValidationError: with the sentence to show.
    """
    _refuse_other(file, {"pdf"}, "Ce fichier n’est pas un PDF.")


def _refuse_other(file, formats, sentence):
    if not _is_new(file):
        return
    if file.size > MAX_UPLOAD_BYTES:
        raise ValidationError(f"Ce fichier dépasse {megabytes(MAX_UPLOAD_BYTES)}.")
    if _proof_format(file) not in formats:
        raise ValidationError(sentence)


class BareFileField(models.FileField):
    """A PDF or an image, which is kept without what it says of who made it; see `bare_files`.

    Whatever form brings it: a model is cleaned before it is saved.
    """

    def clean(self, value, model_instance):
        value = super().clean(value, model_instance)
        if not value or not _is_new(value):
            return value
        # It takes a PDF reader, which few processes need.
        from .bare_files import bare

        value.seek(0)
        content = value.read()
        value.seek(0)
        cleaned = bare(content)
        return value if cleaned == content else ContentFile(cleaned, name=value.name)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.FileField", args, kwargs


def proof_path(certification, _filename):
    """A private, unguessable path; the ending follows the content, never the sender's name for it."""
    ending = _proof_format(certification.proof) or "bin"
    return f"proofs/{secrets.token_urlsafe(16)}.{ending}"


def attestation_path(reference, _filename):
    """The same, for what a client attests of a reference."""
    return f"attestations/{secrets.token_urlsafe(16)}.{_proof_format(reference.attestation) or 'bin'}"


def consent_path(_consent, filename):
    """The same, for the paper on which someone agreed, whose name is ours: see `directory.forms.files.made_anew`."""
    return f"consents/{secrets.token_urlsafe(16)}.{'pdf' if filename.endswith('.pdf') else 'webp'}"


def paper_path(_paper, _filename):
    return f"papers/{secrets.token_urlsafe(16)}.pdf"


def contract_file_path(_contract_file, _filename):
    return f"contract-files/{secrets.token_urlsafe(16)}.json"


def fiche_file_path(_fiche_file, _filename):
    return f"imports/{secrets.token_urlsafe(16)}"


def kit_path(_kit, _filename):
    return f"kits/{secrets.token_urlsafe(16)}.zip"


def answer_path(_answer_file, _filename):
    return f"answers/{secrets.token_urlsafe(16)}"


def photo_path(_co_entrepreneur, _filename):
    return f"photos/{secrets.token_urlsafe(16)}.webp"


def portfolio_path(_image, _filename):
    return f"portfolio/{secrets.token_urlsafe(16)}.webp"


def validate_photo(file):
    """Refuse what Pillow can't read as an image, or is over `MAX_PHOTO_BYTES` or what can be decoded in bounded memory.

    Raises:
        ValidationError: with the sentence to show.
    """
    if not _is_new(file):
        return
    if file.size > MAX_PHOTO_BYTES:
        raise ValidationError(f"Cette image dépasse {megabytes(MAX_PHOTO_BYTES)}.")
    try:
        file.seek(0)
        with Image.open(file, formats=["JPEG", "PNG", "WEBP"]) as image:
            limit, too_large = MAX_PHOTO_MEGAPIXELS[image.format], _is_too_large(image)
            if not too_large:
                image.verify()
    except Exception as error:
        # Whatever a broken image leads Pillow to raise, the person can only send another one.
        raise ValidationError("Ce fichier n’est pas une image JPEG, PNG ou WebP lisible.") from error
    finally:
        file.seek(0)
    if too_large:
        raise ValidationError(
            f"Cette image est trop grande : {limit} mégapixels au plus. Réduisez-la, ou enregistrez-la en JPEG"
            f"{'' if limit < MAX_PHOTO_MEGAPIXELS['JPEG'] else ' non progressif, en RVB'}."
        )


def _is_too_large(image):
    pixels = image.width * image.height
    if pixels > MAX_PHOTO_MEGAPIXELS[image.format] * 1_000_000:
        return True
    layers = [(across, down) for _, across, down, _ in getattr(image, "layer", [])]
    # Four layers or passes that are told: all coefficients are held, two bytes each.
    if len(layers) <= len("RGB") and "progressive" not in image.info:
        return False
    whole = max((across for across, _ in layers), default=1) * max((down for _, down in layers), default=1)
    return 2 * pixels * sum(across * down for across, down in layers) / whole > MAX_PASSES_BYTES


def discard(file):
    """Delete the file once what no longer names it is committed."""
    if file:
        storage, name = file.storage, file.name
        once_committed(lambda: storage.delete(name), [name])


def once_committed(delete, paths):
    """Have the files of these paths deleted at the end of the transaction; one that is rehearsed notes them alone.

    What isn't deleted then, whatever happens, is swept by the purge: nothing names it any more.
    """
    if (noted := _REHEARSED.get()) is not None:
        noted.update(paths)
    else:
        transaction.on_commit(delete, robust=True)


@contextmanager
def rehearsing():
    """Note, in the set that it gives, the paths of the files that would go: the transaction is to be undone."""
    token = _REHEARSED.set(set())
    try:
        yield _REHEARSED.get()
    finally:
        _REHEARSED.reset(token)
