"""The buyer's words as a filter among the others."""

import re

from django import forms
from django.utils.functional import cached_property
from pyroaring import BitMap

from .cpv import cpv_prefix, nearest_cpv
from .facets import CpvFacet, Criterion
from .reasons import extracts
from .understanding import understand

MAX_TEXT = 200
# From this many words answered, one less is near enough to be shown.
CLEAR_BEST = 2


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
        index = self.index
        return understand(
            self.text,
            places=index.words.places,
            codes=lambda code: nearest_cpv(index.vocabulary[CpvFacet.name], cpv_prefix(code)),
            answers=lambda query: index.published.intersection_cardinality(index.answering(query)),
            exact=self.parent.values["exact"] == "1",
        )

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
        if need.words:
            most = self._answering_most(need.words, fiches)
            fiches = most | (fiches & self.index.answering(need.all_words)) if need.all_words else most
        elif need.query:
            fiches = fiches & self.index.answering(need.query)
        for name, terms in need.terms(self.index.vocabulary).items():
            fiches = self.parent.filters[name].filter(fiches, terms)
        return fiches

    def _answering_most(self, words, fiches):
        """Those that answer most of the words, or one less."""
        levels = [BitMap(fiches), *(BitMap() for _ in words)]
        for word in words:
            holders = self.index.answering(word)
            for level in range(len(words), 0, -1):
                levels[level] |= levels[level - 1] & holders
        best = max(level for level, holders in enumerate(levels) if holders or level == 0)
        return levels[max(1, best - 1)] if best > CLEAR_BEST else levels[best] if best else BitMap()

    def reasons(self, fiches):
        """The words that answered, in context: by key, the `Reason`s of those of `fiches` that hold one."""
        return extracts([fiche.pk for fiche in fiches], self.value.query) if fiches else {}
