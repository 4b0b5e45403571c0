from django.contrib import admin

from directory.models import Department, Region

from .roles import ForRoles, ReadOnly


@admin.register(Region)
class RegionAdmin(ReadOnly, ForRoles, admin.ModelAdmin):
    """The official codes: they come with the application, and change with the law."""

    list_display = ["name", "code"]
    search_fields = ["name__unaccent", "code"]


@admin.register(Department)
class DepartmentAdmin(ReadOnly, ForRoles, admin.ModelAdmin):
    """The official codes; référents only pick from them."""

    list_display = ["name", "code", "region"]
    list_filter = ["region"]
    list_select_related = ["region"]
    search_fields = ["name__unaccent", "code"]
