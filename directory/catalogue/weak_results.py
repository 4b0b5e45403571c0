"""What a search says that found few, or nobody whole: what to loosen, and how to tell the need to the cooperative."""

from dataclasses import dataclass

from django.http import QueryDict

from directory.search.facets import CpvFacet, DomainFacet, SkillFacet
from directory.search.filters import CatalogueFilter

from .search_urls import need_url

# Up to this many fiches, a buyer who has to compare several offers is helped further.
FEW = 3
MOST_LINKS = 5
# What says what is needed, rather than where or by whom.
SKILLS = {DomainFacet.name, SkillFacet.name, CpvFacet.name}
# What the page says, as a title and a sentence.
NOBODY = "Personne ne propose cela", "Aucune fiche du catalogue n’y répond, quels que soient les autres critères."
NOT_ALL = "Personne ne réunit tous ces critères", "En retirant l’un d’eux :"
SEVERAL = "Personne ne réunit tous ces critères", "En retirer un seul ne suffit pas : retirez-en plusieurs."
PARTLY = "Aucune fiche ne répond à tout votre besoin", "Celles-ci n’en disent qu’une partie."
TOO_FEW = "Peu de fiches répondent", ""
MORE = "Peu de fiches répondent", "En retirant un critère, il en vient davantage :"


@dataclass(frozen=True)
class Loosened:
    """The same search without `words`, and how many fiches it finds."""

    words: str
    url: str
    count: int


@dataclass(frozen=True)
class Weak:
    """What is said after the cards, or in place of them."""

    title: str
    sentence: str
    loosened: list[Loosened]
    contact_url: str


def told(search, parts):
    """What helps who found few; None for a search that needs no help.

    Args:
        search: a `CatalogueFilter`.
        parts: what was read of its need, part by part, as links with a `label` and the `url` that does without it.
    """
    is_partial = bool(search.total and search.need.units and _says_a_part(search))
    if not search.active or (search.total > FEW and not is_partial):
        return None
    loosened = loosen(search, parts) if search.total <= FEW else []
    title, sentence = _words(search, loosened, is_partial=is_partial)
    return Weak(title, sentence, loosened, need_url(search))


def _says_a_part(search):
    """Whether those who answer all lack some of the words."""
    return bool(search.need.missing) or not search.number_of_all_words


def loosen(search, parts):
    """The same search less a filter, or less a part of its need, where it finds more: best first.

    What would be found without anything of what is needed has nothing to do with it, and isn't told.
    """
    links = [
        Loosened(criterion.words, search.url_without(name), len(search.answers(without=name)))
        for criterion in search.active
        if (name := criterion.field_name) != "q"
    ]
    for part in parts:
        # Fewer words are read anew: they may be understood otherwise.
        less = CatalogueFilter(QueryDict(part.url.removeprefix("?")), search.index)
        if less.need.units or less.need.cpv:
            links.append(Loosened(part.label.strip("«\N{NO-BREAK SPACE}»"), part.url, less.total))
    better = [link for link in links if link.count > search.total]
    return sorted(better, key=lambda link: -link.count)[:MOST_LINKS]


def _words(search, loosened, *, is_partial):
    if search.total:
        return PARTLY if is_partial else MORE if loosened else TOO_FEW
    if _is_offered_by_nobody(search):
        return NOBODY
    return NOT_ALL if loosened else SEVERAL


def _is_offered_by_nobody(search):
    """Whether what is needed is on no fiche, whatever the filters and the place."""
    need, codes = search.need, search.filters[CpvFacet.name]
    return not need.owners and (
        any(not fiches for name, fiches in search.let_through.items() if name in SKILLS)
        or bool(need.missing and not need.units)
        or bool(need.cpv and not codes.filter(search.index.published, list(need.cpv.values())))
    )
