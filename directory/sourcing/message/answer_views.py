"""The pages of who was written to: what the buyer says and three answers, by the link of the mail; then the team."""

from datetime import datetime, time

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from crealead.words import moment
from directory.decisions import Refused
from directory.doors import links
from directory.doors.dead_links import dead_link
from directory.doors.links import DeadLinkError
from directory.doors.session import member_required, private, viewer_of
from directory.models import GroupRecipient
from directory.models.group_message import ANSWER_HOUR
from directory.rights import group_messages_answered_by

from . import actions, page
from .forms import ANSWERS, TeamForm


@private
def answer(request, token):
    """Show what the buyer says, and take the answer of who holds the link; nobody else who is signed in sees it."""
    try:
        recipient = _written_to(request, token)
    except DeadLinkError as dead:
        return dead_link(request, "group_messages/dead_answer.html", is_forged=dead.is_forged, unsent=_unsent(request))
    chosen = ANSWERS.get(request.POST.get("answer")) if request.method == "POST" else None
    forms = {form.given.value: form(request.POST if form is chosen else None) for form in ANSWERS.values()}
    refusal = ""
    if chosen and (form := forms[chosen.given.value]).is_valid():
        try:
            actions.answer(recipient_pk=recipient.pk, **form.content)
        except Refused as error:
            refusal = str(error)
        else:
            return redirect("group_messages:answer", token=token)
    elif request.method == "POST" and request.POST.get("action") == "read":
        actions.mark_read(recipient_pk=recipient.pk)
        return redirect("group_messages:answer", token=token)
    return _page(request, recipient, forms, chosen, refusal)


def _unsent(request):
    """The words of an answer, for whoever sent it when none was awaited any more."""
    return [value for name, value in request.POST.items() if name.endswith("word") and value.strip()]


def _page(request, recipient, forms, chosen, refusal):
    message = recipient.message
    if chosen is None and recipient.answer:
        # What they said is where they may change it.
        form = ANSWERS[recipient.answer]
        forms[recipient.answer] = form(initial={"reason": recipient.reason, "word": recipient.word})
    context = {
        "recipient": recipient,
        "message": message,
        "said": page.said_in(message),
        "until": page.until(message),
        "forms": forms,
        "failed": forms[chosen.given.value] if chosen else None,
        "refusal": refusal,
        "answered_at": moment(recipient.answered_at) if recipient.answered_at else "",
        "words": page.words_of(recipient),
        "may_answer": message.is_open,
        "unsent": _unsent(request),
        "may_say_read": message.is_open and recipient.opened_at is None,
    }
    return render(request, "group_messages/answer.html", context, status=409 if refusal else 200)


def _written_to(request, token):
    """Who a link says was written to.

    Raises:
        DeadLinkError: they left the catalogue, too.
        Http404: someone else is signed in here.
    """
    rows = GroupRecipient.objects.written().in_catalogue().select_related("message", "co_entrepreneur")
    recipient, _ = links.GROUP_ANSWER.find(token, rows, written="sent_at")
    viewer = viewer_of(request)
    if viewer and viewer.member != recipient.co_entrepreneur:
        raise Http404
    return recipient


@member_required
def team(request, pk):
    """Open the consultation of a message by its buyer's words, for who said that they are interested."""
    rows = group_messages_answered_by(request.member).interested().select_related("message__consultation")
    recipient = get_object_or_404(rows, pk=pk)
    message = recipient.message
    form = None
    if message.consultation is None:
        form = TeamForm(request.POST if request.method == "POST" else None, message=message)
    refusal = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        given = {"buyer": form.chosen, "deadline": _end_of(form.cleaned_data["deadline"])} if form else {}
        try:
            consultation, left = actions.open_team(
                recipient_pk=pk, by=request.viewer, **{"buyer": None, "deadline": None} | given
            )
        except Refused as error:
            refusal = str(error)
        else:
            if left:
                messages.warning(request, f"Les autres personnes intéressées ne sont pas encore invitées. {left}")
            elif form:
                messages.success(request, "La consultation est ouverte, et qui est intéressé est invité.")
            return redirect(consultation)
    context = {
        "message": message,
        "said": page.said_in(message),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "group_messages/team.html", context, status=409 if refusal else 200)


def _end_of(date):
    return timezone.make_aware(datetime.combine(date, time(ANSWER_HOUR)))
