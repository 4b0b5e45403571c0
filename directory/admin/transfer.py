"""Fiches from a spreadsheet, in two steps (a preview, then a confirmation), and the list on screen to a spreadsheet."""

import re
from functools import partial

import tablib
from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import escape
from django.utils.text import Truncator

from directory.models import FicheExport, FicheFile
from directory.rights import chooses_referent

from . import fiche_files
from .confirmation import confirmed_first
from .diff import word_diff
from .resource import FicheResource
from .roles import refusing_tampered
from .spreadsheet.cells import LIMITS, MAX_BYTES, TOO_LARGE, UnreadableFileError
from .spreadsheet.writing import ODS, write_csv, write_ods, write_xlsx

# How many words stand around those that differ.
AROUND = 6
LONGEST_SHOWN = 160
PK = re.compile(r"[0-9]{1,18}")
EXPORTS = {
    "csv": (partial(write_csv, words=FicheResource.WORDS), "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": (write_ods, ODS),
}
ANY_FICHE = "Vous pouvez changer toutes les fiches."
ONES_OWN = "Vous ne changez que les fiches que vous suivez, et celles de qui vous remplacez."


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
        try:
            self.table = fiche_files.read_fiches(file.read())
        except UnreadableFileError as error:
            raise forms.ValidationError(str(error)) from error
        return file


class Transfer:
    """Mixin of the admin of fiches."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name="directory_coentrepreneur_import"),
            path("import/<int:pk>/", view(self.file_view), name="directory_coentrepreneur_file"),
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
        return self._answer(request, fiche_files.receive(form=form, by=request.user))

    def file_view(self, request, pk):
        """How far a long file is, what it would bring, or what became of it: for who sent it alone."""
        self._check_may_import(request)
        fiche_file = get_object_or_404(FicheFile, pk=pk, user=request.user)
        return self._import_page(request, form=UploadForm(), fiche_file=fiche_file)

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
        ticket = request.POST["confirmation"]
        pk = int(ticket) if PK.fullmatch(ticket) else None
        fiche_file = fiche_files.confirm(pk=pk, by=request.user)
        if fiche_file is None:
            self.message_user(request, "Ce fichier n’attend plus : envoyez-le de nouveau.", messages.ERROR)
            return HttpResponseRedirect(reverse("admin:directory_coentrepreneur_import"))
        return self._answer(request, fiche_file)

    def _answer(self, request, fiche_file):
        """What a file brings, if it was short; else its own page says how far it is."""
        if fiche_file.is_under_way:
            return HttpResponseRedirect(reverse("admin:directory_coentrepreneur_file", args=[fiche_file.pk]))
        if fiche_file.is_imported:
            self.message_user(request, fiche_files.sentence(fiche_file), messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:directory_coentrepreneur_changelist"))
        return self._import_page(request, form=UploadForm(), fiche_file=fiche_file)

    @staticmethod
    def _resource(request):
        return FicheResource(user=request.user)

    def _import_page(self, request, *, form, fiche_file=None):
        result = fiche_file.result if fiche_file else {}
        waits = fiche_file is not None and fiche_file.state == FicheFile.State.READ
        sent = FicheFile.objects.filter(user=request.user, rows__gt=fiche_files.MOST_ROWS_AT_ONCE)
        return TemplateResponse(
            request,
            "admin/directory/coentrepreneur/import.html",
            self.admin_site.each_context(request)
            | {
                "title": f"Importer des fiches : {fiche_file.name}" if fiche_file else "Importer des fiches",
                "opts": self.opts,
                "form": form,
                "is_wrong": bool(form.errors or result.get("errors") or (fiche_file and fiche_file.problem)),
                "file": fiche_file,
                "offers_form": fiche_file is None or not (waits or fiche_file.is_under_way),
                "sent": [] if fiche_file else sent,
                "done": fiche_files.sentence(fiche_file) if fiche_file and fiche_file.is_imported else "",
                "help": FicheResource.HELP.items(),
                "rule": ANY_FICHE if chooses_referent(request.user) else ONES_OWN,
                "notices": [*result.get("notices", []), *filter(None, [result.get("odd_names")])],
                "errors": result.get("errors", []),
                "errors_count": result.get("errors_count", 0),
                "errors_more": result.get("errors_more", False),
                "totals": result["totals"] if waits else None,
                "changed": [(row, _changes(row)) for row in result["changed"]] if waits else [],
                "more": result.get("more", 0),
                "ticket": fiche_file.pk if waits else None,
                "effects": result["effects"] if waits else [],
            },
        )

    # --- Out --------------------------------------------------------------------------------------------------------

    @method_decorator(confirmed_first(back="admin:directory_coentrepreneur_changelist", downloads=True))
    def export_view(self, request, ending):
        """The fiches of the list with its filters, its search and its order, whatever the page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if ending not in EXPORTS:
            raise Http404
        try:
            with refusing_tampered():
                rows = self.get_changelist_instance(request).queryset
                fiches = rows.select_related("referent__user").prefetch_related("consents")
                dataset = self._resource(request).export(fiches)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(reverse("admin:directory_coentrepreneur_changelist") + "?e=1")
        dataset.title = "Fiches"
        # Before it leaves: what isn't written down doesn't leave.
        FicheExport.objects.create(user=request.user, fiches=len(dataset), columns=dataset.headers, ending=ending)
        return self._file(ending, f"fiches-{timezone.localdate():%Y-%m-%d}", dataset)

    @staticmethod
    def _file(ending, name, *datasets):
        write, content_type = EXPORTS[ending]
        return HttpResponse(
            write(*datasets),
            content_type=content_type,
            headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
        )


def _changes(row):
    """What a row changes, for the page: (column, before, after, whether only spaces differ), with the words marked."""
    changes = []
    for column, before, after in row["diff"]:
        only_spaces = before.split() == after.split()
        marked = word_diff(before, after, around=AROUND)
        if row["is_new"]:
            marked = "", escape(Truncator(after).chars(LONGEST_SHOWN))
        changes.append((column, *marked, only_spaces))
    return changes
