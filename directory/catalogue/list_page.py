"""What the page of a search says of it: how the words were read, the chips, the facets with counts, what to loosen."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from crealead.words import counted
from directory.search.facets import FACETS, DepartmentFacet
from directory.search.order import RELEVANCE, ROTATION, SORTS
from directory.search.places import fold
from directory.search.rotation import order_of
from directory.search.tokens import tidy
from directory.search.whole import FILES

from . import sharing, weak_results
from .search_urls import alert_url, export_url, feed_url, map_url, print_url, record_url

LONG_FACET = 8
# What two lines hold of the links that take a criterion off, in letters; what stands around each; where one is cut.
ROOM, AROUND, LONGEST_SHOWN = 190, 7, 42
SEE = {0: "Aucun résultat", 1: "Voir la fiche trouvée"}


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


class FacetValue(NamedTuple):
    """Some 450 on a page: a tuple is made in a third of the time that a dataclass takes."""

    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Panel:
    """A facet with the values that would find somebody, and those chosen.

    Past a few they are folded, and `box` finds those that have the words of `within`. Nothing of it changes: what is
    made of it is kept in `markup`.
    """

    name: str
    label: str
    values: list[FacetValue]
    box: str
    box_label: str
    box_always: bool
    within: str
    matches: int
    # Whether some values have the words of `within`, and none would find anybody.
    is_nobodys: bool
    markup: dict = field(default_factory=dict)

    @property
    def is_empty(self):
        """Whether there is nothing to choose."""
        return not (self.values or self.within)

    @property
    def is_long(self):
        return len(self.values) > LONG_FACET

    @property
    def first(self):
        return self.values[:LONG_FACET]

    @property
    def others(self):
        return self.values[LONG_FACET:]

    @property
    def has_box(self):
        return bool(((self.is_long or self.box_always) and self.box) or self.within)

    @property
    def chosen(self):
        """What is chosen, as one reads it while the panel is closed."""
        return ", ".join(value.label for value in self.values if value.checked)

    @property
    def told(self):
        """What was found of what is looked for in the box, whose words follow."""
        if self.matches:
            return f"{self.matches} choix contien{'nent' if self.matches > 1 else 't'}"
        return "Personne, parmi ces résultats, pour" if self.is_nobodys else "Rien ne contient"

    @property
    def has_map(self):
        return self.name == DepartmentFacet.name

    @property
    def is_unfolded(self):
        return bool(self.within) or any(value.checked for value in self.others)


def context_of(search, page):
    """What `catalogue/list.html` reads, for a `CatalogueFilter` and a page of its `Results`."""
    read_otherwise, chosen, every_part = understood(search), chips(search), read_as(search)
    told = [*_dropped(search), *read_otherwise, *widened(search)]
    shown_chips, folded_chips = _that_fit(chosen, ROOM)
    parts, folded_parts = _that_fit(every_part, max(0, ROOM - sum(map(_width, shown_chips))))
    folded = [*folded_parts, *folded_chips]
    is_narrowed = bool(search.active)
    is_read = search.sort == RELEVANCE and page.number == 1
    weak = weak_results.told(search, every_part, page.object_list if is_read else ())
    return {
        "search": search,
        "page": page,
        "title": sharing.results_title(search, page.number),
        "description": sharing.results_description(search),
        "address": _address(search, page),
        **_page_links(search, page),
        "is_narrowed": is_narrowed,
        "has_choices": bool(parts or shown_chips),
        "read_as": parts,
        "chips": shown_chips,
        "chosen_count": len(chosen),
        "clear_url": _words_alone(search),
        "folded": folded,
        "note": told[0] if told else "Voir tous les critères" if folded else "",
        "other_notes": told[1:],
        "understood": read_otherwise,
        "exact_url": exact_url(search),
        "see": SEE.get(search.total, f"Voir les {search.total}"),
        "sorts": sorts(search),
        "order_of": _order_of(search),
        "order_url": reverse("catalogue:order"),
        "weak": weak,
        "panels": panels(search),
        "map_url": map_url(search),
        "alert_url": alert_url(search),
        "record_url": record_url(search),
        **_print_links(search, page),
        "exports": [(kind, name, export_url(search, kind)) for kind, name in FILES.items()],
        "exported": counted(search.total, "ligne", "lignes"),
        "feed_url": feed_url(search),
    }


def _width(link):
    return min(len(link.label), LONGEST_SHOWN) + AROUND


def _that_fit(links, room):
    """The first of these links, as many as have room, and the others."""
    number, taken = 0, 0
    for link in links:
        taken += _width(link)
        if taken > room:
            break
        number += 1
    return links[:number], links[number:]


def _words_alone(search):
    """The same words in the same order, without any filter."""
    query = urlencode({name: value for name in ("q", "tri", "f") if (value := search.values[name])}, True)
    return f"?{query}" if query else "."


def _order_of(search):
    """The order of turns that this page follows, as it is said; empty for another order."""
    return f"{SORTS[ROTATION]}\N{NO-BREAK SPACE}: {order_of(search.seed)}" if search.sort == ROTATION else ""


def _address(search, page):
    """The address of this page of this search, without what strangers add to it: it is printed for everyone."""
    query = search.url_without(f="", page=page.number if page.number > 1 else None)
    return settings.SITE_URL + reverse("catalogue:list") + (query if query != "." else "")


def _print_links(search, page):
    """Where all of them are printed, and what the paper of this page says of those that are on others."""
    url, others = print_url(search), search.total - len(page)
    return {
        "print_url": url,
        "print_label": f"Imprimer les {search.total}" if search.total > 1 else "Imprimer la liste",
        "print_address": settings.SITE_URL + url,
        "others": counted(others, "autre fiche répond", "autres fiches répondent") if others else "",
    }


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


def _dropped(search):
    """The same, as a sentence, in a list of one or none."""
    words = ", ".join(unknown(search))
    return [f"Le catalogue ne connaît pas, et n’a pas tenu compte de\N{NO-BREAK SPACE}: {words}."] if words else []


def unknown(search):
    """What was sent and dropped, as sentences' ends."""
    words = [f"{label} : {value[:60]}" for label, value in search.dropped]
    if (text := search.values["q"]) and not (search.need.says_something or search.need.aside):
        words.append(f"« {text} » (trop courant pour être cherché)")
    return words


def understood(search):
    """How the words typed were read where that isn't plain, as sentences, what isn't found first.

    `exact_url` searches them as they are.
    """
    need, departments = search.need, search.index.vocabulary["departement"]
    sentences = _nothing_understood(search)
    for typed, near in need.corrections.items():
        sentences.append(f"Aucune fiche ne contient « {typed} » : la recherche porte sur « {near} ».")
    if need.missing:
        sentences.append(f"Aucune fiche ne dit {_quoted(need.missing, 'ni')}{_instead(search)}.")
    every = search.number_of_all_words
    if len(need.units) > 1 and search.total > every:
        if every:
            holds = "fiches réunissent" if every > 1 else "fiche réunit"
            sentences.append(f"{every} {holds} tous ces mots ; les suivantes en réunissent une partie.")
        else:
            sentences.append("Aucune fiche ne réunit tous ces mots : voici celles qui en réunissent le plus.")
    sentences += [f"« {typed} » : {owner.sentence}" for typed, owner in need.owners.items()]
    for typed, place in need.places.items():
        names = [departments[code].label for code in place.codes]
        zone = names[0] if len(names) == 1 else f"{len(names)} départements"
        sentences.append(f"« {typed} » est lu comme une zone d’intervention : {zone}.")
    if need.town and search.sort == RELEVANCE:
        first = "À mots égaux, les plus proches" if need.units else "Les plus proches"
        sentences.append(f"{first} de {need.town.name} viennent d’abord.")
    for code, term in need.cpv.items():
        sentences.append(f"« {code} » est lu comme le code CPV {term.label}.")
    sentences += _conditions(need)
    if need.amount:
        sentences.append(
            f"« {need.amount.typed} » ne retire personne : à mots égaux, qui a déjà travaillé pour un tel montant "
            "vient d’abord."
        )
    if need.aside:
        sentences.append(f"Laissé de côté, faute de dire un métier : {_quoted(need.aside, 'et')}.")
    return sentences


def _nothing_understood(search):
    """What is said of a need that names no trade, as « 16 pages », in a list of one or none."""
    need, text = search.need, search.values["q"]
    if not need.aside or need.says_something:
        return []
    shown = "les résultats n’en tiennent pas compte" if search.active else "voici tout le catalogue"
    return [f"Rien n’est compris de « {text} » : dites un métier ; {shown}."]


def _conditions(need):
    """What a need asks of who answers, beside a trade, as sentences."""
    sentences = [
        f"« {typed} » est lu comme une assurance en cours : {term.label}." for typed, term in need.insurances.items()
    ]
    if need.recent:
        sentences.append(f"« {need.recent} » demande une référence publiée de moins de trois ans.")
    return sentences


def _quoted(words, link):
    """« a », « b » et « c », each once."""
    words = [f"« {word} »".replace("'", "’") for word in dict.fromkeys(words)]
    return f" {link} ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _instead(search):
    """What was searched in place of words that no fiche holds."""
    words = [unit.typed for unit in search.need.units]
    return f" : la recherche porte sur {_quoted(words, 'et')}" if words else ""


def read_as(search):
    """What was read of the need, part by part, each with the search that does without it; empty for one part alone."""
    parts, text = search.need.parts, tidy(search.values["q"])
    return [Link(part.label, search.url_without(q=_less(text, part.spans))) for part in parts] if parts[1:] else []


def _less(text, spans):
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split())


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


def fruitless(search):
    """What was looked for in vain: the whole need when words alone found nobody, else the words that no fiche holds.

    Nothing that may be someone's: no number, no address.
    """
    text, need = search.values["q"], search.need
    if re.search(r"\d{4}|@", text) or need.owners:
        return [word for word in dict.fromkeys(need.missing) if word.replace("-", "").isalpha()]
    if [criterion.field_name for criterion in search.active] == ["q"] and not search.total:
        return [text]
    return list(dict.fromkeys(need.missing))


def counted_as(search):
    """The query string under which a search is counted, whatever its page and order; empty for none to count.

    A phone or a SIRET is somebody's: such a search isn't kept.
    """
    return "" if search.need.owners else search.question


def chips(search):
    """The filters chosen, each with the search that does without it; the need stands in its field."""
    return [
        Link(words, search.url_without(criterion.field_name, value), facet_label=criterion.label)
        for criterion in search.active
        if criterion.field_name != "q"
        for value, words in criterion.choices
    ]


def sorts(search):
    return [
        Sort(value, label, search.url_without(tri=value), selected=value == search.sort)
        for value, label in SORTS.items()
        if value != RELEVANCE or search.need.ranks
    ]


def panels(search):
    """Each facet with exact counts, made without that facet's own choice; those that would find nobody are left out.

    Those of the whole catalogue are the same on all its pages, in whatever order: they are made once for an index.
    """
    facets = [search.filters[facet.name] for facet in FACETS]
    if search.active or any(search.values[facet.box] for facet in facets if facet.box):
        return [_panel(search, facet) for facet in facets]
    whole = search.index.of_all
    if "panels" not in whole:
        whole["panels"] = [_panel(search, facet) for facet in facets]
    return whole["panels"]


def _panel(search, facet):
    chosen = {term.value for term in facet.value}
    fiches = search.answers(without={facet.name}) if chosen else search.fiches
    members, count = facet.members, fiches.intersection_cardinality
    values = [
        FacetValue(value, term.label, number, value in chosen)
        for value, term in facet.vocabulary.items()
        if (number := count(members(term))) or value in chosen
    ]
    within = search.values[facet.box] if facet.box else ""
    matching = _matching(facet.vocabulary, facet.looked_for(within))
    if facet.most_held_first:
        values.sort(key=lambda value: -value.count)
    if within:
        values = [value for value in values if value.checked or value.value in matching]
    matches = sum(value.value in matching for value in values)
    return Panel(
        facet.name,
        facet.label,
        values,
        facet.box,
        facet.box_label,
        facet.box_always,
        within,
        matches,
        is_nobodys=bool(matching) and not matches,
    )


def _matching(vocabulary, words):
    """The values whose labels have these words; none when there are none."""
    if not words:
        return set()
    return {value for value, term in vocabulary.items() if all(word in fold(term.label) for word in words)}
