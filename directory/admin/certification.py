from django.contrib import admin

from directory.models import Label

from .roles import ForRoles


@admin.register(Label)
class LabelAdmin(ForRoles, admin.ModelAdmin):
    list_display = ["name", "description"]
    search_fields = ["name__unaccent", "slug"]
    prepopulated_fields = {"slug": ["name"]}
