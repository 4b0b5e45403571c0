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


_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_markdown.validateLink = _is_link_allowed
# A wide table scrolls in a frame of its own, which the keyboard reaches.
_markdown.add_render_rule(
    "table_open", lambda *_: '<div class="defile" tabindex="0" role="region" aria-label="Tableau"><table>'
)
_markdown.add_render_rule("table_close", lambda *_: "</table></div>")
