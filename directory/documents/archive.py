"""ZIP files that are the same, byte for byte, whenever they are made from the same content."""

import zipfile
from io import BytesIO

# The first date that the format knows.
EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(files):
    """Put files into a ZIP, in their order.

    Args:
        files: pairs of a name and its bytes.

    Returns:
        bytes
    """
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def unpack(content):
    """The files of a ZIP, as `pack` takes them."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]
