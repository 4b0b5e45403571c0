"""How often the fair order puts a fiche on the first page, against its fair share."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from crealead.words import counted, day
from directory.search.order import PAGE_SIZE, ROTATION
from directory.search.rotation import CYCLE_DAYS, RING, draw

# A year of cycles.
CYCLES = 13
# Past it, more than the present cycle would take longer than a page may.
MOST_FICHES = 2000


@dataclass(frozen=True)
class Share:
    """In words: a cycle, how many of its days a fiche is on the first page, what is fair, and the order of a day."""

    cycle: str
    days: str
    fair: str
    year: str
    rank: str
    best_day: str
    best_rank: str
    today_url: str
    best_url: str


def share_of(fiche, index):
    """The `Share` of a fiche that is published, among those that are today; None for another."""
    if fiche.pk not in index.published:
        return None
    today = timezone.localdate().toordinal()
    cycle, position = divmod(today, CYCLE_DAYS)
    ranks = ranks_in_cycle(fiche.pk, index.published, cycle)
    best = min(range(CYCLE_DAYS), key=ranks.__getitem__)
    first_day, best_day = (date.fromordinal(cycle * CYCLE_DAYS + number) for number in (0, best))
    fair = CYCLE_DAYS * min(1, PAGE_SIZE / len(index.published))
    return Share(
        cycle=f"du {day(first_day)} au {day(first_day + timedelta(days=CYCLE_DAYS - 1))}",
        days=counted(_days(ranks), "jour", "jours"),
        fair=_decimal(fair),
        year=_over_a_year(fiche.pk, index.published, cycle, fair),
        rank=_ordinal(ranks[position]),
        best_day=day(best_day),
        best_rank=_ordinal(ranks[best]),
        today_url=_url(date.fromordinal(today)),
        best_url=_url(best_day),
    )


def ranks_in_cycle(pk, published, cycle):
    """The place in the fair order of a fiche, from 1, on each day of a cycle."""
    seats = sorted((draw(cycle, other), other) for other in published)
    mine = bisect_left(seats, (draw(cycle, pk), pk))
    ranks = []
    for position in range(CYCLE_DAYS):
        # As `cycle_and_turn` turns the ring.
        first = bisect_left(seats, (position * RING // CYCLE_DAYS, 0))
        ranks.append((mine - first) % len(seats) + 1)
    return ranks


def _days(ranks):
    return sum(rank <= PAGE_SIZE for rank in ranks)


def _over_a_year(pk, published, cycle, fair):
    """The mean of the last year's cycles, as a sentence; empty where it would take too long."""
    if len(published) > MOST_FICHES:
        return ""
    mean = sum(_days(ranks_in_cycle(pk, published, cycle - past)) for past in range(CYCLES)) / CYCLES
    return (
        f"Sur les {CYCLES} derniers cycles, avec les fiches d’aujourd’hui : {_decimal(mean)} en moyenne, "
        f"pour {_decimal(fair)} de juste part."
    )


def _decimal(number):
    return f"{number:.1f}".replace(".", ",")


def _ordinal(number):
    return f"{number}{'re' if number == 1 else 'e'}"


def _url(seed):
    return f"{reverse('catalogue:list')}?tri={ROTATION}&graine={seed.isoformat()}"
