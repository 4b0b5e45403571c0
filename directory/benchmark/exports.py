"""What taking the whole catalogue away costs, in each format: first byte, all of it, bytes, memory at its highest."""

import csv
import io
import tracemalloc
from dataclasses import dataclass
from time import perf_counter

from django.db import connection

from directory.catalogue.search_urls import list_url
from directory.search.filters import CatalogueFilter
from directory.search.whole import Whole
from directory.sourcing.exports.exports import table_of
from directory.sourcing.exports.files import KINDS


@dataclass
class ExportCost:
    """Seconds, and bytes; memory is what Python held at its highest, beside what it held before.

    `floor` is what nothing can be quicker than: the names and texts of the same fiches read at once, written as CSV.
    """

    kind: str
    first: float
    whole: float
    size: int
    peak: int
    floor: float


def measure():
    """Of each format, on the database that `connection` leads to; times and memory in two runs."""
    return [_cost(kind) for kind in KINDS]


def _pieces(kind):
    search = CatalogueFilter({})
    return KINDS[kind][0](table_of(Whole(search, list_url(search))))


def _cost(kind):
    # The index is read by then, as by the first page that anybody opens.
    next(_pieces(kind))
    start = perf_counter()
    pieces = _pieces(kind)
    size = len(next(pieces))
    first = perf_counter() - start
    size += sum(map(len, pieces))
    whole = perf_counter() - start
    floor = _floor()
    tracemalloc.start()
    try:
        for _ in _pieces(kind):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return ExportCost(kind, first, whole, size, peak, floor)


def _floor():
    start = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT first_name, last_name, trade_name, headline, city, slug, skills, departments "
            "FROM directory_coentrepreneur AS fiche JOIN directory_searchdocument ON co_entrepreneur_id = fiche.id"
        )
        csv.writer(io.StringIO()).writerows(cursor)
    return perf_counter() - start
