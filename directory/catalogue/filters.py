"""The only reader of the catalogue's query string: its values become one tsquery over the search documents."""

import re
from urllib.parse import urlencode

import django_filters
from django import forms
from django.contrib.postgres.search import SearchRank
from django.db import connection
from django.db.models import Exists, F, OuterRef
from django.db.models.expressions import RawSQL
from pyroaring import BitMap

from directory.models import Certification, CoEntrepreneur, SearchDocument

from .index import cpv_prefix, current
from .rotation import place_expression, today_seed

MAX_TEXT = 200
MAX_VALUES = 50
NATIONWIDE_TAG = "z:FR"

RELEVANCE, ROTATION, NAME, UPDATED = "pertinence", "equitable", "nom", "maj"
SORTS = {
    RELEVANCE: "Pertinence",
    ROTATION: "Ordre équitable",
    NAME: "Nom",
    UPDATED: "Mise à jour récente",
}


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


def _normalize_cpv(value):
    """Accept a published code with its check digit, and the same branch however many zeros end it."""
    code = re.sub(r"-\d$", "", value.strip())
    return cpv_prefix(code) if re.fullmatch(r"[0-9]{2,8}", code) else value.strip()


class CatalogueFilter(django_filters.FilterSet):
    """The catalogue's state: `answers()` tells who answers, `qs` puts them in order."""

    q = NeedFilter(label="Votre besoin")
    domaine = TermsFilter(label="Domaine")
    competence = TermsFilter(label="Compétence")
    departement = TermsFilter(label="Zone d’intervention")
    cpv = TermsFilter(label="Code CPV", normalize=_normalize_cpv)
    client = TermsFilter(label="Type de client déjà servi")
    label = TermsFilter(label="Label ou certification")
    references = TermsFilter(label="Références")
    tri = WordFilter(label="Trier par", pattern="|".join(SORTS))
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
        self.text_query = self._text_query()

    @property
    def seed(self):
        return self.values["graine"] or today_seed()

    @property
    def sort(self):
        return self.values["tri"] or (RELEVANCE if self.text_query else ROTATION)

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
        return (["q"] if self.text_query else []) + list(self.terms)

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

    def answers(self, *, without=None):
        """The published fiches that answer, as a bitmap of their keys, leaving out the parameter `without`."""
        found = self.index.published
        if self.text_query and without != "q":
            found = found & self.index.answering(self.text_query)
        for name, terms in self.terms.items():
            if name != without:
                found = found & BitMap.union(*(self.index.members(name, term) for term in terms))
        return found

    def _documents(self):
        """The search documents that answer: the same set, where the database must order it."""
        conditions = [self.text_query] if self.text_query else []
        for name, terms in self.terms.items():
            if name != "label":
                tags = [term.tag for term in terms] + ([NATIONWIDE_TAG] if name == "departement" else [])
                conditions.append(" | ".join(f"'{tag}'" for tag in tags))
        documents = SearchDocument.objects.published()
        if conditions:
            documents = documents.filter(document__answers=" & ".join(f"({part})" for part in conditions))
        if self.values["label"]:
            # A certification expires on its day, without a write: the document can't tell.
            held = Certification.objects.valid().filter(
                co_entrepreneur=OuterRef("pk"), label__slug__in=[term.value for term in self.values["label"]]
            )
            documents = documents.filter(Exists(held))
        return documents

    def filter_queryset(self, queryset):
        queryset = queryset.filter(search_document__in=self._documents())
        orders = {
            RELEVANCE: [self._rank().desc()] if self.text_query else [],
            ROTATION: [],
            NAME: ["search_document__sort_name"],
            UPDATED: ["-content_updated_at"],
        }
        return queryset.order_by(*orders[self.sort], place_expression(self.seed), "pk")

    def _rank(self):
        return SearchRank(F("search_document__document"), RawSQL("%s::tsquery", [self.text_query]))

    def _text_query(self):
        """The buyer's words as a tsquery; empty when nothing but words that say nothing is left."""
        # Letters alone are what is left of « à » once the accents are off: never a need.
        text = re.sub(r"(?<!\S)-?\w(?!\S)", " ", self.values["q"])
        if not text.strip():
            return ""
        with connection.cursor() as cursor:
            cursor.execute("SELECT websearch_to_tsquery('directory_french', directory_search_text(%s))::text", [text])
            return cursor.fetchone()[0]
