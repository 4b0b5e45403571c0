"""Makes `departments.csv` out of the map of the npm package: see README.md.

python -m directory.data.map.build package/france.departments.svg
"""

import csv
import re
import sys
from collections import defaultdict
from itertools import pairwise
from math import dist, hypot
from pathlib import Path

HERE = Path(__file__).parent
PATH = re.compile(r'<path\s+id="([^"]+)"\s+aria-label="[^"]*"\s+d="([^"]+)"')
# Two corners nearer than this are one: the package rounds each department by itself.
SAME = 0.12
# How far a border may leave the true one, and under what size an island isn't drawn, in units of the package.
TOLERANCE, ISLAND = 0.8, 4
# Whole numbers are shorter: a unit of the package is this many of ours.
SCALE = 4
# A ring has three corners at least.
CORNERS = 3


def rings_of(drawn):
    """The closed lines of a path that moves and closes in relative terms alone."""
    x = y = 0.0
    for part in drawn.split("z"):
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", part)]
        if not numbers:
            continue
        ring = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        x, y = ring[0]
        yield ring


class Corners:
    """Gives one point for all those that are the same but for rounding."""

    def __init__(self):
        self._cells = defaultdict(list)

    def same(self, point):
        column, row = (round(value / SAME) for value in point)
        for cell in ((column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
            for known in self._cells[cell]:
                if dist(known, point) <= SAME:
                    return known
        self._cells[column, row].append(point)
        return point


def without_repeats(ring):
    ring = [point for point, following in pairwise([*ring, ring[0]]) if point != following]
    return ring if len(ring) >= CORNERS else []


def area(ring):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, ring[0]]))) / 2


def simplified(line):
    """A line less what lies within the tolerance of a straight one (Douglas and Peucker)."""
    if len(line) <= 2:  # noqa: PLR2004 its two ends
        return line
    (ax, ay), (bx, by) = line[0], line[-1]
    length = hypot(bx - ax, by - ay)

    def away(point):
        x, y = point
        return abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length if length else dist(point, line[0])

    middle = max(range(1, len(line) - 1), key=lambda i: away(line[i]))
    if away(line[middle]) <= TOLERANCE:
        return [line[0], line[-1]]
    return simplified(line[: middle + 1])[:-1] + simplified(line[middle:])


def simplified_rings(rings):
    """Rings by department, each border simplified once for the two that it parts: no gap opens between them."""
    beside = defaultdict(set)
    for ring in (ring for group in rings.values() for ring in group):
        for a, b in pairwise([*ring, ring[0]]):
            beside[a].add(b)
            beside[b].add(a)
    # Where three lines meet.
    knots = {point for point, others in beside.items() if len(others) > 2}  # noqa: PLR2004 before and after
    return {code: [kept for ring in group if (kept := _simplified(ring, knots))] for code, group in rings.items()}


def _simplified(ring, knots):
    # A ring that meets no other is cut at two points that don't depend on where it starts.
    cuts = [i for i, point in enumerate(ring) if point in knots] or [ring.index(min(ring))]
    if len(cuts) == 1:
        cuts = sorted({cuts[0], max(range(len(ring)), key=lambda i: dist(ring[i], ring[cuts[0]]))})
    turned = ring[cuts[0] :] + ring[: cuts[0]] + [ring[cuts[0]]]
    stops = [cut - cuts[0] for cut in cuts] + [len(ring)]
    kept = []
    for start, stop in pairwise(stops):
        line = turned[start : stop + 1]
        # Simplified in one direction, whichever department it is read for.
        forward = line[0] <= line[-1]
        line = simplified(line if forward else line[::-1])
        kept += (line if forward else line[::-1])[:-1]
    return without_repeats([(round(x * SCALE), round(y * SCALE)) for x, y in kept])


def drawn(ring):
    """« m1,2 3,4z »: its first corner, and how far each is from the one before."""
    steps = [ring[0], *((b[0] - a[0], b[1] - a[1]) for a, b in pairwise(ring))]
    (x, y), *others = steps
    text = f"M{x} {y}l" + " ".join(f"{dx} {dy}" for dx, dy in others) + "z"
    return text.replace(" -", "-")


def middle_of(ring):
    """Where a label stands: the point inside that is farthest from the border, on a grid."""
    xs, ys = zip(*ring, strict=True)
    edges = list(pairwise([*ring, ring[0]]))

    def inside(x, y):
        crossed = [(a, b) for a, b in edges if (a[1] > y) != (b[1] > y)]
        return sum(x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]) for a, b in crossed) % 2

    def room(x, y):
        return min(_from_edge(x, y, *edge) for edge in edges)

    grid = [(x, y) for x in range(min(xs), max(xs), 4) for y in range(min(ys), max(ys), 4) if inside(x, y)]
    return max(grid, key=lambda point: room(*point))


def _from_edge(x, y, a, b):
    dx, dy = b[0] - a[0], b[1] - a[1]
    along = max(0, min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy)))
    return hypot(x - a[0] - along * dx, y - a[1] - along * dy)


def main(source):
    corners = Corners()
    rings = {}
    for code, path in PATH.findall(Path(source).read_text(encoding="utf-8")):
        found = [without_repeats([corners.same(point) for point in ring]) for ring in rings_of(path)]
        largest = max(found, key=area)
        rings[code] = [ring for ring in found if ring is largest or (ring and area(ring) >= ISLAND)]
    with (HERE / "departments.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["code", "x", "y", "left", "top", "right", "bottom", "path"])
        for code, group in sorted(simplified_rings(rings).items()):
            xs, ys = zip(*(point for ring in group for point in ring), strict=True)
            label = middle_of(max(group, key=area))
            rows.writerow([code, *label, min(xs), min(ys), max(xs), max(ys), "".join(map(drawn, group))])


if __name__ == "__main__":
    main(*sys.argv[1:])
