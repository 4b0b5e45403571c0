"""The page of a kit: asked for, made in the background, downloaded."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from crealead.files import serve_private
from directory.decisions import Refused
from directory.doors.session import viewer_required
from directory.models import Kit
from directory.rights import may_change
from directory.tenders.consultations.lookup import changeable, readable
from directory.tenders.team.selection import references_of, team_of

from .actions import ask_for_kit, choose_references, is_given_up
from .kit import warnings_of
from .kit_forms import ReferencesForm
from .sources import drop_changed


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def kit(request, pk):
    """The kit being made, the last ones made, and what to check before asking for one."""
    if request.method == "POST":
        try:
            ask_for_kit(consultation=changeable(request, pk), by=request.viewer)
        except Refused as error:
            messages.error(request, str(error))
        return redirect("tenders:kit", pk=pk)
    consultation = readable(request, pk)
    drop_changed(consultation_pk=pk)
    latest = consultation.kits.select_related("author_member", "author_user__referent").first()
    is_lost = latest is not None and is_given_up(latest)
    is_under_way = latest is not None and latest.finished_at is None and not is_lost
    can_change = may_change(request.viewer, consultation)
    context = {
        "consultation": consultation,
        "kit": latest,
        "is_under_way": is_under_way,
        "is_given_up": is_lost,
        "can_change": can_change,
        "may_ask": can_change and not is_under_way,
    }
    if request.htmx:
        return render(request, "tenders/_kit_progress.html", context)
    context |= {
        "warnings": warnings_of(consultation),
        "references": references_of(consultation, team_of(consultation)),
        "earlier": consultation.kits.filter(state=Kit.State.DONE).exclude(pk=latest.pk) if latest else [],
    }
    return render(request, "tenders/kit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def kit_references(request, pk):
    """Which references go into the kit: those that the team ticks, or the ones that come first."""
    consultation = changeable(request, pk)
    form = ReferencesForm(request.POST if request.method == "POST" else None, consultation=consultation)
    if form.is_valid():
        choose_references(consultation=consultation, references=form.cleaned_data["references"])
        messages.success(request, "C’est enregistré : le prochain dossier les contiendra.")
        return redirect("tenders:kit", pk=pk)
    return render(request, "tenders/kit_references.html", {"consultation": consultation, "form": form})


@require_safe
@viewer_required
def kit_file(request, pk, kit_pk=None):
    """The ZIP of a kit, or of the latest."""
    consultation = readable(request, pk)
    if drop_changed(consultation_pk=pk):
        return redirect("tenders:kit", pk=pk)
    ready = consultation.kits.filter(state=Kit.State.DONE)
    latest = get_object_or_404(ready, pk=kit_pk) if kit_pk else ready.first()
    if latest is None:
        raise Http404
    name = f"dossier-{slugify(consultation.subject)[:60].strip('-') or 'de-reponse'}.zip"
    return serve_private(latest.archive, filename=name, as_attachment=True, content_type="application/zip")
