import csv
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from directory.demo import build
from directory.models import (
    CoEntrepreneur,
    Consultation,
    CvEntry,
    Insurance,
    ListingRequest,
    Participation,
    Reference,
)
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.VAR_DIR


def test_the_base_is_filled_and_the_accounts_are_for_their_owner_only(var):
    out = StringIO()

    call_command("fill_demo", stdout=out)

    path = var / "demo-accounts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["role", "username", "password"]
    assert {row["role"] for row in rows} == {"administrateur", "referent", "co-entrepreneur"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [child.name for child in var.iterdir()] == ["demo-accounts.csv"]
    assert f"{CoEntrepreneur.objects.count()} fiches" in out.getvalue()
    assert str(path) in out.getvalue()


def test_accounts_of_a_former_build_are_replaced(var):
    var.mkdir()
    path = var / "demo-accounts.csv"
    path.write_text("role,username,password\n", encoding="utf-8")
    path.chmod(0o644)

    call_command("fill_demo", verbosity=0)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "administrateur," in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("factory", [CoEntrepreneurFactory, ReferentFactory, PublicClientFactory])
def test_a_base_at_work_is_refused(var, factory):
    factory()

    with pytest.raises(CommandError, match="dans une base vide"):
        call_command("fill_demo", verbosity=0)

    assert CoEntrepreneur.objects.count() <= 1
    assert not var.exists()


def test_nothing_is_written_when_the_accounts_cannot_be(var):
    Path(var).write_text("un fichier à la place du dossier", encoding="utf-8")

    with pytest.raises(CommandError, match="impossible d’écrire"):
        call_command("fill_demo", verbosity=0)

    assert not CoEntrepreneur.objects.exists()


def test_two_builds_write_the_same():
    written = []
    for _ in range(2):
        point = transaction.savepoint()
        build.fill(progress=False)
        fiches = CoEntrepreneur.objects.order_by("slug")
        written.append(
            [
                *fiches.values_list("slug", "headline", "public_offer", "email", "listed_since", "client_public"),
                *fiches.order_by("slug", "skills__slug").values_list("slug", "skills__slug"),
                *fiches.order_by("slug", "references__subject", "references__amount").values_list(
                    "slug", "references__subject", "references__amount"
                ),
                *ListingRequest.objects.order_by("email").values_list("email", "state", "headline"),
                *Reference.objects.order_by("pk").values_list("context", "state", "contact_email", "amount_shown"),
                *Participation.objects.order_by("pk").values_list("co_entrepreneur__slug", "part"),
                *CvEntry.objects.order_by("pk").values_list("cv__co_entrepreneur__slug", "title", "ends_year"),
                *Insurance.objects.order_by("pk").values_list("co_entrepreneur__slug", "expires_on"),
                *Consultation.objects.order_by("pk", "team__pk").values_list(
                    "subject", "deadline", "team__co_entrepreneur__slug"
                ),
            ]
        )
        transaction.savepoint_rollback(point)

    assert written[0] == written[1]
