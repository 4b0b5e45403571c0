"""What lets a cache keep a public page, and never show an unticked fiche without asking."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition
from django.views.decorators.vary import vary_on_headers

from .index import catalogue_version


@cache
def _build():
    """A name for what is deployed: it changes with any template or static file."""
    digest = hashlib.sha256()
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    for path in [*sorted((settings.BASE_DIR / "templates").rglob("*.*")), manifest]:
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def catalogue_etag(request, *_args, **_kwargs):
    """The catalogue's version, and what else a page is made of: the day (labels, departures), the deployment."""
    version = catalogue_version()
    if version is None:
        return None
    epoch, number = version
    fragment = "-f" if request.htmx else ""
    return f'"{str(epoch)[:8]}-{number}-{timezone.localdate():%y%m%d}-{_build()}{fragment}"'


def cached_page(view):
    """Let any cache keep the page, on condition that it asks each time whether the catalogue has moved."""
    return cache_control(public=True, no_cache=True)(vary_on_headers("HX-Request")(condition(catalogue_etag)(view)))
