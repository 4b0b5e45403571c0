"""What people type in a memo: plain text, where a few signs at the start of a line give it a shape.

`## ` and `### ` begin a sub-heading, `- ` an item, `|` a row of a table, whose first row heads it; any other line is
a paragraph. `[[…]]` is a prompt: what is left to adapt.
"""

import re
from bisect import bisect_right

# The innermost pair, so that one bracket left open doesn't swallow the prompts that follow it.
PROMPT = re.compile(r"\[\[((?:(?!\[\[|\]\]).)*)\]\]", re.DOTALL)
# Those that don't break stay.
ORDINARY_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
UNSAID = "ce passage"
HEADING = re.compile(r"(#{1,3})\s+(.*)")
ITEM = re.compile(r"[-*•]\s+(.*)")
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
# Of what stands on each side of a prompt, in signs.
MOST_AROUND = 90
MOST_READ = 400
RULE = re.compile(r"[\s|:-]+")
MOST_COLUMNS = 6


def prompts(text):
    """The prompts left in a text, in order, each on one line."""
    return [_prompt(match) for match in PROMPT.finditer(text)]


def _prompt(match):
    return ORDINARY_SPACES.sub(" ", match[1]).strip() or UNSAID


def quotes(text):
    """The prompts left in a text, in the order of `prompts`, each with the sentence that it stands in.

    Returns:
        list[dict]: `prompt`, and `before` and `after`, what the sentence says around it.
    """
    quoted = []
    for line in PROMPT.sub(lambda match: f"[[{_prompt(match)}]]", text).splitlines():
        # A full stop within a prompt ends no sentence.
        masked = PROMPT.sub(lambda match: "x" * len(match[0]), line)
        starts = [0, *[end.end() for end in SENTENCE_END.finditer(masked)], len(line)]
        for match in PROMPT.finditer(line):
            place = bisect_right(starts, match.start(), hi=len(starts) - 1)
            start, end = max(starts[place - 1], match.start() - MOST_READ), min(starts[place], match.end() + MOST_READ)
            before, after = _before(line[start : match.start()]), _after(line[match.end() : end])
            quoted.append({"before": before, "prompt": _prompt(match), "after": after})
    return quoted


def _before(words):
    words = PROMPT.sub(r"[\1]", words).lstrip()
    for sign in (HEADING, ITEM):
        words = sign.sub(lambda match: match[match.re.groups], words, count=1) if sign.match(words) else words
    words = words.strip("|").replace("|", "·").lstrip()
    return words if len(words) <= MOST_AROUND else f"…{words[-MOST_AROUND:].lstrip()}"


def _after(words):
    words = PROMPT.sub(r"[\1]", words).rstrip().strip("|").replace("|", "·").rstrip()
    return words if len(words) <= MOST_AROUND else f"{words[:MOST_AROUND].rstrip()}…"


def fill(text, known):
    """The text, with the prompts that have an answer replaced by it.

    Args:
        text: as above.
        known: the answers by prompt, in lower case; an empty one leaves its prompt.
    """
    return PROMPT.sub(lambda match: known.get(" ".join(_prompt(match).lower().split())) or match[0], text)


def runs(text):
    """A text cut where its prompts are.

    Returns:
        list[dict]: `text`, and `prompt`, whether it is one.
    """
    pieces, end = [], 0
    for match in PROMPT.finditer(text):
        pieces += [(text[end : match.start()], False), (_prompt(match), True)]
        end = match.end()
    pieces.append((text[end:], False))
    return [{"text": piece, "prompt": prompt} for piece, prompt in pieces if piece]


def blocks(text):
    """A text as paragraphs, items, sub-headings and tables.

    Returns:
        list[dict]: `style` (« paragraph », « item », « heading2 », « heading3 » or « table »), and `runs`; of a
            table, `rows`, each a list of cells, each a list of runs; all rows are as long.
    """
    lines = []
    for line in PROMPT.sub(lambda match: f"[[{_prompt(match)}]]", text).splitlines():
        words = line.strip()
        if not words:
            lines.append(None)
        elif words.startswith("|"):
            _add_row(lines, words)
        else:
            lines.append(_line(words))
    return [_squared(block) for block in lines if block]


def _line(words):
    if heading := HEADING.fullmatch(words):
        return {"style": "heading3" if heading[1] == "###" else "heading2", "runs": runs(heading[2])}
    if item := ITEM.fullmatch(words):
        return {"style": "item", "runs": runs(item[1])}
    return {"style": "paragraph", "runs": runs(words)}


def _add_row(lines, words):
    """Add a row to the table that the line before belongs to, or begin one."""
    if RULE.fullmatch(words):
        return
    *cells, last = words.strip("|").split("|", MOST_COLUMNS - 1)
    row = [runs(cell.strip()) for cell in [*cells, last]]
    if not (lines and lines[-1] and lines[-1]["style"] == "table"):
        lines.append({"style": "table", "rows": []})
    lines[-1]["rows"].append(row)


def _squared(block):
    if block["style"] == "table":
        width = max(map(len, block["rows"]))
        for row in block["rows"]:
            row += [[] for _ in range(width - len(row))]
    return block
