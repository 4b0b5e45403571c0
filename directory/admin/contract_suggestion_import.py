"""Contracts from a file of the State's open data: sent, read (by the worker when it is large), looked at, confirmed."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from stdnum.fr import siret

from directory.models import ContractFile
from directory.references.decp import actions
from directory.references.decp.reading import MOST_PROBLEMS

MAX_MEGABYTES = 150
PREVIEW_ROWS = 200


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Fichier",
        help_text=f"JSON des données essentielles de la commande publique, schéma 2. {MAX_MEGABYTES} Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".json"}),
        error_messages={"empty": "Ce fichier est vide.", "required": "Choisissez un fichier."},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(f"Ce fichier dépasse {MAX_MEGABYTES} Mo.")
        return file


class ContractImport:
    """Mixin of the admin of contracts."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name="directory_contractsuggestion_import"),
            path("import/<int:pk>/", view(self.file_view), name="directory_contractsuggestion_file"),
            *super().get_urls(),
        ]

    def import_view(self, request):
        """Take a file; its own page says what it would bring."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if form.is_valid():
            file = form.cleaned_data["file"]
            contract_file = actions.receive(file=file, name=file.name, by=request.user)
            return HttpResponseRedirect(reverse("admin:directory_contractsuggestion_file", args=[contract_file.pk]))
        return self._contracts_page(request, {"form": form, "is_wrong": bool(form.errors)})

    def file_view(self, request, pk):
        """How far a file is read, or what it would bring, which is brought in once it is confirmed."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        contract_file = get_object_or_404(ContractFile, pk=pk, user=request.user)
        if request.method == "POST":
            return self._confirm(request, contract_file)
        if contract_file.state == ContractFile.State.READ:
            return self._contracts_page(request, _reading(contract_file))
        waits = contract_file.is_under_way
        share = 100 * contract_file.read_bytes // contract_file.size if contract_file.size else 0
        return self._contracts_page(
            request,
            {"file": contract_file, "share": share, "is_wrong": contract_file.is_unreadable}
            | ({} if waits else {"form": UploadForm()}),
        )

    def _confirm(self, request, contract_file):
        done = actions.confirm(contract_file_pk=contract_file.pk, by=request.user)
        if done is None:
            self.message_user(request, "Ce fichier n’attend plus : envoyez-le de nouveau.", messages.ERROR)
            return HttpResponseRedirect(reverse("admin:directory_contractsuggestion_import"))
        self.message_user(request, f"Import terminé. Marchés à attribuer : {done}.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:directory_contractsuggestion_changelist"))

    def _contracts_page(self, request, content):
        name = f" : {content['file'].name}" if "file" in content else ""
        return TemplateResponse(
            request,
            "admin/directory/contractsuggestion/import.html",
            self.admin_site.each_context(request)
            | {
                "title": f"Importer des marchés (DECP){name}",
                "opts": self.opts,
                "siren": siret.to_siren(settings.COOPERATIVE["siret"]),
                "form": None,
                "file": None,
                "reading": None,
                "is_wrong": False,
            }
            | content,
        )


def _reading(contract_file):
    """What the page shows of a file that is read."""
    suggestions = actions.suggestions_of(contract_file)
    new = actions.unknown(suggestions)
    return {
        "file": contract_file,
        "reading": contract_file.reading,
        "new": new[:PREVIEW_ROWS],
        "new_count": len(new),
        "known_count": len(suggestions) - len(new),
        "more": max(0, len(new) - PREVIEW_ROWS),
        "dropped_more": contract_file.reading["dropped_count"] > MOST_PROBLEMS,
        "warnings_more": contract_file.reading["warnings_count"] > MOST_PROBLEMS,
        "form": None if new else UploadForm(),
    }
