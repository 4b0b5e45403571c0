from django.contrib import admin
from django.db.models import Prefetch
from django.urls import reverse

from directory.models import Consultation, TeamMember
from directory.rights import Viewer, consultations_read_by

from .roles import ForRoles, OnlyTheirs, ReadOnly


class TeamInline(admin.TabularInline):
    """The team, to be read by whoever reads the consultation."""

    model = TeamMember
    fields = ["co_entrepreneur", "role", "mission", "stands_in_for", "state", "answered_at", "answer_word"]
    extra = 0

    def has_view_permission(self, request, obj=None):
        return True

    def has_add_permission(self, request, obj):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("co_entrepreneur", "stands_in_for__co_entrepreneur")


@admin.register(Consultation)
class ConsultationAdmin(OnlyTheirs, ReadOnly, ForRoles, admin.ModelAdmin):
    """The consultations that this person has a part in, to be read; what is done to them is done on their own pages."""

    list_display = ["subject", "buyer", "lot", "deadline", "lead", "outcome"]
    list_filter = ["outcome", "deadline"]
    list_select_related = ["buyer"]
    list_per_page = 50
    search_fields = ["subject__unaccent", "reference__unaccent", "buyer__name__unaccent"]
    ordering = ["-deadline", "-pk"]
    inlines = [TeamInline]
    fieldsets = [
        (None, {"fields": ["subject", "buyer", "reference", "lot", "deadline", "contract_ends_on", "link"]}),
        ("Ce que l’équipe doit réunir", {"fields": ["skills", "cpv_codes", "departments"]}),
        (
            "L’issue",
            {
                "fields": [
                    ("outcome", "outcome_on"),
                    ("price_score", "price_score_out_of"),
                    ("technical_score", "technical_score_out_of"),
                    "feedback",
                ]
            },
        ),
    ]

    @staticmethod
    def rows(user):
        return consultations_read_by(Viewer(user=user))

    def get_queryset(self, request):
        leads = TeamMember.objects.leading()
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("team", leads.select_related("co_entrepreneur"), "leads"))
        )

    def view_on_site(self, consultation):
        return reverse("tenders:detail", args=[consultation.pk])

    @admin.display(description="pilote")
    def lead(self, consultation):
        return ", ".join(seat.co_entrepreneur.name for seat in consultation.leads) or "–"
