from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from directory.models import CoEntrepreneur


class FicheSitemap(Sitemap):
    """Every published fiche, and no other."""

    def items(self):
        return CoEntrepreneur.objects.published().only("slug", "content_updated_at").order_by("pk")

    def lastmod(self, fiche):
        return fiche.content_updated_at


class PageSitemap(Sitemap):
    def items(self):
        return [
            "catalogue:home",
            "catalogue:list",
            "catalogue:order",
            "referencing:article",
            "pages:legal",
            "pages:privacy",
            "pages:accessibility",
        ]

    def location(self, name):
        return reverse(name)


SITEMAPS = {"pages": PageSitemap, "fiches": FicheSitemap}
