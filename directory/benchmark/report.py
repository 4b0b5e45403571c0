"""The figures beside what was aimed at, as Markdown that also reads well in a terminal."""

from dataclasses import dataclass, field

from .exports import ExportCost
from .measures import Measures
from .server import Throughput

INTRODUCTION = """\
# Performance

Written by `make bench`, which makes its own data in a database of its own. Times are in milliseconds, p50 / p95. What
was measured once, a million fiches among it, is in [performance-history.md](performance-history.md).

- **database**: the page's queries, until their last row has come. **cold**: the whole view through the middleware, the
  page in no cache and its words not yet looked up since the catalogue last moved; the index of facets is in memory, and
  what the worker keeps of the fiches that it shows (their cards, their texts). **first**: the same, none of them kept.
  **hot**: the page kept. **304**: asked with the ETag. These are taken in one process, one request at a time.
- Absolute times wander with the machine: **× view** is the cold page against a trivial view, **× SELECT 1** its queries
  against one that does nothing, medians, both floors taken in turn with the pages.
- **requests/s**: the server that `make run` starts, the client and PostgreSQL on the same machine; **cold** there is
  never the same address twice. Beside each, its ratio to the trivial view.
- 300 fiches are the cooperative's own size; the others say how far it holds.
- Nothing is capped or estimated: who answers, the counts and the facets are exact at every size.
- **all as a file**: exports of the whole catalogue. Their floor: the same fiches' names and texts, read by one
  query and written as CSV, in turn with them. Memory is what Python holds at its highest.
- **load**: programs that wanted a core when a size was done. Well above the number of cores, something else was
  running, and times are too high.
"""


@dataclass
class Sizing:
    """All that was measured for one number of fiches."""

    size: int
    made_in: float
    measures: Measures
    http: list[Throughput]
    load: float
    exports: list[ExportCost] = field(default_factory=list)

    @property
    def unticked_is_gone(self):
        return self.measures.unticked_is_gone and all(run.unticked_is_gone for run in self.http)


@dataclass(frozen=True)
class Target:
    """What is to be reached at some sizes, and where it is read; `at_least` turns the comparison.

    `read` gives None where nothing can be read.
    """

    name: str
    bounds: dict
    read: object
    unit: str = "ms"
    at_least: bool = False

    def cell(self, sizing):
        value, bound = self.read(sizing), self.bounds.get(sizing.size)
        if value is None:
            return "–"
        if bound is None:
            return self._said(value)
        missing = bound - value if self.at_least else value - bound
        held = "held" if missing <= 0 else f"missed by {self._said(missing).removesuffix(' ×')}"
        return f"{self._said(value)}, {held}"

    def _said(self, value):
        return f"{value:.{2 if self.at_least else 1}f} {self.unit}"

    def aim(self):
        sign = "≥" if self.at_least else "≤"
        return " ; ".join(f"{sign} {bound} {self.unit} at {number(size)}" for size, bound in self.bounds.items())


def _page(sizing, name):
    return next(page for page in sizing.measures.pages if page.name == name)


def _worst(what):
    return lambda sizing: max(getattr(page, what).p95 for page in sizing.measures.pages)


def _views(sizing, page):
    return page.cold.p50 / sizing.measures.trivial.p50


def _raw_queries(sizing, page):
    return page.database.p50 / sizing.measures.raw_query.p50


def _ratio(page):
    """Against the trivial view, with as many workers as does worse."""
    return lambda sizing: min(run.rates[page] / run.rates["trivial view"] for run in sizing.http)


def _slowest_file(what):
    return lambda sizing: max((getattr(cost, what) * 1000 for cost in sizing.exports), default=None)


def _growth(sizings):
    """How much a page's median has grown since `GROWTH_FROM`, for the query that grew most."""
    least = next((sizing for sizing in sizings if sizing.size == GROWTH_FROM), None)

    def read(sizing):
        if least is None or sizing.size <= least.size:
            return None
        return max(
            later.database.p50 / page.database.p50
            for page, later in zip(least.measures.pages, sizing.measures.pages, strict=True)
        )

    return read


GROWTH_FROM = 12_000
PLAIN, COMMON = "no filter", "a common word"


def targets(sizings):
    return [
        Target(
            "cold page without words / trivial view", {300: 35, 12_000: 35}, lambda s: _views(s, _page(s, PLAIN)), "×"
        ),
        Target(
            "cold page with a common word / trivial view",
            {300: 70, 12_000: 70},
            lambda s: _views(s, _page(s, COMMON)),
            "×",
        ),
        Target(
            "database time of a text search / SELECT 1",
            {300: 60, 12_000: 60},
            lambda s: _raw_queries(s, _page(s, COMMON)),
            "×",
        ),
        Target("database time of a page, worst p95", {12_000: 15, 1_000_000: 100}, _worst("database")),
        Target("growth of a median database time", {1_000_000: 5}, _growth(sizings), "×"),
        Target("whole view, cold, worst p95", {12_000: 25, 1_000_000: 300}, _worst("cold")),
        Target(
            "hot page against the trivial view",
            {12_000: 0.9, 1_000_000: 0.9},
            _ratio("catalogue, hot"),
            "×",
            at_least=True,
        ),
        Target(
            "304 against the trivial view", {12_000: 0.4, 1_000_000: 0.4}, _ratio("catalogue, 304"), "×", at_least=True
        ),
        Target("first byte of all as a file, slowest format", {12_000: 200}, _slowest_file("first")),
        Target("all as a file, slowest format", {12_000: 2000}, _slowest_file("whole")),
        Target("one fiche saved, p95", {12_000: 5, 1_000_000: 5}, lambda s: s.measures.save.p95),
    ]


# What documents are held to, in milliseconds.
CV_MS, KIT_MS = 50, 3000


def number(value):
    return f"{value:,}".replace(",", " ")


def _times(times):
    return f"{times.p50:.2f} / {times.p95:.2f}"


def _megabytes(value):
    return f"{value / 2**20:.0f} MB"


def _table(header, rows):
    rows = [header, *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def markdown(sizings, documents, *, machine, date):
    parts = [
        INTRODUCTION,
        "\n".join(f"- {what}: {value}" for what, value in [("Date", date), *machine]),
        "## Aims",
        _aims(sizings),
        *_documents(documents),
        *(part for sizing in sizings for part in _sizing(sizing)),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _aims(sizings):
    rows = [[target.name, target.aim(), *(target.cell(sizing) for sizing in sizings)] for target in targets(sizings)]
    gone = ["held" if sizing.unticked_is_gone else "MISSED" for sizing in sizings]
    rows.append(["a fiche unticked is gone, over HTTP too", "at the next request", *gone])
    return _table(["", "aim", *(number(sizing.size) for sizing in sizings)], rows)


def _documents(costs):
    yield "## Documents"
    yield (
        f"The kit is that of a team of five with twenty references: {costs.kit_documents} documents and their summary, "
        f"{costs.kit_bytes / 2**20:.1f} MB. Each is measured from the database to the last byte."
    )
    kept = {"a CV": (costs.cv, CV_MS), "the kit of an answer, in one ZIP": (costs.kit, KIT_MS)}
    yield _table(
        ["document", "ms", "aim"],
        [
            *([name, _times(times), f"p95 ≤ {aim} ms, {_held(times, aim)}"] for name, (times, aim) in kept.items()),
            ["a reference sheet", _times(costs.sheet), ""],
            ["the presentation of the cooperative", _times(costs.presentation), ""],
        ],
    )


def _held(times, aim):
    return "held" if times.p95 <= aim else f"missed by {times.p95 - aim:.0f} ms"


def _sizing(sizing):
    measures = sizing.measures
    yield f"## {number(sizing.size)} fiches"
    yield (
        f"Made and indexed in {sizing.made_in:.0f} s; database of {_megabytes(measures.database_bytes)}; "
        f"load {sizing.load:.1f}."
    )
    yield _table(
        ["query", "answers", "queries", "kB", "database", "× SELECT 1", "cold", "× view", "first", "hot", "304"],
        [
            [
                page.name,
                number(page.answers),
                str(page.queries),
                f"{page.weight / 1000:.1f}",
                _times(page.database),
                f"{_raw_queries(sizing, page):.0f}",
                _times(page.cold),
                f"{_views(sizing, page):.0f}",
                *map(_times, (page.first, page.hot, page.not_modified)),
            ]
            for page in measures.pages
        ],
    )
    yield _table(
        ["floors, saves and index", "ms"],
        [
            ["floor: a trivial view", _times(measures.trivial)],
            ["floor: one raw query (SELECT 1)", _times(measures.raw_query)],
            ["floor: one row written, committed, no trigger", _times(measures.plain_write)],
            ["one fiche saved: document and version written", _times(measures.save)],
            ["first catalogue page after a save", _times(measures.page_after_save)],
            ["first catalogue page after an untick", _times(measures.page_after_untick)],
            ["index of facets: update after one save", _times(measures.index_update)],
            ["index of facets: first load", f"{measures.index_load:.1f}"],
        ],
    )
    if sizing.exports:
        yield _table(
            ["all as a file", "first byte, ms", "whole, ms", "× floor", "kB", "memory at its highest"],
            [
                [
                    cost.kind,
                    f"{cost.first * 1000:.0f}",
                    f"{cost.whole * 1000:.0f}",
                    f"{cost.whole / cost.floor:.1f}",
                    f"{cost.size / 1000:.0f}",
                    _megabytes(cost.peak),
                ]
                for cost in sizing.exports
            ],
        )
    names = list(sizing.http[0].rates)
    yield _table(
        ["requests/s", *(f"{run.workers} worker{'s' * (run.workers > 1)}" for run in sizing.http)],
        [
            *(
                [
                    name,
                    *(
                        f"{run.rates[name]:.0f} ({run.rates[name] / run.rates['trivial view']:.2f} ×)"
                        for run in sizing.http
                    ),
                ]
                for name in names
            ),
            ["memory of each worker (PSS)", *(" + ".join(map(_megabytes, run.memory)) for run in sizing.http)],
        ],
    )
    for run in sizing.http:
        if run.bound_by_client:
            yield (
                f"**The client was the bottleneck** with {run.workers} worker{'s' * (run.workers > 1)}: "
                f"{', '.join(run.bound_by_client)}. The server does more than that; the ratios mean nothing."
            )
