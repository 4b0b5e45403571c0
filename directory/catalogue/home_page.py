"""What the entry page says: how many there are, in which domains, and who came last."""

from urllib.parse import urlencode

from django.urls import reverse

from crealead.words import day
from directory.models import CoEntrepreneur, Domain
from directory.search.cards import cards

LATEST = 6


def context_of(index):
    """What `catalogue/home.html` reads."""
    return {"total": len(index.published), "domains": _domains(index), "latest": _latest(index)}


def _domains(index):
    """The domains with `count`, the number of published fiches in each, and `url`, their catalogue."""
    domains = list(Domain.objects.all())
    for domain in domains:
        domain.count = len(index.published & index.members(index.vocabulary["domaine"][domain.slug]))
        domain.url = f"{reverse('catalogue:list')}?{urlencode({'domaine': domain.slug})}"
    return domains


def _latest(index):
    """The fiches listed last, as cards, each dated of that day."""
    latest = CoEntrepreneur.objects.published().order_by("-listed_since", "-pk")
    fiches = cards(index, list(latest.values_list("pk", flat=True)[:LATEST]))
    for fiche in fiches:
        fiche.dated = f"Au catalogue depuis le {day(fiche.listed_since)}"
    return fiches
