from django.contrib import admin

from directory.models import PublicClient

from .roles import ForRoles


@admin.register(PublicClient)
class PublicClientAdmin(ForRoles, admin.ModelAdmin):
    """The buyers already served; those that are missing are added, the others corrected."""

    list_display = ["name", "type", "department", "siret"]
    list_filter = ["type", "department"]
    list_select_related = ["department"]
    search_fields = ["name__unaccent", "siret"]
    autocomplete_fields = ["department"]
