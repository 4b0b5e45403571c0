"""What the documents name is there: paths, and what their snippets import."""

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TREES = ("crealead", "directory", "docs", "static", "templates", "tests", ".ci")
ENDINGS = "conf|css|env|html|js|json|md|py|service|sql|svg|timer|toml|typ"
# A name that ends as one of our files does, or a folder; not the path of an address or of a server, which begin with /.
NAMED = re.compile(rf"(?<![\w/.:<~-])([a-z][\w.-]*(?:/[\w.-]+)*(?:\.(?:{ENDINGS})\b|/(?=[`\s,;)])))")
IMPORTED = re.compile(r"^\s*from ([\w.]+) import ([\w, ]+)$", re.MULTILINE)
# Made when the programs run, or the files of others that a document cites as its source.
ELSEWHERE = {
    "var/",
    "var/mail/",
    "cpv_reference.py",
    "data/cpv.json",
    "content/pages/bilan2020-marches-publics-services-top100.md",
}


def known():
    files = [path for tree in TREES for path in (ROOT / tree).rglob("*")] + list(ROOT.iterdir())
    return [f"/{path.relative_to(ROOT)}" for path in files] + [f"/{path.relative_to(ROOT)}/" for path in files]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_named_is_there(document):
    """Whole, or by its end: `memo/known.py` is in `directory/tenders/`."""
    paths = known()

    named = set(NAMED.findall(document.read_text())) - ELSEWHERE

    assert sorted(name for name in named if not any(path.endswith(f"/{name}") for path in paths)) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_snippet_imports(document):
    for module, names in IMPORTED.findall(document.read_text()):
        for name in names.split(","):
            assert hasattr(import_module(module), name.strip()), f"{module}.{name}"


def test_the_documents_name_some():
    text = (ROOT / "docs/documents.md").read_text()

    assert "directory/documents/charter/" in NAMED.findall(text)
    assert ("directory.documents", "cv_data, render_cv") in IMPORTED.findall(text)
