"""What a search says that found few, or nobody whole: what to loosen, and how to tell the need to the cooperative."""

from dataclasses import dataclass
from itertools import combinations

from django.http import QueryDict

from directory.search.facets import CpvFacet, DomainFacet, SkillFacet
from directory.search.filters import CatalogueFilter

from . import chance
from .search_urls import need_url

# Up to this many fiches, a buyer who has to compare several offers is helped further.
FEW = 3
MOST_LINKS = 5
MOST_NAMED = 3
# What says what is needed, rather than where or by whom.
SKILLS = {DomainFacet.name, SkillFacet.name, CpvFacet.name}
# What the page says, as a title and a sentence.
NOBODY = "Personne ne propose cela", "Aucune fiche du catalogue n’y répond, quels que soient les autres critères."
NOT_ALL = "Personne ne réunit tous ces critères", "Voici ce que l’on trouve :"
ONLY_TOGETHER = "Personne ne réunit tous ces critères", ""
PARTLY = "Aucune fiche ne répond à tout votre besoin", "Celles-ci n’en disent qu’une partie."
BY_CHANCE = "Ces fiches n’ont en commun avec ce besoin qu’un nom ou un mot."
TOO_FEW = "Peu de fiches répondent", ""
MORE = "Peu de fiches répondent", "En retirant un critère, il en vient davantage :"


@dataclass(frozen=True)
class Loosened:
    """The same search without some of what it asks for, and how many fiches it finds."""

    names: list[str]
    url: str
    count: int

    @property
    def words(self):
        """« sans « Hérault (34) » ni « Qualiopi » »."""
        return "sans " + " ni ".join(f"«\N{NO-BREAK SPACE}{name}\N{NO-BREAK SPACE}»" for name in self.names)


@dataclass(frozen=True)
class Weak:
    """What is said after the cards, or in place of them."""

    title: str
    sentence: str
    loosened: list[Loosened]
    contact_url: str
    # Whether it is said in short before the cards too, which answer by chance.
    comes_first: bool = False


def told(search, parts, fiches=()):
    """What helps who found few, or found them by chance; None for a search that needs no help.

    Args:
        search: a `CatalogueFilter`.
        fiches: those of the page, when it is the first one in the order of relevance.
        parts: what was read of its need, part by part, as links with a `label` and the `url` that does without it.
    """
    if words := chance.lacking(search, fiches):
        named = " ni ".join(f"«\N{NO-BREAK SPACE}{word}\N{NO-BREAK SPACE}»" for word in words[:MOST_NAMED])
        return Weak(f"Personne ne propose {named}", BY_CHANCE, [], need_url(search), comes_first=True)
    is_partial = bool(search.total and search.need.units and _says_a_part(search))
    if not search.active or (search.total > FEW and not is_partial):
        return None
    if not search.total and _is_offered_by_nobody(search):
        return Weak(*NOBODY, [], need_url(search))
    loosened = loosen(search, parts) if search.total <= FEW else []
    if not search.total:
        words = NOT_ALL if loosened else ONLY_TOGETHER
    else:
        words = PARTLY if is_partial else MORE if loosened else TOO_FEW
    return Weak(*words, loosened, need_url(search))


def _says_a_part(search):
    """Whether those who answer all lack some of the words."""
    return bool(search.need.missing) or not search.number_of_all_words


def loosen(search, parts):
    """The same search less a filter, or less a part of its need, where it finds more: best first.

    Where no single one is enough, several filters are left out together, as few as it takes. What would be found
    without anything of what is needed has nothing to do with it, and isn't told.
    """
    filters = [criterion for criterion in search.active if criterion.field_name != "q"]
    links = _less_of_the_need(search, parts)
    better = []
    for number in range(1, max(2, len(search.active))):
        # Less all that is asked for, it is the whole catalogue.
        links += [_without(search, group) for group in combinations(filters, number) if number < len(search.active)]
        better = better or [link for link in links if link.count > search.total]
    return sorted(better, key=lambda link: -link.count)[:MOST_LINKS]


def _without(search, left_out):
    names = {criterion.field_name for criterion in left_out}
    url = search.url_without(**dict.fromkeys(names, ""))
    return Loosened([criterion.words for criterion in left_out], url, len(search.answers(without=names)))


def _less_of_the_need(search, parts):
    links = []
    for part in parts:
        # Fewer words are read anew: they may be understood otherwise.
        less = CatalogueFilter(QueryDict(part.url.removeprefix("?")), search.index)
        if less.need.units or less.need.cpv:
            links.append(Loosened([part.label.strip("«\N{NO-BREAK SPACE}»")], part.url, less.total))
    return links


def _is_offered_by_nobody(search):
    """Whether what is needed is on no fiche, whatever the filters and the place."""
    need, codes = search.need, search.filters[CpvFacet.name]
    return not need.owners and (
        any(not fiches for name, fiches in search.let_through.items() if name in SKILLS)
        or bool(need.missing and not need.units)
        or bool(need.cpv and not codes.filter(search.index.published, list(need.cpv.values())))
    )
