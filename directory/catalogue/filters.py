"""The only reader of the catalogue's query string: its values become one tsquery over the search documents."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

import django_filters
from django import forms
from django.contrib.postgres.search import SearchRank
from django.db import connection
from django.db.models import Exists, F, OuterRef
from django.db.models.expressions import RawSQL

from directory.models import (
    Certification,
    CoEntrepreneur,
    CpvCode,
    Department,
    Domain,
    Label,
    PublicClient,
    SearchDocument,
    Skill,
)

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


@dataclass(frozen=True)
class Term:
    """A known value of a filter: as the URL says it, as people read it, and the lexeme that documents carry."""

    value: str
    label: str
    tag: str = ""


class TermsField(forms.Field):
    """The known values among those sent, as `Term`s; what isn't known is kept apart in `dropped`."""

    widget = forms.SelectMultiple

    def __init__(self, *, find, normalize=str.strip, **kwargs):
        super().__init__(**kwargs)
        self.find = find
        self.normalize = normalize
        self.dropped = []

    def clean(self, value):
        sent = list(dict.fromkeys(self.normalize(part) for part in value or []))
        sent, beyond = sent[:MAX_VALUES], sent[MAX_VALUES:]
        plausible = [part for part in sent if re.fullmatch(r"[\w-]{1,80}", part)]
        terms = list(self.find(plausible)) if plausible else []
        known = {term.value for term in terms}
        self.dropped = [part for part in [*sent, *beyond] if part and part not in known]
        return terms


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


def _slugs(model, prefix):
    def find(values):
        return [Term(row.slug, row.name, f"{prefix}:{row.pk}") for row in model.objects.filter(slug__in=values)]

    return find


def _departments(values):
    return [Term(row.code, str(row), f"z:{row.code}") for row in Department.objects.filter(code__in=values)]


def cpv_prefix(code):
    """The significant digits of a code, two at least: 80500000 gives 805, 80 and 80000000 give 80."""
    return code.rstrip("0").ljust(2, "0")


def _normalize_cpv(value):
    """Accept a published code with its check digit, and the same branch however many zeros end it."""
    code = re.sub(r"-\d$", "", value.strip())
    return cpv_prefix(code) if re.fullmatch(r"[0-9]{2,8}", code) else value.strip()


def _cpv_codes(values):
    prefixes = [value for value in values if re.fullmatch(r"[0-9]{2,8}", value)]
    terms = []
    for prefix in prefixes:
        code = CpvCode.objects.filter(code__startswith=prefix).order_by("code").first()
        if code:
            label = str(code) if code.code == prefix.ljust(8, "0") else f"{prefix}…"
            terms.append(Term(prefix, label, f"c:{prefix}"))
    return terms


def _client_types(values):
    return [Term(kind.value, kind.label, f"t:{kind.value}") for kind in PublicClient.Type if kind.value in values]


def _references(values):
    return [Term("1", "Avec des références publiées", "r:1")] if "1" in values else []


class CatalogueFilter(django_filters.FilterSet):
    """The catalogue's state. `qs` gives the fiches in order; `documents()` what the counts need."""

    q = NeedFilter(label="Votre besoin")
    domaine = TermsFilter(label="Domaine", find=_slugs(Domain, "d"))
    competence = TermsFilter(label="Compétence", find=_slugs(Skill, "s"))
    departement = TermsFilter(label="Zone d’intervention", find=_departments)
    cpv = TermsFilter(label="Code CPV", find=_cpv_codes, normalize=_normalize_cpv)
    client = TermsFilter(label="Type de client déjà servi", find=_client_types)
    label = TermsFilter(label="Label ou certification", find=_slugs(Label, "l"))
    references = TermsFilter(label="Références", find=_references)
    tri = WordFilter(label="Trier par", pattern="|".join(SORTS))
    graine = WordFilter(label="Graine de l’ordre", pattern=r"[0-9A-Za-z-]{1,40}")

    class Meta:
        model = CoEntrepreneur
        fields = []

    def __init__(self, data):
        super().__init__(data, queryset=CoEntrepreneur.objects.published())
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

    def documents(self, *, without=None):
        """The search documents that answer, leaving out the parameter `without`."""
        conditions = [self.text_query] if self.text_query and without != "q" else []
        for name, terms in self.terms.items():
            if name not in (without, "label"):
                tags = [term.tag for term in terms] + ([NATIONWIDE_TAG] if name == "departement" else [])
                conditions.append(" | ".join(f"'{tag}'" for tag in tags))
        documents = SearchDocument.objects.published()
        if conditions:
            documents = documents.filter(document__answers=" & ".join(f"({part})" for part in conditions))
        if self.values["label"] and without != "label":
            # A certification expires on its day, without a write: the document can't tell.
            held = Certification.objects.valid().filter(
                co_entrepreneur=OuterRef("pk"), label__slug__in=[term.value for term in self.values["label"]]
            )
            documents = documents.filter(Exists(held))
        return documents

    def filter_queryset(self, queryset):
        queryset = queryset.filter(search_document__in=self.documents())
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
