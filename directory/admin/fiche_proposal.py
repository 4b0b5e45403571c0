from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Value
from django.db.models.functions import Concat
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from crealead.files import serve_private
from directory.decisions import AlreadyDecided, Incomplete, Stale
from directory.models import FicheProposal
from directory.my_space.proposals import label_of
from directory.rights import follows, has_role, proposals_decided_by

from .dashboard import is_late, waiting_days
from .listing_request import age
from .proposal_comparison import compare, version_seen
from .proposal_form import ProposalDecisionForm
from .roles import ForRoles, OnlyTheirs, ReadOnly

CHANGED = (
    "La fiche a changé pendant que vous lisiez, et rien n’est enregistré. La comparaison ci-dessous est à jour : "
    "relisez-la, puis décidez."
)


@admin.register(FicheProposal)
class FicheProposalAdmin(OnlyTheirs, ReadOnly, ForRoles, admin.ModelAdmin):
    """What co-entrepreneurs propose to change of their fiche; each proposal is read, and decided, on one page."""

    rows = staticmethod(proposals_decided_by)
    list_display = ["name", "changed", "state_shown", "submitted_at", "referent"]
    list_display_links = ["name"]
    list_filter = ["state", "co_entrepreneur__referent"]
    list_select_related = ["co_entrepreneur__referent"]
    list_per_page = 50
    search_fields = [f"co_entrepreneur__{name}__unaccent" for name in ("last_name", "first_name", "trade_name")]
    ordering = ["-submitted_at", "pk"]

    # Whoever has a role has proposals to decide on: which ones is told row by row.

    def has_module_permission(self, request):
        return has_role(request.user)

    def has_view_permission(self, request, obj=None):
        return has_role(request.user)

    def get_list_filter(self, request):
        return self.list_filter if request.user.is_superuser else ["state"]

    @admin.display(
        description="co-entrepreneur",
        ordering=Concat("co_entrepreneur__last_name", Value(" "), "co_entrepreneur__first_name"),
    )
    def name(self, proposal):
        return proposal.co_entrepreneur.name

    @admin.display(description="change")
    def changed(self, proposal):
        return ", ".join(label_of(name) for name in FicheProposal.FIELDS if name in proposal.changes)

    @admin.display(description="référent", ordering="co_entrepreneur__referent__name")
    def referent(self, proposal):
        return proposal.co_entrepreneur.referent or "–"

    @admin.display(description="état", ordering="state")
    def state_shown(self, proposal):
        label = proposal.get_state_display()
        if proposal.state != proposal.State.SUBMITTED:
            return label
        css = "late" if is_late(proposal) else "waiting"
        return format_html('<span class="{}">{}</span> {}', css, label, age(waiting_days(proposal)))

    # --- One page for each ------------------------------------------------------------------------------------------

    def get_urls(self):
        return [
            path(
                "<int:pk>/decision/",
                self.admin_site.admin_view(self.decision_view),
                name="directory_ficheproposal_decide",
            ),
            path(
                "<int:pk>/photo/",
                self.admin_site.admin_view(self.photo_view),
                name="directory_ficheproposal_photo",
            ),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not (object_id.isascii() and object_id.isdecimal()):
            raise Http404
        return HttpResponseRedirect(reverse("admin:directory_ficheproposal_decide", args=[object_id]))

    def history_view(self, request, object_id, extra_context=None):
        return self.change_view(request, object_id)

    def decision_view(self, request, pk):
        proposal = self._decidable(request, pk)
        form = ProposalDecisionForm(request.POST if request.method == "POST" else None, proposal=proposal)
        if form.is_valid():
            try:
                self.message_user(request, form.apply(by=request.user), messages.SUCCESS)
            except AlreadyDecided as error:
                self.message_user(request, str(error), messages.WARNING)
            except (Stale, Incomplete) as error:
                lacks = error.missing if isinstance(error, Incomplete) else []
                for sentence in [f"Il manque {lack}." for lack in lacks] or [CHANGED]:
                    form.add_error(None, sentence)
                return self._decision_page(request, self._decidable(request, pk), form)
            return HttpResponseRedirect(request.path)
        return self._decision_page(request, proposal, form)

    def photo_view(self, request, pk):
        return serve_private(self._decidable(request, pk).photo, filename="photo.webp", as_attachment=False)

    def _decidable(self, request, pk):
        """The proposal, for those who decide on it; the others are told nothing of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        proposals = FicheProposal.objects.select_related("co_entrepreneur__referent", "decided_by__referent")
        found = get_object_or_404(proposals, pk=pk)
        if not follows(request.user, found.co_entrepreneur):
            raise PermissionDenied
        return found

    def _decision_page(self, request, proposal, form):
        fiche = proposal.co_entrepreneur
        return TemplateResponse(
            request,
            "admin/directory/ficheproposal/decision.html",
            self.admin_site.each_context(request)
            | {
                "title": f"Modification proposée par {fiche.name}",
                "opts": self.opts,
                "proposal": proposal,
                "fiche": fiche,
                "form": form,
                "ticked": form.ticked,
                "seen": version_seen(fiche),
                "decided_by": proposal.decider,
                "awaiting": proposal.state == proposal.State.SUBMITTED,
                "waited": age(waiting_days(proposal)),
                "late": is_late(proposal),
                "rows": compare(proposal),
            },
        )
