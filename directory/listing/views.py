"""The pages of a request. All but the article are private to whoever proved their address, or holds a mailed link."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from crealead.files import serve_private
from crealead.markdown import render as render_markdown
from directory.decisions import AlreadyDecided
from directory.doors import links, visit
from directory.doors.dead_links import dead_link
from directory.doors.entry import Door
from directory.doors.links import DeadLinkError
from directory.doors.session import private
from directory.models import CoEntrepreneur, ListingAgreement, ListingRequest, Page
from directory.models.author import name_of

from . import actions
from .steps import TITLES, steps_of
from .writing import Writing, form_url

# What opens the form again, by the state of the request.
REOPEN = {
    ListingRequest.State.SUBMITTED: "Relire ou corriger ma demande",
    ListingRequest.State.CHANGES_ASKED: "Modifier et renvoyer",
}
# What the link of an agreement is about, in the title of its page once it is dead.
COME_BACK = "Revenir au catalogue"
DOOR = Door(
    room="listing",
    link=links.LISTING,
    mail="access_link",
    mail_to_stranger="access_link_unknown",
    scope="referencing",
    help_text="Celle à laquelle la coopérative vous écrit : votre demande sera déjà remplie.",
)


@require_safe
def article(request):
    page = get_object_or_404(Page, slug=Page.Slug.LISTING)
    return render(request, "listing/article.html", {"page": page, "html": render_markdown(page.body)})


@private
def start(request):
    return DOOR.start(request)


@private
def sent(request):
    return DOOR.sent(request)


@private
def link(request, token):
    return DOOR.open(request, token, enter=_enter)


@private
def form(request):
    """The request: prefilled from the draft, or from what was proposed, or from the fiche; saved at each click."""
    email = visit.verified_email(request)
    if email is None:
        return render(request, "listing/expired.html", {"is_lost": request.method == "POST"}, status=403)
    writing = Writing(request, email)
    if request.method == "POST":
        return writing.answer()
    if writing.correcting and not writing.means_to_correct:
        return redirect(links.LISTING_STATUS.path(writing.pending))
    return writing.page()


@private
def saved(request):
    """What was written so far is kept: until when, and how to find it again."""
    email = visit.verified_email(request)
    writing = Writing(request, email) if email else None
    if writing is None or writing.draft is None:
        return redirect("listing:start")
    context = {
        "draft": writing.draft,
        "not_sent_yet": writing.not_sent_yet,
        "form_url": form_url(correcting=writing.correcting),
        "status_url": links.LISTING_STATUS.path(writing.pending) if writing.pending else "",
    }
    return render(request, "listing/saved.html", context)


@private
def photo(request):
    """The photo that the form shows: the one just sent, or proposed, or of the fiche."""
    email = visit.verified_email(request)
    if email is None:
        raise Http404
    row = Writing(request, email).row_with_photo
    return serve_private(row and row.photo, filename="photo.webp", as_attachment=False)


@private
def status(request, token):
    """Where a request stands; a click there opens the form again, while its author may still write."""
    try:
        listing_request, may_write = _request_of(token)
    except DeadLinkError as dead:
        return _dead_status(request, dead, about="Suivi de ma demande")
    if request.method == "POST" and may_write and listing_request.is_to_complete:
        return _enter(request, listing_request.email)
    if request.method == "POST" and may_write and listing_request.is_awaiting:
        visit.begin(request, listing_request.email)
        return redirect(form_url(correcting=True))
    writing = Writing(request, listing_request.email) if listing_request.is_open else None
    unsent = writing and writing.unsent
    fiche = listing_request.co_entrepreneur
    is_listed = listing_request.is_accepted and fiche is not None and fiche.is_published
    context = {
        "title": TITLES[listing_request.state],
        "steps": steps_of(listing_request),
        "listing_request": listing_request,
        "token": token,
        "unsent": unsent if may_write else None,
        "may_write": may_write and listing_request.is_open,
        "is_used": not may_write and listing_request.is_open,
        "not_sent_yet": writing.not_sent_yet if unsent else "",
        "reopen_words": "" if unsent else REOPEN.get(listing_request.state, ""),
        "public_url": fiche.get_absolute_url() if is_listed else "",
        "may_ask_anew": not listing_request.is_open and not listing_request.is_accepted,
    }
    is_refused = request.method == "POST" and context["is_used"]
    return render(request, "listing/status.html", context, status=410 if is_refused else 200)


@private
def withdraw(request, token):
    """Ask for a confirmation, then withdraw."""
    try:
        listing_request, may_write = _request_of(token)
    except DeadLinkError as dead:
        return _dead_status(request, dead, about="Retrait de ma demande")
    if not may_write:
        return redirect("listing:status", token=token)
    refusal = None
    if request.method == "POST":
        try:
            actions.withdraw(request_pk=listing_request.pk)
        except AlreadyDecided as error:
            refusal = error
        else:
            return redirect("listing:status", token=token)
    elif not listing_request.is_open:
        return redirect("listing:status", token=token)
    context = {"listing_request": listing_request, "token": token, "refusal": refusal}
    return render(request, "listing/withdraw.html", context, status=409 if refusal else 200)


@private
def objection(request, token):
    """Object to a fiche that was made for one; the click does it."""
    try:
        fiche, _ = links.OBJECTION.find(token, CoEntrepreneur.objects.all(), written="content_updated_at")
    except DeadLinkError as dead:
        return _dead_answer(request, about="M’opposer à ma fiche", is_forged=dead.is_forged)
    done = request.method == "POST"
    if done:
        actions.object_to_fiche(co_entrepreneur_pk=fiche.pk)
    return render(request, "listing/objection.html", {"fiche": fiche, "done": done})


@private
def agreement(request, token):
    """Say whether one comes back to the catalogue; the click answers, once."""
    agreements = ListingAgreement.objects.select_related("co_entrepreneur", "asked_by__referent")
    try:
        asked, _ = links.LISTING_AGREEMENT.find(token, agreements, written="asked_at")
    except DeadLinkError as dead:
        return _dead_answer(request, about=COME_BACK, is_forged=dead.is_forged)
    answer = request.POST.get("answer")
    answered = None
    if answer in {"oui", "non"}:
        answered = actions.answer_agreement(agreement_pk=asked.pk, agrees=answer == "oui")
    if not (answered or asked.is_open):
        return _dead_answer(request, about=COME_BACK)
    fiche = answered.co_entrepreneur if answered else asked.co_entrepreneur
    context = {"asked_by": name_of(asked.asked_by), "answered": answered, "fiche": fiche}
    return render(request, "listing/agreement.html", context)


def _enter(request, email):
    """Open the form, in this browser."""
    visit.begin(request, email)
    return redirect("listing:form")


def _request_of(token):
    """The request that a link follows, and whether the link may still write; see `SignedLink.find`."""
    requests = ListingRequest.objects.select_related("referent", "co_entrepreneur")
    return links.LISTING_STATUS.find(token, requests, written="written_at")


def _dead_status(request, dead, *, about):
    """The same page whatever became of the request: it tells no one whether there was one."""
    return dead_link(request, "listing/dead_status.html", is_forged=dead.is_forged, about=about)


def _dead_answer(request, *, about, is_forged=False):
    """Nothing more to answer by this link: it served, or is too old."""
    return dead_link(request, "listing/dead_answer.html", is_forged=is_forged, about=about)
