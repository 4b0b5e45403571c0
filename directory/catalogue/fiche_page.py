"""What the page of a fiche says: the same for the public, and for the person whose fiche it is."""

from collections import Counter
from datetime import date
from functools import cache
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from pyroaring import BitMap

from crealead.words import ago, thousands
from directory.models import Consent
from directory.models.reference import RECENT
from directory.search.cards import cards
from directory.search.cpv import cpv_prefix
from directory.search.facets import ClientFacet, CpvFacet, DepartmentFacet, DomainFacet, LabelFacet, SkillFacet
from directory.search.filters import CatalogueFilter
from directory.search.nearest import nearness
from directory.search.zone_words import zone_in_words

from . import sharing
from .formats import breadcrumbs, json_ld

# Of results, in letters: past it, they are folded with the rest.
SHORT = 400
# How many other fiches a fiche leads to.
OTHERS = 3
NEAREST_FIRST = "Les plus proches de votre recherche d’abord, puis les plus récentes."
RECENT_MEANS = (
    f"«\N{NO-BREAK SPACE}Moins de {RECENT}\N{NO-BREAK SPACE}»\N{NO-BREAK SPACE}: en cours, ou finie depuis moins de "
    f"{RECENT}\N{NO-BREAK SPACE}; un acheteur peut la retenir comme référence récente d’un candidat."
)
# The way back to few results; to none, it leads to what can be loosened.
RESULTS = {0: "Retour à votre recherche", 1: "Retour au résultat"}


class Way(NamedTuple):
    """A link out of the page: its words, its address."""

    label: str
    url: str


def shown_with_consent(fiche):
    """The contact details and images that the person accepts to show; empty where they don't."""
    items = {consent.item for consent in fiche.active_consents}
    return {
        "phone": fiche.phone if Consent.Item.PHONE in items else "",
        "website": fiche.website if Consent.Item.WEBSITE in items else "",
        "photo": bool(fiche.photo) and Consent.Item.PHOTO in items,
        "portfolio": list(fiche.portfolio_images.all()) if Consent.Item.PORTFOLIO in items else [],
    }


def context_of(fiche, search=None):
    """What `catalogue/fiche.html` reads.

    Args:
        fiche: fetched `with_fiche()`.
        search: the `CatalogueFilter` that one comes from; the whole catalogue unless given.
    """
    search = search or CatalogueFilter({})
    shown = shown_with_consent(fiche)
    skills = sorted(fiche.skills.all(), key=lambda skill: (skill.domain.position, skill.domain.name, skill.name))
    domain = _main_domain(skills)
    trail = [Way("Catalogue", _catalogue()), *([_domain_way(domain)] if domain else [])]
    way_back = _way_back(search, fiche)
    heading, who = _names(fiche)
    return {
        "fiche": fiche,
        "search": search,
        "is_kept": fiche.pk in search.kept,
        "title": sharing.fiche_title(fiche),
        "description": sharing.fiche_description(fiche),
        "heading": heading,
        "zone": _zone(fiche, search.index),
        "who": who,
        "way_back": way_back,
        "trail": trail[1:] if way_back else trail,
        "updated_ago": ago(fiche.content_updated_at),
        "skills_by_domain": [
            (_domain_way(domain), [Way(skill.name, _listing(SkillFacet, skill.slug)) for skill in group])
            for domain, group in groupby(skills, lambda skill: skill.domain)
        ],
        "labels": [(row, _listing(LabelFacet, row.label.slug)) for row in fiche.valid_certifications],
        "cpv_ways": [(row, _listing(CpvFacet, cpv_prefix(row.code))) for row in fiche.cpv_codes.all()],
        **_references(fiche, search),
        "shown_phone": shown["phone"],
        "shown_website": shown["website"],
        "portfolio": [
            (image, reverse("catalogue:portfolio", args=[fiche.slug, image.pk])) for image in shown["portfolio"]
        ],
        "photo_url": reverse("catalogue:photo", args=[fiche.slug]) if shown["photo"] else "",
        "others": _others(fiche, search, [skill for skill in skills if skill.domain == domain]),
        "json_ld": json_ld(fiche, phone=shown["phone"], website=shown["website"]),
        "breadcrumbs": breadcrumbs([*trail, Way(fiche.name, fiche.get_absolute_url())]),
        "contact_url": reverse("catalogue:contact", args=[fiche.slug]) + search.query_string,
        "vcard_url": reverse("catalogue:vcard", args=[fiche.slug]),
    }


def _names(fiche):
    """What a fiche is headed by, what it offers if it says so, and whose it is."""
    heading = fiche.headline or fiche.trade_name or fiche.name
    return heading, [words for words in (fiche.name, fiche.trade_name, fiche.city) if words and words != heading]


@cache
def _catalogue():
    """The address of the catalogue: some twenty links of a page begin with it."""
    return reverse("catalogue:list")


def _listing(facet, value):
    """The address of the catalogue narrowed to one value of a facet."""
    return f"{_catalogue()}?{urlencode({facet.name: value})}"


def _domain_way(domain):
    return Way(domain.name, _listing(DomainFacet, domain.slug))


def _main_domain(skills):
    """The domain of most of these skills, the first of those that have as many; None without any."""
    counts = Counter(skill.domain for skill in skills)
    return max(counts, key=counts.get, default=None)


def _way_back(search, fiche):
    """To the very search that one comes from, at the card of this fiche; None for the whole catalogue."""
    if not search.query_string:
        return None
    label = "Retour au catalogue"
    if search.active:
        label = RESULTS.get(search.total, f"Retour aux {thousands(search.total)}\N{NO-BREAK SPACE}résultats")
    return Way(label, f"{_catalogue()}{search.query_string}#fiche-{fiche.slug}")


def _zone(fiche, index):
    """A whole region by its name, as its card says it; where that would leave some unnamed, all departments."""
    words = zone_in_words([row.code for row in fiche.departments.all()], DepartmentFacet.regions(index))
    return fiche.zone if fiche.nationwide or "autres départements" in words else words


def _references(fiche, search):
    """The published references, the nearest to the search first, then the newest, and what is said of them all."""
    references, near = fiche.published_references, nearness(search, fiche.published_references)
    # What is under way is as new as can be.
    references.sort(
        key=lambda row: (near[row.pk], row.ends_on or date.max, row.starts_on, row.pk),
        reverse=True,
    )
    parts = dict(fiche.participations.values_list("reference_id", "part"))
    for reference in references:
        # What this person did in it: the others did something else.
        reference.part = parts.get(reference.pk, "")
        reference.client_way = Way(reference.client.get_type_display(), _listing(ClientFacet, reference.client.type))
        _tell(reference)
    return {
        "references": references,
        "references_say": " ".join(
            sentence
            for sentence, is_said in [
                (NEAREST_FIRST, any(any(points) for points in near.values())),
                (RECENT_MEANS, any(reference.is_recent for reference in references)),
            ]
            if is_said
        ),
        "reviewed": "Fiche et références relues" if references else "Fiche relue",
    }


def _tell(reference):
    """Part what is read at once of a reference, its results if they are short, from the account that is folded."""
    is_short = len(reference.results) <= SHORT
    reference.short_results = reference.results if is_short else ""
    reference.long_results = "" if is_short else reference.results
    reference.has_account = any([reference.context, reference.mission, reference.deliverables, reference.long_results])


def _others(fiche, search, skills):
    """Three others who answer the same search, or who share the main of these skills, and where they all are.

    All come in the fair order; those who answer every word of the search stand before the rest.
    """
    index, own = search.index, BitMap([fiche.pk])
    title, all_of_them, tiers = "D’autres pour la même recherche", _way_back(search, fiche), []
    if search.active:
        tiers = [search.fiches_of_all_words - own, search.fiches - search.fiches_of_all_words - own]
    if not any(tiers) and (main := _main_skill(skills, index, own)):
        title = f"Le même savoir-faire\N{NO-BREAK SPACE}: {main.label}"
        all_of_them = Way(f"Toutes les fiches\N{NO-BREAK SPACE}: {main.label}", _listing(SkillFacet, main.value))
        tiers = [(index.published & index.members(main)) - own]
    pks = []
    for tier in tiers:
        if len(pks) < OTHERS:
            pks += index.in_rotation(tier, search.seed, 0, OTHERS - len(pks))
    return {
        "title": title,
        "fiches": [_other(card, search) for card in cards(index, pks)],
        "all": all_of_them,
    }


def _other(card, search):
    heading, who = _names(card)
    return Way(heading, card.get_absolute_url() + search.query_string), who


def _main_skill(skills, index, own):
    """Of these skills, as a `Term`, the one that says most: that the fewest others have, while enough of them do."""
    known = [term for skill in skills if (term := index.vocabulary[SkillFacet.name].get(skill.slug))]
    others = {term: len((index.published & index.members(term)) - own) for term in known}
    shared = sorted((term for term in known if others[term]), key=others.get)
    return next((term for term in shared if others[term] >= OTHERS), shared[-1] if shared else None)
