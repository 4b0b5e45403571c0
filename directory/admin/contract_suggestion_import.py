"""Contracts from a file of the State's open data, in two steps: a preview, then a confirmation."""

import secrets

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.serializers import deserialize, serialize
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from stdnum.fr import siret

from directory.references.decp import actions
from directory.references.decp.json_stream import UnreadableFileError
from directory.references.decp.reading import read

MAX_MEGABYTES = 150
PREVIEW_ROWS = 200
# Where what was previewed waits for its confirmation: in the session of who sent the file.
WAITING = "decp"


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Fichier",
        help_text=f"JSON des données essentielles de la commande publique, schéma 2. {MAX_MEGABYTES} Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".json"}),
        error_messages={"empty": "Ce fichier est vide.", "required": "Choisissez un fichier."},
    )

    def clean_file(self):
        """The file; what it holds is in `reading`."""
        file = self.cleaned_data["file"]
        if file.size > MAX_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(f"Ce fichier dépasse {MAX_MEGABYTES} Mo.")
        name = "".join(sign for sign in file.name if sign.isprintable())[:200]
        try:
            self.reading = read(file, siren=settings.COOPERATIVE["siret"][:9], source=name)
        except UnreadableFileError as error:
            raise forms.ValidationError(f"Rien n’est importé : {error}") from error
        return file


class ContractImport:
    """Mixin of the admin of contracts."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="directory_contractsuggestion_import"), *super().get_urls()]

    def import_view(self, request):
        """Show what a file would bring, then bring it in once it is confirmed."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if "confirmation" in request.POST:
            return self._import(request)
        posted = request.method == "POST"
        form = UploadForm(request.POST if posted else None, request.FILES if posted else None)
        reading = form.reading if form.is_valid() else None
        problems = reading.problems if reading else []
        if problems:
            reading = None
        new, ticket = [], ""
        if reading:
            new = actions.unknown(reading.suggestions)
            ticket = secrets.token_urlsafe(16) if new else ""
            request.session[WAITING] = {"ticket": ticket, "rows": serialize("json", new)}
        return TemplateResponse(
            request,
            "admin/directory/contractsuggestion/import.html",
            self.admin_site.each_context(request)
            | {
                "title": "Importer des marchés (DECP)",
                "opts": self.opts,
                "form": form,
                "problems": problems,
                "reading": reading,
                "siren": siret.to_siren(settings.COOPERATIVE["siret"]),
                "new": new[:PREVIEW_ROWS],
                "new_count": len(new),
                "known_count": len(reading.suggestions) - len(new) if reading else 0,
                "more": max(0, len(new) - PREVIEW_ROWS),
                "ticket": ticket,
            },
        )

    def _import(self, request):
        waiting = request.session.pop(WAITING, None)
        if not waiting or not waiting["ticket"] or waiting["ticket"] != request.POST["confirmation"]:
            self.message_user(request, "Ce fichier n’attend plus : envoyez-le de nouveau.", messages.ERROR)
            return HttpResponseRedirect(request.path)
        rows = [row.object for row in deserialize("json", waiting["rows"])]
        done = actions.bring_in(suggestions={(row.buyer_siret, row.contract_id): row for row in rows})
        self.message_user(request, f"Import terminé. Marchés à attribuer : {done}.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:directory_contractsuggestion_changelist"))
