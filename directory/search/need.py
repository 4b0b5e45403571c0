"""The buyer's words as a filter among the others."""

import re
from collections import defaultdict

from django import forms
from django.utils.functional import cached_property
from pyroaring import BitMap

from .facets import Criterion
from .reasons import extracts
from .understanding import understand

MAX_TEXT = 300
# Which share of the weight of all the words is most of it where at least `ENOUGH` fiches hold them all; where fewer do,
# which share of what the best answer holds.
ENOUGH = 5
NEARLY, MOST = 0.6, 0.3


class TextField(forms.CharField):
    """Words: control characters out, white space folded, cut at `MAX_TEXT`."""

    dropped = []

    def clean(self, value):
        text = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", value or "").split())
        self.dropped = [f"{text[MAX_TEXT : MAX_TEXT + 30]}…"] if len(text) > MAX_TEXT else []
        return text[:MAX_TEXT].strip()


class NeedFilter(Criterion):
    """Whose words, zone and codes answer a need; its value is what was typed, as a `Need`."""

    field_class = TextField
    title = "Votre besoin"

    @property
    def text(self):
        return super().value

    @cached_property
    def value(self):
        return understand(self.text, index=self.index, exact=self.parent.values["exact"] == "1")

    @property
    def is_active(self):
        return self.value.says_something

    @property
    def choices(self):
        return [(None, f"« {self.text} »")]

    @property
    def sentence(self):
        return f" pour {self.words}"

    def filter(self, fiches, need):
        """Those of `fiches` that answer all the words, or most of them when few do, in the places and for the codes."""
        for query in need.excluded:
            fiches = fiches - self.index.answering(query)
        for owner in need.owners.values():
            fiches = fiches if owner.fiches is None else fiches & owner.fiches
        if need.missing and not need.units:
            return BitMap()
        for name, terms in need.terms(self.index.vocabulary).items():
            fiches = self.parent.filters[name].filter(fiches, terms)
        return self.answering_enough(fiches, need.units)

    def answering_enough(self, fiches, units):
        """Those of `fiches` that hold all the words, and those that hold most of them by weight."""
        if not units:
            return fiches
        by_weight = self._by_weight(fiches, units)
        return _of_weight(by_weight, _least(by_weight, units))

    def saying_enough(self, fiches, units):
        """All the published fiches that hold as much of the words as is enough among `fiches`."""
        if not units:
            return self.index.published
        least = _least(self._by_weight(fiches, units), units)
        return _of_weight(self._by_weight(self.index.published, units), least)

    def _by_weight(self, fiches, units):
        """These fiches by how much the words that they hold weigh."""
        by_weight = {0: fiches}
        for unit in units:
            holders, split = self.index.answering(unit.loose), defaultdict(BitMap)
            for weight, members in by_weight.items():
                split[weight] |= members - holders
                split[weight + round(unit.weight, 1)] |= members & holders
            by_weight = {weight: members for weight, members in split.items() if members}
        return by_weight

    def reasons(self, fiches):
        """The words that answered, in context: by key, the `Reason`s of those of `fiches` that hold one."""
        return extracts([fiche.pk for fiche in fiches], self.value.query) if fiches else {}


def _least(by_weight, units):
    """What the words that one holds must weigh."""
    total = sum(round(unit.weight, 1) for unit in units)
    # Where enough answer all, those come too that lack but a word that says little.
    if len(by_weight.get(total, ())) >= ENOUGH:
        return NEARLY * total
    return MOST * max(by_weight, default=0)


def _of_weight(by_weight, least):
    return BitMap.union(BitMap(), *(members for weight, members in by_weight.items() if weight and weight >= least))
