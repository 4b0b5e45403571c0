from django.contrib import admin
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.text import slugify

from directory.models import Insurance
from directory.rights import fiches_followed_by, insurances_read_by, insures_anyone, keeps_insurance

from .files import HoldsFiles, serve_proof
from .roles import ForRoles, OnlyTheirs


@admin.register(Insurance)
class InsuranceAdmin(HoldsFiles, OnlyTheirs, ForRoles, admin.ModelAdmin):
    """What insures the cooperative, which administrators keep, and each co-entrepreneur, which their référent keeps."""

    rows = staticmethod(insurances_read_by)
    list_display = ["kind", "holder", "insurer", "expires_on", "valid", "public"]
    list_display_links = ["kind", "holder"]
    list_filter = ["kind"]
    list_select_related = ["co_entrepreneur"]
    search_fields = [
        "insurer__unaccent",
        "co_entrepreneur__last_name__unaccent",
        "co_entrepreneur__trade_name__unaccent",
    ]
    ordering = ["kind", "pk"]
    fields = ["co_entrepreneur", "kind", ("insurer", "policy_number"), ("starts_on", "expires_on"), "proof"]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or keeps_insurance(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or keeps_insurance(request.user, obj))

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Only an administrator insures everyone; a référent says whom, among their own."""
        if insures_anyone(request.user):
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        own = fiches_followed_by(request.user).present()
        field = super().formfield_for_foreignkey(db_field, request, queryset=own, **kwargs)
        field.required, field.help_text = True, ""
        return field

    @admin.display(description="qui est assuré", ordering="co_entrepreneur__last_name")
    def holder(self, insurance):
        return insurance.co_entrepreneur.name if insurance.co_entrepreneur else "La coopérative"

    @admin.display(description="valable", boolean=True)
    def valid(self, insurance):
        return insurance.is_valid

    @admin.display(description="dite aux acheteurs", boolean=True)
    def public(self, insurance):
        return insurance.is_public

    # --- The proof --------------------------------------------------------------------------------------------------

    def get_urls(self):
        proof = self.admin_site.admin_view(self.proof_view)
        return [path("<int:pk>/attestation/", proof, name="directory_insurance_proof"), *super().get_urls()]

    def proof_view(self, request, pk):
        """The proof, for those who may read the insurance; for the others it doesn't exist."""
        insurances = self.get_queryset(request) if self.has_view_permission(request) else Insurance.objects.none()
        insurance = get_object_or_404(insurances, pk=pk)
        return serve_proof(insurance.proof, slugify(str(insurance)))
