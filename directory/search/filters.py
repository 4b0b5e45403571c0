"""The only reader of the catalogue's query string."""

import re
from urllib.parse import urlencode

import django_filters
from django import forms
from django.utils.functional import cached_property
from pyroaring import BitMap

from directory.models import CoEntrepreneur

from .criteria import Criterion, Facet
from .facets import (
    AmountFacet,
    ClientFacet,
    CpvFacet,
    DepartmentFacet,
    DomainFacet,
    InsuranceFacet,
    LabelFacet,
    ReferencesFacet,
    SkillFacet,
)
from .index import current
from .need import NeedFilter, TextField
from .order import RELEVANCE, ROTATION, SORTS, expressions
from .rotation import today_seed
from .selected import KeptFilter, OfOneSearch, owners_of

# The number of a page that an address has to tell.
PAST_THE_FIRST = re.compile(r"[2-9]|[1-9][0-9]{1,4}")


class WordField(OfOneSearch, forms.CharField):
    """A word of the shape `pattern`, or empty; another shape is dropped."""

    dropped = []

    def __init__(self, *, pattern, **kwargs):
        super().__init__(**kwargs)
        self.pattern = pattern

    def clean(self, value):
        value = (value or "").strip()
        if re.fullmatch(self.pattern, value):
            return value
        self.dropped = [value] if value else []
        return ""


class WordFilter(django_filters.Filter):
    field_class = WordField


class TextFilter(django_filters.Filter):
    field_class = TextField


class CatalogueFilter(django_filters.FilterSet):
    """The catalogue as a query string asks for it: who answers, how many, in what order, in which words.

    Any query string makes one. `values` are what was understood of it, by parameter, in the order of addresses; each
    `Criterion` among `filters` lets its own fiches through, and `qs` puts in order those that all of them let through.
    """

    q = NeedFilter()
    domaine = DomainFacet()
    competence = SkillFacet()
    departement = DepartmentFacet()
    cpv = CpvFacet()
    client = ClientFacet()
    montant = AmountFacet()
    label = LabelFacet()
    assurance = InsuranceFacet()
    references = ReferencesFacet()
    tri = WordFilter(label="Trier par", pattern="|".join(SORTS))
    dans_departement = TextFilter(label=DepartmentFacet.box_label)
    dans_competence = TextFilter(label=SkillFacet.box_label)
    dans_cpv = TextFilter(label=CpvFacet.box_label)
    exact = WordFilter(label="Mots exacts", pattern="1")
    graine = WordFilter(label="Ordre du", pattern=r"[0-9A-Za-z-]{1,40}")
    f = KeptFilter(label="Gardées")
    # Any: the paginator makes do with what isn't a page.
    page = WordFilter(label="Page", pattern=r"(?s).*")

    class Meta:
        model = CoEntrepreneur
        fields = []

    def __init__(self, data, index=None):
        super().__init__(data, queryset=CoEntrepreneur.objects.published())
        self.index = index or current()
        self.form.is_valid()
        self.values = self.form.cleaned_data

    @property
    def need(self):
        return self.filters["q"].value

    @property
    def facets(self):
        return [facet for facet in self.filters.values() if isinstance(facet, Facet)]

    @cached_property
    def active(self):
        """The criteria that narrow the catalogue."""
        criteria = (criterion for criterion in self.filters.values() if isinstance(criterion, Criterion))
        return [criterion for criterion in criteria if criterion.is_active]

    @property
    def dropped(self):
        """What was sent and isn't known, as (label of the filter, value)."""
        return [(str(field.label), value) for field in self.form.fields.values() for value in field.dropped]

    @cached_property
    def let_through(self):
        """The published fiches that each active criterion lets through, by its parameter."""
        published = self.index.published
        return {criterion.field_name: criterion.filter(published, criterion.value) for criterion in self.active}

    def answers(self, *, without=()):
        """The published fiches that answer, as a bitmap of their keys, leaving out the parameters `without`.

        What one reference must meet is asked no more of a facet whose companion is left out.
        """
        answers = self.index.published
        for criterion in self.active:
            if criterion.field_name not in without:
                is_parted = getattr(criterion, "companion_name", "") in without
                fiches = criterion.filter_alone(answers) if is_parted else self.let_through[criterion.field_name]
                answers = answers & fiches
        return answers

    @cached_property
    def fiches(self):
        """The bitmap of those that answer everything."""
        return self.answers()

    @property
    def total(self):
        return len(self.fiches)

    @property
    def fiches_of_all_words(self):
        """The bitmap of those that answer every word of the need, and all else."""
        return BitMap.intersection(self.fiches, *(self.index.answering(unit.loose) for unit in self.need.units))

    @property
    def number_of_all_words(self):
        return len(self.fiches_of_all_words)

    @property
    def seed(self):
        return self.values["graine"] or today_seed()

    @property
    def sort(self):
        return self.values["tri"] or (RELEVANCE if self.need.ranks else ROTATION)

    @property
    def order(self):
        """What `order_by` takes: the sort, then the fair order."""
        return expressions(self.sort, self.need, self.seed, self.fiches)

    def filter_queryset(self, queryset):
        if self.active:
            queryset = queryset.filter(pk__in=list(self.fiches))
        return queryset.order_by(*self.order)

    @property
    def number(self):
        """How many answer, in words."""
        return {0: "Aucun co-entrepreneur", 1: "1 co-entrepreneur"}.get(self.total, f"{self.total} co-entrepreneurs")

    @property
    def criteria(self):
        """What they answer, as the sentence goes on."""
        return "".join(criterion.sentence for criterion in self.active)

    @property
    def criteria_alone(self):
        """The same, as words that stand alone; empty when nothing is asked."""
        words = self.criteria.removeprefix(" ").removeprefix(", ").removeprefix("pour ")
        return f"{words[:1].upper()}{words[1:]}"

    @property
    def summary(self):
        """The search in one sentence, the same on screen and wherever the search is kept."""
        return self.number + self.criteria

    @cached_property
    def kept(self):
        """The published fiches that the address keeps: by the key of each, the slugs that name it there."""
        slugs_of = {}
        for slug, fiche in owners_of(self.values["f"]).items() if self.values["f"] else ():
            if fiche.pk in self.index.published:
                slugs_of.setdefault(fiche.pk, []).append(slug)
        return slugs_of

    @property
    def query_string(self):
        """The same search and page as an address holds them, « ? » first; empty for the whole catalogue.

        It is one for all the ways of asking for the same: what isn't known has no part in it.
        """
        page = self.values["page"]
        query = self.url_without(page=page if PAST_THE_FIRST.fullmatch(page) else None)
        return query if query != "." else ""

    @property
    def question(self):
        """What narrows it as a query string, without « ? »: one whatever its page and order; empty for the whole."""
        names = [criterion.field_name for criterion in self.active]
        left_out = {name: "" for name in self.values if name not in names and name != "exact"}
        return self.url_without(**left_out).removeprefix("?") if names else ""

    def url_without(self, name=None, value=None, **changes):
        """The query string of the same search, less a parameter or one of its values; `changes` set others.

        It leads to the first page, unless they set one.
        """
        pairs = []
        for key, chosen in self.values.items():
            kept = [getattr(term, "value", term) for term in chosen] if isinstance(chosen, list) else [chosen]
            if key in changes:
                kept = [changes[key]]
            elif key == "page":
                kept = []
            elif key == name:
                kept = [part for part in kept if value is not None and part != value]
            pairs += [(key, part) for part in kept if part]
        return f"?{urlencode(pairs)}" if pairs else "."
