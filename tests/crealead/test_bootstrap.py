"""What is said before anything is installed."""

import ast
import hashlib
from pathlib import Path

import pytest

from crealead import bootstrap


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A directory with requirements, where nothing may be run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql:///mine")
    monkeypatch.setattr(bootstrap.subprocess, "call", None)
    Path("requirements.txt").write_text("django==5.2\n")
    return tmp_path


def test_python_3_6_can_read_it():
    ast.parse(Path(bootstrap.__file__).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_a_python_too_old_is_told_with_a_way_out(place, monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))

    assert "Il faut Python 3.11 ou plus récent" in bootstrap.main(["requirements.txt"])


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        (("Linux", "riscv64", ("glibc", "2.36")), "Linux riscv64"),
        (("Linux", "x86_64", ("", "")), "sans glibc"),
        (("Linux", "x86_64", ("glibc", "2.17")), "glibc 2.17"),
        (("FreeBSD", "amd64", ("", "")), "FreeBSD amd64"),
    ],
)
def test_a_machine_without_the_embedded_server_is_told_what_to_do(place, monkeypatch, machine, said):
    monkeypatch.delenv("DATABASE_URL")
    for name, answer in zip(("system", "machine", "libc_ver"), machine, strict=True):
        monkeypatch.setattr(bootstrap.platform, name, lambda answer=answer: answer)

    sentence = bootstrap.main(["requirements.txt"])

    assert said in sentence
    assert "DATABASE_URL=postgresql:///crealead make run" in sentence


def test_a_python_that_makes_no_environment_is_told_which_package_lacks(place, monkeypatch):
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda _: None)

    assert "apt install python3-venv" in bootstrap.main(["requirements.txt"])


def test_a_directory_that_cannot_be_written_is_named(place, monkeypatch):
    monkeypatch.setattr(bootstrap.os, "access", lambda *_: False)

    assert f"Impossible d’écrire dans {place}" in bootstrap.main(["requirements.txt"])


def test_what_pip_could_not_do_is_said(place, monkeypatch):
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda command, **_: "install" in command)

    assert "n’ont pas pu être installés" in bootstrap.main(["requirements.txt"])


def test_nothing_is_done_as_long_as_the_requirements_stay_the_same(place):
    python = Path(".venv/bin/python")
    python.parent.mkdir(parents=True)
    python.touch()
    digest = hashlib.sha256(Path("requirements.txt").read_bytes()).hexdigest()
    Path(".venv/installed-requirements.txt").write_text(digest)

    assert bootstrap.main(["requirements.txt"]) is None
