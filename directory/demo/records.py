"""Two sourcing records, made as a buyer makes them: one under way, one that was closed."""

from django.http import QueryDict

from directory.models import SetAside
from directory.search.filters import CatalogueFilter
from directory.search.index import Index
from directory.search.order import Results
from directory.sourcing.record import actions
from directory.sourcing.record.standing import Standing

QUERY = "q=concertation&departement=34"
NEEDS = [
    "Animer la concertation sur le centre-bourg.\nTrois réunions publiques et une restitution, de mars à juin.",
    "Animer un budget participatif.\nUne saison, de l’appel à idées au vote.",
]
NOTES = ["Deux références dans des communes de taille voisine.", "Une façon d’aller vers ceux qui ne viennent pas."]


def write():
    """Once fiches are ticked.

    Returns:
        list: the records, the open one first.
    """
    # What was just written has no version yet.
    index = Index.load(None)
    search = CatalogueFilter(QueryDict(QUERY), index)
    kept = list(Results(search).first(2))
    records = [
        actions.start(need=need, organisation="Commune de Valferrand", search=search, fiches=kept) for need in NEEDS
    ]
    for record in records:
        rows = list(record.kept.all())
        notes = {row.pk: note for row, note in zip(rows, NOTES, strict=False)}
        actions.save_kept(record_pk=record.pk, seen=0, notes=notes, order=[row.pk for row in rows])
    _set_aside(records[1])
    standing = Standing(records[1], index)
    actions.close(record_pk=records[1].pk, seen=actions.outline(standing), years=2, index=index)
    return records


def _set_aside(record):
    why = {"fiches": [], "query": "", "label": "", "is_rest": False, "words": ""}
    lacking = {"query": "references=1", "label": "Sans référence publiée", "reason": SetAside.Reason.REFERENCE}
    rest = {
        "is_rest": True,
        "reason": SetAside.Reason.FIT,
        "words": "Les deux gardées ont mené un budget participatif.",
    }
    for line in (lacking, rest):
        actions.set_aside(record_pk=record.pk, **why | line)
