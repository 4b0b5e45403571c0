"""Who stands in for whom: a référent says it of themselves, an administrator of anybody."""

from datetime import timedelta

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from directory.accounts import actions
from directory.models import Referent, StandIn
from directory.rights import is_administrator, names_stand_in, stand_ins_seen_by

from .confirmation import ConfirmedFirst
from .roles import ForRoles, OnlyTheirs

LONGEST = timedelta(days=366)


class StandInForm(forms.ModelForm):
    """From a day to a day, not before today.

    Attributes:
        user: who fills the form (set on the class by the admin, for one request).
    """

    user = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "referent" not in self.fields and self.instance.pk is None:
            self.instance.referent = self.user.referent
        for name in self.fields.keys() & {"referent", "stand_in"}:
            self.fields[name].queryset = Referent.objects.active()
        if "stand_in" in self.fields and "referent" not in self.fields:
            self.fields["stand_in"].queryset = Referent.objects.active().exclude(pk=self.instance.referent_id)

    def clean_starts_on(self):
        if (day := self.cleaned_data["starts_on"]) < timezone.localdate():
            raise ValidationError("Ce jour est passé : un remplacement commence aujourd’hui ou plus tard.")
        return day

    def clean_ends_on(self):
        day, start = self.cleaned_data["ends_on"], self.cleaned_data.get("starts_on", self.instance.starts_on)
        if day < timezone.localdate():
            raise ValidationError("Ce jour est passé : un remplacement finit aujourd’hui ou plus tard.")
        if start and day < start:
            raise ValidationError("Un remplacement finit le jour où il commence, ou après.")
        if start and day - start > LONGEST:
            raise ValidationError("C’est plus d’un an : l’administration peut confier les fiches à quelqu’un d’autre.")
        return day


@admin.register(StandIn)
class StandInAdmin(ConfirmedFirst, OnlyTheirs, ForRoles, admin.ModelAdmin):
    rows = staticmethod(stand_ins_seen_by)
    form = StandInForm
    list_display = ["referent", "stand_in", "starts_on", "ends_on", "state"]
    list_display_links = ["referent", "stand_in"]
    list_select_related = ["referent", "stand_in"]

    def has_change_permission(self, request, obj=None):
        may = obj is None or (not obj.is_over and names_stand_in(request.user, obj))
        return super().has_change_permission(request, obj) and may

    def has_delete_permission(self, request, obj=None):
        may = obj is None or (not obj.has_begun and names_stand_in(request.user, obj))
        return super().has_delete_permission(request, obj) and may

    def has_add_permission(self, request):
        speaks = is_administrator(request.user) or getattr(request.user, "referent", None) is not None
        return super().has_add_permission(request) and speaks

    def get_fields(self, request, obj=None):
        whose = ["referent"] if obj or is_administrator(request.user) else []
        return [*whose, "stand_in", "starts_on", "ends_on"]

    def get_readonly_fields(self, request, obj=None):
        """Once it has begun, only its end changes: the history reads the rest."""
        if obj is None:
            return []
        return ["referent", "stand_in", "starts_on"] if obj.has_begun else ["referent"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user = request.user
        return form

    def save_model(self, request, obj, form, change):
        actions.name_stand_in(stand_in=obj, by=request.user)

    def delete_model(self, request, obj):
        actions.cancel_stand_in(stand_in=obj, by=request.user)

    def delete_queryset(self, request, queryset):
        for stand_in in queryset:
            actions.cancel_stand_in(stand_in=stand_in, by=request.user)

    @admin.display(description="état")
    def state(self, stand_in):
        if stand_in.is_over:
            return "Terminé"
        return "En cours" if stand_in.has_begun else "À venir"
