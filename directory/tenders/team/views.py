"""The team of a consultation: who brings what, who is asked in, and what they answer."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.decisions import Refused
from directory.doors import links
from directory.doors.dead_links import dead_link
from directory.doors.links import DeadLinkError
from directory.doors.session import private, viewer_of, viewer_required
from directory.models import CoEntrepreneur, TeamMember
from directory.rights import may_change, may_read_contracts
from directory.tenders.consultations import duplicates
from directory.tenders.consultations.lookup import changeable
from directory.tenders.consultations.people import contact, lead_of

from . import actions
from .composition import compose, seats_of, warnings
from .forms import InvitationForm, InviteForm, SeatForm

Role = TeamMember.Role


@require_safe
@viewer_required
def team(request, pk):
    return _team_page(request, changeable(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def invite(request, pk):
    """Write a short message to someone, and ask them in; a suggestion gives who and for what in the address."""
    consultation = changeable(request, pk)
    seats, data = seats_of(consultation), request.POST if request.method == "POST" else None
    initial = {"role": Role.MEMBER, "co_entrepreneur": request.GET.get("qui"), "mission": request.GET.get("mission")}
    form = InviteForm(data, seats=seats, deadline=consultation.deadline, initial=initial)
    if not form.is_valid():
        return _invite_page(request, consultation, form)
    try:
        seat = actions.invite(consultation_pk=pk, **form.cleaned_data)
    except Refused as error:
        form.add_error(None, str(error))
        return _invite_page(request, consultation, form, status=409)
    messages.success(request, f"L’invitation est partie vers {seat.co_entrepreneur.name}.")
    return redirect("tenders:team", pk=pk)


@require_POST
@viewer_required
def seat(request, pk, seat_pk):
    """Change the role or the mission of someone."""
    consultation = changeable(request, pk)
    seats = seats_of(consultation)
    seat = _among(seats, seat_pk)
    form = SeatForm(request.POST, seat=seat, seats=seats)
    if not form.is_valid():
        return _team_page(request, consultation, seat_forms={seat_pk: form})
    try:
        actions.change_role(seat_pk=seat_pk, **form.cleaned_data)
    except Refused as error:
        form.add_error(None, str(error))
        return _team_page(request, consultation, seat_forms={seat_pk: form}, status=409)
    messages.success(request, f"C’est enregistré : {seat.co_entrepreneur.name} le sait par courriel.")
    # Who hands the lead over may have nothing more to do with the team page.
    return redirect("tenders:team" if may_change(request.viewer, consultation) else "tenders:detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def remove(request, pk, seat_pk):
    """Say what it does, then take someone out of the team."""
    consultation = changeable(request, pk)
    seat = get_object_or_404(consultation.team.select_related("co_entrepreneur"), pk=seat_pk)
    if request.method != "POST":
        return render(request, "tenders/remove.html", {"consultation": consultation, "seat": seat})
    try:
        actions.remove(seat_pk=seat_pk)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{seat.co_entrepreneur.name} n’est plus dans l’équipe.")
    return redirect("tenders:team", pk=pk)


@private
def invitation(request, token):
    """Show what one is asked into, and take the answer of who holds the link; nobody else who is signed in sees it."""
    try:
        seat, may_write = _invited(request, token)
    except DeadLinkError as dead:
        return dead_link(request, "tenders/dead_invitation.html", is_forged=dead.is_forged)
    form = InvitationForm(request.POST if request.method == "POST" and may_write else None)
    status = 410 if request.method == "POST" and not may_write else 200
    if form.is_valid():
        try:
            actions.answer_invitation(
                seat_pk=seat.pk, accepts=form.cleaned_data["answer"] == "accept", word=form.cleaned_data["word"]
            )
        except Refused as error:
            form.add_error(None, str(error))
            status = 409
            seat, may_write = _invited(request, token)
        else:
            return redirect("tenders:invitation", token=token)
    consultation = seat.consultation
    lead = lead_of(consultation)
    context = {
        "seat": seat,
        "consultation": consultation,
        "lead": lead if lead and lead.pk != seat.pk else None,
        "contact": contact(consultation),
        "title": _invitation_title(seat),
        "is_too_late": seat.is_invited and consultation.is_over,
        "may_answer": may_write and seat.is_invited and not consultation.is_over,
        "is_used": not may_write and seat.is_invited and not consultation.is_over,
        "answer_by": seat.answer_by if seat.is_invited else None,
        "form": form,
    }
    return render(request, "tenders/invitation.html", context, status=status)


def _invited(request, token):
    """The seat that a token names, and whether the link may answer; see `SignedLink.find`.

    Raises:
        DeadLinkError: its holder left the cooperative, too.
        Http404: someone else is signed in here.
    """
    seats = TeamMember.objects.filter(co_entrepreneur__in=CoEntrepreneur.objects.present()).select_related(
        "co_entrepreneur",
        "stands_in_for__co_entrepreneur",
        "consultation__buyer",
        "consultation__author_member",
        "consultation__author_user__referent",
    )
    seat, may_write = links.INVITATION.find(token, seats, written="invited_at")
    viewer = viewer_of(request)
    if viewer and viewer.member != seat.co_entrepreneur:
        raise Http404
    return seat, may_write


def _invitation_title(seat):
    if seat.is_invited:
        return "Piloter une réponse ?" if seat.is_lead else "Rejoindre une équipe ?"
    return "Vous êtes dans l’équipe" if seat.is_accepted else "Vous avez décliné"


def _among(seats, pk):
    for seat in seats:
        if seat.pk == pk:
            return seat
    raise Http404


def _invite_page(request, consultation, form, *, status=200):
    notices = duplicates.unsettled(consultation).select_related("other__buyer")
    context = {
        "consultation": consultation,
        "form": form,
        "notices": notices,
        "is_over": consultation.is_over,
        "may_invite": not consultation.is_over and not notices,
    }
    return render(request, "tenders/invite.html", context, status=status)


def _team_page(request, consultation, *, seat_forms=None, status=200):
    composition = compose(consultation)
    seats = [*composition.seats, *composition.declined]
    seat_forms = seat_forms or {}
    notices = duplicates.unsettled(consultation).select_related("other__buyer")
    for seat in composition.seats:
        seat.form = seat_forms.get(seat.pk) or SeatForm(seat=seat, seats=composition.seats)
        seat.can_be_asked_again = actions.may_ask_again(seat) and not notices
    return render(
        request,
        "tenders/team.html",
        {
            "consultation": consultation,
            "composition": composition,
            "warnings": warnings(consultation, composition.seats) if may_read_contracts(request.viewer, seats) else [],
            "may_read_contracts": may_read_contracts(request.viewer, seats),
            "notices": notices,
            "is_over": consultation.is_over,
            "may_invite": not consultation.is_over and not notices,
        },
        status=status,
    )
