import pghistory
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import slugify

from directory.decisions import AlreadyDecided, Stale
from directory.models import Participation, Reference
from directory.models.reference import RECENT_YEARS, years_before
from directory.references import actions
from directory.references.charter import lacks
from directory.rights import Viewer, fiches_followed_by, references_read_by, validates

from .dashboard import LATE_AFTER_DAYS, waiting_days
from .files import HoldsFiles, serve_proof
from .listing_request import age
from .roles import ForRoles

# Read by those who took part, who follows one of them, and administrators.
PRIVATE_FIELDS = [
    ("amount", "amount_shown"),
    "attestation",
    ("contact_name", "contact_role"),
    ("contact_email", "contact_phone"),
]


class FollowedFilter(admin.SimpleListFilter):
    title = "suivi"
    parameter_name = "suivi"

    def lookups(self, request, model_admin):
        return [("moi", "tenues par mes co-entrepreneurs"), ("personne", "que personne ne tient")]

    def queryset(self, request, queryset):
        if self.value() == "moi":
            return queryset.filter(co_entrepreneur__referent__user=request.user)
        if self.value() == "personne":
            return queryset.filter(co_entrepreneur__isnull=True)
        return queryset


class RecentFilter(admin.SimpleListFilter):
    title = "ancienneté"
    parameter_name = "recente"

    def lookups(self, request, model_admin):
        return [("oui", "moins de trois ans"), ("non", "plus de trois ans")]

    def queryset(self, request, queryset):
        if self.value() == "oui":
            return queryset.recent()
        if self.value() == "non":
            return queryset.exclude(
                Q(ends_on__isnull=True) | Q(ends_on__gt=years_before(timezone.localdate(), RECENT_YEARS))
            )
        return queryset


class ReferenceAdminForm(forms.ModelForm):
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
        except Stale as error:
            # The next click saves: the person has been told.
            self.data = self.data.copy()
            self.data[self.add_prefix("read_version")] = error.current.version
            self.add_error(None, f"{error} Comparez, puis enregistrez de nouveau.")


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

    def has_add_permission(self, request, obj=None):
        return obj is None or validates(request.user, obj)

    def has_change_permission(self, request, obj=None):
        return obj is None or validates(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return obj is None or validates(request.user, obj)


class VerdictForm(forms.Form):
    """What becomes of a reference: the button that was pressed, the words with it, the version that was read."""

    decision = forms.ChoiceField(choices=[("validate", "Valider"), ("ask", "Demander des compléments")])
    version = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label="Commentaire pour qui la tient",
        required=False,
        max_length=Reference.comment.field.max_length,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Joint au courriel. Obligatoire pour demander des compléments : dites ce qu’il faut compléter.",
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("decision") == "ask" and not cleaned.get("comment"):
            self.add_error("comment", "Dites ce qu’il faut compléter.")
        return cleaned

    def apply(self, reference, *, by):
        """Do what the button says.

        Returns:
            str: the sentence to show.

        Raises:
            NotYours, AlreadyDecided, Stale, Incomplete: see `directory.decisions`.
        """
        data = self.cleaned_data
        said = {"reference_pk": reference.pk, "by": by, "version": data["version"], "comment": data["comment"]}
        if data["decision"] == "validate":
            return _validated(actions.validate(**said))
        actions.ask_for_changes(**said)
        return "Compléments demandés."


def _validated(reference):
    if not reference.publishable:
        return "Référence validée. Elle n’est pas publique : l’accord pour la montrer n’est pas donné."
    return "Référence validée : elle se montre sur les fiches publiques de qui y a pris part."


@admin.register(Reference)
class ReferenceAdmin(HoldsFiles, ForRoles, admin.ModelAdmin):
    """The references; each that waits is read, and decided, on one page. What the team writes is validated by it."""

    form = ReferenceAdminForm
    inlines = [ParticipationInline]
    list_display = ["subject", "client", "keeper", "period_shown", "state_shown", "recent", "shown"]
    list_filter = ["state", RecentFilter, FollowedFilter, "publishable", "client__type"]
    list_select_related = ["client", "co_entrepreneur"]
    list_per_page = 50
    search_fields = [
        "subject__unaccent",
        "client__name__unaccent",
        *(f"co_entrepreneur__{name}__unaccent" for name in ("last_name", "first_name", "trade_name")),
    ]
    ordering = ["-submitted_at", "pk"]
    autocomplete_fields = ["co_entrepreneur", "client", "cpv_codes"]
    readonly_fields = ["state_and_author", "attestation_link"]

    # --- Who may do what --------------------------------------------------------------------------------------------

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or validates(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or validates(request.user, obj))

    # --- The list ---------------------------------------------------------------------------------------------------

    @admin.display(description="tenue par", ordering="co_entrepreneur__last_name")
    def keeper(self, reference):
        return reference.co_entrepreneur.name if reference.co_entrepreneur else "–"

    @admin.display(description="période", ordering="starts_on")
    def period_shown(self, reference):
        return reference.period

    @admin.display(description="état", ordering="state")
    def state_shown(self, reference):
        label = reference.get_state_display()
        if reference.state != reference.State.TO_VALIDATE:
            return label
        days = waiting_days(reference)
        return format_html('<span class="{}">{}</span> {}', "late" if days > LATE_AFTER_DAYS else "", label, age(days))

    @admin.display(description="moins de trois ans", boolean=True)
    def recent(self, reference):
        return reference.is_recent

    @admin.display(description="publique", boolean=True)
    def shown(self, reference):
        return reference.state == reference.State.VALIDATED and reference.publishable

    # --- The form ---------------------------------------------------------------------------------------------------

    def get_fieldsets(self, request, obj=None):
        mine = obj is None or validates(request.user, obj)
        known = mine or references_read_by(Viewer(user=request.user)).filter(pk=obj.pk).exists()
        private = PRIVATE_FIELDS if mine else [f if f != "attestation" else "attestation_link" for f in PRIVATE_FIELDS]
        return [
            (
                None,
                {
                    "fields": [
                        "co_entrepreneur",
                        "client",
                        "subject",
                        ("starts_on", "ends_on"),
                        ("place", "role"),
                        "cpv_codes",
                        *(["read_version"] if mine and obj else []),
                    ]
                },
            ),
            ("Ce qu’il faut en retenir", {"fields": ["context", "mission", "deliverables", "results"]}),
            *([("Jamais montré au public", {"fields": private})] if known else []),
            ("Publication", {"fields": ["publishable", *(["state_and_author"] if obj else [])]}),
        ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "subject":
            kwargs["widget"] = AdminTextInputWidget(attrs={"size": 80})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """A référent writes for those they follow."""
        if db_field.name == "co_entrepreneur" and not request.user.is_superuser:
            kwargs["queryset"] = fiches_followed_by(request.user)
            kwargs["help_text"] = "Une des personnes que vous suivez. Les autres participants la partagent."
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description="état")
    def state_and_author(self, reference):
        state = reference.get_state_display()
        if reference.state == reference.State.TO_VALIDATE:
            url = reverse("admin:directory_reference_decide", args=[reference.pk])
            return format_html('{}. <a href="{}">Lire et décider</a>', state, url)
        who = f" par {reference.decider}" if reference.decided_by else ""
        return f"{state} le {timezone.localtime(reference.decided_at):%d/%m/%Y}{who}"

    @admin.display(description="attestation")
    def attestation_link(self, reference):
        if not reference.attestation:
            return "–"
        url = reverse("admin:directory_reference_attestation", args=[reference.pk])
        return format_html('<a href="{}">voir le fichier</a>', url)

    # --- What is saved ----------------------------------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        if change and obj.state != Reference.State.VALIDATED:
            # Who corrects what waits hasn't said yet that it is right.
            obj.version += 1
            super().save_model(request, obj, form, change)
        else:
            pghistory.context(reason="Référence écrite par l’équipe")
            actions.record(reference=obj, by=request.user)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if form.instance.state == Reference.State.VALIDATED:
            actions.tell_newcomers(reference=form.instance)

    def response_change(self, request, obj):
        if obj.state == Reference.State.TO_VALIDATE and "_save" in request.POST:
            self.message_user(request, "Référence modifiée. Il reste à décider.", messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:directory_reference_decide", args=[obj.pk]))
        return super().response_change(request, obj)

    # --- Pages of their own -----------------------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/decision/", view(self.decision_view), name="directory_reference_decide"),
            path("<int:pk>/attestation/", view(self.attestation_view), name="directory_reference_attestation"),
            *super().get_urls(),
        ]

    def attestation_view(self, request, pk):
        """An attestation, for those who follow someone who took part; for the others it doesn't exist."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        reference = get_object_or_404(references_read_by(Viewer(user=request.user)), pk=pk)
        return serve_proof(reference.attestation, slugify(f"attestation {reference.subject}")[:80])

    def decision_view(self, request, pk):
        reference = self._decidable(request, pk)
        form = VerdictForm(request.POST if request.method == "POST" else None, initial={"version": reference.version})
        if form.is_valid():
            try:
                self.message_user(request, form.apply(reference, by=request.user), messages.SUCCESS)
            except AlreadyDecided as error:
                self.message_user(request, str(error), messages.WARNING)
            except Stale as error:
                form.data = form.data.copy()
                form.data["version"] = error.current.version
                form.add_error(None, f"{error} Relisez, puis décidez de nouveau.")
                return self._decision_page(request, self._decidable(request, pk), form)
            return HttpResponseRedirect(request.path)
        return self._decision_page(request, reference, form)

    def _decidable(self, request, pk):
        """The reference, for those who decide on it; the others are told nothing of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        references = Reference.objects.select_related(
            "client__department", "co_entrepreneur__referent", "decided_by__referent"
        )
        reference = get_object_or_404(references, pk=pk)
        if not validates(request.user, reference):
            raise PermissionDenied
        return reference

    def _decision_page(self, request, reference, form):
        alike = Reference.objects.alike(
            client=reference.client,
            subject=reference.subject,
            starts_on=reference.starts_on,
            ends_on=reference.ends_on,
        ).exclude(pk=reference.pk)
        return TemplateResponse(
            request,
            "admin/directory/reference/decision.html",
            self.admin_site.each_context(request)
            | {
                "title": f"Référence de {reference.co_entrepreneur.name}" if reference.co_entrepreneur else "Référence",
                "opts": self.opts,
                "reference": reference,
                "form": form,
                "awaiting": reference.state == Reference.State.TO_VALIDATE,
                "waited": age(waiting_days(reference)),
                "late": waiting_days(reference) > LATE_AFTER_DAYS,
                "decided_by": reference.decider,
                "participations": reference.participations.select_related("co_entrepreneur"),
                "alike": alike.select_related("client", "co_entrepreneur").order_by("-starts_on", "pk")[:10],
                "lacks": lacks(reference),
                "texts": [
                    ("Contexte", reference.context),
                    ("Mission", reference.mission),
                    ("Livrables", reference.deliverables),
                    ("Résultats", reference.results),
                ],
            },
        )
