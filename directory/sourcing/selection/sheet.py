"""The comparison on one landscape sheet: in letters as large as it allows, then by saying less.

The browser lays the sheet out, and no script measures it: how many lines a text takes is reckoned here, from the widths
that `selection-print.css` gives, in letters a little wider than those of the face that it asks for. No word is cut.
"""

from dataclasses import dataclass
from itertools import accumulate

from .comparison import Comparison

# In millimetres: what the margins of the sheet leave, less what stands above and between the parts.
WIDTH, HEIGHT, AROUND = 281, 194, 22
# Beside the text of a cell, and the line under it.
BESIDE, RULE = 2, 0.3
# A point in millimetres; of a size of text, how wide a letter is reckoned, how much wider in bold, how high a line is,
# and what stands above and under the text of a cell.
POINT, LETTER, BOLD, LINE, ABOVE_AND_UNDER = 0.3528, 0.48, 1.15, 1.2, 0.5
# In points, the largest first. Fewer fiches are columns, more are rows: each has the smallest that reads well.
SIZES = [12, 11, 10, 9, 8.5, 8, 7.5, 7, 6.5]
IN_COLUMNS, SMALLEST_IN_COLUMNS = 4, 8.5
# How wide columns are beside each other: that of the heads, a criterion's, those of all fiches.
HEADS, USUAL_SHARE, OF_FICHES = 6, 6, 36
SHARES = {"Offre": 9, "Répond à votre recherche": 5, "Compétences demandées": 8, "Autres compétences": 9}
SHARES |= {"Compétences": 9, "Références publiques": 12, "Assurances": 12, "Fiche mise à jour": 5}
BETWEEN = " · "
# The most lines that each of the texts around the table takes.
MOST_AROUND = 3


@dataclass(frozen=True)
class Sheet:
    """What is printed: cells are tuples of lines, `size` is in points, `shares` tell how wide each column is.

    `header` are the cells of the first row, `rows` pairs of the cell that heads one and the others. `need`, `same`
    (what all say), `others` (kept, not compared), `told` and `address` stand around the table, each in a few lines.
    """

    size: str
    shares: list[int]
    header: list[tuple[str, ...]]
    rows: list[tuple[tuple[str, ...], list[tuple[str, ...]]]]
    need: str
    same: str
    others: str
    told: str
    address: str

    @classmethod
    def of(cls, comparison: Comparison, *, need, others, told, address):
        in_columns = len(comparison.fiches) <= IN_COLUMNS
        sizes = [size for size in SIZES if not in_columns or size >= SMALLEST_IN_COLUMNS]
        same = [f"{label}\N{NO-BREAK SPACE}: {', '.join(cell)}" for label, cell in comparison.same]
        texts = {"need": [need], "same": same, "others": [fiche.name for fiche in others], "told": told}
        for size in sizes:
            full = _letters(WIDTH, size)
            around = {name: _fitted(items, full, MOST_AROUND, is_running=True) for name, items in texts.items()}
            around["address"] = (address if len(address) <= MOST_AROUND * full else "",)
            table = _Table(comparison, size, is_transposed=not in_columns)
            # With the line of the day and of the SIRET.
            lines = 1 + sum(_height(text, full) for text in around.values())
            left = HEIGHT - AROUND - lines * size * POINT * LINE
            if table.height() <= left:
                break
        header, *rows = table.cells(table.most_lines(left))
        around = {name: "".join(lines) for name, lines in around.items()}
        return cls(f"{size:g}", table.shares, header, [(row[0], row[1:]) for row in rows], **around)


class _Table:
    """The grid of a comparison in letters of a size: criteria under each other, or beside once transposed."""

    def __init__(self, comparison, size, *, is_transposed):
        grid = [((), *((fiche.name, fiche.trade_name) for fiche in comparison.fiches))]
        grid += [((row.label,), *row.cells) for row in comparison.rows]
        self.shares = [HEADS, *([OF_FICHES // max(len(comparison.fiches), 1)] * len(comparison.fiches))]
        if is_transposed:
            grid = list(zip(*grid, strict=True))
            self.shares = [HEADS, *(SHARES.get(row.label, USUAL_SHARE) for row in comparison.rows)]
        self._grid = [[tuple(filter(None, cell)) for cell in row] for row in grid]
        self._line, self._around = size * POINT * LINE, size * POINT * ABOVE_AND_UNDER + RULE
        self._is_running = is_transposed
        self._widths = [_letters(WIDTH * share / sum(self.shares) - BESIDE, size) for share in self.shares]
        whole = self.cells([None] * len(self._grid))
        self._lines = [
            max(self._height(*place, cell) for place, cell in _places(y, row)) for y, row in enumerate(whole)
        ]

    def cells(self, most):
        """The rows of cells; each has at most as many lines as `most` has for it."""
        return [
            [self._cell(y, x, cell, lines) for (y, x), cell in _places(y, row)]
            for y, (row, lines) in enumerate(zip(self._grid, most, strict=True))
        ]

    def height(self, most=None):
        """In millimetres."""
        lines = [min(lines, self._most(y, most) or lines) for y, lines in enumerate(self._lines)]
        return sum(lines) * self._line + len(lines) * self._around

    def most_lines(self, height):
        """How many lines each row may have at most for the table to be no higher than that.

        As many for all, then what is left to those that are cut, the least cut first.
        """
        most = next((most for most in range(max(self._lines), 1, -1) if self.height(most) <= height), 1)
        room = max(0, int((height - self.height(most)) // self._line))
        given = [self._most(y, most) or lines for y, lines in enumerate(self._lines)]
        for y in sorted(range(len(given)), key=lambda y: self._lines[y] - given[y]):
            more = min(max(0, self._lines[y] - given[y]), room)
            given[y], room = given[y] + more, room - more
        return given

    def _cell(self, y, x, cell, most):
        width = self._width(y, x)
        if y and x:
            return _fitted(cell, width, most, is_running=self._is_running)
        # A name is whole, and of the trade name what the lines under it hold.
        name, others = cell[:1], cell[1:]
        left = most and most - _height(name, width)
        return name + (_fitted(others, width, left, is_running=True) if left is None or left > 0 else ())

    def _most(self, y, most):
        """The names of criteria above their columns are always whole."""
        return most if y or not self._is_running else None

    def _height(self, y, x, cell):
        return _height(cell, self._width(y, x))

    def _width(self, y, x):
        return self._widths[x] if y and x else self._widths[x] / BOLD


def _places(y, row):
    return (((y, x), cell) for x, cell in enumerate(row))


def _letters(width, size):
    """How many letters of a size, in points, stand in a width, in millimetres."""
    return width / (size * POINT * LETTER)


def _height(lines, width):
    return sum(_lines_of(line, width) for line in lines)


def _lines_of(text, width):
    """How many lines a text takes, as browsers break them: before a word that the line has no room for."""
    count, column = 0, width + 1
    for word in text.split(" "):
        if column + len(word) > width:
            # A word that is longer than a line goes on, on the next.
            count, column = count + max(1, -int(-len(word) // width)), 0
        column += len(word) + 1
    return count


def _fitted(items, width, most, *, is_running):
    """As many of these items as `most` lines hold, whole, and how many others there are; None for all.

    One that is too long alone is cut after a word. They are a line each, or run on.
    """

    def lines(count, first):
        others = f"et {len(items) - count}\N{NO-BREAK SPACE}autre" + "s" * (len(items) - count > 1)
        shown = [first, *items[1:count]]
        if is_running:
            return (BETWEEN.join(shown) + (f" {others}" if count < len(items) else ""),)
        return (*shown, *([others] if count < len(items) else []))

    if not items:
        return ()
    fitting = (lines(count, items[0]) for count in range(len(items), 0, -1))
    shorter = (lines(1, f"{start.rstrip(' ,;:.')}\N{NO-BREAK SPACE}…") for start in reversed(_starts(items[0])[:-1]))
    candidates = [*fitting] if most is None else (*fitting, *shorter)
    return next((cell for cell in candidates if most is None or _height(cell, width) <= most), candidates[-1])


def _starts(text):
    """A text as far as each of its words."""
    return list(accumulate(text.split(" "), "{} {}".format))
