from django.contrib import admin
from django.db.models import Value
from django.db.models.functions import Concat
from django.urls import path

from directory.models import ListingRequest
from directory.rights import is_administrator, requests_decided_by

from .files import serve_photo
from .listing_request_decision import ListingRequestDecision
from .roles import ForRoles, OnlyTheirs, ReadOnly


@admin.register(ListingRequest)
class ListingRequestAdmin(ListingRequestDecision, OnlyTheirs, ReadOnly, ForRoles, admin.ModelAdmin):
    """The requests that this person decides on; each is read, and decided, on one page."""

    rows = staticmethod(requests_decided_by)
    list_display = ["name", "trade_name", "state_shown", "submitted_at", "referent", "fiche"]
    list_display_links = ["name"]
    list_filter = ["state", "referent"]
    list_select_related = ["referent", "co_entrepreneur"]
    list_per_page = 50
    search_fields = ["last_name__unaccent", "first_name__unaccent", "trade_name__unaccent", "email"]
    ordering = ["-submitted_at", "pk"]

    def get_list_filter(self, request):
        return self.list_filter if is_administrator(request.user) else ["state"]

    @admin.display(description="co-entrepreneur", ordering=Concat("last_name", Value(" "), "first_name"))
    def name(self, listing_request):
        return listing_request.name

    def get_urls(self):
        photo = self.admin_site.admin_view(self.photo_view)
        return [path("<int:pk>/photo/", photo, name="directory_listingrequest_photo"), *super().get_urls()]

    def photo_view(self, request, pk):
        return serve_photo(self.decidable(request, pk).photo)

    @admin.display(description="fiche", boolean=True)
    def fiche(self, listing_request):
        return not listing_request.has_no_fiche
