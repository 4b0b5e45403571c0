"""What a criterion of the catalogue is, and a facet among them: by known values, which bitmaps answer."""

from abc import ABC, abstractmethod
from copy import copy
from dataclasses import dataclass

import django_filters
from django import forms
from pyroaring import BitMap

from .places import fold
from .selected import OfOneSearch

MAX_VALUES = 50
# In a tag, before the last day on which it is held.
UNTIL = "@"


@dataclass(frozen=True)
class Term:
    """A value of a facet, as the URL says it and as people read it, and the tags that answer it."""

    value: str
    label: str
    tags: tuple[str, ...]


class TermsField(OfOneSearch, forms.Field):
    """The known values among those sent, as `Term`s; what isn't known is kept apart in `dropped`."""

    widget = forms.SelectMultiple
    vocabulary = {}
    dropped = []

    def normalize(self, value):
        return value.strip()

    def clean(self, value):
        sent = dict.fromkeys(self.normalize(part) for part in (value or [])[:MAX_VALUES])
        self.dropped = [part for part in sent if part and part not in self.vocabulary]
        return [term for known, term in self.vocabulary.items() if known in sent]


class Criterion(django_filters.Filter, ABC):
    """A parameter that narrows the catalogue; what it filters is the bitmap of published fiches.

    As one of the `filters` of a `CatalogueFilter`, its `parent`, it knows its own `value`.
    """

    title = ""

    def __init__(self):
        super().__init__(label=self.title)

    def __deepcopy__(self, _memo):
        """Each search has its own; they share what none changes."""
        return copy(self)

    @property
    def index(self):
        return self.parent.index

    @property
    def value(self):
        return self.parent.values[self.field_name]

    @property
    @abstractmethod
    def is_active(self):
        """Whether it narrows anything."""

    @property
    @abstractmethod
    def choices(self):
        """What was chosen, as (value to take away from the URL, words)."""

    @property
    @abstractmethod
    def sentence(self):
        """How it ends the sentence of the search."""

    @property
    def words(self):
        """What it asks for, as a sentence holds it."""
        return " ou ".join(words for _, words in self.choices)


class Facet(Criterion):
    """A filter by known values: those chosen add up.

    A subclass gives `name` (its parameter), `title`, `phrase` (how it reads in a sentence, `{}` for its words) and
    `terms()`; its tags are `<name>:<key>`. Those that stand in an array of the search document come from `array`.
    """

    field_class = TermsField
    name = phrase = array = ""
    # Too many values to be read in the order of their names.
    most_held_first = False
    # Of the parameter `box`, whose words are looked for among the values; none when empty.
    box_label = ""
    # Whether the box is there however few the values: one knows what one looks for.
    box_always = False

    @classmethod
    @abstractmethod
    def terms(cls):
        """The `Term`s that the database holds, in the order they are read."""

    @classmethod
    def terms_of(cls, rows):
        """Rows that have a name and a slug, as `Term`s."""
        return [Term(row.slug, row.name, (f"{cls.name}:{row.pk}",)) for row in rows]

    @classmethod
    def tags_sql(cls):
        """What reads its tags: statements that give a tag, with `{keys}` of those of `document` that hold it."""
        return [f"SELECT '{cls.name}:' || tag, {{keys}} FROM document, unnest({cls.array}) AS tag GROUP BY tag"]

    @property
    def vocabulary(self):
        return self.index.vocabulary[self.name]

    @property
    def field(self):
        field = super().field
        field.vocabulary = self.vocabulary
        return field

    @property
    def box(self):
        return f"dans_{self.name}" if self.box_label else ""

    @property
    def is_active(self):
        return bool(self.value)

    @property
    def choices(self):
        return [(term.value, term.label) for term in self.value]

    @property
    def sentence(self):
        return f", {self.phrase.format(self.words)}"

    @property
    def asked(self):
        """The terms of which one must be held."""
        return self.value

    def members(self, term):
        """The fiches that hold a term, departed ones among them."""
        return self.index.members(term)

    def filter(self, fiches, terms):
        """Those of `fiches` that hold one of the terms at least; all of them when there is none."""
        return fiches & BitMap.union(*(self.members(term) for term in terms)) if terms else fiches

    def reason(self, fiche, terms):
        """Which of these terms a fiche holds, as people read it."""
        held = [term.label for term in terms if fiche.pk in self.members(term)]
        return ", ".join(dict.fromkeys(held))

    def looked_for(self, words):
        """What a label must hold to be found by the words of the box."""
        return fold(words).split()
