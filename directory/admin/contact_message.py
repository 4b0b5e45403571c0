from django.contrib import admin

from directory.models import ContactMessage
from directory.rights import messages_read_by

from .roles import ForRoles, OnlyTheirs, ReadOnly


@admin.register(ContactMessage)
class ContactMessageAdmin(OnlyTheirs, ReadOnly, ForRoles, admin.ModelAdmin):
    """What public buyers wrote; a référent reads what came to their own co-entrepreneurs."""

    rows = staticmethod(messages_read_by)
    list_display = ["created_at", "organisation", "name", "co_entrepreneur"]
    list_display_links = ["created_at", "organisation"]
    list_select_related = ["co_entrepreneur"]
    date_hierarchy = "created_at"
    search_fields = ["organisation__unaccent", "name__unaccent", "email", "co_entrepreneur__last_name__unaccent"]
    ordering = ["-created_at", "pk"]
