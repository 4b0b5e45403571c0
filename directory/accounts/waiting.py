"""What waits for a decision on each fiche, in words."""

from collections import Counter

from directory.models import FicheProposal, ListingRequest, Reference

KINDS = [
    (ListingRequest.objects.open, "demande de référencement", "demandes de référencement"),
    (FicheProposal.objects.awaiting, "proposition de modification", "propositions de modification"),
    (Reference.objects.awaiting, "référence à valider", "références à valider"),
]


def waiting_on(fiches):
    """What waits on each of these fiches: [(fiche, text)], « 1 demande de référencement, 2 références à valider »."""
    counts = [
        (Counter(rows().filter(co_entrepreneur__in=fiches).values_list("co_entrepreneur", flat=True)), one, many)
        for rows, one, many in KINDS
    ]
    return [(fiche, ", ".join(_told(counts, fiche.pk))) for fiche in fiches]


def _told(counts, pk):
    return [f"{count[pk]} {one if count[pk] == 1 else many}" for count, one, many in counts if count[pk]]
