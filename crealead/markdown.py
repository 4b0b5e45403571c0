"""Markdown as the cooperative writes it, into HTML that is safe whatever was written."""

from urllib.parse import urlsplit

from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

from crealead.words import spaced

# A link leads to the web, to a mailbox, or elsewhere on this site.
SCHEMES = {"http", "https", "mailto", ""}
# The page's own title is its one h1.
HIGHEST_HEADING, LOWEST_HEADING = 2, 6


def parse(text):
    """The tokens of a Markdown text, as markdown-it makes them: tags it holds are words, its highest headings `h2`."""
    tokens = _markdown.parse(spaced(text))
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    shift = HIGHEST_HEADING - min((int(token.tag[1]) for token in headings), default=HIGHEST_HEADING)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) + shift, LOWEST_HEADING)}"
    return tokens


def render(text):
    """The HTML of a Markdown text."""
    return mark_safe(_markdown.renderer.render(parse(text), _markdown.options, {}))


def _is_link_allowed(address):
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and (bool(parts.scheme) or not parts.netloc)


def _frame(_renderer, tokens, place, *_):
    """The start of a table: a wide one scrolls in a frame of its own, which the keyboard reaches; each has its name."""
    number = sum(token.type == "table_open" for token in tokens[: place + 1])
    label = "Tableau" if number == 1 else f"Tableau {number}"
    return f'<div class="defile" tabindex="0" role="region" aria-label="{label}"><table>'


_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_markdown.validateLink = _is_link_allowed
_markdown.add_render_rule("table_open", _frame)
_markdown.add_render_rule("table_close", lambda *_: "</table></div>")
