from django.contrib import admin

from directory.models import Page

from .roles import ForAdministrators


@admin.register(Page)
class PageAdmin(ForAdministrators, admin.ModelAdmin):
    list_display = ["title", "slug", "updated_at"]
    readonly_fields = ["updated_at"]
