"""A search as the page shows it: the sentence, the chips, the facets with their counts, what to loosen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import cached_property
from pyroaring import BitMap

from directory.models import CoEntrepreneur, Domain

from .filters import NAME, RELEVANCE, ROTATION, SORTS, UPDATED, CatalogueFilter
from .reasons import reasons
from .understanding import fold

LONG_FACET = 8
# Past this many fiches, a word says too little to rank them all: those whose title answers come first, in rotation.
RANKED = 2000
FACETS = ["domaine", "departement", "competence", "client", "cpv", "label", "references"]
# Too many values to be read in the order of their names.
MOST_HELD_FIRST = {"departement", "competence"}


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
    value: str
    label: str
    count: int
    checked: bool


@dataclass
class Facet:
    """A filter with its values. Past a few they are folded, and `box` finds those that have the words of `within`."""

    name: str
    label: str
    values: list[FacetValue] = field(default_factory=list)
    box: str = ""
    box_label: str = ""
    within: str = ""
    matches: int = 0

    @property
    def is_long(self):
        return len(self.values) > LONG_FACET

    @property
    def checked_count(self):
        return sum(value.checked for value in self.values)


class Results(Sequence):
    """The fiches that answer a search, in order, each with its `reasons`; a slice is read at one go."""

    def __init__(self, catalogue_filter):
        self.filter = catalogue_filter
        self.found = catalogue_filter.answers()

    def __len__(self):
        return len(self.found)

    def __getitem__(self, asked):
        if isinstance(asked, int):
            return self[asked : asked + 1 or None][0]
        start, stop, _ = asked.indices(len(self))
        sort = self.filter.sort
        if sort == ROTATION or len(self) > RANKED:
            if sort in {NAME, UPDATED}:
                pks = self._walking(start, stop)
            else:
                pks = self._in_rotation(start, stop, title_first=sort == RELEVANCE)
            # From `published()` again: whoever left since the index was read isn't shown.
            fiches = CoEntrepreneur.objects.published().with_card().in_bulk(pks)
            found = [fiches[pk] for pk in pks if pk in fiches]
        else:
            found = list(self.filter.qs.with_card()[start:stop])
        told = reasons(self.filter, found)
        for fiche in found:
            self.filter.index.name_lists(fiche).reasons = told[fiche.pk]
        return found

    def _in_rotation(self, start, stop, *, title_first):
        """The keys from `start` to `stop` in the fair order; first, if asked, of those that come foremost."""
        index, seed = self.filter.index, self.filter.seed
        first = self.found & self.filter.foremost if title_first else self.found
        pks = index.in_rotation(first, seed, start, min(stop, len(first))) if start < len(first) else []
        if stop > len(first):
            pks += index.in_rotation(self.found - first, seed, max(0, start - len(first)), stop - len(first))
        return pks

    def _walking(self, start, stop):
        """The keys from `start` to `stop` in an order that has an index: all are read along it until enough answer."""
        # Those without a document aren't in the index; to say so lets PostgreSQL walk the index of names.
        listed = CoEntrepreneur.objects.published().filter(search_document__isnull=False)
        everyone = self.filter.in_order(listed).values_list("pk", flat=True)
        published = len(self.filter.index.published)
        read = stop * published // len(self)
        while True:
            read = min(2 * read + 1, published)
            pks = [pk for pk in everyone[:read] if pk in self.found]
            if len(pks) >= stop or read == published:
                return pks[start:stop]

    def __iter__(self):
        return iter(self[:])


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

    @cached_property
    def fiches(self):
        """The published fiches that answer, in order."""
        return Results(self.filter)

    @property
    def total(self):
        return len(self.fiches)

    @property
    def unknown(self):
        """What was sent and dropped, as sentences' ends."""
        words = [f"{label} : {value[:60]}" for label, value in self.filter.dropped]
        if self.q and "q" not in self.filter.active:
            words.append(f"« {self.q} » (trop courant pour être cherché)")
        return words

    @cached_property
    def understood(self):
        """How the words typed were read where that isn't plain, as sentences; `exact_url` searches them as they are."""
        need, vocabulary = self.filter.need, self.filter.index.vocabulary
        told = []
        for typed, codes in need.places.items():
            names = [vocabulary["departement"][code].label for code in codes]
            zone = names[0] if len(names) == 1 else f"{len(names)} départements"
            told.append(f"« {typed} » est lu comme une zone d’intervention : {zone}.")
        for code, term in self.filter.typed_cpv.items():
            told.append(f"« {code} » est lu comme le code CPV {term.label}.")
        for typed, near in need.corrections.items():
            words = " ou ".join(f"« {word} »" for word in near)
            told.append(f"Aucune fiche ne contient « {typed} » : la recherche porte sur {words}.")
        if need.all_words and self.total > (few := len(self.filter.index.answering(need.all_words))):
            holds = "fiches réunissent" if few > 1 else "fiche réunit"
            told.append(f"{few} {holds} tous ces mots ; les suivantes en réunissent une partie.")
        elif need.words and not need.all_words:
            told.append("Aucune fiche ne réunit tous ces mots : voici celles qui en réunissent le plus.")
        return told

    @property
    def widened(self):
        """Where a CPV code finds more than those who declared it, as sentences."""
        index = self.filter.index
        field = self.filter.form.fields["cpv"]
        told = [
            f"Le code CPV {code} n’est pas dans la liste : il est élargi à {term.label}."
            for code, term in field.widened.items()
        ]
        for term in [*self.filter.values["cpv"], *self.filter.typed_cpv.values()]:
            declared, *coarser = term.tags
            if coarser and index.published & (index.members(term) - index.tags.get(declared, BitMap())):
                codes = ", ".join(tag.removeprefix("e:") for tag in coarser)
                told.append(f"{term.value} : aussi les fiches qui ont déclaré une famille plus large ({codes}).")
        return told

    @property
    def exact_url(self):
        """The same search, for the very words that were typed."""
        return self.filter.url_without(exact="1")

    @property
    def is_fruitless(self):
        """Whether words alone were looked for, and found nothing."""
        return self.filter.active == ["q"] and not self.total

    @property
    def summary(self):
        """The search in one sentence, the same on screen and wherever the search is kept."""
        number = {0: "Aucun co-entrepreneur", 1: "1 co-entrepreneur"}.get(self.total, f"{self.total} co-entrepreneurs")
        sentence = [number]
        if "q" in self.filter.active:
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
        if "q" in self.filter.active:
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
            if value != RELEVANCE or self.filter.need.query or self.filter.typed_cpv
        ]

    @cached_property
    def loosen(self):
        """For a search without result: what each condition less would find, best first."""
        if self.total:
            return []
        links = []
        for name in self.filter.active:
            count = len(self.filter.answers(without=name))
            words = f"« {self.q} »" if name == "q" else " ou ".join(term.label for term in self.filter.terms[name])
            if count:
                links.append(Link(f"Sans {words}", self.filter.url_without(name), count))
        return sorted(links, key=lambda link: -link.count)

    @cached_property
    def facets(self):
        """Each facet with exact counts, made without that facet's own choice; values at zero come last."""
        return [self._facet(name) for name in FACETS]

    def _facet(self, name):
        index = self.filter.index
        chosen = {term.value for term in self.filter.values[name]}
        found = self.filter.answers(without=name) if chosen else self.fiches.found
        values = [
            FacetValue(
                term.value,
                term.label,
                found.intersection_cardinality(index.members(term)),
                checked=term.value in chosen,
            )
            for term in index.vocabulary[name].values()
        ]
        if name in MOST_HELD_FIRST:
            values.sort(key=lambda value: -value.count)
        values.sort(key=lambda value: not value.checked and value.count == 0)
        facet = Facet(name, str(self.filter.form.fields[name].label), values)
        if (box := f"dans_{name}") in self.filter.form.fields:
            facet.box, facet.box_label = box, str(self.filter.form.fields[box].label)
            facet.within = self.filter.values[box]
        if facet.within:
            words = fold(facet.within).split()
            matching = {value.value for value in values if all(word in fold(value.label) for word in words)}
            facet.matches = len(matching)
            facet.values = [value for value in values if value.checked or value.value in matching]
        return facet


def latest_listed(index, number):
    """The fiches listed last, as cards."""
    latest = CoEntrepreneur.objects.published().with_card().order_by("-listed_since", "-pk")[:number]
    return [index.name_lists(fiche) for fiche in latest]


def domains_with_counts(index):
    """The domains with `count`, the number of published fiches in each, and `url`, their catalogue."""
    domains = list(Domain.objects.all())
    for domain in domains:
        domain.count = len(index.published & index.members(index.vocabulary["domaine"][domain.slug]))
        domain.url = f"{reverse('catalogue:list')}?{urlencode({'domaine': domain.slug})}"
    return domains
