"""The Markdown that the cooperative writes, as the blocks that documents print."""

from urllib.parse import urljoin, urlsplit

from django.conf import settings
from markdown_it.tree import SyntaxTreeNode

from crealead.markdown import parse

from .text import plain, typeset

HIGHEST, LOWEST = 2, 4
MARKS = {"strong": "strong", "em": "emph"}


def prose(text):
    """The blocks of a Markdown text: headings, paragraphs, lists and tables; what else it holds becomes words."""
    made, level = [], HIGHEST - 1
    for node in _leaves(SyntaxTreeNode(parse(plain(text)))):
        if not _is_seen(node):
            continue
        if node.type == "heading":
            # One level at a time, as a reader's table of contents wants it.
            level = min(int(node.tag[1]), level + 1, LOWEST)
            made.append({"type": "heading", "level": level, "runs": _runs_in(node)})
        elif node.type in {"bullet_list", "ordered_list"}:
            kind = "list" if node.type == "bullet_list" else "numbers"
            made.append({"type": kind, "items": [_runs(one) for one in node.walk() if one.type == "inline"]})
        elif node.type == "table":
            header, *rows = [[_runs_in(cell) for cell in one.children] for one in node.walk() if one.type == "tr"]
            made.append({"type": "table", "header": header, "rows": rows})
        else:
            made.append({"type": "paragraph", "runs": _runs_in(node)})
    return made


def _is_seen(node):
    return any(typeset(one.content) for one in node.walk() if not one.children)


def _leaves(root):
    """The blocks that hold words, out of the quotations they may stand in."""
    for node in root.children:
        if node.type == "blockquote":
            yield from _leaves(node)
        else:
            yield node


def _runs_in(node):
    if not node.children:
        return _run(node.content)
    return [run for child in node.children for run in _runs(child)]


def _runs(node, **marks):
    """The words under a node, with how each stretch of them looks and where it leads."""
    if node.type in {"softbreak", "hardbreak"}:
        return [{"text": " "}]
    if node.type == "link":
        marks = marks | {"link": _address(node.attrs["href"])}
    elif node.type in MARKS:
        marks = marks | {MARKS[node.type]: True}
    if not node.children:
        return _run(node.content, **marks)
    return [run for child in node.children for run in _runs(child, **marks)]


def _run(words, **marks):
    words = typeset(words, edges=True)
    return [{"text": words} | marks] if words else []


def _address(address):
    """Where a link leads from a file that may be read anywhere; an empty string for a place on the same page."""
    if address.startswith("#"):
        return ""
    return address if urlsplit(address).scheme else urljoin(settings.SITE_URL, address)
