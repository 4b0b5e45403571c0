"""What hangs from a fiche: changed by those who may change the fiche, read by the others."""

from django import forms
from django.contrib import admin
from django.db.models import DateTimeField
from django.urls import reverse

from directory.models import Certification, Consent, PortfolioImage, Reference
from directory.references import actions
from directory.rights import follows

from .files import FilesFormSet, PrivateFiles, photo_tag
from .reference_form import ReferenceForm


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


class KeptReferenceForm(ReferenceForm):
    """One of the references of a fiche: one that nobody touched is saved by nobody, and is never stale."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "read_version" in self.fields:
            self.fields["read_version"].has_changed = lambda _initial, _data: False

    def _refuse_stale(self):
        if self.changed_data:
            super()._refuse_stale()


class KeptReferenceFormSet(FilesFormSet):
    """What the team writes of a reference goes the same way as everywhere.

    Attributes:
        user: who writes (set on the class by the inline, for one request).
    """

    user = None

    def save_new(self, form, commit=True):
        form.instance.co_entrepreneur = self.instance
        return self._record(form)

    def save_existing(self, form, obj, commit=True):
        return self._record(form)

    def _record(self, form):
        reference = actions.record(reference=form.save(commit=False), by=self.user)
        form.save_m2m()
        actions.tell_newcomers(reference=reference)
        return reference


class ReferenceInline(OfFiche, admin.StackedInline):
    """The references that this person keeps; those that colleagues keep are on their fiches."""

    model = Reference
    form = KeptReferenceForm
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
        mine = self.has_change_permission(request, obj)
        amount, version = (["amount"], ["read_version"]) if mine else ([], [])
        return [
            ("subject", "client"),
            ("starts_on", "ends_on", "role"),
            "results",
            (*amount, "publishable", "state"),
            *version,
        ]


class CertificationInline(OfFiche, PrivateFiles, admin.StackedInline):
    model = Certification
    formset = FilesFormSet
    autocomplete_fields = ["label"]
    fields = [("label", "expires_on"), "proof"]

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


class PortfolioInline(OfFiche, admin.StackedInline):
    """The images that the person shows of their work: theirs to add, and the team's to take away."""

    model = PortfolioImage
    formset = FilesFormSet
    fields = ["shown", "alternative_text", "caption", "on_cv"]
    readonly_fields = ["shown"]
    classes = ["collapse"]

    def has_add_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        """The others see what the public page shows."""
        return self._follows(request, obj) and super().has_view_permission(request, obj)

    @admin.display(description="image")
    def shown(self, image):
        return photo_tag(reverse("admin:directory_portfolioimage_photo", args=[image.pk]), image.alternative_text)


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

    def has_view_permission(self, request, obj=None):
        """What was accepted and withdrawn, and when, is for who follows the fiche."""
        return self._follows(request, obj) and super().has_view_permission(request, obj)

    formfield_overrides = {DateTimeField: {"form_class": forms.DateTimeField, "widget": MomentWidget}}
