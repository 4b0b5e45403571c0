"""What the files of `templates` hold to."""

from pathlib import Path

TEMPLATES = Path(__file__).parent.parent / "templates"
# Past it, a line hides what it decides; mails have `{% paragraph %}` to be written on several lines.
LONGEST = 160


def test_lines_are_short_enough_to_read():
    paths = [*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]
    assert paths

    long_lines = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in sorted(paths)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > LONGEST
    ]

    assert long_lines == []
