import pghistory
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst, slugify

from crealead.words import moment, of
from directory.accounts.actions import tell_changed_hands
from directory.listing import actions
from directory.listing.box import asked_sentence, departure_sentence, must_agree, standing_of
from directory.models import CoEntrepreneur, FicheNotice
from directory.models.author import name_of
from directory.privacy.actions import objections
from directory.privacy.vocabulary import Sought
from directory.rights import (
    chooses_referent,
    columns_hidden_from,
    deletes_fiches,
    fiches_followed_by,
    fiches_read_by,
    follows,
    is_administrator,
    portfolios_kept_by,
    proofs_read_by,
)

from .box_actions import BoxActions, changed_sentence
from .co_entrepreneur_filters import (
    ContractFilter,
    DomainFilter,
    FirstPageFilter,
    FollowerFilter,
    LacksFilter,
    ListedFilter,
    MineFilter,
    ToldFilter,
)
from .co_entrepreneur_form import FicheForm
from .consents import ConsentPages
from .erasing import ErasesPeople
from .files import HoldsFiles, photo_tag, serve_photo, serve_proof
from .following import Following
from .history import HistoryPage
from .inlines import CertificationInline, ConsentInline, PortfolioInline, ReferenceInline
from .lacks import WITH_LACKS, lacks
from .names import question_name
from .notices import Notices
from .roles import ForRoles, OnlyTheirs
from .transfer import Transfer
from .visibility import VisibilityPage


class SeveralWidget(AutocompleteSelectMultiple):
    """Without the cross that empties all at once: too near the others, and no item of the list it stands in."""

    def build_attrs(self, *args, **kwargs):
        return super().build_attrs(*args, **kwargs) | {"data-allow-clear": "false"}


class FicheList(ChangeList):
    def get_queryset(self, *args, **kwargs):
        return super().get_queryset(*args, **kwargs).prefetch_related(*WITH_LACKS)


@admin.register(CoEntrepreneur)
class CoEntrepreneurAdmin(
    ErasesPeople,
    HoldsFiles,
    BoxActions,
    Following,
    Notices,
    HistoryPage,
    VisibilityPage,
    ConsentPages,
    Transfer,
    OnlyTheirs,
    ForRoles,
    admin.ModelAdmin,
):
    """The fiches: a référent reads all, and changes those of the people they follow."""

    rows = staticmethod(fiches_read_by)
    form = FicheForm
    change_list_template = "admin/directory/coentrepreneur/change_list.html"
    change_form_template = "admin/directory/coentrepreneur/change_form.html"
    actions = [*BoxActions.actions, *Following.actions, *Notices.actions]
    list_display = ["full_name", "trade_name", "box", "referent", "contract", "missing"]
    list_display_links = ["full_name"]
    list_filter = [
        MineFilter,
        ListedFilter,
        LacksFilter,
        FirstPageFilter,
        ToldFilter,
        ("contract_stage", ContractFilter),
        DomainFilter,
        ("referent", FollowerFilter),
    ]
    list_select_related = ["referent"]
    list_per_page = 50
    search_fields = ["last_name__unaccent", "first_name__unaccent", "trade_name__unaccent", "read_email"]
    ordering = CoEntrepreneur._meta.ordering
    autocomplete_fields = ["skills", "cpv_codes", "departments", "referent"]
    inlines = [ReferenceInline, CertificationInline, PortfolioInline, ConsentInline]

    # --- Who may do what --------------------------------------------------------------------------------------------

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or follows(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        return deletes_fiches(request.user) and super().has_delete_permission(request, obj)

    # --- The list ---------------------------------------------------------------------------------------------------

    def get_changelist(self, request, **kwargs):
        return FicheList

    def get_queryset(self, request):
        """With the address and the contract as far as this user reads them: they are searched and sorted so alone."""
        followed = fiches_followed_by(request.user).values("pk")
        everything = is_administrator(request.user)
        read = {
            f"read_{column}": F(column) if everything else Case(When(pk__in=followed, then=column), default=Value(""))
            for column in ("email", "contract_stage")
        }
        return super().get_queryset(request).annotate(**read)

    @admin.display(description="contrat", ordering="read_contract_stage")
    def contract(self, fiche):
        return dict(CoEntrepreneur.ContractStage.choices).get(fiche.read_contract_stage, "–")

    @admin.display(description="co-entrepreneur", ordering=Concat("last_name", Value(" "), "first_name"))
    def full_name(self, fiche):
        return fiche.name

    @admin.display(description="client public", ordering="listed_since")
    def box(self, fiche):
        if fiche.is_published:
            return format_html(
                '<span class="box-on">Référencé</span> depuis le {}', date_format(fiche.listed_since, "d/m/Y")
            )
        if fiche.is_departed:
            return f"Parti le {date_format(fiche.departed_on, 'd/m/Y')}"
        return "Non"

    @admin.display(description="il manque")
    def missing(self, fiche):
        return capfirst(", ".join(lacks(fiche))) or "–"

    # --- The form ---------------------------------------------------------------------------------------------------

    def get_fieldsets(self, request, obj=None):
        """What this user reads of the fiche; see `columns_hidden_from`."""
        mine = obj is None or self.has_change_permission(request, obj)
        hidden = columns_hidden_from(request.user, obj) if obj else frozenset()
        box = ["client_public", "reason", "version"] if mine else ["client_public"]
        chooses = chooses_referent(request.user)
        follower = "referent" if chooses else "referent_name"
        follow_up = [*([follower] if obj or chooses else []), "contract_stage", "contract_ends_on", "departed_on"]
        photo = [] if "photo" in hidden else ["photo" if mine else "photo_shown"]
        reached = ["email", *(["told"] if obj else [])] if mine else []
        sections = [
            ("Identité", [("first_name", "last_name"), "trade_name", *photo]),
            (
                "Catalogue public",
                [*box, *(["listed_since", "missing", "slug", "content_updated_at"] if obj else [])],
            ),
            ("Offre", ["headline", "public_offer", "presentation"]),
            ("Compétences et zone", ["skills", "cpv_codes", "departments", "nationwide", "city"]),
            ("Coordonnées", [*reached, "phone", "website", *(["consents"] if obj and mine else [])]),
            ("Suivi, jamais montré au public", follow_up),
        ]
        shown = [(title, [name for name in names if name not in hidden]) for title, names in sections]
        return [(title, {"fields": names}) for title, names in shown if names]

    def get_readonly_fields(self, request, obj=None):
        """Only administrators choose who follows a fiche; a référent takes one that nobody follows (`Following`)."""
        return [
            "listed_since",
            "missing",
            "slug",
            "content_updated_at",
            "photo_shown",
            "referent_name",
            "told",
            "consents",
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user = request.user
        return form

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(
            db_field, request, widget=SeveralWidget(db_field, self.admin_site), **kwargs
        )

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """Say whether the fiche, as it is kept and not as it is typed, is in the catalogue."""
        standing = standing_of(CoEntrepreneur.objects.get(pk=obj.pk)) if obj else ""
        return super().render_change_form(request, context | {"standing": standing}, *args, obj=obj, **kwargs)

    def view_on_site(self, fiche):
        return fiche.get_absolute_url() if fiche.is_published else None

    @admin.display(description="référent")
    def referent_name(self, fiche):
        return fiche.referent or "–"

    @admin.display(description="prévenue de sa fiche")
    def told(self, fiche):
        notice = FicheNotice.objects.filter(co_entrepreneur=fiche).select_related("sent_by__referent").first()
        if notice is None:
            return "–"
        if notice.sent_at is None:
            return "Pas encore"
        who = f" par {name_of(notice.sent_by)}" if notice.sent_by else ""
        return f"Le {moment(notice.sent_at)}{who}"

    @admin.display(description="accords")
    def consents(self, fiche):
        """What the person accepts to show today, and the way to record a paper."""
        given = [consent.get_item_display().lower() for consent in fiche.consents.active()]
        return format_html(
            '{} · <a href="{}">Enregistrer un accord signé sur papier</a>',
            capfirst(", ".join(given)) or "Aucun",
            reverse("admin:directory_coentrepreneur_paper_consent", args=[fiche.pk]),
        )

    @admin.display(description="photo")
    def photo_shown(self, fiche):
        if not fiche.photo:
            return "–"
        return photo_tag(reverse("admin:directory_coentrepreneur_photo", args=[fiche.pk]), f"Photo {of(fiche.name)}")

    # --- What is saved ----------------------------------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        reason = form.cleaned_data["reason"]
        if reason:
            pghistory.context(reason=reason)
        if form.box is False:
            actions.untick(co_entrepreneur_pk=obj.pk, by=request.user, reason=reason)
            self.message_user(request, changed_sentence([obj], tick=False), messages.SUCCESS)
        super().save_model(request, obj, form, change)
        if change and "referent" in form.changed_data:
            former = form.initial["referent"]
            tell_changed_hands(former={obj.pk: getattr(former, "pk", former)}, by=request.user)
        question_name(self, request, form, obj.first_name, obj.last_name)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if not change:
            fiche = form.instance
            marks = {"emails": [fiche.email], "phones": [fiche.phone], "names": [fiche.name]}
            if warning := objections.warning(**marks):
                self.message_user(request, warning, messages.WARNING)
            self.tell_made(request, form.instance)
        if form.box:
            fiche = form.instance
            ticked = actions.tick(co_entrepreneur_pk=fiche.pk, by=request.user, reason=form.cleaned_data["reason"])
            if ticked.client_public:
                self.message_user(request, changed_sentence([fiche], tick=True), messages.SUCCESS)
            else:
                self.message_user(request, asked_sentence(fiche, must_agree(fiche)), messages.WARNING)
        if "departed_on" in form.changed_data and (
            sentence := departure_sentence(form.instance, listed=form.was_listed)
        ):
            self.message_user(request, sentence, messages.WARNING)

    def sought_of(self, rows):
        return Sought(fiches=tuple(fiche.pk for fiche in rows))

    # --- Pages of their own -----------------------------------------------------------------------------------------

    def get_urls(self):
        return [
            path("<int:pk>/photo/", self.admin_site.admin_view(self.photo_view), name="directory_coentrepreneur_photo"),
            path(
                "realisation/<int:pk>/",
                self.admin_site.admin_view(self.portfolio_view),
                name="directory_portfolioimage_photo",
            ),
            path(
                "justificatif/<int:pk>/",
                self.admin_site.admin_view(self.proof_view),
                name="directory_certification_proof",
            ),
            *super().get_urls(),
        ]

    def photo_view(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        fiche = get_object_or_404(self.get_queryset(request), pk=pk)
        return serve_photo(None if "photo" in columns_hidden_from(request.user, fiche) else fiche.photo)

    def portfolio_view(self, request, pk):
        """An image of a portfolio, for those who follow the fiche: the others read what its page shows."""
        return serve_photo(get_object_or_404(portfolios_kept_by(request.user), pk=pk).photo)

    def proof_view(self, request, pk):
        """A proof, for those who follow the fiche; for the others it doesn't exist."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        certifications = proofs_read_by(request.user).select_related("co_entrepreneur", "label")
        certification = get_object_or_404(certifications, pk=pk)
        name = f"{certification.label.name} {certification.co_entrepreneur.name}"
        return serve_proof(certification.proof, slugify(name))
