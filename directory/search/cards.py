"""The fiches of a page as cards: each is read once, for as long as neither it nor the words of the catalogue move."""

from directory.models import CoEntrepreneur

from .facets import DepartmentFacet, SkillFacet

# How many skills a card names.
CARD_SKILLS = 5
# What a card holds beside its words: its markup, its row.
CARD_CHARACTERS = 1500


def cards(index, pks):
    """Those of these fiches that are published, in this order, each a copy that its reader may write on.

    Each has what `with_card()` reads; `skill_names`, the first of its skills, of which `skills_left` are left;
    `zone_names` in one sentence; and `markup`, a dictionary that copies share: what is made of the card alone is kept
    there.
    """
    kept = index.cards.read(pks)
    unread = [pk for pk in pks if pk not in kept]
    for pk, fiche in (CoEntrepreneur.objects.published().with_card().in_bulk(unread) if unread else {}).items():
        _name_lists(fiche, index)
        fiche.markup = {}
        words = [fiche.name, fiche.trade_name, fiche.headline, *fiche.skill_names, fiche.zone_names]
        index.cards.keep(pk, fiche, CARD_CHARACTERS + 2 * sum(map(len, words)))
        kept[pk] = fiche
    return [_copy(kept[pk]) for pk in pks if pk in kept]


def _copy(fiche):
    # Django's own way is made for pickling: ten times as long.
    twin = CoEntrepreneur.__new__(CoEntrepreneur)
    twin.__dict__.update(fiche.__dict__)
    return twin


def _name_lists(fiche, index):
    names = SkillFacet.names(index, fiche)
    fiche.skill_names, fiche.skills_left = names[:CARD_SKILLS], len(names[CARD_SKILLS:])
    fiche.zone_names = DepartmentFacet.names(index, fiche)
