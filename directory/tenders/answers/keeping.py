"""What was sent to a buyer, kept as it was: files by their bytes, checked once written."""

import hashlib
import zipfile
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile

from django.core.files.storage import default_storage
from django.utils import timezone

from directory.models import Answer, AnswerFile
from directory.models.files import answer_path

CHUNK = 1024 * 1024
# An archive up to this size is put together in memory.
IN_MEMORY = 16 * CHUNK


class DamagedError(Exception):
    """What was written to the disk isn't what was given."""


def keep(*, consultation, by, files, data, stored):
    """Write an answer down, with its files. The caller holds the consultation, in a transaction.

    Args:
        consultation: the consultation.
        by: a `directory.rights.Viewer`.
        files: Django files by name.
        data: what the documents were made from, for JSON.
        stored: a list, to which each path written is added: what to discard if the transaction fails.

    Returns:
        Answer: numbered after the latest.

    Raises:
        DamagedError: when a file doesn't read back as it was given.
    """
    latest = consultation.answers.order_by("-number").first()
    number = latest.number + 1 if latest else 1
    answer = Answer.objects.create(consultation=consultation, number=number, data=data, **by.author)
    for name, file in files.items():
        sha256, size = _fingerprint(file)
        path = default_storage.save(answer_path(None, name), file)
        stored.append(path)
        with default_storage.open(path) as written:
            if _fingerprint(written) != (sha256, size):
                raise DamagedError(name)
        AnswerFile.objects.create(answer=answer, name=name, file=path, size=size, sha256=sha256)
    return answer


def discard(stored):
    """Delete what was written for an answer that wasn't."""
    for path in stored:
        default_storage.delete(path)


def archive(answer):
    """All the files of an answer in one ZIP, byte for byte the same whenever it is asked for; without erased CVs.

    Returns:
        A file, to be read from its start.
    """
    with ExitStack() as unless_done:
        out = unless_done.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY))
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as together:
            for kept in answer.files.exclude(file="").order_by("name", "pk"):
                _add(together, kept, timezone.localtime(answer.sent_at))
        # Whoever reads it closes it.
        unless_done.pop_all()
    out.seek(0)
    return out


def _add(together, kept, sent_at):
    """Put a file into an archive; nothing of it follows the machine, or the version of a compressor."""
    entry = zipfile.ZipInfo(kept.name, sent_at.timetuple()[:6])
    entry.external_attr = 0o644 << 16
    with kept.file.open("rb") as content, together.open(entry, "w") as copy:
        for chunk in content.chunks(CHUNK):
            copy.write(chunk)


def _fingerprint(file):
    """The SHA-256 of a file, and how many bytes it has."""
    digest, size = hashlib.sha256(), 0
    for chunk in file.chunks(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
