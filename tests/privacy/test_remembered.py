"""A restored backup doesn't bring back who was erased, nor what was withdrawn."""

import hashlib
import importlib
import json
import stat
import sys
from datetime import timedelta
from io import StringIO
from types import ModuleType

import pgtrigger
import pytest
from django.apps import apps
from django.conf import settings as settings_of_site
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from directory.listing import actions
from directory.models import CoEntrepreneur, Consent, ContactMessage, Page, Remembered
from directory.privacy import remembered, terms
from directory.privacy.purge import lines
from directory.privacy.vocabulary import Sought
from tests.factories import CoEntrepreneurFactory, ReferenceFactory

pytestmark = pytest.mark.django_db
NAME = "Zyglotrax"


@pytest.fixture
def file(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "elsewhere" / "erasures.jsonl"
    return settings.ERASURES_FILE


@pytest.fixture
def erased(monkeypatch):
    """What the erasure is asked, in its place."""
    asked = []

    def erase(sought, *, by, reason, dry_run=False):
        asked.append(sought)
        CoEntrepreneur.objects.filter(pk__in=sought.fiches).delete()

    module = ModuleType("directory.privacy.erasure")
    module.erase = erase
    monkeypatch.setitem(sys.modules, "directory.privacy.erasure", module)
    return asked


@pytest.fixture
def remember(django_capture_on_commit_callbacks):
    def remember(told):
        with django_capture_on_commit_callbacks(execute=True):
            return told()

    return remember


def run(*options):
    out = StringIO()
    call_command("check_restore", *options, stdout=out, stderr=out)
    return out.getvalue()


def restore():
    """As a database is that was copied before: it hasn't had the lines."""
    Remembered.objects.all().delete()


def test_the_file_names_nobody_and_is_closed(file, remember):
    sought = Sought(emails=(f"{NAME}@example.org",), phones=("04 99 88 77 61",), names=(f"Jo {NAME}",), fiches=(7,))

    remember(lambda: remembered.remember_erasure(sought))

    text = file.read_text()
    assert json.loads(text)["prints"].keys() == {"FICHE", "EMAIL", "PHONE", "NAME"}
    assert NAME.lower() not in text.lower()
    assert "99887761" not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_fingerprints_are_keyed(file, remember, settings):
    remember(lambda: remembered.remember_erasure(Sought(emails=("jo@example.org",))))
    settings.ERASURES_KEY = "another"
    remember(lambda: remembered.remember_erasure(Sought(emails=("jo@example.org",))))

    one, other = (json.loads(line)["prints"]["EMAIL"] for line in file.read_text().splitlines())

    assert one != other


def test_what_is_rolled_back_is_not_remembered(file, django_capture_on_commit_callbacks):
    def undone():
        with transaction.atomic():
            remembered.remember_erasure(Sought(emails=("jo@example.org",)))
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):
        undone()

    assert not file.exists()
    assert not Remembered.objects.exists()


def test_who_was_erased_is_erased_again(file, remember, erased):
    fiche = CoEntrepreneurFactory(first_name="Jo", last_name=NAME, email="jo@example.org")
    other = CoEntrepreneurFactory()
    ContactMessage.objects.create(
        co_entrepreneur=other, name=f"Jo {NAME.upper()}", organisation="X", email="JO@example.org", message="x"
    )
    ReferenceFactory(co_entrepreneur=other, contact_phone="04 99 88 77 61")
    marks = Sought(fiches=(fiche.pk,), emails=("jo@example.org",), phones=("0499887761",), names=(f"Jo {NAME}",))
    remember(lambda: remembered.remember_erasure(marks))
    had = run()
    restore()

    with pytest.raises(CommandError, match="--apply"):
        run()
    asked_before = list(erased)
    said = run("--apply")

    assert "0 effacements et retraits que cette base n’a pas eus" in had
    assert asked_before == []
    [sought] = erased
    assert sought.fiches == (fiche.pk,)
    assert set(sought.emails) == {"jo@example.org", "JO@example.org"}
    assert sought.phones == ("04 99 88 77 61",)
    assert set(sought.names) == {f"Jo {NAME}", f"Jo {NAME.upper()}"}
    assert NAME not in said
    assert "1 rejoués" in said
    assert CoEntrepreneur.objects.filter(pk=other.pk).exists()
    assert "0 effacements" in run()
    run("--apply")
    assert len(erased) == 1


def test_whom_the_copy_does_not_hold_is_nothing_to_play(file, remember, erased):
    remember(lambda: remembered.remember_erasure(Sought(emails=("nobody@example.org",))))
    restore()

    assert "1 effacements et retraits que cette base n’a pas eus, dont 0 à rejouer" in run()
    run("--apply")
    assert erased == []
    assert "0 effacements" in run()


def test_a_consent_withdrawn_is_withdrawn_again_and_one_given_since_stays(file, remember):
    fiche, other = CoEntrepreneurFactory(), CoEntrepreneurFactory()
    given = timezone.now() - timedelta(days=9)
    consents = [
        Consent.objects.create(co_entrepreneur=whose, item=item, given_at=given)
        for whose, item in [(fiche, "phone"), (fiche, "photo"), (other, "phone")]
    ]
    withdrawn_at = timezone.now() - timedelta(days=1)
    Consent.objects.filter(pk=consents[0].pk).update(withdrawn_at=withdrawn_at)
    first, again = remember(remembered.remember_withdrawals), remember(remembered.remember_withdrawals)
    restore()
    with pgtrigger.ignore("directory.Consent:only_withdrawn"):
        Consent.objects.update(withdrawn_at=None)

    with pytest.raises(CommandError):
        run()
    run("--apply")

    assert (first, again) == (1, 0)
    assert [consent.withdrawn_at for consent in Consent.objects.order_by("pk")] == [withdrawn_at, None, None]
    Consent.objects.create(co_entrepreneur=fiche, item="phone")
    restore()
    run("--apply")
    assert Consent.objects.active().filter(co_entrepreneur=fiche, item="phone").exists()


def test_a_fiche_taken_out_of_the_catalogue_is_taken_out_again(file, remember, administrator):
    fiche, other = CoEntrepreneurFactory(listed=True), CoEntrepreneurFactory(listed=True)
    CoEntrepreneurFactory()
    actions.untick(co_entrepreneur_pk=fiche.pk, by=administrator, reason="Opposition")
    first, again = remember(remembered.remember_withdrawals), remember(remembered.remember_withdrawals)
    restore()
    CoEntrepreneur.objects.filter(pk=fiche.pk).update(client_public=True)

    with pytest.raises(CommandError, match="--apply"):
        run()
    run("--apply")

    assert (first, again) == (1, 0)
    assert list(CoEntrepreneur.objects.published()) == [other]


def test_without_the_file_nothing_is_said_to_be_well(file):
    with pytest.raises(CommandError, match="n’est pas là"):
        run()


def test_a_line_that_was_cut_short_keeps_no_other_from_being_played(file, remember, erased):
    fiche = CoEntrepreneurFactory()
    remember(lambda: remembered.remember_erasure(Sought(fiches=(fiche.pk,))))
    file.write_text(file.read_text() + '{"key": "7c1e')
    restore()

    run("--apply")

    assert len(erased) == 1


def test_the_lines_go_with_the_purge(file, remember, monkeypatch):
    remember(lambda: remembered.remember_erasure(Sought(emails=("a@example.org",))))
    [line] = [line for line in lines() if line.words == "empreintes d’effacements et de retraits"]
    before = line.count()
    later = timezone.now() + terms.REMEMBERED.length + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    remember(lambda: remembered.remember_erasure(Sought(emails=("b@example.org",))))

    assert before == 0
    assert line.count() == 1
    assert line.erase() == 1
    assert len(file.read_text().splitlines()) == 1
    assert len(list(remembered.kept_lines())) == 1


def test_no_backup_of_a_day_holds_the_file():
    backup = (settings_of_site.BASE_DIR / "docs" / "deployment" / "crealead-backup").read_text(encoding="utf-8")

    assert "--directory /var/lib/crealead media" in backup
    assert '"$directory/erasures.jsonl"' in backup
    assert "$day.erasures" not in backup


@pytest.mark.parametrize("is_edited", [False, True])
def test_the_page_that_was_not_edited_says_so(is_edited, monkeypatch):
    migration = importlib.import_module("directory.migrations.0042_privacy_page")
    former = "Le texte d’avant"
    monkeypatch.setattr(migration, "FORMER", hashlib.sha256(former.encode()).hexdigest())
    Page.objects.filter(slug="confidentialite").update(body=f"{former}, corrigé" if is_edited else former)

    migration.replace(apps, None)

    body = Page.objects.get(slug="confidentialite").body
    assert ("[[durée des empreintes]]" in body) != is_edited
    assert body.startswith(former) == is_edited
