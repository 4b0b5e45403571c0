"""Coming in by a mailed link, and going out."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crealead.middleware import client_address
from crealead.rate_limit import allow
from directory.doors import session as access
from directory.doors.session import member_of, member_required, private, sessions_of
from directory.listing import visit
from directory.models import AccessLink, CoEntrepreneur

from . import actions
from .forms import StartForm
from .links import access_pk, local_path, use_up, with_suite

HOUR = timedelta(hours=1)
LINKS_PER_ADDRESS = 5
LINKS_PER_SENDER = 20
TOO_MANY_LINKS = (
    "Plusieurs liens viennent d’être demandés d’ici ou pour cette adresse. Regardez votre boîte, et le dossier des "
    "indésirables ; sinon, réessayez dans une heure."
)


@private
def start(request):
    """Take an address and answer the same, whether it is known or not."""
    suite = _suite(request)
    if member_of(request):
        return redirect(suite or "my_space:home")
    form = StartForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        email = form.cleaned_data["email"]
        if form.cleaned_data["trap"] or _may_send_link(request, email):
            if not form.cleaned_data["trap"]:
                actions.send_access_link(email=email, then=suite)
            return redirect(with_suite(reverse("my_space:sent"), suite))
        form.add_error(None, TOO_MANY_LINKS)
        status = 429
    return render(request, "my_space/start.html", {"form": form, "suite": suite}, status=status)


@private
def sent(request):
    return render(request, "my_space/sent.html", {"again_url": with_suite(reverse("my_space:start"), _suite(request))})


@private
def link(request, token):
    """Show a button, since programs that check mails follow links; only its click uses the link up."""
    suite = _suite(request)
    pk = access_pk(token)
    if pk is None:
        return _dead_link(request, suite, forged=True)
    if request.method == "POST":
        email = use_up(pk)
        if member := CoEntrepreneur.objects.present().with_address(email).first() if email else None:
            sessions_of(request).delete()
            response = redirect(suite or "my_space:home")
            access.sign_in(response, member)
            return response
    elif AccessLink.objects.usable().filter(pk=pk).exists():
        return render(request, "my_space/link.html")
    return _dead_link(request, suite, forged=False)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def sign_out(request):
    """Show where one is signed in; the click closes the session of this browser."""
    if request.method == "POST":
        response = redirect("my_space:start")
        _close(request, response)
        messages.success(request, "Vous êtes déconnecté de ce navigateur.")
        return response
    here = sessions_of(request).first()
    sessions = request.member.member_sessions.open()
    return render(request, "my_space/sign_out.html", {"sessions": sessions, "here": here})


@require_POST
@member_required
def sign_out_everywhere(request):
    access.sign_out_everywhere(request.member)
    response = redirect("my_space:start")
    _close(request, response)
    messages.success(request, "Vous êtes déconnecté de tous les navigateurs.")
    return response


def _close(request, response):
    """Leave nothing open in this browser: neither the space, nor the request that may be opened from there."""
    access.sign_out(request, response)
    visit.end(request)


def _suite(request):
    """Where to go once in, when it is a page of this site."""
    return local_path(request.GET.get("suite", ""))


def _may_send_link(request, email):
    """A sender who asks too much uses up nobody else's share."""
    return allow(
        scope="my-space-sender", sender=client_address(request), limit=LINKS_PER_SENDER, window=HOUR
    ) and allow(scope="my-space-address", sender=email, limit=LINKS_PER_ADDRESS, window=HOUR)


def _dead_link(request, suite, *, forged):
    context = {"forged": forged, "again_url": with_suite(reverse("my_space:start"), suite)}
    return render(request, "my_space/dead_link.html", context, status=404 if forged else 410)
