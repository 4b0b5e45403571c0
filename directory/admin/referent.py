from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Count, Q

from directory.models import Referent

from .confirmation import ConfirmedFirst
from .roles import ForAdministrators

# Made by migration 0004, with the permissions that go with it.
REFERENTS_GROUP = "Référents"


@admin.register(Referent)
class ReferentAdmin(ConfirmedFirst, ForAdministrators, admin.ModelAdmin):
    list_display = ["name", "user", "phone", "followed", "listed"]
    list_select_related = ["user"]
    search_fields = ["name__unaccent", "user__username", "user__email"]
    autocomplete_fields = ["user"]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(
                followed_count=Count("co_entrepreneurs"),
                listed_count=Count("co_entrepreneurs", filter=Q(co_entrepreneurs__client_public=True)),
            )
        )

    def save_model(self, request, obj, form, change):
        """Give the account what a référent needs, so that there is one page to fill and not two."""
        super().save_model(request, obj, form, change)
        obj.user.is_staff = True
        obj.user.save(update_fields=["is_staff"])
        obj.user.groups.add(Group.objects.get(name=REFERENTS_GROUP))

    @admin.display(description="co-entrepreneurs suivis", ordering="followed_count")
    def followed(self, referent):
        return referent.followed_count

    @admin.display(description="dont référencés", ordering="listed_count")
    def listed(self, referent):
        return referent.listed_count
