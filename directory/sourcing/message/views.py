"""The pages of who writes to several: from a selection, then confirmed, followed and erased by the links of mails."""

from django.shortcuts import redirect, render
from django.urls import reverse

from crealead.middleware import client_address
from directory.catalogue.contact_page import Search
from directory.decisions import Refused
from directory.doors import links
from directory.doors.dead_links import dead_link
from directory.doors.links import DeadLinkError
from directory.doors.session import private
from directory.models import GroupMessage
from directory.models.group_message import FEWEST, MOST
from directory.search.index import current
from directory.sourcing.selection.page import left_out_of
from directory.sourcing.selection.selection import Selection

from . import actions, page
from .forms import BETWEEN, GroupMessageForm
from .limits import LIMITS

DEAD = "group_messages/dead_link.html"


def _proposed(search):
    """What was searched is the subject when it is short enough for one, as the title of a tender is."""
    is_subject = "\n" not in search.need and len(search.need) <= GroupMessage.LONGEST_SUBJECT
    return {"subject" if is_subject else "message": search.need, "place": search.place}


@private
def new(request):
    """Take a message to some of the fiches of a selection, and answer the same whoever's the address is."""
    index = current(getattr(request, "catalogue_version", None))
    selection = Selection(request.GET, index)
    if request.method != "POST" and len(selection.fiches) < FEWEST:
        few = {"selection_url": selection.url, "between": BETWEEN, "told": left_out_of(selection)}
        return render(request, "group_messages/few.html", few)
    search = Search(request.GET, index)
    form = GroupMessageForm(
        request.POST if request.method == "POST" else None,
        fiches=selection.fiches,
        initial=_proposed(search),
    )
    status = 200
    if form.is_valid():
        passed = None
        if not form.cleaned_data["trap"]:
            passed = LIMITS.passed({"network": client_address(request), "address": form.instance.email})
            if passed is None:
                actions.ask(message=form.instance, fiches=form.cleaned_data["recipients"])
        if passed is None:
            return redirect("group_messages:sent")
        form.add_error(None, LIMITS.told(passed))
        status = 429
    context = {
        "form": form,
        "selection_url": selection.url,
        "is_to_choose": len(selection.fiches) > MOST,
        "between": BETWEEN,
        "told": left_out_of(selection),
    }
    return render(request, "group_messages/new.html", context, status=status)


@private
def sent(request):
    return render(request, "group_messages/sent.html")


@private
def confirm(request, token):
    """Show the message and a button, since programs that check mails follow links; only its click sends it."""
    try:
        message, _ = links.GROUP_CONFIRMATION.find(token, GroupMessage.objects.all(), written="created_at")
    except DeadLinkError as dead:
        return dead_link(request, DEAD, about="Confirmer votre message", is_forged=dead.is_forged)
    refusal = actions.TOO_LATE if message.is_past and message.confirmed_at is None else ""
    if request.method == "POST" and not refusal:
        try:
            actions.confirm(message_pk=message.pk)
        except Refused as error:
            refusal = str(error)
        # As it is now: a second click may have come first, or the purge.
        message = GroupMessage.objects.filter(pk=message.pk).first()
    if message is None:
        return dead_link(request, DEAD, about="Confirmer votre message")
    if message.confirmed_at:
        return redirect(links.GROUP_MESSAGE.path(message))
    if not refusal and not GroupMessage.objects.to_confirm().filter(pk=message.pk).exists():
        return dead_link(request, DEAD, about="Confirmer votre message")
    said, lines = page.said_in(message), page.lines_of(message)
    context = {"message": message, "said": said, "lines": lines, "refusal": refusal}
    return render(request, "group_messages/confirm.html", context, status=410 if refusal else 200)


@private
def message(request, token):
    """Who was written to, and where each stands; and the button that ends it."""
    try:
        message = _followed(token)
    except DeadLinkError as dead:
        return dead_link(request, DEAD, about="Votre message à plusieurs", is_forged=dead.is_forged)
    closed = request.method == "POST" and request.POST.get("action") == "close" and actions.close(message_pk=message.pk)
    message = GroupMessage.objects.filter(pk=message.pk).first()
    if message is None:
        return dead_link(request, DEAD, about="Votre message à plusieurs")
    context = {
        "message": message,
        "closed": closed,
        "standing": page.standing_of(message),
        "outcome": page.outcome_of(message),
        "said": page.said_in(message),
        "lines": page.lines_of(message),
        "delete_url": reverse("group_messages:delete", args=[token]),
    }
    return render(request, "group_messages/message.html", context)


@private
def delete(request, token):
    try:
        message = _followed(token)
    except DeadLinkError as dead:
        return dead_link(request, DEAD, about="Effacer votre message", is_forged=dead.is_forged)
    if request.method == "POST":
        actions.delete(message_pk=message.pk)
        return render(request, "group_messages/deleted.html", {"message": message})
    context = {"message": message, "back": reverse("group_messages:message", args=[token])}
    return render(request, "group_messages/delete.html", context)


def _followed(token):
    """The message that a link follows.

    Raises:
        DeadLinkError
    """
    message, _ = links.GROUP_MESSAGE.find(token, GroupMessage.objects.confirmed(), written="confirmed_at")
    return message
