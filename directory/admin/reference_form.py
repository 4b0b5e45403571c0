"""A reference as the team writes it, and who took part in it."""

from django import forms
from django.contrib import admin

from directory.decisions import Stale
from directory.models import Participation
from directory.references import actions
from directory.rights import validates

from .stale import refuse_stale


class ReferenceForm(forms.ModelForm):
    read_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["read_version"] = self.instance.version

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and "read_version" in self.fields:
            self._refuse_stale()
        return cleaned

    def _refuse_stale(self):
        """Hold the row to the end of the transaction, and refuse what was written over an older version of it."""
        try:
            actions.locked(self.instance.pk, self.cleaned_data.get("read_version"))
        except Stale as stale:
            sentence = f"{stale} Comparez, puis enregistrez de nouveau."
            refuse_stale(self, "read_version", stale.current.version, sentence)


class ParticipationFormSet(forms.BaseInlineFormSet):
    def clean(self):
        super().clean()
        keeper = self.instance.co_entrepreneur_id
        for form in self.deleted_forms:
            if keeper and form.instance.co_entrepreneur_id == keeper:
                raise forms.ValidationError("Qui tient la référence y participe : confiez-la d’abord à un autre.")

    def save_new(self, form, commit=True):
        """The keeper may be there already: the database sees to it."""
        part = form.cleaned_data.get("part", "")
        return Participation.objects.update_or_create(
            reference=self.instance, co_entrepreneur=form.cleaned_data["co_entrepreneur"], defaults={"part": part}
        )[0]


class ParticipationInline(admin.TabularInline):
    """Who took part: changed by those who may change the reference."""

    model = Participation
    formset = ParticipationFormSet
    extra = 0
    autocomplete_fields = ["co_entrepreneur"]

    def has_change_permission(self, request, obj=None):
        return obj is None or validates(request.user, obj)

    has_add_permission = has_delete_permission = has_change_permission
