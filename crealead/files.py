"""Stored files given back: none of them has a public address."""

from functools import partial
from pathlib import PurePath

from django.http import FileResponse, Http404


def split_ending(name):
    """A file's name without its ending, and the ending with its dot, empty for none: (« memoire », « .docx »)."""
    ending = PurePath(name).suffix
    return name.removesuffix(ending), ending


def serve_private(file, *, filename, as_attachment, content_type=None):
    """A stored file; who may read it, and that no cache keeps it, is the business of the view.

    Raises:
        Http404: when there is none, or when it is no longer on the disk.
    """
    if not file:
        raise Http404("Aucun fichier.")
    return serve_opened(partial(file.open, "rb"), filename, as_attachment=as_attachment, content_type=content_type)


def serve_opened(open_it, filename, *, as_attachment=True, content_type=None):
    """The same of what `open_it` gives: a file made of stored ones, which may be gone too."""
    try:
        content = open_it()
    except FileNotFoundError as error:
        raise Http404("Ce fichier n’est plus là.") from error
    if content_type is None and filename.endswith(".webp"):
        # Not every system knows this type by the ending.
        content_type = "image/webp"
    response = FileResponse(content, as_attachment=as_attachment, filename=filename, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response
