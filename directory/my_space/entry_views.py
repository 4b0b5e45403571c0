"""Coming in by a mailed link, and going out."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from directory.doors import links, session, visit
from directory.doors.entry import Door
from directory.doors.links import suite_of
from directory.doors.session import private, reader_required
from directory.models import CoEntrepreneur

DOOR = Door(
    room="my_space",
    link=links.MY_SPACE,
    mail="my_space_link",
    mail_to_stranger="my_space_unknown",
    scope="my-space",
    help_text="Celle à laquelle la coopérative vous écrit.",
)


@private
def start(request):
    """Ask for an address; who is in already goes straight on."""
    if session.member_of(request) or session.departed_of(request):
        return redirect(suite_of(request) or "my_space:home")
    return DOOR.start(request, then=suite_of(request))


@private
def sent(request):
    return DOOR.sent(request, then=suite_of(request))


@private
def link(request, token):
    return DOOR.open(request, token, enter=_enter, then=suite_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@reader_required
def sign_out(request):
    """Show where one is signed in; the click closes the session of this browser."""
    if request.method == "POST":
        response = redirect("my_space:start")
        _close(request, response)
        messages.success(request, "Vous êtes déconnecté de ce navigateur.")
        return response
    here = session.sessions_of(request).first()
    sessions = request.member.member_sessions.recent()
    for opened in sessions:
        opened.is_here = opened == here
    return render(request, "my_space/sign_out.html", {"sessions": sessions})


@require_POST
@reader_required
def sign_out_everywhere(request):
    session.sign_out_everywhere(request.member)
    response = redirect("my_space:start")
    _close(request, response)
    messages.success(request, "Vous êtes déconnecté de tous les navigateurs.")
    return response


def _close(request, response):
    """Leave nothing open in this browser: neither the space, nor the request that may be opened from there."""
    session.sign_out(request, response)
    visit.end(request)


def _enter(request, email):
    """Open the space of who has this address; who left reads their data there."""
    member = CoEntrepreneur.objects.with_address(email).first()
    if member is None:
        return None
    session.sessions_of(request).delete()
    response = redirect(suite_of(request) or "my_space:home")
    session.sign_in(response, member)
    return response
