"""Who is looking at what isn't public: a co-entrepreneur in their space, or someone signed in to the back office.

A co-entrepreneur's session is a cookie of its own, apart from the back office's: it lasts longer, and closing one
leaves the other. Public pages never read it, and so stay the same for everyone.
"""

import re
import secrets
from functools import wraps

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from crealead.csrf import UNTOLD_ADDRESS
from directory.models import CoEntrepreneur, MemberSession
from directory.models.member_session import LIFETIME
from directory.rights import Viewer, staff_viewer

from . import staff_session
from .links import with_suite

COOKIE = "espace"
KEY = re.compile(r"[A-Za-z0-9_-]{43}")


def sign_in(response, co_entrepreneur):
    """Open a session in the browser that gets this response, under a new key."""
    key = secrets.token_urlsafe(32)
    MemberSession.objects.create(co_entrepreneur=co_entrepreneur, key_hash=MemberSession.hash_of(key))
    _set_cookie(response, key)


def sign_out(request, response):
    """Close the session of this browser, if it has one."""
    sessions_of(request).delete()
    response.delete_cookie(COOKIE, samesite="Lax")


def sign_out_everywhere(co_entrepreneur):
    """Close every session of a member, whatever browser it is in.

    Returns:
        int: how many there were.
    """
    closed, _ = co_entrepreneur.member_sessions.all().delete()
    return closed


def sessions_of(request):
    """The session whose key this browser holds, open or not: a queryset of one row at most."""
    key = request.COOKIES.get(COOKIE, "")
    return MemberSession.objects.holding(key) if KEY.fullmatch(key) else MemberSession.objects.none()


def member_of(request):
    """The co-entrepreneur whose space this browser is in, or None; who left the cooperative is in no space.

    It is for views that are `private`, or that ask for a member or a viewer.
    """
    session = sessions_of(request).open().select_related("co_entrepreneur__referent__user").first()
    if session is None:
        return None
    # For `private`, which renews it.
    request.member_session = session
    return session.co_entrepreneur


def departed_of(request):
    """The person whose browser this is, and who left the cooperative; None for anybody else."""
    departed = CoEntrepreneur.objects.departed()
    session = sessions_of(request).recent().filter(co_entrepreneur__in=departed)
    session = session.select_related("co_entrepreneur__referent__user").first()
    if session is None:
        return None
    request.member_session = session
    return session.co_entrepreneur


def viewer_of(request):
    """The member of this browser, or else its user of the back office, or None."""
    if member := member_of(request):
        return Viewer(member=member)
    if viewer := staff_viewer(request.user):
        staff_session.renew(request)
    return viewer


def member_required(view):
    """Let members in only. The view gets `request.member`, and the same person as `request.viewer`."""

    def find(request):
        member = member_of(request)
        return Viewer(member=member) if member else None

    return _required(view, find)


def reader_required(view):
    """Let members in, and those who left, who read their data here until it goes: views that write nothing of it.

    The view gets `request.member`; `request.viewer` is None for who left.
    """

    @private
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if departed := departed_of(request):
            request.viewer, request.member = None, departed
            return view(request, *args, **kwargs)
        return member_required(view)(request, *args, **kwargs)

    return wrapper


def viewer_required(view):
    """Let members in, and référents and administrators. The view gets `request.viewer`.

    `request.member` is there too; it is None for who comes from the back office.
    """
    return _required(view, viewer_of)


def private(view):
    """A page that nobody keeps, neither a cache nor a search engine, and that counts as a visit of who is in.

    Its address, which is a secret when a mail carries it, is told to no other page.
    """

    @wraps(view)
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = UNTOLD_ADDRESS
        _renew(request, response)
        return response

    return wrapped


def _renew(request, response):
    """Write down the visit of who was found to be in, if they still are."""
    session, now = getattr(request, "member_session", None), timezone.now()
    if session is None or session.last_seen_at >= now - staff_session.SEEN_EVERY:
        return
    if MemberSession.objects.filter(pk=session.pk).update(last_seen_at=now):
        _set_cookie(response, request.COOKIES[COOKIE])


def _required(view, find):
    """Send who isn't there to ask for a link, and bring them back; what they were sending isn't lost either."""

    @private
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        viewer = find(request)
        if viewer:
            request.viewer, request.member = viewer, viewer.member
            response = view(request, *args, **kwargs)
        elif request.method in {"GET", "HEAD"} and departed_of(request):
            response = redirect("my_space:home")
        elif request.method in {"GET", "HEAD"}:
            response = redirect(with_suite(reverse("my_space:start"), request.get_full_path()))
        else:
            response = render(request, "my_space/expired.html", status=403)
        return response

    return wrapper


def _set_cookie(response, key):
    response.set_cookie(
        COOKIE, key, max_age=LIFETIME, httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )
