import pghistory
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import slugify

from directory.models import Reference
from directory.models.reference import RECENT
from directory.references import actions
from directory.rights import Viewer, fiches_followed_by, is_administrator, references_read_by, validates

from .files import HoldsFiles, serve_proof
from .reference_decision import ReferenceDecision, attestation_link
from .reference_filters import FollowedFilter, RecentFilter
from .reference_form import ParticipationInline, ReferenceForm
from .roles import ForRoles

# Read by those who took part, who follows one of them, and administrators.
PRIVATE_FIELDS = [
    ("amount", "amount_shown"),
    "attestation",
    ("contact_name", "contact_role"),
    ("contact_email", "contact_phone"),
]


@admin.register(Reference)
class ReferenceAdmin(HoldsFiles, ReferenceDecision, ForRoles, admin.ModelAdmin):
    """The references; each that waits is read, and decided, on one page. What the team writes is validated by it."""

    form = ReferenceForm
    inlines = [ParticipationInline]
    list_display = ["subject", "client", "keeper", "period_shown", "state_shown", "recent", "shown"]
    list_filter = ["state", RecentFilter, FollowedFilter, "publishable", "client__type"]
    list_select_related = ["client", "co_entrepreneur"]
    list_per_page = 50
    search_fields = [
        "subject__unaccent",
        "client__name__unaccent",
        *(f"co_entrepreneur__{name}__unaccent" for name in ("last_name", "first_name", "trade_name")),
    ]
    ordering = ["-submitted_at", "pk"]
    autocomplete_fields = ["co_entrepreneur", "client", "cpv_codes"]
    readonly_fields = ["state_and_author", "attestation_link"]

    # --- Who may do what --------------------------------------------------------------------------------------------

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or validates(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or validates(request.user, obj))

    # --- The list ---------------------------------------------------------------------------------------------------

    @admin.display(description="tenue par", ordering="co_entrepreneur__last_name")
    def keeper(self, reference):
        return reference.co_entrepreneur.name if reference.co_entrepreneur else "–"

    @admin.display(description="période", ordering="starts_on")
    def period_shown(self, reference):
        return reference.period

    @admin.display(description=f"moins de {RECENT}", boolean=True)
    def recent(self, reference):
        return reference.is_recent

    @admin.display(description="publique", boolean=True)
    def shown(self, reference):
        return reference.state == reference.State.VALIDATED and reference.publishable

    # --- The form ---------------------------------------------------------------------------------------------------

    def get_fieldsets(self, request, obj=None):
        mine = obj is None or validates(request.user, obj)
        known = mine or references_read_by(Viewer(user=request.user)).filter(pk=obj.pk).exists()
        private = PRIVATE_FIELDS if mine else [f if f != "attestation" else "attestation_link" for f in PRIVATE_FIELDS]
        return [
            (
                None,
                {
                    "fields": [
                        "co_entrepreneur",
                        "client",
                        "subject",
                        ("starts_on", "ends_on"),
                        ("place", "role"),
                        "cpv_codes",
                        *(["read_version"] if mine and obj else []),
                    ]
                },
            ),
            ("Ce qu’il faut en retenir", {"fields": ["context", "mission", "deliverables", "results"]}),
            *([("Jamais montré au public", {"fields": private})] if known else []),
            ("Publication", {"fields": ["publishable", *(["state_and_author"] if obj else [])]}),
        ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "subject":
            kwargs["widget"] = AdminTextInputWidget(attrs={"size": 80})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """A référent writes for those they follow."""
        if db_field.name == "co_entrepreneur" and not is_administrator(request.user):
            kwargs["queryset"] = fiches_followed_by(request.user)
            kwargs["help_text"] = "Une des personnes que vous suivez. Les autres participants la partagent."
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description="état")
    def state_and_author(self, reference):
        state = reference.get_state_display()
        if reference.is_awaiting:
            return format_html('{}. <a href="{}">Lire et décider</a>', state, self.decision_url(reference.pk))
        who = f" par {reference.decider}" if reference.decided_by else ""
        return f"{state} le {timezone.localtime(reference.decided_at):%d/%m/%Y}{who}"

    @admin.display(description="attestation")
    def attestation_link(self, reference):
        return attestation_link(reference) or "–"

    # --- What is saved ----------------------------------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        pghistory.context(reason="Référence écrite par l’équipe")
        actions.record(reference=obj, by=request.user)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        actions.tell_newcomers(reference=form.instance)

    def response_change(self, request, obj):
        if obj.is_awaiting and "_save" in request.POST:
            self.message_user(request, "Référence modifiée. Il reste à décider.", messages.SUCCESS)
            return HttpResponseRedirect(self.decision_url(obj.pk))
        return super().response_change(request, obj)

    # --- The attestation --------------------------------------------------------------------------------------------

    def get_urls(self):
        attestation = self.admin_site.admin_view(self.attestation_view)
        return [
            path("<int:pk>/attestation/", attestation, name="directory_reference_attestation"),
            *super().get_urls(),
        ]

    def attestation_view(self, request, pk):
        """An attestation, for those who follow someone who took part; for the others it doesn't exist."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        reference = get_object_or_404(references_read_by(Viewer(user=request.user)), pk=pk)
        return serve_proof(reference.attestation, slugify(f"attestation {reference.subject}")[:80])
