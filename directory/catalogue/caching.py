"""Public pages, kept under their address and the catalogue's version: a hot page costs one look-up, never stale."""

import gzip
import hashlib
import threading
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, wraps
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl

import brotli
from django.conf import settings
from django.core.cache import cache as pages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from .filters import CatalogueFilter
from .index import catalogue_version

ENCODINGS = {
    "br": lambda content: brotli.compress(content, quality=5),
    "gzip": lambda content: gzip.compress(content, 6),
}
PARAMETERS = {*CatalogueFilter.base_filters, "page"}
DAY = 24 * 3600


@dataclass(frozen=True)
class KeptPage:
    """A rendered page, compressed in each encoding."""

    content_type: str
    encoded: dict[str, bytes]


@cache
def _build():
    """A name for what is deployed: it changes with any template, any module or any static file."""
    digest = hashlib.sha256()
    ours = [
        path for folder in ("templates", "directory", "crealead") for path in (settings.BASE_DIR / folder).rglob("*.*")
    ]
    for path in [*sorted(ours), Path(settings.STATIC_ROOT) / "staticfiles.json"]:
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def is_fragment(request):
    """Whether htmx asks for what it swaps, rather than for a whole page."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def _etag(request, version):
    """The catalogue's version, and what else a page is made of: the day (labels, departures), the deployment."""
    epoch, number = version
    fragment = "-f" if is_fragment(request) else ""
    return f'W/"{str(epoch)[:8]}-{number}-{timezone.localdate():%y%m%d}-{_build()}{fragment}"'


def _key(request, etag):
    """One key for all the ways of writing one address: unknown parameters left out, the others in order."""
    asked = sorted(pair for pair in parse_qsl(request.META.get("QUERY_STRING", "")) if pair[0] in PARAMETERS)
    return hashlib.sha256(repr((request.get_host(), request.path, asked, etag)).encode()).hexdigest()


def _may_be_kept(response):
    """A whole page may, unless its view says `is_kept = False`."""
    return (
        response.status_code == HTTPStatus.OK
        and not response.streaming
        and not response.has_header("Content-Disposition")
        and getattr(response, "is_kept", True)
    )


_rendering = defaultdict(threading.Lock)


def _kept(key, render):
    """The page kept under `key`; when there is none, whoever comes first renders it and the others wait for it.

    Returns:
        KeptPage, or the response itself when it isn't one to keep.
    """
    found = pages.get(key)
    if found is not None:
        return found
    with _rendering[key]:
        try:
            found = pages.get(key)
            if found is not None:
                return found
            response = render()
            if (
                response.status_code != HTTPStatus.OK
                or response.streaming
                or response.has_header("Content-Disposition")
            ):
                return response
            content = response.content
            encoded = {name: encode(content) for name, encode in ENCODINGS.items()}
            found = KeptPage(response["Content-Type"], encoded)
            pages.set(key, found, DAY)
            return found
        finally:
            _rendering.pop(key, None)


def _accepted(request):
    """The best encoding that the client accepts; the empty one when it accepts none of ours."""
    accepted = {
        name.strip()
        for part in request.META.get("HTTP_ACCEPT_ENCODING", "").lower().split(",")
        for name, _, quality in [part.partition(";")]
        if quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    }
    return next((name for name in ENCODINGS if name in accepted), "")


def cached_page(view):
    """Keep what the view renders until the catalogue moves, and let any cache keep it if it asks each time."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        version = catalogue_version()
        if version is None:
            # Inside a transaction that has written, what is read has no name yet.
            return _public(view(request, *args, **kwargs))
        etag = _etag(request, version)
        if not_modified := get_conditional_response(request, etag=etag):
            return _public(not_modified, etag)
        page = _kept(_key(request, etag), lambda: view(request, *args, **kwargs))
        if not isinstance(page, KeptPage):
            return _public(page)
        if encoding := _accepted(request):
            response = HttpResponse(page.encoded[encoding], content_type=page.content_type)
            response["Content-Encoding"] = encoding
        else:
            response = HttpResponse(gzip.decompress(page.encoded["gzip"]), content_type=page.content_type)
        return _public(response, etag)

    return wrapper


def _public(response, etag=None):
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Accept-Encoding", "HX-Request", "HX-History-Restore-Request"])
    if etag:
        response["ETag"] = etag
    return response
