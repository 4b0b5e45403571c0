"""The documents, one at a time, for those who may read them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from directory import documents
from directory.doors.session import member_required, viewer_required
from directory.rights import cvs_read_by, references_read_by

# Of a downloaded file, without its ending.
LONGEST_NAME = 80


@require_safe
@member_required
def cv(request):
    """One's own CV, as buyers would read it."""
    return _cv(request.member)


@require_safe
@viewer_required
def cv_of(request, co_pk):
    return _cv(get_object_or_404(cvs_read_by(request.viewer), pk=co_pk))


@require_safe
@viewer_required
def reference_sheet(request, pk):
    reference = get_object_or_404(references_read_by(request.viewer).select_related("client__department"), pk=pk)
    return _pdf(f"reference-{slugify(reference.client.name)}", documents.render_sheet, documents.sheet_data, reference)


@require_safe
@viewer_required
def presentation(_request):
    return _pdf("presentation-de-la-cooperative", documents.render_presentation, documents.presentation_data)


def _cv(co_entrepreneur):
    return _pdf(f"cv-{co_entrepreneur.slug}", documents.render_cv, documents.cv_data, co_entrepreneur)


def _pdf(name, render, data, *about):
    try:
        content = render(data(*about))
    except documents.DocumentError as error:
        return HttpResponse(error.reason, status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name[:LONGEST_NAME]}.pdf"'},
    )
