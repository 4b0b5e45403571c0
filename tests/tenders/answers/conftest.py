import pytest

from directory.tenders.answers import kit


@pytest.fixture
def made(monkeypatch):
    """What the kit gives, made at once: its own tests see to how."""
    fake = kit.Made(
        files=[kit.MadeFile("01-memoire.docx", b"le memoire"), kit.MadeFile("03-cv-nora.pdf", b"le CV")],
        data={"01-memoire.docx": {"title": "Mémoire"}, "03-cv-nora.pdf": {"name": "Nora"}},
        warnings=[{"document": "CV de Nora", "reason": "Il date."}],
    )
    monkeypatch.setattr(kit, "make", lambda consultation, **_: fake)
    return fake
