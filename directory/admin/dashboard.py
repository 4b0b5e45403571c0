"""The first page of the back office: what waits for this person."""

from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from crealead.words import counted
from directory.models import Certification, ContractSuggestion, FailedMail, Insurance, Paper, Threshold
from directory.models.co_entrepreneur import has_left
from directory.rights import (
    fiches_followed_by,
    has_role,
    insurances_renewed_by,
    is_administrator,
    keeps_papers,
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
LISTS = ["requests", "proposals", "references", "certifications", "insurances", "lacking"]
# Whose decision is awaited, and whose fiches are told, in the sentences of the page.
EVERYONES = {"decision": "une décision", "fiches": "Les co-entrepreneurs", "all": "toutes les fiches"}
OWN = {"decision": "votre décision", "fiches": "Mes co-entrepreneurs", "all": "toutes mes fiches"}


def board_for(user):
    """All that the first page shows, in a fixed number of queries; an administrator sees everyone's.

    Returns:
        dict: empty for who has no role; otherwise `requests`, `proposals` and `references` [(row, since when)],
            `lacking` [(fiche, [what])], `certifications` [(certification, expired)], `insurances` [(insurance, over)],
            the whole count of each (`requests_count` …) and what is `left` of it, `contracts_count`, `failed_mails`,
            `renewals` (what buyers read and will be over: [(what, address, last day, over)]), `counts` of fiches
            (listed, not_listed, departed), `links` to the lists, and the `words` that say whose they are;
            `stand_ins`, sentences on who stands in for whom today, where this user is one of the two.
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
        .filter(co_entrepreneur__in=fiches.present())
        .select_related("label", "co_entrepreneur")
        .order_by("expires_on", "pk")
    )
    insurances = (
        Insurance.objects.expiring(within_days=EXPIRY_NOTICE_DAYS)
        .filter(pk__in=insurances_renewed_by(user))
        .select_related("co_entrepreneur")
        .order_by("expires_on", "pk")
    )
    everyone = is_administrator(user)
    board = {
        "everyone": everyone,
        "words": EVERYONES if everyone else OWN,
        "notice_days": EXPIRY_NOTICE_DAYS,
        "stand_ins": _stand_ins(user),
        "requests": _waiting(listing_requests),
        "requests_count": listing_requests.count(),
        "proposals": _waiting(proposals),
        "proposals_count": proposals.count(),
        "references": _waiting(references),
        "references_count": references.count(),
        "contracts_count": ContractSuggestion.objects.awaiting().count(),
        "failed_mails": _failed_mails() if is_administrator(user) else "",
        "renewals": _renewals(today) if keeps_papers(user) else [],
        "counts": _counts(fiches),
        "lacking": [(fiche, lacks(fiche)) for fiche in lacking.prefetch_related(*WITH_LACKS)[:LINES]],
        "lacking_count": lacking.count(),
        "certifications": [(certification, certification.expires_on < today) for certification in expiring[:LINES]],
        "certifications_count": expiring.count(),
        "insurances": [(insurance, insurance.is_over) for insurance in insurances[:LINES]],
        "insurances_count": insurances.count(),
        "links": _links(user),
    }
    # How many of each are a click away.
    left = {name: board[f"{name}_count"] - len(board[name]) for name in LISTS}
    return board | {"left": left, "has_references": bool(board["references"] or board["contracts_count"])}


def _waiting(rows):
    """The first of these rows, each with how long it has waited, as it is read."""
    return [(row, age(row.waiting_days, today="depuis aujourd’hui")) for row in rows[:LINES]]


def _failed_mails():
    """What is said of the mails that could not leave; empty when all do."""
    count = FailedMail.objects.count()
    return counted(count, "courriel n’a pas pu partir", "courriels n’ont pas pu partir") if count else ""


def _renewals(today):
    """What « Acheter en pratique » says and soon can't, when nothing is there to follow it."""
    by = today + timedelta(days=EXPIRY_NOTICE_DAYS)
    return [
        (paper.name, reverse("admin:directory_paper_change", args=[paper.pk]), paper.expires_on, paper.is_over)
        for paper in Paper.objects.ending(by=by)
    ] + [
        (
            threshold.get_kind_display(),
            reverse("admin:directory_threshold_change", args=[threshold.pk]),
            threshold.ends_on,
            threshold.is_over,
        )
        for threshold in Threshold.objects.ending(by=by)
    ]


def _stand_ins(user):
    rows = stand_ins_seen_by(user).current().select_related("referent", "stand_in")
    return [
        f"Vous remplacez {row.referent} jusqu’au {date_format(row.ends_on, 'd/m/Y')} : ce qui l’attend est ici aussi."
        if row.stand_in.user_id == user.pk
        else f"{row.stand_in} vous remplace jusqu’au {date_format(row.ends_on, 'd/m/Y')}."
        for row in rows
        if user.pk in (row.stand_in.user_id, row.referent.user_id)
    ]


def _counts(fiches):
    return fiches.aggregate(
        listed=Count("pk", filter=Q(client_public=True) & ~has_left()),
        not_listed=Count("pk", filter=Q(client_public=False) & ~has_left()),
        departed=Count("pk", filter=has_left()),
    )


def _links(user):
    fiches = reverse("admin:directory_coentrepreneur_changelist")
    listing_requests = reverse("admin:directory_listingrequest_changelist")
    mine = "" if is_administrator(user) else "&suivi=moi"
    return {
        "all": f"{fiches}?{mine.lstrip('&')}".rstrip("?"),
        "listed": f"{fiches}?catalogue=oui{mine}",
        "not_listed": f"{fiches}?catalogue=non{mine}",
        "departed": f"{fiches}?catalogue=partis{mine}",
        "lacking": f"{fiches}?manque=oui{mine}",
        "requests": f"{listing_requests}?state__exact=submitted",
        "proposals": f"{reverse('admin:directory_ficheproposal_changelist')}?state__exact=submitted",
        "references": f"{reverse('admin:directory_reference_changelist')}?state__exact=to_validate{mine}",
        "failed_mails": reverse("admin:directory_failedmail_changelist"),
        "contracts": f"{reverse('admin:directory_contractsuggestion_changelist')}?state__exact=awaiting",
        "register": reverse("admin:register") if is_administrator(user) else "",
    }
