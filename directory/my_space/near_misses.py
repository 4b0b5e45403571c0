"""The searches that missed a fiche for one criterion alone, made again against the fiche as it is now."""

from dataclasses import dataclass
from time import monotonic

from django.db.models import Count, Sum
from django.http import QueryDict
from django.utils import timezone

from crealead.words import counted
from directory.models import BuyerSearch
from directory.models.buyer_search import KEPT
from directory.search import why
from directory.search.filters import CatalogueFilter
from directory.search.places import fold

# Below, a search could be one person's.
LEAST_TIMES, LEAST_DAYS = 3, 2
# What a page may cost: how many searches, the most frequent first, and for how long.
MOST_SEARCHES, MOST_SECONDS = 60, 1.0
MOST_SHOWN = 10


@dataclass(frozen=True)
class NearMiss:
    """A search in words, how often it was made, the criterion that left the fiche out, and the query that tries it."""

    words: str
    times: str
    missed: str
    query: str


def near_misses(fiche, index):
    """The `NearMiss`es of a published fiche, without what isn't its trade.

    First those of which it meets the most other criteria, then the most frequent.
    """
    if fiche.pk not in index.published:
        return []
    declined = set(fiche.not_my_trade.values_list("kind", "key"))
    rows = BuyerSearch.objects.filter(day__gte=timezone.localdate() - KEPT).values("query")
    rows = rows.annotate(times=Sum("count"), days=Count("day")).filter(times__gte=LEAST_TIMES, days__gte=LEAST_DAYS)
    found, until = [], monotonic() + MOST_SECONDS
    for row in rows.order_by("-times", "query")[:MOST_SEARCHES]:
        if monotonic() > until:
            break
        search = CatalogueFilter(QueryDict(row["query"]), index)
        answer = why.Answer(search, fiche.pk)
        if len(answer.missed) == 1 and not _is_declined(answer, declined):
            [line] = answer.missed
            words = "".join(criterion.sentence for criterion in search.active).lstrip(", ")
            times = counted(row["times"], "fois", "fois")
            met = len(answer.lines) - 1
            found.append((met, NearMiss(words, times, f"{line.label} : {line.words}", row["query"])))
    found.sort(key=lambda miss: -miss[0])
    return [miss for _, miss in found[:MOST_SHOWN]]


def _is_declined(answer, declined):
    """Whether all that the fiche lacks of the criterion it misses was said not to be its trade."""
    [line] = answer.missed
    lacking = [part for part in line.parts if not answer.holds(part)]
    return bool(lacking) and all(
        (line.kind, fold(part.key)[:200] if line.kind == why.WORDS else part.key) in declined for part in lacking
    )
