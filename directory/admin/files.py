"""The files of the rows, none of which has a public address: shown by views that ask who is looking.

Each such view is named « directory_MODEL_FIELD ».
"""

from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.db.models import FileField, ImageField
from django.urls import reverse
from django.utils.html import format_html

from crealead.files import serve_private, split_ending
from directory.models.files import discard


class PrivateFileWidget(AdminFileWidget):
    """An upload whose present file is reached through a view of the back office."""

    template_name = "admin/widgets/private_file.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        if self.is_initial(value):
            opts = value.instance._meta
            view_name = f"admin:{opts.app_label}_{opts.model_name}_{value.field.name}"
            context["widget"]["private_url"] = reverse(view_name, args=[value.instance.pk])
        return context


class PrivateFiles:
    """Mixin of a ModelAdmin or of an inline: its file fields are private."""

    formfield_overrides = {FileField: {"widget": PrivateFileWidget}, ImageField: {"widget": PrivateFileWidget}}


class HoldsFiles(PrivateFiles):
    """Mixin of a ModelAdmin: a file that no row names any more is deleted, once that is committed."""

    def save_related(self, request, form, formsets, change):
        discard_replaced(form)
        super().save_related(request, form, formsets, change)

    def delete_model(self, request, obj):
        discard_files(obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for row in queryset:
            discard_files(row)
        super().delete_queryset(request, queryset)


class FilesFormSet(forms.BaseInlineFormSet):
    """The same, of the rows of an inline."""

    def save_existing(self, form, obj, commit=True):
        discard_replaced(form)
        return super().save_existing(form, obj, commit=commit)

    def delete_existing(self, obj, commit=True):
        discard_files(obj)
        super().delete_existing(obj, commit=commit)


def discard_replaced(form):
    """Discard the files that a form took out of its row, or replaced."""
    for name in set(_file_fields(form.instance)).intersection(form.changed_data):
        discard(form.initial.get(name))


def discard_files(row):
    for name in _file_fields(row):
        discard(getattr(row, name))


def _file_fields(row):
    return [field.name for field in row._meta.concrete_fields if isinstance(field, FileField)]


# --- Shown, once it is known who is looking -------------------------------------------------------------------------


def serve_photo(photo):
    """A photo to be shown in a page."""
    return serve_private(photo, filename="photo.webp", as_attachment=False)


def serve_proof(file, name):
    """What proves something, to be kept under this name, and its own ending."""
    _, ending = split_ending(file.name or "")
    return serve_private(file, filename=f"{name}{ending}", as_attachment=True)


def photo_tag(url, alt):
    return format_html('<img src="{}" alt="{}" width="160">', url, alt)
