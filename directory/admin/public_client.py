from django.contrib import admin

from directory.models import PublicClient

from .roles import ForRoles


@admin.register(PublicClient)
class PublicClientAdmin(ForRoles, admin.ModelAdmin):
    """The buyers already served; a référent adds those that are missing, administrators correct them."""

    list_display = ["name", "type", "department"]
    list_filter = ["type", "department"]
    list_select_related = ["department"]
    search_fields = ["name__unaccent"]
    autocomplete_fields = ["department"]
