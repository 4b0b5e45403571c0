"""A member's fiche: as buyers see it, and as they would have it."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from crealead.files import serve_private
from crealead.rate_limit import allow
from directory.catalogue.fiche_page import context_of
from directory.decisions import Stale
from directory.doors.session import member_required, reader_required
from directory.models import CoEntrepreneur

from . import actions
from .forms import ProposalForm
from .proposals import in_words, open_proposal, suggested

HOUR = timedelta(hours=1)
SENDINGS_PER_MEMBER = 20
TOO_MANY_SENDINGS = "Vous avez envoyé de nombreuses propositions. Réessayez dans une heure : rien n’est perdu."


@require_safe
@reader_required
def preview(request):
    """The fiche as buyers see it, or would see it."""
    fiche = CoEntrepreneur.objects.with_fiche().get(pk=request.member.pk)
    context = context_of(fiche)
    if context["photo_url"]:
        context["photo_url"] = reverse("my_space:photo")
    context["portfolio"] = [
        (image, reverse("my_space:portfolio_file", args=[image.pk])) for image, _ in context["portfolio"]
    ]
    if not fiche.is_published:
        # What these lead to doesn't exist yet.
        context |= {"contact_url": "#apercu", "vcard_url": "#apercu"}
    return render(request, "my_space/preview.html", context)


@require_safe
@reader_required
def photo(request):
    return serve_private(request.member.photo, filename="photo.webp", as_attachment=False)


@require_safe
@member_required
def proposed_photo(request):
    proposal = open_proposal(request.member)
    return serve_private(proposal and proposal.photo, filename="photo.webp", as_attachment=False)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def fiche(request):
    """Propose changes to the public fiche, or others than those that wait."""
    member, proposal = request.member, open_proposal(request.member)
    if request.method != "POST":
        return _fiche_page(request, ProposalForm(fiche=member, proposal=proposal, suggested=suggested(request.GET)))
    form = ProposalForm(request.POST, request.FILES, fiche=member, proposal=proposal)
    if not form.is_valid():
        form.show_again()
        return _fiche_page(request, form)
    if not allow(scope="my-space-proposal", sender=member.email, limit=SENDINGS_PER_MEMBER, window=HOUR):
        form.add_error(None, TOO_MANY_SENDINGS)
        form.show_again()
        return _fiche_page(request, form, status=429)
    try:
        made = actions.propose(co_entrepreneur_pk=member.pk, seen=form.cleaned_data["version"], **form.proposed())
    except Stale:
        return _fiche_page(request, form, changed=form.tell_changed(), status=409)
    if made is None:
        return _fiche_page(request, form, unchanged=True)
    messages.success(request, f"Votre proposition est partie. {_reader(member)} la lira, et vous recevrez sa réponse.")
    return redirect("my_space:home")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def withdraw_proposal(request):
    """Say what is lost, then withdraw the proposal that waits."""
    proposal = open_proposal(request.member)
    if proposal is None:
        return redirect("my_space:home")
    if request.method != "POST":
        context = {"proposal": proposal, "proposed": _labels(proposal), "reader": _reader(request.member)}
        return render(request, "my_space/proposal_withdraw.html", context)
    actions.withdraw_proposal(co_entrepreneur_pk=request.member.pk)
    messages.success(request, "Votre proposition est retirée. Votre fiche reste telle qu’elle est.")
    return redirect("my_space:home")


def _fiche_page(request, form, *, changed=(), unchanged=False, status=200):
    context = {
        "form": form,
        "fiche": request.member,
        "reader": _reader(request.member),
        "proposal": form.proposal,
        "proposed": _labels(form.proposal) if form.proposal else "",
        "changed": changed,
        "unchanged": unchanged,
    }
    return render(request, "my_space/fiche.html", context, status=status)


def _labels(proposal):
    """What a proposal changes, in one line."""
    return ", ".join(field.label for field in in_words(proposal.changes))


def _reader(member):
    """Who reads the proposals of a member, as the subject of a sentence."""
    return member.referent.name if member.referent else "La coopérative"
