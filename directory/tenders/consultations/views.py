"""The register, and the page of a consultation; what hangs from it is in `team/`, `answers/` and `memo/`."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from directory.decisions import Refused, Stale
from directory.doors import links
from directory.doors.session import viewer_required
from directory.rights import consultations_read_by, may_change, may_read_contracts
from directory.tenders.paging import label_of, page_of, query_of, title_of
from directory.tenders.team.composition import seats_of, warnings

from . import actions, duplicates
from .forms import BuyerForm, ConsultationForm, ConsultationWithLeadForm, RegisterForm, SettleForm
from .lookup import changeable, readable
from .people import contact
from .register import register as lines_of


@require_safe
@viewer_required
def register(request):
    """Every consultation, by its one line; only those that this person may read are links."""
    form = RegisterForm(request.GET)
    form.is_valid()
    criteria = form.cleaned_data
    lines = lines_of(request.viewer, q=criteria.get("q", ""), show=criteria.get("etat", ""))
    page = page_of(lines, request)
    readable_pks = set(
        consultations_read_by(request.viewer).filter(pk__in=[line.pk for line in page]).values_list("pk", flat=True)
    )
    for line in page:
        line.is_readable = line.pk in readable_pks
    title = title_of("Consultations", page, criteria.get("q"), label_of(form, "etat"))
    context = {"form": form, "query": query_of(criteria), "page": page, "title": title}
    return render(request, "tenders/register.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def add(request):
    """Open a consultation: a co-entrepreneur leads the one they open, a référent says who does."""
    form_class = ConsultationForm if request.viewer.member else ConsultationWithLeadForm
    data = request.POST if request.method == "POST" else None
    form, buyer = form_class(data), BuyerForm(data)
    if data is not None and all([form.is_valid(), buyer.is_valid()]):
        consultation = actions.open_consultation(
            by=request.viewer,
            content=form.cleaned_data | {"buyer": buyer.chosen},
            lead=form.cleaned_data.get("lead"),
            opened_with=form.cleaned_data["opened_with"],
        )
        return redirect("tenders:detail", pk=consultation.pk)
    return _edit_page(request, form, buyer)


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def edit(request, pk):
    """Change a consultation. Who was overtaken by another reads what differs, and loses nothing of what they typed."""
    consultation = changeable(request, pk)
    data = request.POST if request.method == "POST" else None
    form, buyer = ConsultationForm(data, consultation=consultation), BuyerForm(data, client=consultation.buyer)
    saved, status = [], 200
    if data is not None and all([form.is_valid(), buyer.is_valid()]):
        try:
            actions.edit(
                consultation_pk=pk,
                by=request.viewer,
                version=form.cleaned_data["version"],
                content=form.cleaned_data | {"buyer": buyer.chosen},
            )
        except Stale as error:
            # The next click saves: the person has been told.
            form = ConsultationForm(_with_version(data, error.current), consultation=error.current)
            form.add_error(None, str(error))
            saved, status = _differing(form, buyer, error.current), 409
        else:
            messages.success(request, "C’est enregistré.")
            return redirect("tenders:detail", pk=pk)
    return _edit_page(request, form, buyer, consultation=consultation, saved=saved, status=status)


@require_safe
@viewer_required
def detail(request, pk):
    consultation = readable(request, pk)
    seats = seats_of(consultation)
    can_change = may_change(request.viewer, consultation)
    told = can_change and may_read_contracts(request.viewer, seats)
    return render(
        request,
        "tenders/detail.html",
        {
            "consultation": consultation,
            "skills": consultation.skills.all(),
            "cpv_codes": consultation.cpv_codes.all(),
            "departments": consultation.departments.all(),
            "seats": seats,
            "can_change": can_change,
            "invitation": _invitation_of(request.member, seats),
            "warnings": warnings(consultation, seats) if told else [],
            "notices": duplicates.unsettled(consultation).select_related("other__buyer"),
            "settled": consultation.duplicate_notices.exclude(settled_at=None).select_related("other__buyer"),
            "answers": consultation.answers.select_related("author_member", "author_user__referent").prefetch_related(
                "files"
            ),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def duplicate(request, pk, notice_pk):
    """Say what this team makes of a consultation that looks like its own."""
    consultation = changeable(request, pk)
    notices = consultation.duplicate_notices.select_related(
        "other__buyer", "other__author_member", "other__author_user__referent"
    )
    notice = get_object_or_404(notices, pk=notice_pk)
    form = SettleForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        try:
            actions.settle(notice_pk=notice.pk, by=request.viewer, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
            status = 409
        else:
            messages.success(request, "C’est tranché pour votre équipe, et l’autre le sait.")
            return redirect("tenders:detail", pk=pk)
    context = {"consultation": consultation, "notice": notice, "form": form, "contact": contact(notice.other)}
    return render(request, "tenders/duplicate.html", context, status=status)


def _edit_page(request, form, buyer, *, consultation=None, saved=(), status=200):
    """The form of a consultation, None for a new one; `saved`: see `_differing`."""
    has_errors = bool(form.errors or buyer.errors)
    context = {
        "form": form,
        "buyer": buyer,
        "consultation": consultation,
        "saved": saved,
        "has_errors": has_errors,
        # What another saved is the one thing to read.
        "shows_errors": has_errors and not saved,
        "is_blank": consultation is None and not has_errors,
    }
    return render(request, "tenders/edit.html", context, status=status)


def _invitation_of(member, seats):
    """The token by which the member of this browser answers, as long as they haven't."""
    for seat in seats:
        if seat.co_entrepreneur == member and seat.is_invited:
            return links.INVITATION.token(seat)
    return ""


def _with_version(data, consultation):
    data = data.copy()
    data["version"] = consultation.version
    return data


def _differing(form, buyer, consultation):
    """What another saved that isn't what this person typed, as (label, words)."""
    differing = form.differing(consultation)
    if buyer.chosen != consultation.buyer:
        differing.insert(0, (buyer.fields["client_name"].label, str(consultation.buyer)))
    return differing
