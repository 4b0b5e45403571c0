"""The fiches of a page as cards: each is read once, for as long as neither it nor the words of the catalogue move."""

from directory.models import CoEntrepreneur

from .facets import DepartmentFacet, LabelFacet, SkillFacet
from .zone_words import zone_in_words

# What a card holds beside its words: its markup, its row.
CARD_CHARACTERS = 2000


def cards(index, pks):
    """Those of these fiches that are published, in this order, each a copy that its reader may write on.

    Each has what `with_card()` reads; `skill_names` by their keys; `zone_words` and `label_names`; and `markup`, a
    dictionary that copies share: what is made of the card alone is kept there.
    """
    kept = index.cards.read(pks)
    unread = [pk for pk in pks if pk not in kept]
    regions = DepartmentFacet.regions(index) if unread else {}
    for pk, fiche in (CoEntrepreneur.objects.published().with_card().in_bulk(unread) if unread else {}).items():
        fiche.skill_names = SkillFacet.names(index, fiche)
        fiche.zone_words = zone_of(fiche.nationwide, fiche.department_keys, regions)
        fiche.label_names = LabelFacet.names(index, fiche)
        fiche.markup = {}
        words = [fiche.name, fiche.trade_name, fiche.headline, *fiche.skill_names.values(), *fiche.label_names]
        words += [reference[name] for reference in fiche.shown_references for name in ("subject", "client")]
        index.cards.keep(pk, fiche, CARD_CHARACTERS + 2 * sum(map(len, words)))
        kept[pk] = fiche
    return [_copy(kept[pk]) for pk in pks if pk in kept]


def zone_of(nationwide, departments, regions):
    """Where one works, in words: `regions` are those of `DepartmentFacet.regions()`, `departments` keys of theirs."""
    return DepartmentFacet.everywhere if nationwide else zone_in_words(departments, regions)


def _copy(fiche):
    # Django's own way is made for pickling: ten times as long.
    twin = CoEntrepreneur.__new__(CoEntrepreneur)
    twin.__dict__.update(fiche.__dict__)
    return twin
