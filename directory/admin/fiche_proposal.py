from django.contrib import admin
from django.db.models import Value
from django.db.models.functions import Concat
from django.urls import path

from directory.models import FicheProposal
from directory.my_space.proposals import label_of
from directory.rights import has_role, is_administrator, proposals_decided_by

from .fiche_proposal_decision import FicheProposalDecision
from .files import serve_photo
from .roles import ForRoles, OnlyTheirs, ReadOnly


@admin.register(FicheProposal)
class FicheProposalAdmin(FicheProposalDecision, OnlyTheirs, ReadOnly, ForRoles, admin.ModelAdmin):
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
        return self.list_filter if is_administrator(request.user) else ["state"]

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

    # --- The photo --------------------------------------------------------------------------------------------------

    def get_urls(self):
        photo = self.admin_site.admin_view(self.photo_view)
        return [path("<int:pk>/photo/", photo, name="directory_ficheproposal_photo"), *super().get_urls()]

    def photo_view(self, request, pk):
        return serve_photo(self.decidable(request, pk).photo)
