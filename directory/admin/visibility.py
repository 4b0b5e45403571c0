"""Whether a fiche is visible, and why a search finds it or doesn’t, for who follows it."""

from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from directory.my_space import visibility
from directory.my_space.standing import THEM
from directory.rights import staff_viewer, visibility_read_by


class VisibilityPage:
    """Mixin of the admin of fiches."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.visibility_view)
        return [path("<int:pk>/visibilite/", view, name="directory_coentrepreneur_visibility"), *super().get_urls()]

    def visibility_view(self, request, pk):
        viewer = staff_viewer(request.user)
        fiche = get_object_or_404(visibility_read_by(viewer) if viewer else self.model.objects.none(), pk=pk)
        page_url = reverse("admin:directory_coentrepreneur_visibility", args=[pk])
        if (address := visibility.pasted(request.GET)) is not None:
            return redirect(page_url + address)
        change_url = reverse("admin:directory_coentrepreneur_change", args=[pk])
        context = visibility.context_of(
            pk,
            request.GET,
            change_url=change_url,
            add_url=f"{change_url}#kept_references-group",
            verb="Ajouter",
            person=THEM,
        )
        return TemplateResponse(
            request,
            "admin/directory/coentrepreneur/visibility.html",
            self.admin_site.each_context(request)
            | context
            | {"title": f"Visibilité : {fiche}", "opts": self.opts, "object": fiche, "page_url": page_url},
        )
