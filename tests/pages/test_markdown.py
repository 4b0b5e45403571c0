import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crealead.markdown import render

TAGS = set(
    "p br hr em strong code pre ul ol li blockquote a h2 h3 h4 h5 h6 div table thead tbody tr th td".split()  # noqa: SIM905
)


class Tags(HTMLParser):
    """Collects the tags and attributes that a browser would see."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](//evil.example)",
        "[x](\\\\evil.example)",
        "[x](ftp://example.org)",
        "[x](http://[)",
        "<javascript:alert(1)>",
        "![x](https://example.org/x.png)",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_nothing_dangerous_comes_through(text):
    seen = Tags(render(text))

    assert not seen.tags - TAGS
    assert all(
        not value.startswith(("javascript", "data", "//", "ftp", "\\"))
        for name, value in seen.attributes
        if name == "href"
    )


@given(
    st.text()
    | st.lists(
        st.sampled_from(["<script>", "[a](", ")", "javascript:", "#", "\n", "`", "*", "&#106;", "<a href="])
    ).map("".join)
)
def test_whatever_is_written_only_known_tags_come_out(text):
    seen = Tags(render(text))

    assert not seen.tags - TAGS
    assert {name for name, _ in seen.attributes} <= {
        "href",
        "title",
        "class",
        "start",
        "style",
        "tabindex",
        "role",
        "aria-label",
    }


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=1", "http://example.org", "mailto:a@example.org", "/aide/", "#ici"]
)
def test_honest_links_come_through(address):
    assert f'href="{address}"' in render(f"[texte]({address})")


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("# Un\n\n## Deux", ["h2", "h3"]),
        ("## Deux\n\n### Trois", ["h2", "h3"]),
        ("# Un\n\n###### Six", ["h2", "h6"]),
        ("Titre\n===", ["h2"]),
    ],
)
def test_headings_leave_the_title_of_the_page_alone(text, tags):
    html = render(text)

    assert [tag for tag in ["h1", "h2", "h3", "h4", "h5", "h6"] if f"<{tag}>" in html] == tags


def test_a_table_scrolls_in_its_own_frame():
    html = render("| a | b |\n| --- | --- |\n| 1 | 2 |")

    assert '<div class="defile" tabindex="0" role="region"' in html
    assert html.count("<table ") == 1


def test_a_table_is_named_by_the_title_above_it_and_says_what_its_heads_are_of():
    table = "\n\n| a |\n| --- |\n| 1 |\n\n"

    html = render(f"## Les « durées » & délais{table}{table}## Cookies{table}")

    assert re.findall(r'<table aria-label="([^"]*)"', html) == [
        "Les «\N{NO-BREAK SPACE}durées\N{NO-BREAK SPACE}» &amp; délais",
        "Les «\N{NO-BREAK SPACE}durées\N{NO-BREAK SPACE}» &amp; délais (2)",
        "Cookies",
    ]
    assert html.count('<th scope="col">a</th>') == 3
