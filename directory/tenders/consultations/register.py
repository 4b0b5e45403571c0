"""The register: of each consultation, what every colleague may know, so that nobody answers twice."""

from django.db.models import Case, F, Prefetch, Q, When
from django.utils import timezone

from directory.models import Consultation, TeamMember
from directory.rights import consultations_read_by

Outcome = Consultation.Outcome


def register(viewer, *, q="", show=""):
    """The lines of the register that answer, the nearest deadline first, what is past last, each with its `leads`.

    Args:
        viewer: a `directory.rights.Viewer`.
        q: words of the buyer, the object or the reference; each must be found.
        show: a choice of `forms.RegisterForm`, or nothing for all.
    """
    leads = TeamMember.objects.leading()
    lines = Consultation.objects.select_related("buyer", "author_member", "author_user__referent").prefetch_related(
        Prefetch("team", leads.select_related("co_entrepreneur"), "leads")
    )
    for word in q.split():
        lines = lines.filter(
            Q(buyer__name__unaccent__icontains=word)
            | Q(subject__unaccent__icontains=word)
            | Q(reference__unaccent__icontains=word)
        )
    if show == "ouvertes":
        lines = lines.filter(deadline__gt=timezone.now(), outcome="")
    elif show == "passees":
        lines = lines.filter(deadline__lte=timezone.now())
    elif show == "miennes":
        lines = lines.filter(pk__in=_own(viewer))
    elif show in Outcome.values:
        lines = lines.filter(outcome=show)
    ahead = Case(When(deadline__gt=timezone.now(), then=F("deadline")))
    return lines.order_by(ahead.asc(nulls_last=True), "-deadline", "-pk")


def _own(viewer):
    """What this person has a part in; an administrator, who reads all, what they opened."""
    if viewer.is_administrator:
        return Consultation.objects.filter(author_user=viewer.user).values("pk")
    return consultations_read_by(viewer).values("pk")
