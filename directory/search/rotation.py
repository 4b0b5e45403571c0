"""The fair order: a ring that turns, so that each listed fiche comes first as often as any other.

Each cycle of 28 days draws a place on a ring for every fiche, from the cycle's number and the fiche's alone. Each day
the ring turns by one twenty-eighth: those who came first go to the back, and within a cycle everyone has their turn.
The order needs no list of who is listed: a fiche that comes or goes moves nobody else, and a seed gives the same order
again whenever it is asked for.
"""

import hashlib
import re
from datetime import date

from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from crealead.words import day

CYCLE_DAYS = 28
RING = 2**32


def today_seed():
    """The seed of the day: the day itself, so that anyone can name it."""
    return timezone.localdate().isoformat()


def _day_of(seed):
    """The day that a seed names; None for another word."""
    try:
        return date.fromisoformat(seed) if re.fullmatch(r"\d{4}-\d\d-\d\d", seed) else None
    except ValueError:
        return None


def order_of(seed):
    """The order of a seed, as it is said: « ordre du 28 novembre 2026 »."""
    named = _day_of(seed)
    return f"ordre du {day(named)}" if named else f"ordre «\N{NO-BREAK SPACE}{seed}\N{NO-BREAK SPACE}»"


def cycle_and_turn(seed):
    """The cycle of a seed, and how far the ring has turned; a word that isn't a day is a cycle of its own."""
    named = _day_of(seed)
    if named is None:
        return seed, 0
    cycle, position = divmod(named.toordinal(), CYCLE_DAYS)
    return str(cycle), position * RING // CYCLE_DAYS


def draw(cycle, pk):
    """The place on the ring of a fiche in a cycle: the first 32 bits of a hash that anyone can compute."""
    return int(hashlib.md5(f"{cycle}-{pk}".encode(), usedforsecurity=False).hexdigest()[:8], 16)


def place(seed, pk):
    """The rank key of a fiche under a seed, from 0 (first) to 2³² - 1; equal keys go by `pk`."""
    cycle, turn = cycle_and_turn(seed)
    return (draw(cycle, pk) - turn) % RING


def place_expression(seed):
    """The same key, computed by PostgreSQL."""
    cycle, turn = cycle_and_turn(seed)
    return RawSQL(
        f"(('x' || left(md5(%s || directory_coentrepreneur.id::text), 8))::bit(32)::bigint + %s) %% {RING}",
        [f"{cycle}-", RING - turn],
        output_field=BigIntegerField(),
    )
