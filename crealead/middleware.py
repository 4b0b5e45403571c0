"""What every request goes through, beside Django's own."""

import ipaddress
import re
from contextlib import suppress
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpResponseBadRequest
from pghistory.middleware import HistoryMiddleware as PghistoryMiddleware

MAX_QUERY_BYTES = 4096
# What Django's own cookies look like; that of forms holds a secret, alone or masked.
SHAPES = {
    settings.SESSION_COOKIE_NAME: re.compile(r"[a-z0-9]{32}"),
    settings.CSRF_COOKIE_NAME: re.compile(r"[A-Za-z0-9]{32}|[A-Za-z0-9]{64}"),
}
ADMIN_NUL = re.compile(r"\0|_00")


def client_address(request):
    """The address of the client, as the nearest trusted proxy saw it; what clients send before it isn't believed."""
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        seen = forwarded[-settings.TRUSTED_PROXIES]
        with suppress(ValueError):
            return str(ipaddress.ip_address(seen))
    return request.META.get("REMOTE_ADDR", "")


def _refusal(sentence):
    return HttpResponseBadRequest(sentence, content_type="text/plain; charset=utf-8")


class BoundariesMiddleware:
    """Say of every answer what a page of ours may ask of the device, and that other sites don't embed it."""

    # Passkeys stay: they are of the site's own pages unless it says otherwise.
    POLICY = ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
            "microphone", "midi", "payment", "serial", "usb",
        )
    )  # fmt: skip

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["Permissions-Policy"] = self.POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


class BoundedQueryMiddleware:
    """Refuse an address longer than any honest one, or in the admin with a NUL, which the database can't hold.

    A cookie of another shape than Django's is taken for none: it would ask the database, or be answered by a new one.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query = request.META.get("QUERY_STRING", "")
        if len(query) > MAX_QUERY_BYTES:
            return _refusal("L’adresse de cette page est trop longue.")
        # Public pages read it as white space; the admin looks keys up as they come, and writes it « _00 » too.
        if request.path_info.startswith("/admin/") and ADMIN_NUL.search(request.path_info + unquote(query)):
            return _refusal("L’adresse de cette page contient un caractère impossible.")
        for name, shape in SHAPES.items():
            if not shape.fullmatch(request.COOKIES.get(name, "")):
                request.COOKIES.pop(name, None)
        return self.get_response(request)


class HistoryMiddleware(PghistoryMiddleware):
    """Who changes what: the user and nothing else of a request goes into the history."""

    def get_context(self, request):
        user = request.user.pk if hasattr(request, "user") and request.user.is_authenticated else None
        return {"user": user}
