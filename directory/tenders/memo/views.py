"""The pages where a team writes the technical memo of a consultation."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.doors.session import viewer_required
from directory.models import MemoTrame
from directory.rights import may_change
from directory.tenders.consultations.duplicates import Unsettled, refuse_unsettled
from directory.tenders.consultations.lookup import changeable, readable
from directory.tenders.paging import label_of, page_of, query_of, title_of

from . import actions, memo_data, render_memo
from .data import told_by_kind
from .forms import LibraryForm, NewPartForm, PartForm, TrameForm
from .known import filled
from .known import parts_of as filled_parts
from .library import parts as parts_of
from .library import proposals
from .text import prompts, quotes, runs

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
AUTOSAVE_CONFLICT = (
    "Quelqu’un d’autre a enregistré cette section entre-temps : ce que vous tapez n’est plus enregistré de soi-même. "
    "Cliquez sur « Enregistrer » pour comparer les deux textes."
)
NO_SECTION = (
    "Aucune section pour le moment : elles viennent ici quand une réponse est remportée, ou qu’une section a été bien "
    "notée."
)
STEPS = {"monter": -1, "descendre": 1}


@require_safe
@viewer_required
def memo(request, pk):
    """The sections in order, and what is left to adapt; before there is any, the trames to start from."""
    consultation = readable(request, pk)
    parts = filled_parts(consultation)
    can_change = may_change(request.viewer, consultation)
    if not parts and can_change:
        return redirect("tenders:memo_trame", pk=pk)
    told = told_by_kind(consultation)
    for part in parts:
        part.left = prompts(f"{part.title}\n{part.body}")
        part.told = told.pop(part.kind, "")
        part.left_told = _left_told(part)
    context = {
        "consultation": consultation,
        "parts": parts,
        "total": sum(len(part.left) for part in parts),
        "can_change": can_change,
    }
    return render(request, "tenders/memo.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def memo_trame(request, pk):
    """Start the memo from a trame; or go on with another, which keeps what was written."""
    consultation = changeable(request, pk)
    form = TrameForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        trame = form.cleaned_data["trame"]
        actions.start_memo(consultation, trame)
        messages.success(request, f"Le mémoire suit la trame « {trame.name} ».")
        return redirect("tenders:memo", pk=pk)
    trames = MemoTrame.objects.filter(is_offered=True).prefetch_related("sections")
    for trame in trames:
        trame.is_followed = trame.pk == consultation.trame_id
    context = {
        "consultation": consultation,
        "form": form,
        "trames": trames,
        "has_begun": consultation.memo_parts.exists(),
        "kept": actions.written_parts(consultation),
    }
    return render(request, "tenders/memo_trame.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def memo_part(request, pk, part_pk):
    """Write a section; who may only read reads it."""
    consultation = readable(request, pk)
    if not may_change(request.viewer, consultation):
        if request.method == "POST":
            raise Http404
        return _read_part(request, consultation, part_pk)
    return _write_part(request, consultation, part_pk)


@require_POST
@viewer_required
@transaction.atomic
def memo_autosave(request, pk, part_pk):
    """Save a section while it is being written; what can't be saved is said, and the page keeps it.

    Returns:
        JSON: `said`, the sentence to show; once saved, `version` for the next save, and `left`, a piece of page;
        else `is_stale`, whether someone else saved since.
    """
    consultation = changeable(request, pk)
    part = get_object_or_404(consultation.memo_parts.select_for_update(no_key=True), pk=part_pk)
    form = PartForm(request.POST, instance=part)
    if not form.is_valid():
        # An answer that the page expects: a browser would tell of another status as of an error of the page.
        said = AUTOSAVE_CONFLICT if form.is_stale else f"Pas enregistré. {_first_error(form)}"
        return JsonResponse({"said": said, "is_stale": form.is_stale})
    if form.has_changed():
        actions.save_part(part, by=request.viewer.name)
    left = render_to_string("tenders/_memo_left.html", {"left": quotes(f"{part.title}\n{part.body}")})
    said = f"Enregistré à {timezone.localtime():%H h %M}."
    return JsonResponse({"said": said, "version": part.version, "left": left})


@require_POST
@viewer_required
def memo_move(request, pk, part_pk):
    """Move a section up or down."""
    consultation = changeable(request, pk)
    part = get_object_or_404(consultation.memo_parts, pk=part_pk)
    actions.move_part(part=part, step=STEPS.get(request.POST.get("sens"), 0))
    order = list(consultation.memo_parts.values_list("pk", flat=True))
    messages.success(request, f"« {part.title} » est la section {order.index(part.pk) + 1} sur {len(order)}.")
    return redirect(f"{reverse('tenders:memo', args=[pk])}#section-{part.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def memo_add(request, pk):
    """Add a section at the end."""
    consultation = changeable(request, pk)
    form = NewPartForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        part = actions.add_part(consultation=consultation, **form.cleaned_data)
        return redirect("tenders:memo_part", pk=pk, part_pk=part.pk)
    return render(request, "tenders/memo_add.html", {"consultation": consultation, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def memo_remove(request, pk, part_pk):
    """Ask for a confirmation, then take a section out of the memo."""
    consultation = changeable(request, pk)
    part = get_object_or_404(consultation.memo_parts, pk=part_pk)
    if request.method == "POST":
        actions.remove_part(part=part)
        messages.success(request, f"La section « {part.title} » est retirée.")
        return redirect("tenders:memo", pk=pk)
    return render(request, "tenders/memo_remove.html", {"consultation": consultation, "part": part})


@require_safe
@viewer_required
def memo_file(request, pk):
    """The memo as a Word document, as it stands."""
    consultation = readable(request, pk)
    if not consultation.memo_parts.exists():
        raise Http404
    try:
        refuse_unsettled(consultation)
    except Unsettled as error:
        messages.error(request, str(error))
        return redirect("tenders:memo", pk=pk)
    response = HttpResponse(render_memo(memo_data(consultation)), content_type=WORD)
    name = f"memoire-{slugify(consultation.subject)[:60].strip('-') or 'technique'}.docx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@viewer_required
def library(request):
    """The sections that were marked, the best first."""
    form = LibraryForm(request.GET)
    form.is_valid()
    criteria = form.cleaned_data
    parts = parts_of(request.viewer, q=criteria.get("q", ""), kind=criteria.get("rubrique", ""))
    query = query_of(criteria)
    none_told = "Aucune section ne répond à cette recherche." if query else NO_SECTION
    page = page_of(parts, request)
    title = title_of("La bibliothèque", page, criteria.get("q"), label_of(form, "rubrique"))
    context = {"form": form, "page": page, "query": query, "none_told": none_told, "title": title}
    return render(request, "tenders/library.html", context)


def _left_told(part):
    if part.left:
        return f"{len(part.left)} à adapter"
    return "Rien à adapter" if part.body else "Vide"


def _read_part(request, consultation, part_pk):
    (part,) = filled(consultation, [get_object_or_404(consultation.memo_parts, pk=part_pk)])
    context = {"consultation": consultation, "part": part, "runs": runs(part.body)}
    return render(request, "tenders/memo_read.html", context)


def _first_error(form):
    name, errors = next(iter(form.errors.items()))
    return f"{form.fields[name].label} : {errors[0]}" if name in form.fields else errors[0]


@transaction.atomic
def _write_part(request, consultation, part_pk):
    data = request.POST if request.method == "POST" else None
    parts = consultation.memo_parts.all() if data is None else consultation.memo_parts.select_for_update(no_key=True)
    part = parts.filter(pk=part_pk).first()
    if part is None:
        return _part_is_gone(request, consultation)
    if data is None:
        filled(consultation, [part])
    form, well_marked, status = PartForm(data, instance=part), proposals(request.viewer, part), 200
    by_key = {str(proposed.pk): proposed for proposed in well_marked}
    if chosen := by_key.get(request.POST.get("reprendre")):
        form = form.with_text_added(chosen.body)
    elif form.is_valid():
        actions.save_part(part, by=request.viewer.name)
        messages.success(request, f"« {part.title} » est enregistrée.")
        if "suite" in request.POST:
            return redirect("tenders:memo", pk=consultation.pk)
        return redirect("tenders:memo_part", pk=consultation.pk, part_pk=part.pk)
    elif form.is_stale:
        status = 409
    context = {
        "consultation": consultation,
        "part": parts.get(pk=part_pk),
        "form": form,
        "left": quotes(f"{form['title'].value()}\n{form['body'].value()}"),
        "told": told_by_kind(consultation).get(part.kind, ""),
        "proposals": well_marked,
    }
    return render(request, "tenders/memo_part.html", context, status=status)


def _part_is_gone(request, consultation):
    """Someone took the section out: what was typed meanwhile can come back as a new one."""
    if request.method != "POST":
        raise Http404
    form = NewPartForm(initial={name: request.POST.get(name, "") for name in ("title", "body")})
    return render(
        request, "tenders/memo_add.html", {"consultation": consultation, "form": form, "is_gone": True}, status=409
    )
