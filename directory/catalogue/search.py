"""A search as the page shows it: the sentence, the chips, the facets with their counts, what to loosen."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Count, F, Func
from django.urls import reverse
from django.utils.functional import cached_property

from directory.models import Certification, CpvCode, Department, Domain, Label, PublicClient, SearchDocument, Skill

from .filters import SORTS, CatalogueFilter, cpv_prefix

LONG_FACET = 8


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    count: int | None = None
    facet_label: str = ""


@dataclass(frozen=True)
class Sort:
    value: str
    label: str
    url: str
    selected: bool


@dataclass(frozen=True)
class FacetValue:
    facet: str
    value: str
    label: str
    count: int
    checked: bool

    @property
    def id(self):
        return f"{self.facet}-{self.value}"


@dataclass
class Facet:
    name: str
    label: str
    values: list[FacetValue] = field(default_factory=list)

    @property
    def is_long(self):
        return len(self.values) > LONG_FACET

    @property
    def first_values(self):
        return self.values[:LONG_FACET]

    @property
    def other_values(self):
        return self.values[LONG_FACET:]

    @property
    def checked_count(self):
        return sum(value.checked for value in self.values)


def _counts(documents, array):
    """How many of these documents hold each member of one of their arrays."""
    return dict(
        documents.annotate(member=Func(F(array), function="unnest"))
        .values("member")
        .annotate(number=Count("pk"))
        .order_by()
        .values_list("member", "number")
    )


class Search:
    """What a query string asks of the catalogue, and all that its page says about it. Any query string makes one."""

    def __init__(self, data):
        self.filter = CatalogueFilter(data)

    @property
    def q(self):
        return self.filter.values["q"]

    @property
    def seed(self):
        return self.filter.seed

    @property
    def fiches(self):
        """The published fiches that answer, in order."""
        return self.filter.qs

    @property
    def is_narrowed(self):
        return bool(self.filter.active)

    @cached_property
    def total(self):
        return self.filter.documents().count()

    @property
    def unknown(self):
        """What was sent and dropped, as sentences' ends."""
        words = [f"{label} : {value[:60]}" for label, value in self.filter.dropped]
        if self.q and not self.filter.text_query:
            words.append(f"« {self.q} » (trop courant pour être cherché)")
        return words

    @property
    def summary(self):
        """The search in one sentence, the same on screen and wherever the search is kept."""
        number = {0: "Aucun co-entrepreneur", 1: "1 co-entrepreneur"}.get(self.total, f"{self.total} co-entrepreneurs")
        sentence = [number]
        if self.filter.text_query:
            sentence.append(f"pour « {self.q} »")
        told = {
            "domaine": "en {}",
            "competence": "sachant faire : {}",
            "departement": "intervenant dans : {}",
            "cpv": "pour le code CPV {}",
            "client": "ayant déjà servi : {}",
            "label": "avec le label {}",
            "references": "avec des références publiées",
        }
        parts = [
            told[name].format(" ou ".join(term.label for term in terms)) for name, terms in self.filter.terms.items()
        ]
        return " ".join(sentence) + "".join(f", {part}" for part in parts)

    @property
    def chips(self):
        chips = []
        if self.filter.text_query:
            chips.append(Link(f"« {self.q} »", self.filter.url_without("q"), facet_label="Votre besoin"))
        for name, terms in self.filter.terms.items():
            facet_label = self.filter.form.fields[name].label
            chips += [
                Link(term.label, self.filter.url_without(name, term.value), facet_label=facet_label) for term in terms
            ]
        return chips

    @property
    def reset_url(self):
        return "."

    @property
    def sorts(self):
        return [
            Sort(value, label, self.filter.url_without(tri=value), selected=value == self.filter.sort)
            for value, label in SORTS.items()
            if value != "pertinence" or self.filter.text_query
        ]

    @cached_property
    def loosen(self):
        """For a search without result: what each condition less would find, best first."""
        if self.total:
            return []
        links = []
        for name in self.filter.active:
            count = self.filter.documents(without=name).count()
            words = f"« {self.q} »" if name == "q" else " ou ".join(term.label for term in self.filter.terms[name])
            if count:
                links.append(Link(f"Sans {words}", self.filter.url_without(name), count))
        return sorted(links, key=lambda link: -link.count)

    @cached_property
    def facets(self):
        """Each facet with exact counts, made without that facet's own choice; values at zero come last."""
        return [
            self._facet("domaine", self._domain_counts()),
            self._facet("departement", self._department_counts()),
            self._facet("competence", self._skill_counts()),
            self._facet("client", self._client_counts()),
            self._facet("cpv", self._cpv_counts()),
            self._facet("label", self._label_counts()),
            self._facet("references", self._reference_counts()),
        ]

    def _facet(self, name, counted):
        chosen = {term.value for term in self.filter.values[name]}
        values = [FacetValue(name, value, label, count, checked=value in chosen) for value, label, count in counted]
        values.sort(key=lambda value: not value.checked and value.count == 0)
        return Facet(name, str(self.filter.form.fields[name].label), values)

    def _domain_counts(self):
        counts = _counts(self.filter.documents(without="domaine"), "domains")
        return [(row.slug, row.name, counts.get(row.pk, 0)) for row in Domain.objects.all()]

    def _skill_counts(self):
        counts = _counts(self.filter.documents(without="competence"), "skills")
        rows = [(row.slug, row.name, counts.get(row.pk, 0)) for row in Skill.objects.order_by("name")]
        return sorted(rows, key=lambda row: -row[2])

    def _department_counts(self):
        documents = self.filter.documents(without="departement")
        counts = _counts(documents.filter(nationwide=False), "departments")
        everywhere = documents.filter(nationwide=True).count()
        rows = [(row.code, str(row), counts.get(row.code, 0) + everywhere) for row in Department.objects.all()]
        return sorted(rows, key=lambda row: -row[2])

    def _cpv_counts(self):
        counts = _counts(self.filter.documents(without="cpv"), "cpv_codes")
        return [(cpv_prefix(row.code), str(row), counts.get(row.code, 0)) for row in CpvCode.objects.all()]

    def _client_counts(self):
        counts = _counts(self.filter.documents(without="client"), "client_types")
        return [(kind.value, kind.label, counts.get(kind.value, 0)) for kind in PublicClient.Type]

    def _label_counts(self):
        held = Certification.objects.valid().filter(
            co_entrepreneur__search_document__in=self.filter.documents(without="label")
        )
        counts = dict(
            held.order_by().values("label").annotate(number=Count("co_entrepreneur")).values_list("label", "number")
        )
        return [(row.slug, row.name, counts.get(row.pk, 0)) for row in Label.objects.all()]

    def _reference_counts(self):
        documents = self.filter.documents(without="references")
        return [("1", "Avec des références publiées", documents.filter(references_count__gt=0).count())]


def domains_with_counts():
    """The domains with `count`, the number of published fiches in each, and `url`, their catalogue."""
    counts = _counts(SearchDocument.objects.published(), "domains")
    domains = list(Domain.objects.all())
    for domain in domains:
        domain.count = counts.get(domain.pk, 0)
        domain.url = f"{reverse('catalogue:list')}?{urlencode({'domaine': domain.slug})}"
    return domains
