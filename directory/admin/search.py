from urllib.parse import urlencode

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html

from directory.models import FruitlessSearch, Synonym
from directory.search.vocabulary import is_said

from .roles import ForRoles


@admin.register(Synonym)
class SynonymAdmin(ForRoles, admin.ModelAdmin):
    """The words that buyers type, and what the catalogue calls it; at work at the next search."""

    list_display = ["words", "meaning", "both_ways"]
    list_filter = ["both_ways"]
    search_fields = ["words__unaccent", "meaning__unaccent"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not is_said(obj.meaning):
            self.message_user(
                request,
                f"Aucune fiche ne dit « {obj.meaning} » : chercher « {obj.words} » ne trouvera "
                "personne de plus tant qu’aucune ne le dit.",
                messages.WARNING,
            )


@admin.register(FruitlessSearch)
class FruitlessSearchAdmin(ForRoles, admin.ModelAdmin):
    """What was looked for in vain: the words to teach the catalogue, or the offers it lacks."""

    list_display = ["words", "count", "last_on", "teach"]
    search_fields = ["words__unaccent"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_list_display(self, request):
        adds_skills = request.user.has_perm("directory.add_skill")
        return [*self.list_display, *(["make_skill"] if adds_skills else [])]

    @admin.display(description="compétence")
    def make_skill(self, search):
        url = f"{reverse('admin:directory_skill_add')}?{urlencode({'name': search.words})}"
        return format_html('<a class="button" href="{}">En faire une compétence</a>', url)

    @admin.display(description="synonyme")
    def teach(self, search):
        url = f"{reverse('admin:directory_synonym_add')}?{urlencode({'words': search.words[:80]})}"
        return format_html('<a class="button" href="{}">En faire un synonyme</a>', url)
