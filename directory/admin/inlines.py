"""What hangs from a fiche: changed by those who may change the fiche, read by the others."""

from django import forms
from django.contrib import admin
from django.db.models import DateTimeField
from django.urls import reverse
from django.utils.html import format_html

from directory.models import Certification, Consent, Reference
from directory.models.files import discard
from directory.references import actions
from directory.rights import follows

from .files import PrivateFileWidget


class OfFiche:
    """Mixin of an inline: `obj` is the fiche, and its rows follow its permissions."""

    extra = 0

    def has_add_permission(self, request, obj=None):
        return self._follows(request, obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return self._follows(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self._follows(request, obj) and super().has_delete_permission(request, obj)

    @staticmethod
    def _follows(request, fiche):
        return fiche is None or follows(request.user, fiche)


class KeptReferenceFormSet(forms.BaseInlineFormSet):
    """What the team writes of a reference is validated by them, and goes the same way as everywhere.

    Attributes:
        user: who writes (set on the class by the inline, for one request).
    """

    user = None

    def save_new(self, form, commit=True):
        form.instance.co_entrepreneur = self.instance
        return self._record(form)

    def save_existing(self, form, obj, commit=True):
        return self._record(form)

    def delete_existing(self, obj, commit=True):
        discard(obj.attestation)
        super().delete_existing(obj, commit=commit)

    def _record(self, form):
        reference = actions.record(reference=form.save(commit=False), by=self.user)
        form.save_m2m()
        actions.tell_newcomers(reference=reference)
        return reference


class ReferenceInline(OfFiche, admin.StackedInline):
    """The references that this person keeps; those that colleagues keep are on their fiches."""

    model = Reference
    formset = KeptReferenceFormSet
    verbose_name_plural = "références tenues par cette personne"
    autocomplete_fields = ["client"]
    readonly_fields = ["state"]
    show_change_link = True
    classes = ["collapse"]

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.user = request.user
        return formset

    def get_fields(self, request, obj=None):
        """Amounts are private: a colleague doesn't read them."""
        amount = ["amount"] if self.has_change_permission(request, obj) else []
        return [
            ("subject", "client"),
            ("starts_on", "ends_on", "role"),
            "results",
            (*amount, "publishable", "state"),
        ]


class CertificationForm(forms.ModelForm):
    def _get_validation_exclusions(self):
        """A proof that stays was checked when it came."""
        kept = set() if "proof" in self.changed_data else {"proof"}
        return super()._get_validation_exclusions() | kept


class CertificationInline(OfFiche, admin.StackedInline):
    model = Certification
    form = CertificationForm
    autocomplete_fields = ["label"]
    fields = [("label", "expires_on"), "proof"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "proof":
            kwargs["widget"] = PrivateFileWidget(view_name="admin:directory_certification_proof")
            return db_field.formfield(**kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fields(self, request, obj=None):
        """Proofs are private: a colleague reads only whether there is one."""
        if self.has_change_permission(request, obj):
            return self.fields
        return [("label", "expires_on"), "is_proved"]

    def get_readonly_fields(self, request, obj=None):
        return [] if self.has_change_permission(request, obj) else ["is_proved"]

    @admin.display(description="justificatif", boolean=True)
    def is_proved(self, certification):
        return bool(certification.proof)


class MomentWidget(forms.DateTimeInput):
    """A date and a time in one field, with the browser's own picker."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__({"step": 1} | (attrs or {}), format="%Y-%m-%dT%H:%M:%S")


class ConsentInline(OfFiche, admin.StackedInline):
    """What the person accepts to show; a consent is withdrawn by dating its end, and never erased."""

    model = Consent
    fields = [("item", "text_version"), ("given_at", "withdrawn_at")]
    can_delete = False
    formfield_overrides = {DateTimeField: {"form_class": forms.DateTimeField, "widget": MomentWidget}}


def photo_tag(fiche):
    """The photo, as the back office may show it."""
    if not fiche.photo:
        return "–"
    return format_html(
        '<img src="{}" alt="Photo de {}" width="160">',
        reverse("admin:directory_coentrepreneur_photo", args=[fiche.pk]),
        fiche.name,
    )
