"""What comes after a record is closed: its outcome told, its fingerprint checked by who holds its PDF."""

import re
from http import HTTPStatus

from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils import timezone

from crealead.words import day, moment
from directory.doors.session import private
from directory.models import ClosedRecord

from . import actions, page
from .door import may_guess, with_closed_record
from .forms import OutcomeForm, over

FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@with_closed_record
def outcome(request, record):
    """What came of it, which may be told again."""
    said = {"outcome": record.outcome, "why_none": record.why_none, "words": record.outcome_words}
    form = OutcomeForm(request.POST or None, initial=said | {"seen": actions.state_of_outcome(record)})
    now, status = None, HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            actions.tell_outcome(record_pk=record.pk, **form.cleaned_data)
            return redirect(f"{record.get_absolute_url()}?fait=suite#suite")
        except actions.ChangedError as changed:
            now, status = page.outcome_of(changed.record), HTTPStatus.CONFLICT
            form = over(form, actions.state_of_outcome(changed.record))
    context = page.common(request, record) | {
        "form": form,
        "now": now,
        "is_changed": now is not None,
        "closed_on": day(timezone.localdate(record.closed.closed_at)),
    }
    return render(request, "sourcing/record/outcome.html", context, status=status)


@private
def check(request):
    """Whether a fingerprint is that of a record closed here, or of its PDF: nothing of what it says is shown."""
    typed = request.GET.get("empreinte", "")
    mark = "".join(typed.split()).lower()
    context = {"typed": typed[:200], "is_asked": bool(mark), "is_readable": bool(FINGERPRINT.fullmatch(mark))}
    status = HTTPStatus.OK
    if context["is_readable"]:
        known = Q(fingerprint=mark) | Q(pdf_fingerprint=mark)
        closed = ClosedRecord.objects.filter(known).select_related("record").first()
        if closed is None and not may_guess(request):
            return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
        status = HTTPStatus.OK if closed else HTTPStatus.NOT_FOUND
        context |= {"closed": closed, "mark": mark} | (_of(closed, mark) if closed else {})
    context["title"] = _title(context)
    return render(request, "sourcing/record/check.html", context, status=status)


def _title(context):
    if context.get("closed"):
        return "Empreinte reconnue"
    if context["is_readable"]:
        return "Empreinte inconnue"
    return "Empreinte incomplète" if context["is_asked"] else "Vérifier une empreinte"


def _of(closed, mark):
    return {
        "closed_on": moment(closed.closed_at),
        "ends_on": day(closed.record.ends_on),
        "is_of_the_pdf": mark == closed.pdf_fingerprint,
        # The data have another by now.
        "is_masked": not closed.data["salt"],
    }
