"""The only reader of the catalogue's query string: each of its parameters becomes a set of fiches."""

import re
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import BooleanField, ExpressionWrapper, F, FloatField, Func, Q
from django.db.models.expressions import RawSQL
from django.utils.functional import cached_property
from pyroaring import BitMap

from directory.models import CoEntrepreneur

from .index import cpv_prefix, current
from .rotation import place_expression, today_seed
from .understanding import understand

MAX_TEXT = 200
MAX_VALUES = 50
# From this many words answered, one less is near enough to be shown.
CLEAR_BEST = 2
CPV_GROUP_DIGITS = 3

RELEVANCE, ROTATION, NAME, UPDATED = "pertinence", "equitable", "nom", "maj"
SORTS = {
    RELEVANCE: "Pertinence",
    ROTATION: "Ordre équitable",
    NAME: "Nom",
    UPDATED: "Mise à jour récente",
}


def _normalize_cpv(value):
    """Accept a published code with its check digit, and the same branch however many zeros end it."""
    code = re.sub(r"-\d$", "", value.strip())
    return cpv_prefix(code) if re.fullmatch(r"[0-9]{2,8}", code) else value.strip()


def nearest_cpv(vocabulary, code):
    """The term of this code, or of its nearest ancestor known, down to its group; None for anything else."""
    if not re.fullmatch(r"[0-9]{2,8}", code):
        return None
    lengths = range(len(code), CPV_GROUP_DIGITS - 1, -1)
    return next((vocabulary[code[:length]] for length in lengths if code[:length] in vocabulary), None)


class TermsField(forms.Field):
    """The known values among those sent, as `Term`s; what isn't known is kept apart in `dropped`."""

    widget = forms.SelectMultiple

    def __init__(self, *, normalize=str.strip, **kwargs):
        super().__init__(**kwargs)
        self.normalize = normalize
        self.vocabulary = {}
        self.dropped = []

    def clean(self, value):
        sent = dict.fromkeys(self.normalize(part) for part in (value or [])[:MAX_VALUES])
        self.dropped = [part for part in sent if part and part not in self.vocabulary]
        return [term for known, term in self.vocabulary.items() if known in sent]


class CpvField(TermsField):
    """CPV codes of two to eight digits. One that isn't in the list is widened to its nearest known ancestor."""

    def __init__(self, **kwargs):
        super().__init__(normalize=_normalize_cpv, **kwargs)
        self.widened = {}

    def clean(self, value):
        terms = super().clean(value)
        for code in list(self.dropped):
            if term := nearest_cpv(self.vocabulary, code):
                self.dropped.remove(code)
                self.widened[code] = term
        return list(dict.fromkeys([*terms, *self.widened.values()]))


class CpvFilter(django_filters.Filter):
    field_class = CpvField


class TermsFilter(django_filters.Filter):
    field_class = TermsField


class WordField(forms.CharField):
    """A word of the shape `pattern`, or empty; another shape is dropped."""

    def __init__(self, *, pattern, **kwargs):
        super().__init__(**kwargs)
        self.pattern = pattern
        self.dropped = []

    def clean(self, value):
        value = (value or "").strip()
        if re.fullmatch(self.pattern, value):
            return value
        self.dropped = [value] if value else []
        return ""


class WordFilter(django_filters.Filter):
    field_class = WordField


class NeedField(forms.CharField):
    """The buyer's words: control characters out, white space folded, cut at `MAX_TEXT`."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dropped = []

    def clean(self, value):
        text = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", value or "").split())
        if len(text) > MAX_TEXT:
            self.dropped = [f"{text[MAX_TEXT : MAX_TEXT + 30]}…"]
        return text[:MAX_TEXT].strip()


class NeedFilter(django_filters.Filter):
    field_class = NeedField


class CatalogueFilter(django_filters.FilterSet):
    """The catalogue's state: `answers()` tells who answers, `qs` puts them in order."""

    q = NeedFilter(label="Votre besoin")
    domaine = TermsFilter(label="Domaine")
    competence = TermsFilter(label="Compétence")
    departement = TermsFilter(label="Zone d’intervention")
    cpv = CpvFilter(label="Code CPV")
    client = TermsFilter(label="Type de client déjà servi")
    label = TermsFilter(label="Label ou certification")
    references = TermsFilter(label="Références")
    tri = WordFilter(label="Trier par", pattern="|".join(SORTS))
    dans_departement = NeedFilter(label="Chercher une zone")
    dans_competence = NeedFilter(label="Chercher une compétence")
    dans_cpv = NeedFilter(label="Chercher un code CPV")
    exact = WordFilter(label="Mots exacts", pattern="1")
    graine = WordFilter(label="Graine de l’ordre", pattern=r"[0-9A-Za-z-]{1,40}")

    class Meta:
        model = CoEntrepreneur
        fields = []

    def __init__(self, data, index=None):
        super().__init__(data, queryset=CoEntrepreneur.objects.published())
        self.index = index or current()
        for name, field in self.form.fields.items():
            if isinstance(field, TermsField):
                field.vocabulary = self.index.vocabulary[name]
        self.form.is_valid()
        self.values = self.form.cleaned_data
        self.need = understand(
            self.values["q"],
            places=self.index.words.places,
            answers=lambda query: self.index.published.intersection_cardinality(self.index.answering(query)),
            exact=self.values["exact"] == "1",
        )

    @property
    def seed(self):
        return self.values["graine"] or today_seed()

    @property
    def sort(self):
        return self.values["tri"] or (RELEVANCE if self.need.query or self.typed_cpv else ROTATION)

    @property
    def terms(self):
        """The terms of each facet in use, by parameter."""
        return {
            name: self.values[name]
            for name, field in self.form.fields.items()
            if isinstance(field, TermsField) and self.values[name]
        }

    @property
    def active(self):
        """The parameters that narrow the catalogue."""
        says_something = self.need.query or self.need.places or self.typed_cpv
        return (["q"] if says_something else []) + list(self.terms)

    @property
    def dropped(self):
        """What was sent and isn't known, as (label of the filter, value)."""
        return [(str(field.label), value) for field in self.form.fields.values() for value in field.dropped]

    def url_without(self, name=None, value=None, **changes):
        """The query string of the same search, less a parameter or one of its values; `changes` set others."""
        pairs = []
        for key, field in self.form.fields.items():
            if key in changes:
                pairs += [(key, changes[key])] if changes[key] else []
            elif isinstance(field, TermsField):
                pairs += [
                    (key, term.value)
                    for term in self.values[key]
                    if key != name or (value is not None and term.value != value)
                ]
            elif self.values[key] and key != name:
                pairs.append((key, self.values[key]))
        if changes.get("page"):
            pairs.append(("page", changes["page"]))
        return f"?{urlencode(pairs)}" if pairs else "."

    @cached_property
    def _conditions(self):
        """The fiches that each parameter in use lets through."""
        conditions = {
            name: BitMap.union(*(self.index.members(term) for term in terms)) for name, terms in self.terms.items()
        }
        if "q" in self.active:
            conditions["q"] = self._answering_the_need()
        return conditions

    def _answering_the_need(self):
        need, vocabulary = self.need, self.index.vocabulary
        found = self.index.answering(need.query) if need.query else self.index.published
        if need.words:
            found = self._answering_most(need.words)
            if need.all_words:
                found = found | self.index.answering(need.all_words)
        if need.places:
            codes = {code for codes in need.places.values() for code in codes}
            found = found & BitMap.union(*(self.index.members(vocabulary["departement"][code]) for code in codes))
        if self.typed_cpv:
            found = found & BitMap.union(*(self.index.members(term) for term in self.typed_cpv.values()))
        return found

    def _answering_most(self, words):
        """Those that answer most of the words, or one less."""
        levels = [BitMap(self.index.published), *(BitMap() for _ in words)]
        for word in words:
            holders = self.index.answering(word)
            for level in range(len(words), 0, -1):
                levels[level] |= levels[level - 1] & holders
        best = max(level for level, fiches in enumerate(levels) if fiches or level == 0)
        return levels[max(1, best - 1)] if best > CLEAR_BEST else levels[best] if best else BitMap()

    @cached_property
    def typed_cpv(self):
        """The codes typed among the words, each with the term that answers it."""
        terms = {code: nearest_cpv(self.index.vocabulary["cpv"], cpv_prefix(code)) for code in self.need.cpv}
        return {code: term for code, term in terms.items() if term}

    def answers(self, *, without=None):
        """The published fiches that answer, as a bitmap of their keys, leaving out the parameter `without`."""
        found = self.index.published
        for name, fiches in self._conditions.items():
            if name != without:
                found = found & fiches
        return found

    @property
    def foremost(self):
        """Those that come first when there are too many to rank: their title answers, or they declared the code."""
        if self.need.query:
            return self.index.answering(self.need.query, in_title=True)
        codes = (term.tags[0] for term in self.typed_cpv.values())
        return BitMap.union(BitMap(), *(self.index.tags.get(code, BitMap()) for code in codes))

    def filter_queryset(self, queryset):
        found = self.answers()
        if self.active:
            queryset = queryset.filter(pk__in=list(found))
        return self.in_order(queryset)

    def in_order(self, queryset):
        return queryset.order_by(*self._order(), place_expression(self.seed), "pk")

    def _order(self):
        if self.sort == NAME:
            return ["search_document__sort_name"]
        if self.sort == UPDATED:
            return ["-content_updated_at"]
        if self.sort == RELEVANCE and self.need.query:
            document = "directory_searchdocument.document"
            # Those that answer all the words, then those that answer most.
            wanted = [*self.need.words, *([self.need.all_words] * len(self.need.words) if self.need.all_words else [])]
            held = " + ".join(f"({document} @@ %s::tsquery)::int" for _ in wanted) or "0"
            coverage = RawSQL(held, wanted)
            # What is excluded is no part of the rank: beside a word that isn't there, ts_rank gives nothing.
            asked = RawSQL("querytree(%s::tsquery)::tsquery", [self.need.query])
            rank = Func(F("search_document__document"), asked, function="ts_rank", output_field=FloatField())
            return [coverage.desc(), rank.desc()] if self.need.words else [rank.desc()]
        if self.sort == RELEVANCE and self.typed_cpv:
            # Before those that declared a larger family.
            codes = [term.tags[0].removeprefix("c:") for term in self.typed_cpv.values()]
            declared = Q(search_document__cpv_codes__overlap=codes)
            return [ExpressionWrapper(declared, BooleanField()).desc()]
        return []
