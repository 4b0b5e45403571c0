"""The pages of alerts: asked for with a search, confirmed, followed and ended by the links of mails."""

import re

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from crealead.middleware import client_address
from crealead.words import counted, day
from directory.doors import links
from directory.doors.dead_links import dead_link
from directory.doors.links import DeadLinkError
from directory.doors.session import private
from directory.models import Alert, AlertNews
from directory.models.query import LONGEST_QUERY
from directory.search.filters import CatalogueFilter
from directory.search.order import PAGE_SIZE, Results

from . import actions, tasks
from .forms import AlertForm
from .limits import LIMITS
from .searches import search_of, sentence_of

# What a stranger would have mailed to another's address.
ADDRESS = re.compile(r"://|www\.|@")
OF_SOMEBODY = "Un numéro est celui d’une personne : une alerte suit un besoin, pas quelqu’un."
NO_ADDRESS = "Une recherche ne contient pas d’adresse : retirez-la, l’alerte suivra le reste."
# What a dead link was about, in the title of its page.
CONFIRMING, FOLLOWING, STOPPING = "Confirmer l’alerte", "Votre alerte", "Arrêter l’alerte"
TOO_LONG = "Votre recherche est trop longue pour une alerte : retirez-lui des mots ou des critères."


@private
def new(request):
    """Take an address and answer the same, whether it is known or not."""
    search = CatalogueFilter(request.GET)
    form = AlertForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        email, is_program = form.cleaned_data["email"], bool(form.cleaned_data["trap"])
        if refusal := _refusal(search):
            form.add_error(None, refusal)
        elif is_program:
            return redirect("alerts:sent")
        # A sender who asks too much uses up nobody else's share.
        elif passed := LIMITS.passed({"sender": client_address(request), "address": email}):
            form.add_error(None, LIMITS.told(passed))
            status = 429
        else:
            tasks.ask_alert.defer(email=email, query=search.question, rhythm=form.cleaned_data["rhythm"])
            return redirect("alerts:sent")
    context = {"form": form, "sentence": sentence_of(search), "back": _results(search.question)}
    return render(request, "alerts/new.html", context, status=status)


def _refusal(search):
    """Why no alert is made of a search, as a sentence; empty when one is."""
    if len(search.question) > LONGEST_QUERY:
        return TOO_LONG
    if search.need.owners:
        return OF_SOMEBODY
    return NO_ADDRESS if ADDRESS.search(search.values["q"]) else ""


@private
def sent(request):
    return render(request, "alerts/sent.html")


@private
def confirm(request, token):
    """Show a button, since programs that check mails follow links; only its click has the alert run."""
    try:
        row, _ = links.ALERT_CONFIRMATION.find(token, Alert.objects.all(), written="created_at")
    except DeadLinkError as dead:
        return _dead(request, about=CONFIRMING, is_forged=dead.is_forged)
    done = request.method == "POST" and actions.confirm(alert_pk=row.pk)
    # As it is now: a second click may have come first, or the purge.
    row = Alert.objects.filter(pk=row.pk).first()
    if row is None:
        return _dead(request, about=CONFIRMING)
    if not done and row.confirmed_at is None and not Alert.objects.to_confirm().filter(pk=row.pk).exists():
        return _dead(request, about=CONFIRMING)
    if not done and row.confirmed_at:
        return redirect(links.ALERT.path(row)) if row.ended_on is None else _dead(request, about=CONFIRMING)
    return render(request, "alerts/confirm.html", _context(row) | {"done": done})


@private
def alert(request, token):
    """What an alert asks for, what the mail of this link told, and the buttons that keep and end it."""
    try:
        row = _alert(token)
    except DeadLinkError as dead:
        return _dead(request, about=FOLLOWING, is_forged=dead.is_forged)
    kept = request.method == "POST" and request.POST.get("action") == "keep" and bool(actions.keep(alert_pk=row.pk))
    row.refresh_from_db()
    # A mail tells its news on the day on which it makes its link.
    news = row.news_on(timezone.localdate(links.ALERT.made_at(token))) or AlertNews()
    search = search_of(row.query, among=news.fiches)
    results = Results(search)
    gone = len(news.fiches) - len(results)
    context = _context(row) | {
        "search": search,
        "kept": kept,
        "page": Paginator(results, PAGE_SIZE).get_page(request.GET.get("page")),
        "number": counted(len(news.fiches), "fiche", "fiches"),
        "gone": gone and counted(gone, "fiche a quitté le catalogue", "fiches ont quitté le catalogue"),
        "news_on": day(news.told_on),
        "stop_url": reverse("alerts:stop", args=[token]),
    }
    return render(request, "alerts/alert.html", context)


@csrf_exempt
@private
def stop(request, token):
    """End an alert by a button; and by the one click of a mailbox, which posts here without a cookie (RFC 8058).

    Nothing but the link says who asks: there is no cookie that another site could use.
    """
    try:
        row = _alert(token)
    except DeadLinkError as dead:
        return _dead(request, about=STOPPING, is_forged=dead.is_forged)
    if request.method == "POST":
        actions.end(alert_pk=row.pk)
        row.refresh_from_db()
    return render(request, "alerts/stop.html", _context(row))


def _alert(token):
    """The alert that a link follows.

    Raises:
        DeadLinkError
    """
    row, _ = links.ALERT.find(token, Alert.objects.filter(confirmed_at__isnull=False), written="created_at")
    return row


def _context(row):
    return {
        "alert": row,
        "sentence": sentence_of(search_of(row.query)),
        "rhythm": row.get_rhythm_display(),
        "ends_on": day(row.ends_on),
        "ended_on": day(row.ended_on),
        "next_on": day(row.next_on),
        "results_url": _results(row.query),
        "again_url": reverse("alerts:new") + (f"?{row.query}" if row.query else ""),
        "alert_url": links.ALERT.path(row),
        "is_running": row.confirmed_at is not None and row.ended_on is None,
    }


def _results(query):
    return reverse("catalogue:list") + (f"?{query}" if query else "")


def _dead(request, *, about, is_forged=False):
    """The same page whatever became of the alert."""
    return dead_link(request, "alerts/dead_link.html", is_forged=is_forged, about=about)
