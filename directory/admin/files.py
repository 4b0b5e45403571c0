"""The files of the fiches, none of which has a public address: shown by views that ask who is looking."""

from django.contrib.admin.widgets import AdminFileWidget
from django.db import transaction
from django.http import FileResponse, Http404
from django.urls import reverse


class PrivateFileWidget(AdminFileWidget):
    """An upload whose present file is reached through a view of the back office."""

    template_name = "admin/widgets/private_file.html"

    def __init__(self, attrs=None, *, view_name):
        super().__init__(attrs)
        self.view_name = view_name

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        if self.is_initial(value):
            context["widget"]["private_url"] = reverse(self.view_name, args=[value.instance.pk])
        return context


def serve_private(file, *, filename, as_attachment):
    """The file; the back office already tells caches to keep nothing.

    Raises:
        Http404: when there is none, or when it is no longer on the disk.
    """
    if not file:
        raise Http404("Aucun fichier.")
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404("Ce fichier n’est plus là.") from error
    response = FileResponse(content, as_attachment=as_attachment, filename=filename)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def discard(file):
    """Delete the file once what no longer names it is committed."""
    if file:
        storage, name = file.storage, file.name
        transaction.on_commit(lambda: storage.delete(name))
