"""The command that fills an empty base: what it refuses, and how it hands the accounts over."""

import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from directory.demo import accounts, build
from directory.models import (
    CoEntrepreneur,
)
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.VAR_DIR


@pytest.fixture
def quick(monkeypatch):
    """One fiche in place of the cooperative."""

    def fill(*, progress):
        CoEntrepreneurFactory()
        return build.Counts(*[1] * 8, accounts=(accounts.Account("administrateur", "camille"),))

    monkeypatch.setattr(build, "fill", fill)


def test_accounts_of_a_former_build_are_replaced(var, quick):
    var.mkdir()
    path = var / "demo-accounts.csv"
    path.write_text("role,username,password\n", encoding="utf-8")
    path.chmod(0o644)

    call_command("fill_demo", verbosity=0)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "administrateur,camille" in path.read_text(encoding="utf-8")
    assert [child.name for child in var.iterdir()] == ["demo-accounts.csv"]


@pytest.mark.parametrize("factory", [CoEntrepreneurFactory, ReferentFactory, PublicClientFactory])
def test_a_base_at_work_is_refused(var, factory):
    factory()
    before = CoEntrepreneur.objects.count()

    with pytest.raises(CommandError, match="dans une base vide"):
        call_command("fill_demo", verbosity=0)

    assert CoEntrepreneur.objects.count() == before
    assert not var.exists()


def test_nothing_is_written_when_the_accounts_cannot_be(var, quick):
    Path(var).write_text("un fichier à la place du dossier", encoding="utf-8")

    with pytest.raises(CommandError, match="impossible d’écrire"):
        call_command("fill_demo", verbosity=0)

    assert not CoEntrepreneur.objects.exists()
