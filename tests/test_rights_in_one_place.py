"""What an account may is asked of `directory.rights`, which alone reads what says it."""

import ast
from pathlib import Path

import directory

ROOM = Path(directory.__file__).parent
READ_BY_RIGHTS = {"is_superuser", "is_staff"}


def test_nobody_but_rights_reads_what_an_account_may():
    readers = [
        f"{path.relative_to(ROOM)}:{node.lineno}"
        for path in sorted(ROOM.rglob("*.py"))
        if path != ROOM / "rights.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in READ_BY_RIGHTS and isinstance(node.ctx, ast.Load)
    ]

    assert readers == []


def test_rights_reads_it():
    attributes = {node.attr for node in ast.walk(ast.parse((ROOM / "rights.py").read_text())) if hasattr(node, "attr")}

    assert attributes >= READ_BY_RIGHTS
