"""The filters of the list of references; each value is a word of the address, for links from elsewhere."""

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from directory.models.reference import RECENT, RECENT_YEARS, years_before
from directory.rights import referents_acted_as


class FollowedFilter(admin.SimpleListFilter):
    title = "suivi"
    parameter_name = "suivi"

    def lookups(self, request, model_admin):
        return [("moi", "tenues par mes co-entrepreneurs"), ("personne", "que personne ne tient")]

    def queryset(self, request, queryset):
        if self.value() == "moi":
            return queryset.filter(co_entrepreneur__referent__in=referents_acted_as(request.user))
        if self.value() == "personne":
            return queryset.filter(co_entrepreneur__isnull=True)
        return queryset


class RecentFilter(admin.SimpleListFilter):
    title = "ancienneté"
    parameter_name = "recente"

    def lookups(self, request, model_admin):
        return [("oui", f"moins de {RECENT}"), ("non", f"plus de {RECENT}")]

    def queryset(self, request, queryset):
        if self.value() == "oui":
            return queryset.recent()
        if self.value() == "non":
            return queryset.exclude(
                Q(ends_on__isnull=True) | Q(ends_on__gt=years_before(timezone.localdate(), RECENT_YEARS))
            )
        return queryset
