import secrets

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.serializers import deserialize, serialize
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from stdnum.fr import siret

from directory.decisions import AlreadyDecided
from directory.forms.clients import ClientForm
from directory.models import CoEntrepreneur, ContractSuggestion, PublicClient, Reference
from directory.references.decp import actions
from directory.references.decp.json_stream import UnreadableFileError
from directory.references.decp.reading import read
from directory.rights import fiches_followed_by, has_role

from .roles import ForRoles, ReadOnly

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


class AttributionForm(forms.Form):
    """Who carried a contract out."""

    co_entrepreneur = forms.ModelChoiceField(
        CoEntrepreneur.objects.none(),
        label="Réalisé par",
        empty_label="Choisir un co-entrepreneur",
        error_messages={"required": "Dites qui a réalisé ce marché."},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["co_entrepreneur"].queryset = fiches_followed_by(user).present()


@admin.register(ContractSuggestion)
class ContractSuggestionAdmin(ReadOnly, ForRoles, admin.ModelAdmin):
    """The contracts that the State's open data say are ours: a person says whose each is, or sets it aside."""

    change_list_template = "admin/directory/contractsuggestion/change_list.html"
    list_display = ["subject", "buyer", "notified_on", "amount", "holders_count", "state"]
    list_filter = ["state", "notified_on"]
    list_per_page = 50
    search_fields = ["subject__unaccent", "buyer_name__unaccent", "buyer_siret", "contract_id"]
    ordering = ["-notified_on", "pk"]
    actions = ["take_back"]

    @admin.display(description="acheteur", ordering="buyer_name")
    def buyer(self, suggestion):
        return suggestion.buyer_name or siret.format(suggestion.buyer_siret, " ")

    @admin.action(description="Remettre à attribuer ceux qui ont été écartés", permissions=["view"])
    def take_back(self, request, queryset):
        dismissed = queryset.filter(state=ContractSuggestion.State.DISMISSED)
        done = dismissed.update(state=ContractSuggestion.State.AWAITING, decided_by=None, decided_at=None)
        self.message_user(request, f"Marchés remis à attribuer : {done}.", messages.SUCCESS)

    # --- Pages of their own -----------------------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name="directory_contractsuggestion_import"),
            path("<int:pk>/decision/", view(self.decision_view), name="directory_contractsuggestion_decide"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        suggestion = self.get_object(request, object_id)
        if suggestion is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse("admin:directory_contractsuggestion_decide", args=[suggestion.pk]))

    def history_view(self, request, object_id, extra_context=None):
        return self.change_view(request, object_id)

    def import_view(self, request):
        """Show what a file would bring, then bring it in once it is confirmed."""
        self._check_role(request)
        if "confirmation" in request.POST:
            return self._import(request)
        posted = request.method == "POST"
        form = UploadForm(request.POST if posted else None, request.FILES if posted else None)
        reading = form.reading if form.is_valid() else None
        new, ticket = [], ""
        if reading and not reading.problems:
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

    def decision_view(self, request, pk):
        """Who carried a contract out, or that it is set aside."""
        self._check_role(request)
        suggestion = get_object_or_404(
            ContractSuggestion.objects.select_related("reference__co_entrepreneur", "decided_by__referent"), pk=pk
        )
        data = request.POST if request.method == "POST" else None
        attributing = data is not None and data.get("decision") == "attribute"
        form = AttributionForm(data if attributing else None, user=request.user)
        client = ClientForm(data if attributing else None, initial=_buyer(suggestion))
        try:
            if attributing and all([form.is_valid(), client.is_valid()]):
                reference = actions.attribute(
                    suggestion_pk=pk,
                    by=request.user,
                    co_entrepreneur=form.cleaned_data["co_entrepreneur"],
                    client=client.chosen,
                )
                keeper = reference.co_entrepreneur.name
                self.message_user(request, f"Marché attribué : {keeper} le complète, puis vous le validez.")
                return HttpResponseRedirect(reverse("admin:directory_contractsuggestion_changelist"))
            if data is not None and data.get("decision") == "dismiss":
                actions.dismiss(suggestion_pk=pk, by=request.user)
                self.message_user(request, "Marché écarté.", messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:directory_contractsuggestion_changelist"))
        except AlreadyDecided as error:
            self.message_user(request, str(error), messages.WARNING)
            return HttpResponseRedirect(request.path)
        return self._decision_page(request, suggestion, form, client)

    def _decision_page(self, request, suggestion, form, client):
        awaiting = suggestion.is_awaiting
        same_buyer = Reference.objects.filter(client__siret=suggestion.buyer_siret).filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=suggestion.notified_on)
        )
        return TemplateResponse(
            request,
            "admin/directory/contractsuggestion/decision.html",
            self.admin_site.each_context(request)
            | {
                "title": "Marché des données ouvertes",
                "opts": self.opts,
                "suggestion": suggestion,
                "buyer": siret.format(suggestion.buyer_siret, " "),
                "awaiting": awaiting,
                "outcome": "" if awaiting else suggestion.outcome,
                "form": form,
                "client": client,
                "same_buyer": same_buyer.select_related("client", "co_entrepreneur").order_by("-starts_on", "pk")[:10],
            },
        )

    def _check_role(self, request):
        if not (has_role(request.user) and self.has_view_permission(request)):
            raise PermissionDenied


def _buyer(suggestion):
    """What the form says of the client at first: the buyer, found in the directory by its SIRET when it is there."""
    known = PublicClient.objects.filter(siret=suggestion.buyer_siret).first()
    if known:
        return {"client_name": known.name, "client_asked": known.name, "client": str(known.pk)}
    valid = siret.is_valid(suggestion.buyer_siret)
    return {"client_name": suggestion.buyer_name, "client_siret": suggestion.buyer_siret if valid else ""}
