from django.contrib import admin
from django.db.models import Count, TextField
from django.forms import Textarea

from directory.models import MemoTrame, TrameSection

from .roles import ForRoles


class SectionInline(admin.StackedInline):
    model = TrameSection
    extra = 0
    fields = [("position", "kind"), "title", "guidance", "body"]
    formfield_overrides = {TextField: {"widget": Textarea(attrs={"rows": 14, "cols": 100})}}


@admin.register(MemoTrame)
class MemoTrameAdmin(ForRoles, admin.ModelAdmin):
    """The skeletons of technical memos; a memo already begun keeps its own copy."""

    list_display = ["name", "service", "sections_count", "is_offered"]
    list_filter = ["is_offered", "service"]
    search_fields = ["name__unaccent", "service__unaccent", "sections__title__unaccent"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "service", "introduction", "is_offered"],
                "description": "Dans les textes de départ, ce qui reste à écrire se met entre doubles crochets. Quatre "
                "se remplissent d’après la consultation : [[objet de la consultation]], [[référence de la "
                "consultation]], [[acheteur]], [[pilote]]. Un mémoire déjà commencé ne change pas.",
            },
        )
    ]
    inlines = [SectionInline]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(sections_count=Count("sections"))

    @admin.display(description="sections", ordering="sections_count")
    def sections_count(self, trame):
        return trame.sections_count
