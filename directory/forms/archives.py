"""ZIP archives that people send, read without believing what they say of themselves.

An archive of 1.5 MB may unpack to gigabytes, and say of each of its parts that it weighs a kilobyte. Here no more is
held at once than a chunk, and no more is unpacked than what is announced.
"""

import zipfile
from contextlib import contextmanager

from crealead.words import MEGABYTE

CHUNK = 64 * 1024
# What the list of an archive's parts may weigh: some ten thousand names. The standard library reads it in one go.
MAX_LIST = MEGABYTE
# The two that Office, LibreOffice and every system write; the others unpack without a bound.
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class HostileArchiveError(ValueError):
    """The archive isn't one that can be read, or isn't what it says."""


class _Bounded:
    """A file that never gives more than `MAX_LIST` at once."""

    def __init__(self, file):
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def seekable(self):
        return True

    def read(self, size=-1):
        content = self._file.read(size if 0 <= size <= MAX_LIST else MAX_LIST + 1)
        if len(content) > MAX_LIST:
            raise HostileArchiveError("La liste de ses fichiers est démesurée.")
        return content


@contextmanager
def opened(file):
    """The archive that a file holds, to be read with `chunks` or `read_part` alone; the file is left at its start.

    Raises:
        HostileArchiveError: for what isn't an archive that opens, whatever reading it leads the library to raise.
    """
    try:
        with zipfile.ZipFile(_Bounded(file)) as archive:
            yield archive
    except HostileArchiveError:
        raise
    except Exception as error:
        raise HostileArchiveError("Cette archive ne s’ouvre pas.") from error
    finally:
        file.seek(0)


def chunks(archive, part):
    """What a part holds, chunk by chunk.

    `part` is a `zipfile.ZipInfo` of the archive.

    Raises:
        HostileArchiveError: as soon as the part holds more than it announces.
    """
    if part.compress_type not in METHODS or part.flag_bits & 1:
        raise HostileArchiveError("Une partie est chiffrée, ou compressée d’une manière inconnue.")
    announced = part.file_size
    # The library stops at the announced size, without a word: it is given one byte more to see whether there is one.
    part.file_size = announced + 1
    try:
        read = 0
        with archive.open(part) as content:
            while chunk := content.read(CHUNK):
                read += len(chunk)
                if read > announced:
                    raise HostileArchiveError("Une partie pèse plus qu’elle ne l’annonce.")
                yield chunk
    finally:
        part.file_size = announced


def read_part(archive, name, *, most):
    """A part's content, whole.

    Raises:
        HostileArchiveError: when it is over `most` bytes, isn't there, or holds more than it announces.
    """
    try:
        part = archive.getinfo(name)
    except KeyError as error:
        raise HostileArchiveError("Une partie manque.") from error
    if part.file_size > most:
        raise HostileArchiveError("Une partie est démesurée.")
    return b"".join(chunks(archive, part))
