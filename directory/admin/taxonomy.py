from django.contrib import admin

from directory.models import CpvCode, Domain, Skill

from .roles import ForRoles


@admin.register(Domain)
class DomainAdmin(ForRoles, admin.ModelAdmin):
    list_display = ["name", "position", "description"]
    search_fields = ["name__unaccent"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Skill)
class SkillAdmin(ForRoles, admin.ModelAdmin):
    list_display = ["name", "domain", "other_words", "is_building_trade"]
    list_filter = ["domain", "is_building_trade"]
    list_select_related = ["domain"]
    search_fields = ["name__unaccent", "slug", "synonyms__icontains"]
    autocomplete_fields = ["domain"]
    prepopulated_fields = {"slug": ["name"]}

    @admin.display(description="synonymes")
    def other_words(self, skill):
        return ", ".join(skill.synonyms)


@admin.register(CpvCode)
class CpvCodeAdmin(ForRoles, admin.ModelAdmin):
    list_display = ["code", "label"]
    list_display_links = ["code", "label"]
    search_fields = ["code__startswith", "label__unaccent"]
