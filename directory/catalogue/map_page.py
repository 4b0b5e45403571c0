"""The zones of a search on a map: each department is the link that adds it to the search, or takes it off."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings

from crealead.words import counted
from directory.forms.places import HOME_REGION, departments_by_region
from directory.search.facets import NO_BOXES, DepartmentFacet

from . import sharing
from .search_urls import list_url

OUTLINES = settings.BASE_DIR / "directory/data/map/departments.csv"
# How many shades tell many from few, and what is left around a map, in its own units.
SHADES, MARGIN = 3, 8


@dataclass(frozen=True)
class Outline:
    """How a department is drawn: see `directory/data/map/README.md`."""

    path: str
    x: int
    y: int
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Place:
    """A department, as a search may be asked for it. `url` is empty where nobody would answer."""

    code: str
    name: str
    count: int
    is_chosen: bool
    url: str
    shade: int
    outline: Outline | None

    @property
    def told(self):
        """« Hérault (34), 12 fiches »."""
        return f"{self.name} ({self.code}), {counted(self.count, 'fiche', 'fiches')}"

    @property
    def lines(self):
        """The name, where it has to be written on two lines; the first ends with its hyphen."""
        first, hyphen, last = self.name.rpartition("-")
        return [f"{first}{hyphen}", last] if hyphen else [last]


@dataclass(frozen=True)
class Region:
    name: str
    places: list[Place]
    is_home: bool

    @property
    def is_chosen(self):
        return any(place.is_chosen for place in self.places)


@dataclass(frozen=True)
class Map:
    """Departments drawn together, and named where there is room; `prefix` begins what identifies each in the page."""

    name: str
    prefix: str
    places: list[Place]
    is_named: bool

    @property
    def view_box(self):
        lefts, tops, rights, bottoms = zip(*(place.outline.box for place in self.places), strict=True)
        left, top = min(lefts) - MARGIN, min(tops) - MARGIN
        return f"{left} {top} {max(rights) + MARGIN - left} {max(bottoms) + MARGIN - top}"


@cache
def outlines():
    """The outline of each department that has one, by code."""
    with Path(OUTLINES).open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Outline(
                row["path"],
                int(row["x"]),
                int(row["y"]),
                tuple(int(row[side]) for side in ("left", "top", "right", "bottom")),
            )
            for row in csv.DictReader(file)
        }


def context_of(search):
    """What `catalogue/map.html` reads, for a `CatalogueFilter`."""
    regions = _regions(search)
    home = next(region for region in regions if region.is_home)
    others = [region for region in regions if region is not home]
    drawn = [place for region in regions for place in region.places if place.outline]
    overseas = [place for region in others for place in region.places if not place.outline]
    is_narrowed = any(region.is_chosen for region in regions)
    return {
        "search": search,
        "title": sharing.map_title(search),
        "home": home,
        "home_map": Map(home.name, "o", home.places, is_named=True),
        "others": [region for region in others if all(place.outline for place in region.places)],
        "overseas": overseas,
        "is_overseas": any(place.is_chosen for place in overseas),
        "france": Map("France", "f", drawn, is_named=False),
        "is_elsewhere": any(region.is_chosen for region in others),
        "results_url": list_url(search),
        "see_results": _see(search.total),
        "all_zones_url": search.url_without(DepartmentFacet.name, **NO_BOXES) if is_narrowed else "",
    }


def _see(total):
    if total == 1:
        return "Voir la fiche"
    return f"Voir les {total} fiches" if total else "Revenir aux résultats"


def _regions(search):
    facet = search.filters[DepartmentFacet.name]
    chosen = [term.value for term in facet.value]
    fiches = search.answers(without={facet.name}) if chosen else search.fiches
    counts = {
        code: fiches.intersection_cardinality(search.index.members(term)) for code, term in facet.vocabulary.items()
    }
    most = max(counts.values(), default=0)
    rest = search.url_without(facet.name, **NO_BOXES)
    by_region = defaultdict(list)
    for department in departments_by_region():
        code, count = department.code, counts.get(department.code, 0)
        is_chosen = code in chosen
        by_region[department.region].append(
            Place(
                code,
                department.name,
                count,
                is_chosen,
                _toggled(rest, chosen, code) if count or is_chosen else "",
                -(-SHADES * count // most) if most else 0,
                outlines().get(code),
            )
        )
    return [Region(region.name, places, region.code == HOME_REGION) for region, places in by_region.items()]


def _toggled(rest, chosen, code):
    """The query string `rest` with the chosen departments and this one, or less this one."""
    codes = sorted({*chosen} ^ {code})
    parts = [rest.removeprefix("?").removeprefix("."), urlencode([(DepartmentFacet.name, code) for code in codes])]
    query = "&".join(filter(None, parts))
    return f"?{query}" if query else "."
