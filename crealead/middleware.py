"""What every request goes through, beside Django's own."""

from django.conf import settings
from django.http import HttpResponseBadRequest
from pghistory.middleware import HistoryMiddleware as PghistoryMiddleware

MAX_QUERY_BYTES = 4096


def client_address(request):
    """The address of the client, as the nearest trusted proxy saw it; what clients send before it isn't believed."""
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        return forwarded[-settings.TRUSTED_PROXIES]
    return request.META.get("REMOTE_ADDR", "")


class BoundedQueryMiddleware:
    """Refuse a query string longer than any honest one, or with a NUL that the database can't hold."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query = request.META.get("QUERY_STRING", "")
        if len(query) > MAX_QUERY_BYTES:
            return HttpResponseBadRequest(
                "L’adresse de cette page est trop longue.", content_type="text/plain; charset=utf-8"
            )
        return self.get_response(request)


class HistoryMiddleware(PghistoryMiddleware):
    """Who changes what: the user and nothing else of a request goes into the history."""

    def get_context(self, request):
        user = request.user.pk if hasattr(request, "user") and request.user.is_authenticated else None
        return {"user": user}
