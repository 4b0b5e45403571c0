"""The pages of a request. All but the article are private to whoever proved their address, or holds a mailed link."""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from crealead.markdown import render as render_markdown
from crealead.middleware import client_address
from crealead.rate_limit import allow
from directory.decisions import AlreadyDecided
from directory.doors.session import private
from directory.models import AccessLink, CoEntrepreneur, ListingRequest, Page

from . import actions, links, visit
from .forms import RequestForm, RequestWithoutFicheForm, RequestWithReferentForm, ServedClientFormSet, StartForm
from .members import open_request

HOUR = timedelta(hours=1)
LINKS_PER_ADDRESS = 5
LINKS_PER_SENDER = 20
SENDINGS_PER_ADDRESS = 20
TOO_MANY_LINKS = (
    "Plusieurs liens viennent d’être demandés d’ici ou pour cette adresse. Regardez votre boîte, et le dossier des "
    "indésirables ; sinon, réessayez dans une heure."
)
TOO_MANY_SENDINGS = "Vous avez envoyé ce formulaire de nombreuses fois. Réessayez dans une heure : rien n’est perdu."


@require_safe
def article(request):
    page = get_object_or_404(Page, slug=Page.Slug.LISTING)
    return render(request, "listing/article.html", {"page": page, "html": render_markdown(page.body)})


@private
def start(request):
    """Take an address and answer the same, whether it is known or not."""
    form = StartForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        email = form.cleaned_data["email"]
        if form.cleaned_data["trap"]:
            return redirect("listing:sent")
        if _may_send_link(request, email):
            actions.send_access_link(email=email)
            return redirect("listing:sent")
        form.add_error(None, TOO_MANY_LINKS)
        status = 429
    return render(request, "listing/start.html", {"form": form}, status=status)


@private
def sent(request):
    return render(request, "listing/sent.html")


@private
def link(request, token):
    """Show a button, since programs that check mails follow links; only its click uses the link up."""
    pk = links.access_pk(token)
    if pk is None:
        return render(request, "listing/dead_link.html", {"forged": True}, status=404)
    if request.method == "POST":
        if email := links.consume_access_link(pk):
            visit.begin(request, email)
            return redirect("listing:form")
    elif AccessLink.objects.usable().filter(pk=pk).exists():
        return render(request, "listing/link.html")
    return render(request, "listing/dead_link.html", {"forged": False}, status=410)


@private
def form(request):
    """The request: prefilled from the fiche, or from what was proposed when changes are asked."""
    email = visit.verified_email(request)
    if email is None:
        return render(request, "listing/expired.html", status=403)
    pending = open_request(email)
    if pending and pending.state == ListingRequest.State.SUBMITTED:
        return redirect("listing:status", token=links.status_token(pending))
    fiche = pending and pending.co_entrepreneur
    if fiche is None:
        fiche = CoEntrepreneur.objects.present().with_address(email).select_related("referent").first()
    data = request.POST if request.method == "POST" else None
    offer = _form_class(fiche)(data, initial=_initial(pending, fiche))
    clients = ServedClientFormSet(data, prefix="clients", initial=pending.served_clients if pending else None)
    status = 200
    if data is not None and all([offer.is_valid(), clients.is_valid()]):
        if allow(scope="referencing-form", sender=email, limit=SENDINGS_PER_ADDRESS, window=HOUR):
            filed = _submit(email, fiche, offer, clients)
            return redirect("listing:status", token=links.status_token(filed))
        offer.add_error(None, TOO_MANY_SENDINGS)
        status = 429
    context = {"form": offer, "clients": clients, "fiche": fiche, "pending": pending, "email": email}
    return render(request, "listing/form.html", context, status=status)


@private
def status(request, token):
    """Where a request stands; a click there opens the form again when changes are asked."""
    found = _request_of(token)
    if request.method == "POST" and found.state == ListingRequest.State.CHANGES_ASKED:
        visit.begin(request, found.email)
        return redirect("listing:form")
    return render(request, "listing/status.html", {"found": found, "token": token})


@private
def withdraw(request, token):
    """Ask for a confirmation, then withdraw."""
    found = _request_of(token)
    refusal = None
    if request.method == "POST":
        try:
            actions.withdraw(request_pk=found.pk)
        except AlreadyDecided as error:
            refusal = error
        else:
            return redirect("listing:status", token=token)
    elif not found.is_open:
        return redirect("listing:status", token=token)
    context = {"found": found, "token": token, "refusal": refusal}
    return render(request, "listing/withdraw.html", context, status=409 if refusal else 200)


def _may_send_link(request, email):
    """A sender who asks too much uses up nobody else's share."""
    return allow(
        scope="referencing-sender", sender=client_address(request), limit=LINKS_PER_SENDER, window=HOUR
    ) and allow(scope="referencing-address", sender=email, limit=LINKS_PER_ADDRESS, window=HOUR)


def _request_of(token):
    pk = links.status_pk(token)
    if pk is None:
        raise Http404
    return get_object_or_404(ListingRequest.objects.select_related("referent", "co_entrepreneur"), pk=pk)


def _form_class(fiche):
    if fiche is None:
        return RequestWithoutFicheForm
    return RequestForm if fiche.referent else RequestWithReferentForm


def _initial(pending, fiche):
    """What the form shows first: the proposal, or else the fiche, or else nothing."""
    source = pending or fiche
    if source is None:
        return {}
    names = ["first_name", "last_name", "trade_name", "referent", "headline", "public_offer", "nationwide"]
    lists = ["skills", "cpv_codes", "departments"]
    initial = {name: getattr(source, name) for name in names}
    initial |= {name: [one.pk for one in getattr(source, name).all()] for name in lists}
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
