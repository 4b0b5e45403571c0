"""Markdown as the cooperative writes it, into HTML that is safe whatever was written."""

from urllib.parse import urlsplit

from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml

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
    """The start of a table: a wide one scrolls in a frame of its own, which the keyboard reaches; each has its name.

    It is the title above it, with its number when it isn't the first there.
    """
    titles = [at for at in range(place) if tokens[at].type == "heading_open"]
    number = sum(token.type == "table_open" for token in tokens[titles[-1] if titles else 0 : place + 1])
    title = tokens[titles[-1] + 1].content if titles else "Tableau"
    label = escapeHtml(title if number == 1 else f"{title} ({number})")
    return f'<div class="defile" tabindex="0" role="region" aria-label="{label}"><table aria-label="{label}">'


def _column(renderer, tokens, place, options, env):
    """The head of a column, which says what it is the head of."""
    tokens[place].attrSet("scope", "col")
    return renderer.renderToken(tokens, place, options, env)


_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_markdown.validateLink = _is_link_allowed
_markdown.add_render_rule("table_open", _frame)
_markdown.add_render_rule("th_open", _column)
_markdown.add_render_rule("table_close", lambda *_: "</table></div>")
