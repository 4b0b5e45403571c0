"""What was sent and what became of it: answers kept for good, and the outcome."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from crealead.files import serve_opened, serve_private
from directory.decisions import Refused, Stale
from directory.doors.session import viewer_required
from directory.models import AnswerFile
from directory.tenders.consultations import actions as consultations
from directory.tenders.consultations import duplicates
from directory.tenders.consultations.lookup import changeable, readable

from . import actions, keeping, kit
from .forms import OutcomeForm, PartScoreForm, SendForm
from .readiness import readiness_of
from .withdrawn import take_out_withdrawn

# Never shown by the browser: a file that someone sent runs nothing here.
UNSHOWN = "application/octet-stream"


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def send(request, pk):
    """« J’ai envoyé la réponse »: keep its files for good, once what isn't ready has been told."""
    consultation = changeable(request, pk)
    readiness = readiness_of(consultation)
    notices = duplicates.unsettled(consultation).select_related("other__buyer")
    context = {
        "consultation": consultation,
        "readiness": readiness,
        "contents": kit.contents(consultation, with_memo=readiness.is_memo_finished),
    }
    has_read = request.method == "POST" or "suite" in request.GET
    if not has_read and not readiness.is_complete and not notices:
        return render(request, "tenders/send_before.html", context)
    latest = consultation.answers.order_by("-number").first()
    initial = {"after": latest.number if latest else 0}
    form = SendForm(request.POST or None, request.FILES or None, initial=initial, readiness=readiness)
    problems, status = [], 200
    if form.is_valid():
        answer, problems = _keep(request, consultation, form)
        if answer:
            messages.success(request, f"C’est gardé : {answer}.")
            return redirect("tenders:detail", pk=pk)
        status = 409
    context |= {
        "form": form,
        "latest": latest,
        "next_number": initial["after"] + 1,
        "problems": problems,
        "asks_despite": bool(problems or form["despite"].value()),
        "notices": notices,
    }
    return render(request, "tenders/send.html", context, status=status)


@require_safe
@viewer_required
def answer_file(request, pk, file_pk):
    """A file of an answer, as it was sent."""
    consultation = readable(request, pk)
    take_out_withdrawn(consultation.answers)
    files = AnswerFile.objects.filter(answer__consultation=consultation)
    sent = get_object_or_404(files, pk=file_pk)
    name = sent.name.rpartition("/")[2]
    return serve_private(sent.file, filename=name, as_attachment=True, content_type=UNSHOWN)


@require_safe
@viewer_required
def answer_archive(request, pk, answer_pk):
    """All the files of an answer in a ZIP."""
    consultation = readable(request, pk)
    take_out_withdrawn(consultation.answers)
    answer = get_object_or_404(consultation.answers, pk=answer_pk)
    name = f"{slugify(consultation.subject)[:60] or 'reponse'}-{answer.number}.zip"
    return serve_opened(partial(keeping.archive, answer), name, content_type=UNSHOWN)


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def outcome(request, pk):
    """What became of the answer, and how each section of the memo was marked."""
    consultation = changeable(request, pk)
    data = request.POST if request.method == "POST" else None
    form = OutcomeForm(data, consultation=consultation)
    rows = [PartScoreForm(data, part=part) for part in consultation.memo_parts.all()]
    status = 200
    if data is not None and all([form.is_valid(), *[row.is_valid() for row in rows]]):
        content = dict(form.cleaned_data)
        version = content.pop("version")
        scores = {row.part: row.cleaned_data for row in rows if row.has_changed()}
        try:
            consultations.record_outcome(
                consultation_pk=pk, by=request.viewer, version=version, content=content, scores=scores
            )
        except Stale as error:
            # The next click saves: the person has been told.
            data = data.copy()
            data["version"] = error.current.version
            form = OutcomeForm(data, consultation=error.current)
            form.add_error(None, f"{error} Ce que vous avez tapé est là : relisez, puis enregistrez de nouveau.")
            status = 409
        else:
            messages.success(request, "C’est enregistré.")
            return redirect("tenders:detail", pk=pk)
    wrong_rows = [row for row in rows if row.errors]
    context = {
        "consultation": consultation,
        "form": form,
        "rows": rows,
        "wrong_rows": wrong_rows,
        "is_wrong": bool(form.errors or wrong_rows),
    }
    return render(request, "tenders/outcome.html", context, status=status)


def _keep(request, consultation, form):
    """Make what is to be made, and keep it all.

    Returns:
        tuple: the answer, or None; and the documents that couldn't be made, with why.
    """
    said = form.cleaned_data
    try:
        duplicates.refuse_unsettled(consultation)
        with_memo = bool(said.get("with_memo")) and not said["final_memo"]
        made = None
        if said["with_kit"] or with_memo:
            made = kit.make(consultation, with_memo=with_memo, with_others=said["with_kit"])
        if made and made.problems and not said["despite"]:
            form.add_error("despite", "Certains documents n’ont pas pu être faits : joignez-les, ou cochez cette case.")
            return None, made.problems
        answer = actions.send(
            consultation_pk=consultation.pk,
            by=request.viewer,
            made=made,
            attachments=said["attachments"] | said["final_memo"],
            after=said["after"],
        )
    except Refused as error:
        form.add_error(None, str(error))
        return None, []
    return answer, []
