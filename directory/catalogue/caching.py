"""Public pages, kept under their address and the catalogue's version: a hot page costs one look-up, never stale."""

import gzip
import hashlib
import re
import threading
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, wraps
from http import HTTPStatus
from pathlib import Path

import brotli
from django.conf import settings
from django.core.cache import cache as pages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from crealead.middleware import MAX_QUERY_BYTES
from directory.search.filters import CatalogueFilter
from directory.search.index import catalogue_version, current

# The best first.
ENCODINGS = ["br", "gzip"]
# A page is compressed while somebody waits for it: 5 takes half as long again, for a twentieth less.
BROTLI_QUALITY = 4
MOST_READY = 250
DAY = 24 * 3600
NOT_READY = None, b"", {}
# Where public pages are; whether one may be kept is told by its view.
PUBLIC_PATHS = re.compile(r"/(acheter/|selection/(export\.[a-z]+|cartes\.vcf)?|catalogue/(?!.*/contact/).*)?$")
FICHE_PATH = re.compile(r"/catalogue/[^/]+/$")


@dataclass(frozen=True)
class KeptPage:
    """A rendered page, compressed by Brotli, and all the headers that it was given."""

    headers: dict[str, str]
    compressed: bytes

    def encoded(self, encoding):
        """The page in an encoding of `ENCODINGS`, or as it is."""
        if encoding == "br":
            return self.compressed
        plain = brotli.decompress(self.compressed)
        return gzip.compress(plain, 6) if encoding == "gzip" else plain


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
    return request.META.get("HTTP_HX_REQUEST") == "true" and "HTTP_HX_HISTORY_RESTORE_REQUEST" not in request.META


def _etag(request, version):
    """The catalogue's version, and what else a page is made of: the day (labels, departures…), what is deployed."""
    fragment = "-f" if is_fragment(request) else ""
    return f'W/"{version}-{timezone.localdate():%y%m%d}-{_build()}{fragment}"'


def _key(request, etag):
    """One key for all the ways of writing one address: unknown parameters left out, the others in order."""
    if not request.GET:
        parameters = []
    elif FICHE_PATH.match(request.path_info):
        # It says nothing of what isn't known: all that it takes from its address is the search.
        parameters = CatalogueFilter(request.GET, current(request.catalogue_version)).query_string or []
    else:
        # Read as the view reads it: values in their order, the empty ones too.
        parameters = sorted((name, sent) for name, sent in request.GET.lists() if name in CatalogueFilter.base_filters)
    return hashlib.sha256(repr((request.get_host(), request.path, parameters, etag)).encode()).hexdigest()


def _may_be_public(request):
    return (
        request.method in {"GET", "HEAD"}
        and PUBLIC_PATHS.match(request.path_info)
        and len(request.META.get("QUERY_STRING", "")) <= MAX_QUERY_BYTES
    )


def _conditions(request):
    """All that an answer depends on, as it came: cheaper to compare than to read."""
    meta = request.META
    return (
        request.scheme,
        meta.get("HTTP_HOST"),
        request.path,
        meta.get("QUERY_STRING"),
        meta.get("HTTP_ACCEPT_ENCODING"),
        is_fragment(request),
    )


def public_page(view):
    """Mark what the view renders as one page for all, which `KeptPagesMiddleware` may keep; `is_kept` can undo it."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.is_public = True
        return response

    return wrapper


def _may_be_kept(response):
    """A whole public page may, unless its view says `is_kept = False`."""
    return (
        getattr(response, "is_public", False)
        and getattr(response, "is_kept", True)
        and response.status_code == HTTPStatus.OK
        and not response.streaming
        and not response.cookies
        and not response.has_header("Content-Disposition")
    )


_rendering = defaultdict(threading.Lock)


def _kept(key, render):
    """The page kept under `key`; when there is none, whoever comes first renders it and the others wait for it.

    Returns:
        KeptPage, or the response itself when it isn't one to keep.
    """
    page = pages.get(key)
    if page is not None:
        return page
    with _rendering[key]:
        try:
            page = pages.get(key)
            if page is not None:
                return page
            response = render()
            if not _may_be_kept(response):
                return response
            page = KeptPage(
                {name: value for name, value in _headers(response).items() if name != "Content-Length"},
                brotli.compress(response.content, quality=BROTLI_QUALITY),
            )
            pages.set(key, page, DAY)
            return page
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


class KeptPagesMiddleware:
    """Answer a public page that is kept before anything else is done for it; keep it, let others keep it if they ask.

    It stands before all that writes the same headers on every page: they are kept with it.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        # What each way of asking for a page was last answered, as (ETag, body, headers).
        self.ready = {}
        self.lock = threading.Lock()

    def __call__(self, request):
        if not _may_be_public(request):
            return self.get_response(request)
        version = catalogue_version()
        if version is None:
            # Inside a transaction that has written, what is read has no name yet.
            return _public(self.get_response(request))
        # The view need not ask it again.
        request.catalogue_version = version
        etag = _etag(request, version)
        # « * » asks whether the page exists, which only its view knows.
        asked_again = request.META.get("HTTP_IF_NONE_MATCH", "*").strip() != "*"
        if asked_again and (not_modified := get_conditional_response(request, etag=etag)):
            return _headers(not_modified, etag)
        conditions = _conditions(request)
        known, body, headers = self.ready.get(conditions, NOT_READY)
        if known != etag:
            try:
                key = _key(request, etag)
            except SuspiciousOperation:
                # Refused further in, with the headers of any refusal.
                return self.get_response(request)
            page = _kept(key, lambda: self.get_response(request))
            if not isinstance(page, KeptPage):
                # What is too long to be kept here is asked for again under the same name, as the others are.
                return _public(page, etag if page.status_code == HTTPStatus.OK and _is_a_file(page) else None)
            body, headers = self._make_ready(conditions, etag, page, _accepted(request))
        return HttpResponse(body, headers=headers)

    def _make_ready(self, conditions, etag, page, encoding):
        body = page.encoded(encoding)
        headers = page.headers | {"ETag": etag, "Content-Length": str(len(body))}
        if encoding:
            headers["Content-Encoding"] = encoding
        with self.lock:
            self.ready[conditions] = etag, body, headers
            if len(self.ready) > MOST_READY:
                del self.ready[next(iter(self.ready))]
        return body, headers


def _is_a_file(response):
    return response.streaming and getattr(response, "is_kept", True)


def _public(response, etag=None):
    return _headers(response, etag) if getattr(response, "is_public", False) else response


def _headers(response, etag=None):
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Accept-Encoding", "HX-Request", "HX-History-Restore-Request"])
    if etag:
        response["ETag"] = etag
    return response
