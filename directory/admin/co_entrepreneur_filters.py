"""The filters of the list of fiches; each value is a word of the address, for links from elsewhere."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils import timezone

from directory.models import CoEntrepreneur, Domain, FirstPage, Skill
from directory.rights import fiches_followed_by, referents_acted_as

FIRST_PAGE_WITHIN = timedelta(days=90)


def _followed(request, queryset):
    """Those of whom this user reads what no colleague does: a filter by it says nothing of the others."""
    return queryset.filter(pk__in=fiches_followed_by(request.user).values("pk"))


class MineFilter(admin.SimpleListFilter):
    title = "suivi"
    parameter_name = "suivi"

    def lookups(self, request, model_admin):
        return [("moi", "par moi"), ("personne", "sans référent")]

    def queryset(self, request, queryset):
        if self.value() == "moi":
            return queryset.filter(referent__in=referents_acted_as(request.user))
        if self.value() == "personne":
            return queryset.filter(referent__isnull=True)
        return queryset


class ListedFilter(admin.SimpleListFilter):
    title = "catalogue public"
    parameter_name = "catalogue"

    def lookups(self, request, model_admin):
        return [("oui", "référencés"), ("non", "non référencés"), ("partis", "partis")]

    def queryset(self, request, queryset):
        if self.value() == "oui":
            return queryset.published()
        if self.value() == "non":
            return queryset.present().filter(client_public=False)
        if self.value() == "partis":
            return queryset.departed()
        return queryset


class ToldFilter(admin.SimpleListFilter):
    title = "annonce de la fiche"
    parameter_name = "prevenus"

    def lookups(self, request, model_admin):
        return [("non", "pas encore faite")]

    def queryset(self, request, queryset):
        if self.value() != "non":
            return queryset
        return _followed(request, queryset).filter(notice__sent_at=None, notice__isnull=False)


class FirstPageFilter(admin.SimpleListFilter):
    """Listed for ninety days, and on none of the first pages that were counted in that time; nobody before."""

    title = "première page, 90 jours"
    parameter_name = "premiere"

    def lookups(self, request, model_admin):
        return [("jamais", "jamais montrés")]

    def queryset(self, request, queryset):
        if self.value() != "jamais":
            return queryset
        since = timezone.localdate() - FIRST_PAGE_WITHIN
        if not FirstPage.objects.filter(first_on__lte=since).exists():
            return queryset.none()
        shown = FirstPage.objects.filter(co_entrepreneur=OuterRef("pk"), last_on__gt=since)
        return _followed(request, queryset).published().filter(~Exists(shown), listed_since__lte=since)


class ContractFilter(admin.ChoicesFieldListFilter):
    def queryset(self, request, queryset):
        queryset = super().queryset(request, queryset)
        return _followed(request, queryset) if self.used_parameters else queryset


class FollowerFilter(admin.RelatedFieldListFilter):
    """By référent; those that nobody follows are a value of `MineFilter`."""

    include_empty_choice = False


class LacksFilter(admin.SimpleListFilter):
    title = "état de la fiche"
    parameter_name = "manque"

    def lookups(self, request, model_admin):
        return [("oui", "à compléter")]

    def queryset(self, request, queryset):
        if self.value() == "oui":
            return queryset.filter(pk__in=CoEntrepreneur.objects.lacking_something().values("pk"))
        return queryset


class DomainFilter(admin.SimpleListFilter):
    title = "domaine"
    parameter_name = "domaine"

    def lookups(self, request, model_admin):
        return list(Domain.objects.values_list("slug", "name"))

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        in_domain = Skill.co_entrepreneurs.through.objects.filter(
            coentrepreneur=OuterRef("pk"), skill__domain__slug=self.value()
        )
        return queryset.filter(Exists(in_domain))
