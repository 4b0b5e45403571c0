"""A PDF opened again: what assistive technologies find in it, and what a validator says of it."""

import json
from io import BytesIO

import page
from pypdf import PdfReader


class Pdf:
    """A document as its reader gets it."""

    def __init__(self, content):
        self.content = content
        self.reader = PdfReader(BytesIO(content))
        self.root = self.reader.trailer["/Root"]
        self.elements = list(self._walk(self.root["/StructTreeRoot"]["/K"]))

    @property
    def pages(self):
        return len(self.reader.pages)

    @property
    def text(self):
        """All its words, each space and line end as one plain space."""
        return " ".join("\n".join(page.extract_text() for page in self.reader.pages).split())

    @property
    def tags(self):
        return [element["/S"] for element in self.elements]

    @property
    def alternatives(self):
        """The words that stand for its pictures."""
        return [element["/Alt"] for element in self.elements if element["/S"] == "/Figure"]

    @property
    def untitled(self):
        """Its tables that don't begin with a caption that holds something."""
        return [
            element
            for element in self.elements
            if element["/S"] == "/Table" and not self._begins_with_a_caption(element["/K"])
        ]

    @staticmethod
    def _begins_with_a_caption(children):
        first = children[0].get_object()
        return first["/S"] == "/Caption" and bool(first.get("/K"))

    @property
    def failures(self):
        """Each rule of PDF/UA-1 that it breaks, by an independent validator."""
        report = page.validate_pdf_bytes(self.content, profile="ua1")
        return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]

    def _walk(self, node):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                yield from self._walk(child)
        elif hasattr(node, "get") and "/S" in node:
            yield node
            if "/K" in node:
                yield from self._walk(node["/K"])


def opened(data, render):
    """The PDF of what JSON keeps of data."""
    return Pdf(render(json.loads(json.dumps(data))))
