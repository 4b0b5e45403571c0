"""What the entry page says: how many there are, for whom they worked, what they did, in which domains, who is new."""

from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from pyroaring import BitMap

from crealead.words import day
from directory.models import CoEntrepreneur, Domain, Participation, Reference
from directory.search.cards import cards
from directory.search.cpv import cpv_prefix
from directory.search.facets import ClientFacet, CpvFacet, ReferencesFacet
from directory.search.filters import CatalogueFilter
from directory.search.index import current
from directory.search.rotation import today_seed

from .formats import site_json_ld

LATEST = 3
# Needs as buyers say them, in the order in which they are tried.
NEEDS = [
    "réunion publique PLU à Béziers",
    "formation gestion des conflits, 12 agents",
    "bulletin municipal de 16 pages",
    "79416000",
    "entretien des espaces verts sans pesticide",
    "formation aux premiers secours",
    "accompagner la participation des habitants",
    "80500000",
]
EXAMPLES = 4
PROOFS = 3
# How many fiches are read at first to find those that have done something lately.
READ_AT_FIRST = 12
# The types of client that are read at once; the others are folded.
CLIENTS = 8


def warm_up():
    """Read the index, and what the first needs to be understood have read: no reader waits for it."""
    context_of(current())


def context_of(index):
    """What `catalogue/home.html` reads."""
    clients = _clients(index)
    return {
        "total": len(index.published),
        "examples": _examples(index),
        "clients": clients[:CLIENTS],
        "other_clients": clients[CLIENTS:],
        "proofs": _proofs(index),
        "domains": _domains(index),
        "latest": _latest(index),
        "json_ld": site_json_ld(),
    }


def _url(**query):
    return f"{reverse('catalogue:list')}?{urlencode(query)}"


def _examples(index):
    """The first needs that some fiche answers whole, as pairs of words and of the page of their results."""
    examples = []
    for need in NEEDS:
        if len(examples) < EXAMPLES and _is_answered(index, need):
            code = index.vocabulary[CpvFacet.name].get(cpv_prefix(need)) if need.isdigit() else None
            examples.append((f"CPV {code.label}" if code else need, _url(q=need)))
    return examples


def _is_answered(index, need):
    """Whether some fiche answers all of a need, as it is typed; looked for anew only when those that did have moved."""
    answering = index.published & index.witnesses.get(need, BitMap())
    if not answering:
        search = CatalogueFilter(QueryDict(urlencode({"q": need})), index)
        if not (search.need.missing or search.need.corrections):
            answering = index.witnesses[need] = search.fiches_of_all_words
    return bool(answering)


def _clients(index):
    """The types of client that somebody has served, with `count`, and the page of who has."""
    terms = index.vocabulary[ClientFacet.name].values()
    counts = [(term, index.published.intersection_cardinality(index.members(term))) for term in terms]
    return [{"name": term.label, "count": count, "url": _url(client=term.value)} for term, count in counts if count]


def _proofs(index):
    """Recent references, each with the `author` whose fiche shows it: those who come first today in the fair order."""
    able = index.published & index.members(index.vocabulary[ReferencesFacet.name]["1"])
    proofs, start, stop = {}, 0, READ_AT_FIRST
    while len(proofs) < PROOFS and start < len(able):
        pks = index.in_rotation(able, today_seed(), start, stop)
        newest = _newest_first(pks)
        for pk in pks:
            reference = next((row for row in newest.get(pk, []) if row.pk not in proofs), None)
            if reference and len(proofs) < PROOFS:
                proofs[reference.pk] = reference
        start, stop = stop, 2 * stop
    return list(proofs.values())


def _newest_first(pks):
    """The public references of these fiches that are recent, by key of the fiche, each with its `author`."""
    newest = {}
    shared = Participation.objects.filter(
        co_entrepreneur__in=pks, reference__in=Reference.objects.published().recent()
    ).select_related("reference__client", "co_entrepreneur")
    for participation in shared:
        participation.reference.author = participation.co_entrepreneur
        newest.setdefault(participation.co_entrepreneur_id, []).append(participation.reference)
    for references in newest.values():
        references.sort(key=lambda row: (row.ends_on or date.max, row.starts_on, row.pk), reverse=True)
    return newest


def _domains(index):
    """The domains with `count`, the number of published fiches in each, and `url`, their catalogue."""
    domains = list(Domain.objects.all())
    for domain in domains:
        domain.count = len(index.published & index.members(index.vocabulary["domaine"][domain.slug]))
        domain.url = _url(domaine=domain.slug)
    return domains


def _latest(index):
    """The fiches listed last, as cards, each dated of that day."""
    latest = CoEntrepreneur.objects.published().order_by("-listed_since", "-pk")
    fiches = cards(index, list(latest.values_list("pk", flat=True)[:LATEST]))
    for fiche in fiches:
        fiche.dated = f"Au catalogue depuis le {day(fiche.listed_since)}"
    return fiches
