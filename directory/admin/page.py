from django.contrib import admin

from directory.models import Page
from directory.models.page import BUYING_BLOCKS

from .roles import ForAdministrators


@admin.register(Page)
class PageAdmin(ForAdministrators, admin.ModelAdmin):
    list_display = ["title", "slug", "updated_at"]
    readonly_fields = ["updated_at"]

    def get_fieldsets(self, request, obj=None):
        """Say beside its text what « Acheter en pratique » fills in by itself."""
        [(title, options)] = super().get_fieldsets(request, obj)
        if obj and obj.slug == Page.Slug.BUYING:
            names = ", ".join(f"[[{name}]]" for name in BUYING_BLOCKS)
            options |= {"description": f"Cette page remplit d’elle-même, chacun seul sur sa ligne : {names}."}
        return [(title, options)]
