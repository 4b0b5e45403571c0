"""Stored files given back: none of them has a public address."""

from pathlib import PurePath

from django.http import FileResponse, Http404


def split_ending(name):
    """A file's name without its ending, and the ending with its dot, empty for none: (« memoire », « .docx »)."""
    ending = PurePath(name).suffix
    return name.removesuffix(ending), ending


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
