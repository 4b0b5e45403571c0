"""The buyer's words as a filter among the others."""

import re
from collections import defaultdict

from django import forms
from django.utils.functional import cached_property
from pyroaring import BitMap

from .criteria import Criterion
from .facets import AmountFacet, InsuranceFacet
from .reasons import answering
from .selected import OfOneSearch
from .understanding import side_by_side, understand

MAX_TEXT = 300
# Which share of the weight of all the words is most of it where at least `ENOUGH` fiches hold them all; where fewer do,
# which share of what the best answer holds.
ENOUGH = 5
NEARLY, HALF, MOST = 0.6, 0.51, 0.25


class TextField(OfOneSearch, forms.CharField):
    """Words: control characters out, white space folded, cut at the end of a word before `MAX_TEXT`."""

    dropped = []

    def clean(self, value):
        text = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", value or "").split())
        kept = text if len(text) <= MAX_TEXT else text[: MAX_TEXT + 1].rpartition(" ")[0][:MAX_TEXT] or text[:MAX_TEXT]
        self.dropped = [f"{text[len(kept) :].strip()[:30]}…"] if len(text) > MAX_TEXT else []
        return kept


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
        return [(None, f"« {self.text} »")]

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
        for term in need.insurances.values():
            fiches = fiches & self.parent.filters[InsuranceFacet.name].members(term)
        if need.asks_recent:
            fiches = fiches & self.index.members(AmountFacet.recent(self.index))
        return self.answering_enough(fiches, need)

    def answering_enough(self, fiches, need):
        """Those of `fiches` that hold all the words, and those that hold most of them by weight."""
        if not need.units:
            return fiches
        by_weight = self._by_weight(fiches, need)
        return _of_weight(by_weight, self._least(by_weight, need))

    def saying_enough(self, fiches, need):
        """All the published fiches that hold as much of the words as is enough among `fiches`."""
        if not need.units:
            return self.index.published
        least = self._least(self._by_weight(fiches, need), need)
        return _of_weight(self._by_weight(self.index.published, need), least)

    def _by_weight(self, fiches, need):
        """These fiches by how much the words that they hold weigh."""
        by_weight = {0: fiches}
        for unit in need.units:
            holders, split = self.index.answering(unit.loose), defaultdict(BitMap)
            for weight, members in by_weight.items():
                split[weight] |= members - holders
                split[weight + _tenths(unit)] |= members & holders
            by_weight = {weight: members for weight, members in split.items() if members}
        return by_weight

    def _least(self, by_weight, need):
        """What the words that one holds must weigh."""
        every = by_weight.get(sum(map(_tenths, need.units)), ())
        share = NEARLY if len(every) >= ENOUGH else HALF if self._is_one(need) else MOST
        return share * max(by_weight, default=0)

    def _is_one(self, need):
        """Whether two words are said side by side, and so are nothing by half: « restauration de rivière »."""
        return need.is_pair and bool(self.index.published & self.index.answering(side_by_side(*need.units)))

    def answering(self, fiches):
        """What of these fiches holds one of the words, by key, for those of which something does."""
        return answering([fiche.pk for fiche in fiches], self.value.query, self.index.texts) if fiches else {}


def _tenths(unit):
    """What a word weighs, in tenths; one that all fiches hold weighs something too, or it would find none of them."""
    return max(1, round(10 * unit.weight))


def _of_weight(by_weight, least):
    return BitMap.union(BitMap(), *(members for weight, members in by_weight.items() if weight and weight >= least))
