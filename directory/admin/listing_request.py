from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Value
from django.db.models.functions import Concat
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from directory.decisions import AlreadyDecided, Incomplete
from directory.models import ListingRequest
from directory.rights import follows, requests_decided_by

from .comparison import compare, consents, missing_once_accepted, served_clients
from .dashboard import is_late, waiting_days
from .decision_form import DecisionForm
from .request_history import steps_of
from .roles import ForRoles, OnlyTheirs, ReadOnly


@admin.register(ListingRequest)
class ListingRequestAdmin(OnlyTheirs, ReadOnly, ForRoles, admin.ModelAdmin):
    """The requests that this person decides on; each is read, and decided, on one page."""

    rows = staticmethod(requests_decided_by)
    list_display = ["name", "trade_name", "state_shown", "submitted_at", "referent", "fiche"]
    list_display_links = ["name"]
    list_filter = ["state", "referent"]
    list_select_related = ["referent", "co_entrepreneur"]
    list_per_page = 50
    search_fields = ["last_name__unaccent", "first_name__unaccent", "trade_name__unaccent", "email"]
    ordering = ["-submitted_at", "pk"]

    def get_list_filter(self, request):
        return self.list_filter if request.user.is_superuser else ["state"]

    @admin.display(description="co-entrepreneur", ordering=Concat("last_name", Value(" "), "first_name"))
    def name(self, asked):
        return asked.name

    @admin.display(description="état", ordering="state")
    def state_shown(self, asked):
        label = asked.get_state_display()
        if asked.state != asked.State.SUBMITTED:
            return label
        css = "late" if is_late(asked) else "waiting"
        return format_html('<span class="{}">{}</span> {}', css, label, age(waiting_days(asked)))

    @admin.display(description="fiche", boolean=True)
    def fiche(self, asked):
        return not asked.has_no_fiche

    # --- One page for each ------------------------------------------------------------------------------------------

    def get_urls(self):
        return [
            path(
                "<int:pk>/decision/",
                self.admin_site.admin_view(self.decision_view),
                name="directory_listingrequest_decide",
            ),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not (object_id.isascii() and object_id.isdecimal()):
            raise Http404
        return HttpResponseRedirect(reverse("admin:directory_listingrequest_decide", args=[object_id]))

    def history_view(self, request, object_id, extra_context=None):
        return self.change_view(request, object_id)

    def decision_view(self, request, pk):
        asked = self._decidable(request, pk)
        form = DecisionForm(request.POST if request.method == "POST" else None, asked=asked)
        if form.is_valid():
            try:
                self.message_user(request, form.apply(by=request.user), messages.SUCCESS)
            except AlreadyDecided as error:
                self.message_user(request, str(error), messages.WARNING)
            except Incomplete as error:
                for lack in error.missing:
                    form.add_error(None, f"Il manque {lack}.")
                return self._decision_page(request, asked, form)
            return HttpResponseRedirect(request.path)
        return self._decision_page(request, asked, form)

    def _decidable(self, request, pk):
        """The request, for those who decide on it; the others are told nothing of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        requests = ListingRequest.objects.select_related(
            "referent", "co_entrepreneur__referent", "decided_by__referent"
        )
        asked = get_object_or_404(requests, pk=pk)
        if not follows(request.user, asked):
            raise PermissionDenied
        return asked

    def _decision_page(self, request, asked, form):
        fiche = asked.co_entrepreneur
        texts, lists = compare(asked, fiche)
        return TemplateResponse(
            request,
            "admin/directory/listingrequest/decision.html",
            self.admin_site.each_context(request)
            | {
                "title": f"Demande de {asked.name}",
                "opts": self.opts,
                "asked": asked,
                "fiche": fiche,
                "form": form,
                "decided_by": asked.decider,
                "awaiting": asked.state == asked.State.SUBMITTED,
                "waited": age(waiting_days(asked)),
                "late": is_late(asked),
                "texts": texts,
                "lists": lists,
                "missing": missing_once_accepted(asked, fiche),
                "served_clients": served_clients(asked),
                "consents": consents(asked),
                "steps": steps_of(asked),
            },
        )


def age(days):
    """How long ago, as it is read: « aujourd’hui », « depuis 9 jours »."""
    if days == 0:
        return "aujourd’hui"
    return "depuis hier" if days == 1 else f"depuis {days} jours"
