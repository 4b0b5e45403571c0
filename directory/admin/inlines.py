"""What hangs from a fiche: changed by those who may change the fiche, read by the others."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html_join

from crealead.words import day, file_told, moment
from directory.models import Certification, Consent, ConsentText, PortfolioImage, Reference
from directory.models.author import name_of
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


class ConsentInline(OfFiche, admin.StackedInline):
    """What the person accepts to show, or did: read here, and changed by no one; see `consents.ConsentPages`."""

    model = Consent
    fields = readonly_fields = ["item", "words", "given", "ended", "steps"]
    can_delete = False
    classes = ["collapse"]

    def has_view_permission(self, request, obj=None):
        """What was accepted and withdrawn, and when, is for who follows the fiche."""
        return self._follows(request, obj) and super().has_view_permission(request, obj)

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("given_by__referent", "withdrawn_by__referent")

    def get_formset(self, request, obj=None, **kwargs):
        """Who follows the fiche goes from here to the paper, and to the withdrawal."""
        self.follows = self._follows(request, obj)
        self.sentences = {text.version: text for text in ConsentText.objects.all()}
        return super().get_formset(request, obj, **kwargs)

    @admin.display(description="mots acceptés")
    def words(self, consent):
        return self.sentences[consent.text_version].sentence(consent.item)

    @admin.display(description="donné")
    def given(self, consent):
        signed = f" (signé le {day(consent.signed_on)})" if consent.signed_on else ""
        return f"{moment(consent.given_at)}, par {consent.author_name}{signed}"

    @admin.display(description="retiré")
    def ended(self, consent):
        if consent.withdrawn_at is None:
            return "–"
        who = f", noté par {name_of(consent.withdrawn_by)}" if consent.withdrawn_by else ""
        return f"{moment(consent.withdrawn_at)}{who}"

    @admin.display(description="suites")
    def steps(self, consent):
        steps = []
        if self.follows and consent.scan:
            steps.append(
                (reverse("admin:directory_consent_scan", args=[consent.pk]), f"Le papier ({file_told(consent.scan)})")
            )
        if self.follows and consent.withdrawn_at is None:
            steps.append((reverse("admin:directory_consent_withdraw", args=[consent.pk]), "Retirer"))
        return format_html_join(" · ", '<a href="{}">{}</a>', steps) or "–"
