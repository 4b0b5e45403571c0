"""What the page of a search says of it: how the words were read, the chips, the facets with counts, what to loosen."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from directory.search.facets import FACETS
from directory.search.order import RELEVANCE, SORTS
from directory.search.understanding import fold

LONG_FACET = 8
# To who found nothing, and whom no condition less would help.
RETIRE_SEVERAL = "Aucune fiche ne répond, même en retirant un seul de ces critères : retirez-en plusieurs."
OTHER_WORDS = (
    "Aucune fiche ne répond. Essayez un mot plus courant, ou moins de mots : « formation » plutôt "
    "que « formation bureautique des agents »."
)


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


@dataclass(frozen=True)
class Panel:
    """A facet with its values. Past a few they are folded, and `box` finds those that have the words of `within`."""

    name: str
    label: str
    values: list[FacetValue]
    box: str
    box_label: str
    within: str
    matches: int

    @property
    def is_long(self):
        return len(self.values) > LONG_FACET

    @property
    def has_box(self):
        return bool((self.is_long and self.box) or self.within)

    @property
    def is_unfolded(self):
        return bool(self.within) or any(value.checked for value in self.values)


def context_of(search, page):
    """What `catalogue/list.html` reads, for a `CatalogueFilter` and a page of its `Results`."""
    read_otherwise, chosen = understood(search), chips(search)
    return {
        "search": search,
        "page": page,
        "address": _address(search, page),
        **_page_links(search, page),
        "unknown": unknown(search),
        "understood": read_otherwise,
        "readings": [*read_otherwise, *widened(search)],
        "exact_url": exact_url(search),
        "chips": chosen,
        "sorts": sorts(search),
        "loosen": loosen(search),
        "advice": RETIRE_SEVERAL if len(chosen) > 1 else OTHER_WORDS,
        "panels": panels(search),
    }


def _address(search, page):
    """The address of this page of this search, without what strangers add to it: it is printed for everyone."""
    query = search.url_without(page=page.number if page.number > 1 else None)
    return settings.SITE_URL + reverse("catalogue:list") + (query if query != "." else "")


def _page_links(search, page):
    def url(number):
        return search.url_without(page=number if number > 1 else None)

    links = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1):
        gap = not isinstance(number, int)
        links.append(
            {
                "number": number,
                "gap": gap,
                "url": None if gap else url(number),
                "current": number == page.number,
            }
        )
    return {
        "pages": links,
        "previous_url": url(page.number - 1) if page.has_previous() else None,
        "next_url": url(page.number + 1) if page.has_next() else None,
    }


def unknown(search):
    """What was sent and dropped, as sentences' ends."""
    words = [f"{label} : {value[:60]}" for label, value in search.dropped]
    if (text := search.values["q"]) and not search.need.says_something:
        words.append(f"« {text} » (trop courant pour être cherché)")
    return words


def understood(search):
    """How the words typed were read where that isn't plain, as sentences; `exact_url` searches them as they are."""
    need, departments = search.need, search.index.vocabulary["departement"]
    sentences = []
    for typed, codes in need.places.items():
        names = [departments[code].label for code in codes]
        zone = names[0] if len(names) == 1 else f"{len(names)} départements"
        sentences.append(f"« {typed} » est lu comme une zone d’intervention : {zone}.")
    for code, term in need.cpv.items():
        sentences.append(f"« {code} » est lu comme le code CPV {term.label}.")
    for typed, near in need.corrections.items():
        sentences.append(f"Aucune fiche ne contient « {typed} » : la recherche porte sur « {near} ».")
    if need.all_words and search.total > (few := len(search.index.answering(need.all_words))):
        holds = "fiches réunissent" if few > 1 else "fiche réunit"
        sentences.append(f"{few} {holds} tous ces mots ; les suivantes en réunissent une partie.")
    elif need.words and not need.all_words:
        sentences.append("Aucune fiche ne réunit tous ces mots : voici celles qui en réunissent le plus.")
    return sentences


def widened(search):
    """Where a CPV code finds more than those who declared it, as sentences."""
    cpv = search.filters["cpv"]
    coarser = [(term.value, cpv.coarser(term)) for term in [*cpv.value, *search.need.cpv.values()]]
    return [
        *(
            f"Le code CPV {code} n’est pas dans la liste : il est élargi à {term.label}."
            for code, term in cpv.widened.items()
        ),
        *(
            f"{value} : aussi les fiches qui ont déclaré une famille plus large ({', '.join(codes)})."
            for value, codes in coarser
            if codes
        ),
    ]


def exact_url(search):
    """The same search, for the very words that were typed."""
    return search.url_without(exact="1")


def is_fruitless(search):
    """Whether words alone were looked for, and found nothing."""
    return [criterion.field_name for criterion in search.active] == ["q"] and not search.total


def chips(search):
    return [
        Link(words, search.url_without(criterion.field_name, value), facet_label=criterion.label)
        for criterion in search.active
        for value, words in criterion.choices
    ]


def sorts(search):
    return [
        Sort(value, label, search.url_without(tri=value), selected=value == search.sort)
        for value, label in SORTS.items()
        if value != RELEVANCE or search.need.ranks
    ]


def loosen(search):
    """For a search without result: what each condition less would find, best first."""
    links = []
    for criterion in search.active if not search.total else []:
        name = criterion.field_name
        if count := len(search.answers(without=name)):
            links.append(Link(f"Sans {criterion.words}", search.url_without(name), count))
    return sorted(links, key=lambda link: -link.count)


def panels(search):
    """Each facet with exact counts, made without that facet's own choice; values at zero come last."""
    return [_panel(search, search.filters[facet.name]) for facet in FACETS]


def _panel(search, facet):
    chosen = {term.value for term in facet.value}
    fiches = search.answers(without=facet.name) if chosen else search.fiches
    members = search.index.members
    values = [
        FacetValue(
            term.value,
            term.label,
            fiches.intersection_cardinality(members(term)),
            checked=term.value in chosen,
        )
        for term in facet.vocabulary.values()
    ]
    if facet.most_held_first:
        values.sort(key=lambda value: -value.count)
    values.sort(key=lambda value: not value.checked and value.count == 0)
    within = search.values[facet.box] if facet.box else ""
    matching = _matching(values, within)
    if within:
        values = [value for value in values if value.checked or value in matching]
    return Panel(facet.name, facet.label, values, facet.box, facet.box_label, within, len(matching))


def _matching(values, within):
    """The values that have the words looked for in the box of their facet; none when nothing is."""
    words = fold(within).split()
    return {value for value in values if within and all(word in fold(value.label) for word in words)}
