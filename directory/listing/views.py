"""The pages of a request. All but the article are private to whoever proved their address, or holds a mailed link."""

from datetime import timedelta

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from crealead.markdown import render as render_markdown
from crealead.rate_limit import allow
from directory.decisions import AlreadyDecided
from directory.doors import links, visit
from directory.doors.entry import Door
from directory.doors.session import private
from directory.models import CoEntrepreneur, ListingRequest, Page

from . import actions
from .forms import RequestForm, RequestWithoutFicheForm, RequestWithReferentForm, ServedClientFormSet
from .steps import TITLES, steps_of

DOOR = Door(
    room="listing",
    link=links.LISTING,
    mail="access_link",
    mail_to_stranger="access_link_unknown",
    scope="referencing",
    help_text="Celle à laquelle la coopérative vous écrit : votre demande sera déjà remplie.",
)
HOUR = timedelta(hours=1)
SENDINGS_PER_ADDRESS = 20
TOO_MANY_SENDINGS = "Vous avez envoyé ce formulaire de nombreuses fois. Réessayez dans une heure : rien n’est perdu."


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
    """The request: prefilled from the fiche, or from what was proposed when changes are asked."""
    email = visit.verified_email(request)
    if email is None:
        return render(request, "listing/expired.html", {"is_lost": request.method == "POST"}, status=403)
    requests = ListingRequest.objects.open().with_address(email)
    pending = requests.select_related("referent__user", "co_entrepreneur").first()
    if pending and pending.is_awaiting:
        return redirect(links.LISTING_STATUS.path(pending))
    fiche = pending and pending.co_entrepreneur
    if fiche is None:
        fiche = CoEntrepreneur.objects.present().with_address(email).select_related("referent").first()
    data = request.POST if request.method == "POST" else None
    offer = _form_class(fiche)(data, initial=_initial(pending, fiche))
    clients = ServedClientFormSet(data, prefix="clients", initial=pending.served_clients if pending else None)
    status = 200
    if data is not None and all([offer.is_valid(), clients.is_valid()]):
        if allow(scope="referencing-form", sender=email, limit=SENDINGS_PER_ADDRESS, window=HOUR):
            return redirect(links.LISTING_STATUS.path(_submit(email, fiche, offer, clients)))
        offer.add_error(None, TOO_MANY_SENDINGS)
        status = 429
    context = {
        "form": offer,
        "clients": clients,
        "has_errors": bool(offer.errors or clients.total_error_count()),
        "fiche": fiche,
        "pending": pending,
        "email": email,
        **_greeting(pending, fiche),
    }
    return render(request, "listing/form.html", context, status=status)


@private
def status(request, token):
    """Where a request stands; a click there opens the form again when changes are asked."""
    listing_request = _request_of(token)
    if request.method == "POST" and listing_request.is_to_complete:
        return _enter(request, listing_request.email)
    fiche = listing_request.co_entrepreneur
    is_listed = listing_request.is_accepted and fiche is not None and fiche.is_published
    context = {
        "title": TITLES[listing_request.state],
        "steps": steps_of(listing_request),
        "listing_request": listing_request,
        "token": token,
        "public_url": fiche.get_absolute_url() if is_listed else "",
        "may_ask_anew": not listing_request.is_open and not listing_request.is_accepted,
    }
    return render(request, "listing/status.html", context)


@private
def withdraw(request, token):
    """Ask for a confirmation, then withdraw."""
    listing_request = _request_of(token)
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


def _enter(request, email):
    """Open the form, in this browser."""
    visit.begin(request, email)
    return redirect("listing:form")


def _request_of(token):
    requests = ListingRequest.objects.select_related("referent", "co_entrepreneur")
    return get_object_or_404(requests, pk=links.LISTING_STATUS.key(token))


def _form_class(fiche):
    if fiche is None:
        return RequestWithoutFicheForm
    return RequestForm if fiche.referent else RequestWithReferentForm


def _greeting(pending, fiche):
    """Which word opens the page; none when the référent has one."""
    return {
        "is_update": not pending and fiche is not None and fiche.is_published,
        "is_greeted": not pending and fiche is not None and not fiche.is_published,
        "is_stranger": not pending and fiche is None,
    }


def _initial(pending, fiche):
    """What the form shows first: the proposal, or else the fiche, or else nothing."""
    source = pending or fiche
    if source is None:
        return {}
    names = ["first_name", "last_name", "trade_name", "referent", "headline", "public_offer", "nationwide"]
    lists = ["skills", "cpv_codes", "departments"]
    initial = {name: getattr(source, name) for name in names}
    initial |= {name: [row.pk for row in getattr(source, name).all()] for name in lists}
    if pending:
        return initial | {"consents": pending.consents, "word_to_referent": pending.word_to_referent}
    return initial | {"consents": [consent.item for consent in fiche.consents.active()]}


def _submit(email, fiche, offer, clients):
    """A fiche says by itself who it is about, and who follows them; without one, the form does."""
    said = offer.cleaned_data
    names = ["first_name", "last_name", "trade_name"]
    return actions.submit(
        email=email,
        **{name: getattr(fiche, name) if fiche else said[name] for name in names},
        referent=said.get("referent") or fiche.referent,
        co_entrepreneur=fiche,
        content=offer.content(clients.served_clients()),
    )
