"""What the files of `templates` hold to."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).parent.parent / "templates"
# Past it, a line hides what it decides; mails have `{% paragraph %}` to be written on several lines.
LONGEST = 160
# A choice among several, a comparison, conditions put together, a figure: what decides is said where its noun lives.
DECIDING = re.compile(
    r"{%\s*elif\b|{%\s*with\b|{%\s*if\b[^%]*(?:[=!<>]=|[<>]|\s(?:and|or|in|is|not in)\s)[^%]*%}|\|(?:add|length_is|yesno):"
)
# Django's own: a field may only say of itself what its kind is.
BOUND = {"django/forms/field.html"}


def lines():
    paths = [*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]
    assert paths
    for path in sorted(paths):
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            yield path.relative_to(TEMPLATES).as_posix(), number, line


def test_lines_are_short_enough_to_read():
    assert [f"{name}:{number}" for name, number, line in lines() if len(line) > LONGEST] == []


def test_templates_decide_nothing():
    deciding = [f"{name}:{number}" for name, number, line in lines() if name not in BOUND and DECIDING.search(line)]

    assert deciding == []
