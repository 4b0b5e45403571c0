from django.contrib import admin

from directory.models import FicheExport
from directory.models.author import name_of

from .roles import ForAdministrators, ReadOnly


@admin.register(FicheExport)
class FicheExportAdmin(ReadOnly, ForAdministrators, admin.ModelAdmin):
    """What left in spreadsheets, by whom."""

    list_display = ["exported_at", "who", "fiches", "ending", "columns_shown"]
    list_filter = ["exported_at"]
    list_select_related = ["user__referent"]
    fields = readonly_fields = ["exported_at", "who", "fiches", "ending", "columns_shown"]

    @admin.display(description="qui", ordering="user__username")
    def who(self, export):
        return name_of(export.user) if export.user else "Compte supprimé"

    @admin.display(description="colonnes")
    def columns_shown(self, export):
        return ", ".join(export.columns)
