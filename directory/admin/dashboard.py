"""The first page of the back office: what waits for this person."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from directory.models import (
    Certification,
    ContractSuggestion,
)
from directory.rights import (
    fiches_followed_by,
    has_role,
    proposals_decided_by,
    references_validated_by,
    requests_decided_by,
)

from .lacks import WITH_LACKS, lacks

# A request that waits longer than this stands out.
LATE_AFTER_DAYS = 7
EXPIRY_NOTICE_DAYS = 60
# How many lines of each list: the rest is a click away.
LINES = 10


def waiting_days(request):
    """For how many whole days this request has waited."""
    return (timezone.localdate() - timezone.localdate(request.submitted_at)).days


def is_late(request):
    return request.state == request.State.SUBMITTED and waiting_days(request) > LATE_AFTER_DAYS


def board_for(user):
    """All that the first page shows, in a fixed number of queries; an administrator sees everyone's.

    Returns:
        dict: empty for who has no role; otherwise `requests`, `proposals` and `references` [(row, days, late)],
            `lacking` [(fiche, [what])], `certifications` [(certification, expired)], the whole count of each
            (`requests_count` …), `contracts_count`, `counts` of fiches (listed, not_listed, departed), and `links` to
            the lists.
    """
    if not has_role(user):
        return {}
    awaiting = requests_decided_by(user).awaiting().select_related("referent")
    proposals = proposals_decided_by(user).awaiting().select_related("co_entrepreneur__referent")
    references = references_validated_by(user).awaiting()
    references = references.select_related("client", "co_entrepreneur__referent")
    fiches = fiches_followed_by(user)
    lacking = fiches.lacking_something()
    today = timezone.localdate()
    expiring = (
        Certification.objects.expiring(within_days=EXPIRY_NOTICE_DAYS)
        .filter(co_entrepreneur__in=fiches.exclude(departed_on__lte=today))
        .select_related("label", "co_entrepreneur")
        .order_by("expires_on", "pk")
    )
    return {
        "everyone": user.is_superuser,
        "late_after": LATE_AFTER_DAYS,
        "notice_days": EXPIRY_NOTICE_DAYS,
        "requests": [(request, waiting_days(request), is_late(request)) for request in awaiting[:LINES]],
        "requests_count": awaiting.count(),
        "proposals": [(proposal, waiting_days(proposal), is_late(proposal)) for proposal in proposals[:LINES]],
        "proposals_count": proposals.count(),
        "references": [
            (reference, days, days > LATE_AFTER_DAYS)
            for reference in references[:LINES]
            for days in [waiting_days(reference)]
        ],
        "references_count": references.count(),
        "contracts_count": ContractSuggestion.objects.awaiting().count(),
        "counts": _counts(fiches),
        "lacking": [(fiche, lacks(fiche)) for fiche in lacking.prefetch_related(*WITH_LACKS)[:LINES]],
        "lacking_count": lacking.count(),
        "certifications": [(certification, certification.expires_on < today) for certification in expiring[:LINES]],
        "certifications_count": expiring.count(),
        "links": _links(user),
    }


def _counts(fiches):
    departed = Q(departed_on__lte=timezone.localdate())
    return fiches.aggregate(
        listed=Count("pk", filter=Q(client_public=True) & ~departed),
        not_listed=Count("pk", filter=Q(client_public=False) & ~departed),
        departed=Count("pk", filter=departed),
    )


def _links(user):
    fiches = reverse("admin:directory_coentrepreneur_changelist")
    requests = reverse("admin:directory_listingrequest_changelist")
    mine = "" if user.is_superuser else "&suivi=moi"
    return {
        "all": f"{fiches}?{mine.lstrip('&')}".rstrip("?"),
        "listed": f"{fiches}?catalogue=oui{mine}",
        "not_listed": f"{fiches}?catalogue=non{mine}",
        "departed": f"{fiches}?catalogue=partis{mine}",
        "lacking": f"{fiches}?manque=oui{mine}",
        "requests": f"{requests}?state__exact=submitted",
        "proposals": f"{reverse('admin:directory_ficheproposal_changelist')}?state__exact=submitted",
        "references": f"{reverse('admin:directory_reference_changelist')}?state__exact=to_validate{mine}",
        "contracts": f"{reverse('admin:directory_contractsuggestion_changelist')}?state__exact=awaiting",
    }
