"""Markdown as the cooperative writes it, into HTML that is safe whatever was written."""

from itertools import count
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt

from crealead.words import spaced

# A link leads to the web, to a mailbox, or elsewhere on this site.
SCHEMES = {"http", "https", "mailto", ""}
# The page's own title is its one h1.
HIGHEST_HEADING, LOWEST_HEADING = 2, 6
# What the pages around these texts name by themselves.
TAKEN = frozenset({"contenu", "demander", "pied-membres", "pied-site"})


def parse(text):
    """The tokens of a Markdown text, as markdown-it makes them: tags it holds are words, its highest headings `h2`.

    Each heading has an address on its page, its words as a slug, and each table the heading that names it.
    """
    tokens = _markdown.parse(spaced(text))
    opened = [place for place, token in enumerate(tokens) if token.type == "heading_open"]
    shift = HIGHEST_HEADING - min((int(tokens[place].tag[1]) for place in opened), default=HIGHEST_HEADING)
    taken, heading, named = set(TAKEN), None, set()
    for place, token in enumerate(tokens):
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + shift, LOWEST_HEADING)}"
        if token.type == "heading_open":
            token.attrs["id"] = _free(slugify(_words(tokens[place + 1])) or "partie", taken)
            heading = token
        elif token.type == "table_open":
            # A heading names the first table under it; the others are told apart by their number.
            is_named = heading is not None and heading.attrs["id"] not in named
            token.meta["named_by"] = heading.attrs["id"] if is_named else None
            named.add(token.meta["named_by"])
    return tokens


def render(text):
    """The HTML of a Markdown text."""
    return html_of(parse(text))


def html_of(tokens):
    """The HTML of what `parse` gives."""
    return mark_safe(_markdown.renderer.render(tokens, _markdown.options, {}))


def contents(tokens):
    """The parts of what `parse` gives, for its table of contents: (address, words) of each of its highest headings."""
    highest = [
        place
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == f"h{HIGHEST_HEADING}"
    ]
    return [(tokens[place].attrs["id"], _words(tokens[place + 1])) for place in highest]


def _words(inline):
    """What a line says, without its signs."""
    said = {"text", "code_inline"}
    return "".join(
        child.content if child.type in said else " " * (child.type == "softbreak") for child in inline.children
    )


def _free(slug, taken):
    """The slug, or the first of « slug-2 », « slug-3 »… that isn't taken; it is from now on."""
    names = (f"{slug}-{number}" if number > 1 else slug for number in count(1))
    name = next(name for name in names if name not in taken)
    taken.add(name)
    return name


def _is_link_allowed(address):
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and (bool(parts.scheme) or not parts.netloc)


def _frame(_renderer, tokens, place, *_):
    """The start of a table: a wide one scrolls in a frame of its own, which the keyboard reaches; each has its name."""
    number = sum(token.type == "table_open" for token in tokens[: place + 1])
    by = tokens[place].meta.get("named_by")
    name = f'aria-labelledby="{escape(by)}"' if by else f'aria-label="Tableau {number}"'
    return f'<div class="defile" tabindex="0" role="region" {name}><table {name}>'


_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_markdown.validateLink = _is_link_allowed
_markdown.add_render_rule("table_open", _frame)
_markdown.add_render_rule("table_close", lambda *_: "</table></div>")
_markdown.add_render_rule("th_open", lambda *_: '<th scope="col">')
