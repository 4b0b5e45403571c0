from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from directory.models import CoEntrepreneur
from directory.search.index import current


class PublishedFiches(Sequence):
    """The published fiches at one moment: a count and its pages agree, whoever is listed meanwhile."""

    def __init__(self):
        self.pks = current().published

    def __len__(self):
        return len(self.pks)

    def __getitem__(self, key):
        fiches = CoEntrepreneur.objects.published().only("slug", "content_updated_at")
        return list(fiches.filter(pk__in=list(self.pks[key])).order_by("pk"))


class OurSitemap(Sitemap):
    """Addresses of the site as it calls itself, whatever name it was asked under."""

    def get_protocol(self, protocol=None):  # noqa: ARG002
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):  # noqa: ARG002
        return urlsplit(settings.SITE_URL).netloc


class FicheSitemap(OurSitemap):
    """Every published fiche, and no other."""

    def items(self):
        return PublishedFiches()

    def lastmod(self, fiche):
        return fiche.content_updated_at

    def get_latest_lastmod(self):
        """Left out of the index of sitemaps: it would read every fiche."""


class PageSitemap(OurSitemap):
    def items(self):
        return [
            "catalogue:home",
            "catalogue:list",
            "catalogue:buying",
            "catalogue:order",
            "listing:article",
            "pages:legal",
            "pages:privacy",
            "pages:accessibility",
        ]

    def location(self, name):
        return reverse(name)


SITEMAPS = {"pages": PageSitemap, "fiches": FicheSitemap}
