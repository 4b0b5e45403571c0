from django.contrib import admin
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.text import slugify

from directory.models import Paper
from directory.rights import keeps_papers, papers_read_by

from .files import HoldsFiles, serve_proof
from .roles import ForRoles, OnlyTheirs


@admin.register(Paper)
class PaperAdmin(HoldsFiles, OnlyTheirs, ForRoles, admin.ModelAdmin):
    """The papers that buyers ask for: administrators keep them, référents read them to send them to who asks."""

    rows = staticmethod(papers_read_by)
    list_display = ["name", "starts_on", "expires_on", "valid", "is_public"]
    list_filter = ["kind", "is_public"]
    search_fields = ["title__unaccent"]
    ordering = ["kind", "title", "-expires_on", "pk"]
    fields = ["kind", "title", ("starts_on", "expires_on"), "file", "is_public"]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and keeps_papers(request.user)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and keeps_papers(request.user)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and keeps_papers(request.user)

    @admin.display(description="pièce", ordering="kind")
    def name(self, paper):
        return paper.name

    @admin.display(description="valable", boolean=True)
    def valid(self, paper):
        return paper.is_valid

    # --- The file ---------------------------------------------------------------------------------------------------

    def get_urls(self):
        file = self.admin_site.admin_view(self.file_view)
        return [path("<int:pk>/fichier/", file, name="directory_paper_file"), *super().get_urls()]

    def file_view(self, request, pk):
        """The file, valid or not, for those who may read the paper; for the others it doesn't exist."""
        papers = self.get_queryset(request) if self.has_view_permission(request) else Paper.objects.none()
        paper = get_object_or_404(papers, pk=pk)
        return serve_proof(paper.file, slugify(str(paper)))
