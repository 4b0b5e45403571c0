"""What programs look for at addresses of their own, on every site."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, reverse_lazy
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

# The standard (RFC 9116) wants an end under a year away; whoever reads it later reads a later one.
SECURITY_TXT_LASTS = timedelta(days=180)


@require_safe
def security_txt(_request):
    """Whom to tell of a hole."""
    expires = (timezone.now() + SECURITY_TXT_LASTS).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{settings.COOPERATIVE['email']}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def favicon(_request):
    """The icon, for programs that don't read pages: its own name changes with it."""
    return redirect(static("img/favicon.ico"))


urlpatterns = [
    path(".well-known/security.txt", security_txt),
    # Where a password manager sends: co-entrepreneurs have no password.
    path(".well-known/change-password", RedirectView.as_view(url=reverse_lazy("admin:password_change"))),
    path("favicon.ico", favicon),
]
