"""A long spreadsheet of fiches: the worker tries it, then imports it, and its sender finds what became of it."""

import pytest

from directory.admin import fiche_files
from directory.models import CoEntrepreneur, FicheFile, FicheNotice
from tests import cast
from tests.admin.importing import (
    IMPORT,
    sentences,
    upload,
)
from tests.cast import admin_url, browser_of, text_of
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

TWO = "email;prenom;nom\na@example.org;Ana;Roux\nb@example.org;Bilal;Sy\n"


@pytest.fixture
def long(monkeypatch):
    monkeypatch.setattr(fiche_files, "MOST_ROWS_AT_ONCE", 1)
    monkeypatch.setattr("directory.admin.resource.TOLD_EVERY", 1)


def sent(person, content=TWO):
    """The page of a long file, once the worker has tried it."""
    url = upload(person, content).url
    run_jobs()
    return url


def press(person, url, **pressed):
    page = browser_of(person).get(url)
    return browser_of(person).post(admin_url(IMPORT), {"confirmation": page.context["ticket"]} | pressed)


@pytest.mark.usefixtures("long")
def test_a_long_file_is_previewed_then_imported_by_the_worker(referent):
    url = upload(referent, TWO).url
    waiting = browser_of(referent).get(url)
    run_jobs()
    preview = browser_of(referent).get(url)
    confirmed = press(referent, url)
    importing = browser_of(referent).get(url)
    before = CoEntrepreneur.objects.count()
    mails = run_jobs()

    assert "Lecture de « fiches.csv » : 0 %" in text_of(waiting)
    assert preview.context["totals"]["new"] == 2
    assert (confirmed.url, before) == (url, 0)
    assert "Import de « fiches.csv » : 0 %" in text_of(importing)
    assert CoEntrepreneur.objects.count() == 2
    assert {mail.to[0] for mail in mails} == {"a@example.org", "b@example.org"}
    assert "Fiches créées : 2" in text_of(browser_of(referent).get(url))


@pytest.mark.usefixtures("long")
def test_who_comes_back_later_finds_what_became_of_a_long_file(referent):
    url = sent(referent)
    page = browser_of(referent).get(admin_url(IMPORT))
    press(referent, url)
    run_jobs()
    later = browser_of(referent).get(admin_url(IMPORT))

    assert f'href="{url}"' in page.text
    assert "à confirmer" in page.text
    assert ": importé" in text_of(later)
    assert FicheNotice.objects.filter(sent_at__isnull=False).count() == 2


@pytest.mark.usefixtures("long")
def test_a_second_click_leads_to_the_same_import(referent):
    url = sent(referent)
    ticket = browser_of(referent).get(url).context["ticket"]
    clicks = [browser_of(referent).post(admin_url(IMPORT), {"confirmation": ticket}) for _ in range(2)]

    mails = run_jobs()

    assert [click.url for click in clicks] == [url, url]
    assert len(mails) == 2
    assert CoEntrepreneur.objects.count() == 2


@pytest.mark.usefixtures("long")
def test_a_long_import_that_breaks_writes_nothing_and_says_so(referent, monkeypatch):
    url = sent(referent)
    press(referent, url)
    monkeypatch.setattr(fiche_files.notices, "tell", lambda **_: 1 / 0)

    mails = run_jobs()

    assert (CoEntrepreneur.objects.count(), mails) == (0, [])
    assert "Rien n’est importé : le travail s’est arrêté sur une erreur" in text_of(browser_of(referent).get(url))


@pytest.mark.usefixtures("long")
def test_a_long_import_that_was_killed_starts_afresh_and_one_that_is_done_does_not(referent):
    url = sent(referent)
    press(referent, url)
    # As a worker that was killed leaves it.
    FicheFile.objects.update(state=FicheFile.State.RUNNING, rows_done=1)
    mails = run_jobs()

    fiche_files.work_on_fiche_file(pk=FicheFile.objects.get().pk)

    assert len(mails) == 2
    assert run_jobs() == []
    assert CoEntrepreneur.objects.count() == 2


@pytest.mark.usefixtures("long")
def test_a_fiche_that_changed_hands_before_the_worker_came_stops_a_long_import(referent, member):
    url = sent(referent, "email;prenom;nom;accroche\nlucie@example.org;Lucie;Astruc;Neuve\na@example.org;Ana;Roux;\n")
    press(referent, url)
    CoEntrepreneur.objects.update(referent=cast.referent(name="Nadia Belkacem"))
    run_jobs()

    assert "Cette fiche est suivie par Nadia Belkacem" in sentences(browser_of(referent).get(url))[0]
    assert CoEntrepreneur.objects.count() == 1


@pytest.mark.usefixtures("long")
def test_a_long_file_is_for_who_sent_it(referent, administrator):
    url = sent(referent)
    ticket = browser_of(referent).get(url).context["ticket"]

    assert browser_of(administrator).get(url).status_code == 404
    browser_of(administrator).post(admin_url(IMPORT), {"confirmation": ticket})
    run_jobs()
    assert CoEntrepreneur.objects.count() == 0


def test_what_a_file_says_of_its_errors_can_be_kept_whatever_it_holds(referent, member):
    page = upload(referent, "email;depart\nlucie@example.org;\0bad\n")

    assert page.status_code == 200
