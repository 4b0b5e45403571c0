"""The estimate of a need, as a band between the thresholds of a day: the rules depend on it, and on nothing finer."""

import re
from dataclasses import dataclass
from itertools import pairwise

from django.utils import timezone

from crealead.words import thousands
from directory.models import Threshold

VALUE = re.compile(r"(\d{1,9})-(\d{1,9})?")
EUROS = "\N{NO-BREAK SPACE}€\N{NO-BREAK SPACE}HT"


@dataclass(frozen=True)
class Band:
    """From an amount in euros, up to another, left out; None for no end."""

    least: int
    below: int | None

    @property
    def value(self):
        return f"{self.least}-{self.below or ''}"

    @property
    def words(self):
        if not self.least:
            return f"moins de {thousands(self.below)}{EUROS}"
        if self.below is None:
            return f"{thousands(self.least)}{EUROS} ou plus"
        return f"de {thousands(self.least)} à moins de {thousands(self.below)}{EUROS}"

    def side_of(self, amount):
        """Where it stands beside a threshold, in words."""
        if self.below is not None and self.below <= amount:
            return "au-dessous du"
        return "au moins égale au" if self.least >= amount else "au-dessous ou au-dessus du"


def bands_of(on):
    """The bands between the thresholds of a day, the lowest first; none when nothing is known of that day."""
    edges = sorted({threshold.amount for threshold in Threshold.objects.of(on).values()})
    return [Band(least, below) for least, below in pairwise([0, *edges, None])] if edges else []


def band_of(record):
    return None if record.amount_from is None else Band(record.amount_from, record.amount_below)


def read(value):
    """A band from its `value`; None for anything else."""
    match = VALUE.fullmatch(value) if value.isascii() else None
    if match is None:
        return None
    band = Band(int(match[1]), int(match[2]) if match[2] else None)
    return band if band.below is None or band.least < band.below else None


def choices(also=""):
    """Those of today, and one that was chosen before, as choices of a field."""
    bands = bands_of(timezone.localdate())
    former = read(also)
    return [("", "Non précisé"), *((band.value, band.words) for band in dict.fromkeys([*bands, former]) if band)]
