"""The documents, one at a time, for those who may read them."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from directory.access import member_required, viewer_required
from directory.models import CoEntrepreneur, Consultation, Participation, Reference, TeamMember

from . import documents

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
    return _cv(get_object_or_404(_people_of(request.viewer), pk=co_pk))


@require_safe
@viewer_required
def reference_sheet(request, pk):
    reference = get_object_or_404(_references_of(request.viewer), pk=pk)
    return _pdf(f"reference-{slugify(reference.client.name)}", documents.render_sheet, documents.sheet_data, reference)


@require_safe
@viewer_required
def presentation(_request):
    return _pdf("presentation-de-la-cooperative", documents.render_presentation, documents.presentation_data)


def _people_of(viewer):
    """Those whose CV this viewer may read: themselves, those they follow, those who accepted to be in a team of theirs.

    A team is theirs when they may read its consultation. An administrator may read all.
    """
    if viewer.user is not None and viewer.user.is_superuser:
        return CoEntrepreneur.objects.all()
    teams = Consultation.objects.visible_to(viewer)
    seats = TeamMember.objects.filter(consultation__in=teams, state=TeamMember.State.ACCEPTED)
    allowed = Q(pk__in=seats.values("co_entrepreneur"))
    if viewer.user is not None:
        allowed |= Q(referent__user=viewer.user)
    if viewer.member is not None:
        allowed |= Q(pk=viewer.member.pk)
    return CoEntrepreneur.objects.present().filter(allowed)


def _references_of(viewer):
    """Those whose sheet this viewer may read: they took part in it, or they follow someone who did."""
    references = Reference.objects.select_related("client__department")
    if viewer.user is not None and viewer.user.is_superuser:
        return references
    if viewer.user is not None:
        people = CoEntrepreneur.objects.followed_by(viewer.user)
    else:
        people = CoEntrepreneur.objects.filter(pk=viewer.member.pk)
    return references.filter(pk__in=Participation.objects.filter(co_entrepreneur__in=people).values("reference"))


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
