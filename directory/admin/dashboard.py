"""The first page of the back office: what waits for this person."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from directory.models import Certification, ContractSuggestion
from directory.rights import (
    fiches_followed_by,
    has_role,
    proposals_decided_by,
    references_validated_by,
    requests_decided_by,
    stand_ins_seen_by,
)

from .decisions import age
from .lacks import WITH_LACKS, lacks

EXPIRY_NOTICE_DAYS = 60
# How many lines of each list: the rest is a click away.
LINES = 10


def board_for(user):
    """All that the first page shows, in a fixed number of queries; an administrator sees everyone's.

    Returns:
        dict: empty for who has no role; otherwise `requests`, `proposals` and `references` [(row, since when)],
            `lacking` [(fiche, [what])], `certifications` [(certification, expired)], the whole count of each
            (`requests_count` …), `contracts_count`, `counts` of fiches (listed, not_listed, departed), and `links` to
            the lists; `stand_ins`, sentences on who stands in for whom today, where this user is one of the two.
    """
    if not has_role(user):
        return {}
    listing_requests = requests_decided_by(user).awaiting().select_related("referent")
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
        "notice_days": EXPIRY_NOTICE_DAYS,
        "stand_ins": _stand_ins(user),
        "requests": _waiting(listing_requests),
        "requests_count": listing_requests.count(),
        "proposals": _waiting(proposals),
        "proposals_count": proposals.count(),
        "references": _waiting(references),
        "references_count": references.count(),
        "contracts_count": ContractSuggestion.objects.awaiting().count(),
        "counts": _counts(fiches),
        "lacking": [(fiche, lacks(fiche)) for fiche in lacking.prefetch_related(*WITH_LACKS)[:LINES]],
        "lacking_count": lacking.count(),
        "certifications": [(certification, certification.expires_on < today) for certification in expiring[:LINES]],
        "certifications_count": expiring.count(),
        "links": _links(user),
    }


def _waiting(rows):
    """The first of these rows, each with how long it has waited, as it is read."""
    return [(row, age(row.waiting_days, today="depuis aujourd’hui")) for row in rows[:LINES]]


def _stand_ins(user):
    rows = stand_ins_seen_by(user).current().select_related("referent", "stand_in")
    return [
        f"Vous remplacez {row.referent} jusqu’au {date_format(row.ends_on, 'd/m/Y')} : ce qui l’attend est ici aussi."
        if row.stand_in.user_id == user.pk
        else f"{row.stand_in} vous remplace jusqu’au {date_format(row.ends_on, 'd/m/Y')}."
        for row in rows
        if user.pk in (row.stand_in.user_id, row.referent.user_id)
    ]


def _counts(fiches):
    departed = Q(departed_on__lte=timezone.localdate())
    return fiches.aggregate(
        listed=Count("pk", filter=Q(client_public=True) & ~departed),
        not_listed=Count("pk", filter=Q(client_public=False) & ~departed),
        departed=Count("pk", filter=departed),
    )


def _links(user):
    fiches = reverse("admin:directory_coentrepreneur_changelist")
    listing_requests = reverse("admin:directory_listingrequest_changelist")
    mine = "" if user.is_superuser else "&suivi=moi"
    return {
        "all": f"{fiches}?{mine.lstrip('&')}".rstrip("?"),
        "listed": f"{fiches}?catalogue=oui{mine}",
        "not_listed": f"{fiches}?catalogue=non{mine}",
        "departed": f"{fiches}?catalogue=partis{mine}",
        "lacking": f"{fiches}?manque=oui{mine}",
        "requests": f"{listing_requests}?state__exact=submitted",
        "proposals": f"{reverse('admin:directory_ficheproposal_changelist')}?state__exact=submitted",
        "references": f"{reverse('admin:directory_reference_changelist')}?state__exact=to_validate{mine}",
        "contracts": f"{reverse('admin:directory_contractsuggestion_changelist')}?state__exact=awaiting",
    }
