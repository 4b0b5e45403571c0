"""The home page of a member's space, their consents, the way out of the catalogue and their data."""

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.doors import visit
from directory.doors.session import member_required, reader_required
from directory.listing import actions as listing
from directory.models import CoEntrepreneur, Consent, ConsentText
from directory.models.consent import CONSENT_TEXT_VERSION, CONSENT_TEXTS
from directory.models.departure import kept_until

from . import actions, home_page
from .export import archive_of
from .forms import ConsentForm, LeaveForm


@require_safe
@reader_required
def home(request):
    if request.member.is_departed:
        return render(request, "my_space/departed.html", {"fiche": request.member, "until": kept_until(request.member)})
    fiche = CoEntrepreneur.objects.with_fiche().select_related("referent__user").get(pk=request.member.pk)
    return render(request, "my_space/home.html", home_page.context_of(fiche))


@require_POST
@member_required
def ask(request):
    """Open the request to be listed: who is in their space has proved their address already."""
    visit.begin(request, request.member.email)
    return redirect("listing:form")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def consents(request):
    """Give or withdraw each consent; what is withdrawn is gone from the public pages at once."""
    if request.method == "POST":
        form = ConsentForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data["given"]
            act = actions.give_consent if given else actions.withdraw_consent
            act(co_entrepreneur_pk=request.member.pk, item=form.cleaned_data["item"])
            messages.success(request, "Votre accord est noté." if given else "Votre accord est retiré.")
        else:
            messages.error(request, "Cet accord n’existe pas : rien n’a changé.")
        return redirect("my_space:consents")
    past = list(request.member.consents.select_related("given_by__referent"))
    texts = {text.version: text for text in ConsentText.objects.all()}
    for consent in past:
        consent.sentence = texts[consent.text_version].sentence(consent.item)
    return render(
        request,
        "my_space/consents.html",
        {"items": [_consent(request.member, item, past) for item in Consent.Item], "version": CONSENT_TEXT_VERSION},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def withdraw(request):
    """Leave the catalogue, once confirmed."""
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        listing.leave_catalogue(co_entrepreneur_pk=request.member.pk, word=form.cleaned_data["word"])
        messages.success(request, "C’est fait : votre fiche n’est plus dans le catalogue.")
        return redirect("my_space:home")
    return render(request, "my_space/withdraw.html", {"form": form, "fiche": request.member})


@require_http_methods(["GET", "HEAD", "POST"])
@reader_required
def export(request):
    """All that is held about the member, in one file."""
    if request.method != "POST":
        return render(request, "my_space/export.html")
    name = slugify(f"donnees {request.member.name}")
    return FileResponse(archive_of(request.member), as_attachment=True, filename=f"{name}.zip")


def _holds(member, item):
    """Whether there is anything to show."""
    if item == Consent.Item.PORTFOLIO:
        return member.portfolio_images.exists()
    return bool(getattr(member, item.value))


def _form_url(item):
    return f"{reverse('my_space:fiche')}#id_{item.value}"


def _consent(member, item, past):
    """An item, what it shows today, and the consents of the past to it, the latest first."""
    given = [consent for consent in past if consent.item == item]
    active = next((consent for consent in given if consent.withdrawn_at is None), None)
    return {
        "key": item.value,
        "label": item.label,
        "text": CONSENT_TEXTS[item.value],
        "value": _holds(member, item),
        "url": reverse("my_space:portfolio") if item == Consent.Item.PORTFOLIO else _form_url(item),
        "standing": "montré avec votre accord" if active else "pas montré",
        "active": active,
        "is_outdated": active is not None and active.text_version != CONSENT_TEXT_VERSION,
        "past": [consent for consent in given if consent.withdrawn_at],
    }
