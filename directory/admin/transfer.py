"""Fiches from a spreadsheet, in two steps (a preview, then a confirmation), and the list on screen to a spreadsheet."""

import re
import secrets
from datetime import timedelta
from functools import partial

import tablib
from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import escape
from django.utils.text import Truncator
from import_export.results import RowResult

from directory.listing import notices
from directory.models import CoEntrepreneur
from directory.rights import chooses_referent

from .confirmation import confirmed_first
from .diff import word_diff
from .resource import FicheResource
from .roles import refusing_tampered
from .spreadsheet.cells import LIMITS, MAX_BYTES, TOO_LARGE, UnreadableFileError
from .spreadsheet.reading import read
from .spreadsheet.writing import ODS, write_csv, write_ods, write_xlsx

# Where a file waits between its preview and its confirmation, and for how long.
WAITING_DIRECTORY = "imports"
WAITING_TIME = timedelta(hours=1)
PREVIEW_ROWS = 200
# How many words stand around those that differ.
AROUND = 6
LONGEST_SHOWN = 160
EXPORTS = {
    "csv": (partial(write_csv, words=FicheResource.WORDS), "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": (write_ods, ODS),
}
ANY_FICHE = "Vous pouvez changer toutes les fiches."
ONES_OWN = "Vous ne changez que les fiches que vous suivez, et celles de qui vous remplacez."
# How many names written oddly are quoted.
QUOTED_NAMES = 5
SIGNER = signing.TimestampSigner(salt="import-of-fiches")


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Fichier",
        help_text=f"XLSX, ODS ou CSV, {LIMITS}",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.ods"}),
        error_messages={"empty": "Ce fichier est vide.", "required": "Choisissez un fichier."},
    )

    def clean_file(self):
        """The file, and what it holds in `table`."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        self.content = file.read()
        try:
            self.table = read_fiches(self.content)
        except UnreadableFileError as error:
            raise forms.ValidationError(str(error)) from error
        return file


def read_fiches(content):
    """The rows of a file of fiches, whatever its titles; see `reading.read`."""
    return read(content, titles=FicheResource.titles(), key="email")


class Transfer:
    """Mixin of the admin of fiches."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name="directory_coentrepreneur_import"),
            path("import/modele.<str:ending>", view(self.template_view), name="directory_coentrepreneur_template"),
            path("export/<str:ending>/", view(self.export_view), name="directory_coentrepreneur_export"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"may_import": self.has_change_permission(request)} | (extra_context or {})
        )

    # --- In ---------------------------------------------------------------------------------------------------------

    def import_view(self, request):
        self._check_may_import(request)
        if "confirmation" in request.POST:
            return self._import(request)
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if not form.is_valid():
            return self._import_page(request, form=form)
        resource = self._resource(request, form.cleaned_data["file"].name)
        result = resource.import_data(form.table.dataset, dry_run=True)
        ticket = None
        if not _has_errors(result):
            ticket = _keep(form.content, user=request.user, file_name=form.cleaned_data["file"].name)
        return self._import_page(request, form=form, result=result, ticket=ticket, resource=resource)

    def template_view(self, request, ending):
        """A file to fill: its titles, and beside them what to write."""
        self._check_may_import(request)
        if ending not in EXPORTS:
            raise Http404
        fiches = tablib.Dataset(headers=self._resource(request).columns, title="Fiches")
        help_sheet = tablib.Dataset(
            *FicheResource.HELP.items(), headers=["Colonne", "Ce qu’on y écrit"], title="Mode d’emploi"
        )
        return self._file(ending, "modele-fiches", *([fiches] if ending == "csv" else [fiches, help_sheet]))

    def _check_may_import(self, request):
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied

    def _import(self, request):
        """Import the file that was previewed; its rows are checked again, since fiches may have changed meanwhile."""
        try:
            content, file_name = _kept(request.POST["confirmation"], user=request.user)
        except (signing.BadSignature, FileNotFoundError):
            self.message_user(request, "Ce fichier n’attend plus : envoyez-le de nouveau.", messages.ERROR)
            return HttpResponseRedirect(reverse("admin:directory_coentrepreneur_import"))
        resource = self._resource(request, file_name)
        with transaction.atomic():
            result = resource.import_data(read_fiches(content).dataset)
            told = 0 if _has_errors(result) else _tell_made(request, resource.made)
        if _has_errors(result):
            return self._import_page(request, form=UploadForm(), result=result)
        totals = result.totals
        self.message_user(
            request,
            f"Import de « {file_name} » terminé. Fiches créées : {totals[RowResult.IMPORT_TYPE_NEW]} ; modifiées : "
            f"{totals[RowResult.IMPORT_TYPE_UPDATE]} ; inchangées : {totals[RowResult.IMPORT_TYPE_SKIP]}."
            f"{_told_sentence(told, resource.made)}",
            messages.SUCCESS,
        )
        return HttpResponseRedirect(reverse("admin:directory_coentrepreneur_changelist"))

    @staticmethod
    def _resource(request, file_name=""):
        return FicheResource(user=request.user, file_name=file_name)

    def _import_page(self, request, *, form, result=None, ticket=None, resource=None):
        errors = _errors(result) if result and not ticket else []
        changed = [row for row in result.rows if row.diff] if result and ticket else []
        return TemplateResponse(
            request,
            "admin/directory/coentrepreneur/import.html",
            self.admin_site.each_context(request)
            | {
                "title": "Importer des fiches",
                "opts": self.opts,
                "form": form,
                "help": FicheResource.HELP.items(),
                "notices": _notices(form, resource),
                "errors": errors[:PREVIEW_ROWS],
                "errors_count": len(errors),
                "errors_more": len(errors) > PREVIEW_ROWS,
                "totals": result.totals if ticket else None,
                "changed": [(row, _changes(row)) for row in changed[:PREVIEW_ROWS]],
                "more": max(0, len(changed) - PREVIEW_ROWS),
                "ticket": ticket,
                "effects": resource.effects if resource else [],
                "rule": ANY_FICHE if chooses_referent(request.user) else ONES_OWN,
            },
        )

    # --- Out --------------------------------------------------------------------------------------------------------

    @method_decorator(confirmed_first(back="admin:directory_coentrepreneur_changelist"))
    def export_view(self, request, ending):
        """The fiches of the list with its filters, its search and its order, whatever the page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if ending not in EXPORTS:
            raise Http404
        try:
            with refusing_tampered():
                fiches = self.get_changelist_instance(request).queryset.select_related("referent__user")
                dataset = self._resource(request).export(fiches)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(reverse("admin:directory_coentrepreneur_changelist") + "?e=1")
        dataset.title = "Fiches"
        return self._file(ending, f"fiches-{timezone.localdate():%Y-%m-%d}", dataset)

    @staticmethod
    def _file(ending, name, *datasets):
        write, content_type = EXPORTS[ending]
        return HttpResponse(
            write(*datasets),
            content_type=content_type,
            headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
        )


def _notices(form, resource):
    """What was read of the file, and the names in it that are written oddly."""
    notices = form.table.notices if form.is_bound and form.is_valid() else []
    names = resource.odd_names if resource else []
    if not names:
        return notices
    quoted = ", ".join(f"« {name} » ({usual})" for name, usual in names[:QUOTED_NAMES])
    more = f", et {len(names) - QUOTED_NAMES} de plus" if len(names) > QUOTED_NAMES else ""
    return [*notices, f"Ces noms sont-ils écrits comme il faut ? {quoted}{more}. Sinon, corrigez le fichier."]


def _changes(row):
    """What a row changes, for the page: (column, before, after, whether only spaces differ), with the words marked."""
    changes = []
    for column, before, after in row.diff:
        only_spaces = before.split() == after.split()
        marked = word_diff(before, after, around=AROUND)
        if row.is_new():
            marked = "", escape(Truncator(after).chars(LONGEST_SHOWN))
        changes.append((column, *marked, only_spaces))
    return changes


def _tell_made(request, made):
    """Tell those whose fiche was made, as was chosen on the preview, or remember that they are to be told.

    Returns:
        int: how many mails leave.
    """
    if request.POST.get("tell") == "now":
        return sum(notices.tell(co_entrepreneur_pk=pk, by=request.user) for pk in made)
    for fiche in CoEntrepreneur.objects.filter(pk__in=made):
        notices.tell_later(fiche)
    return 0


def _told_sentence(told, made):
    if not made:
        return ""
    if told:
        return f" Un courriel prévient {told} personne{'s' if told > 1 else ''} de leur fiche."
    return " Personne n’est encore prévenu : filtrez la liste par « pas encore », puis « Prévenir de leur fiche »."


def _has_errors(result):
    return result.has_errors() or result.has_validation_errors()


def _errors(result):
    """What stops the import: [(line, [(column, sentence)])], in the order of the file."""
    columns = {field.attribute: field.column_name for field in FicheResource.fields.values()}
    lines = {}
    for row in result.invalid_rows:
        lines[row.number] = [
            (columns.get(name, ""), sentence)
            for name, sentences in (row.field_specific_errors | {"": row.non_field_specific_errors}).items()
            for sentence in sentences
        ]
    for line, errors in result.row_errors():
        lines[line] = [("", f"Cette ligne n’a pas pu être enregistrée ({error.error}).") for error in errors]
    for error in result.base_errors:
        lines[0] = [("", str(error.error))]
    return sorted(lines.items())


def _keep(content, *, user, file_name):
    """Keep the file until it is confirmed, and forget those that never were.

    Returns:
        str: what finds it again, signed, for this user alone.
    """
    _forget_old_ones()
    name = default_storage.save(f"{WAITING_DIRECTORY}/{secrets.token_hex(16)}", ContentFile(content))
    return SIGNER.sign_object([user.pk, name, re.sub(r"[\x00-\x1f]", "", file_name)[:100]])


def _kept(ticket, *, user):
    """The content and the name of a file kept for this user; it is found once.

    Raises:
        BadSignature: for what isn't one of our tickets, is too old, or is someone else's.
        FileNotFoundError: when it was confirmed already.
    """
    owner, name, file_name = SIGNER.unsign_object(ticket, max_age=WAITING_TIME)
    if owner != user.pk:
        raise signing.BadSignature
    with default_storage.open(name) as file:
        content = file.read()
    default_storage.delete(name)
    return content, file_name


def _forget_old_ones():
    if not default_storage.exists(WAITING_DIRECTORY):
        return
    for name in default_storage.listdir(WAITING_DIRECTORY)[1]:
        waiting = f"{WAITING_DIRECTORY}/{name}"
        if default_storage.get_created_time(waiting) < timezone.now() - WAITING_TIME:
            default_storage.delete(waiting)
