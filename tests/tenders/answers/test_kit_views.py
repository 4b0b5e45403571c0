import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from directory.models import DuplicateNotice, Kit
from directory.tenders.answers import kit as maker
from directory.tenders.answers import tasks
from directory.tenders.answers.actions import GIVEN_UP_AFTER, ask_for_kit
from tests.cast import browser_of, everyone, lead_of, led, viewer_of
from tests.factories import ConsultationFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
State = Kit.State


@pytest.fixture
def quick(monkeypatch):
    """Kits of one file, made in no time."""

    def make(_consultation, *, progress=None):
        progress(1, 1)
        return maker.Made(files=[maker.MadeFile("01-essai.pdf", b"%PDF-")])

    monkeypatch.setattr(maker, "make", make)


def page(consultation):
    return reverse("tenders:kit", args=[consultation.pk])


def zip_of(consultation, *args):
    return reverse("tenders:kit_file", args=[consultation.pk, *args])


def reaches(someone, address):
    response = browser_of(someone).get(address)
    # What is read to its end is closed.
    assert response.getvalue()
    return response.status_code == 200


def test_the_button_carries_its_token(consultation, as_lead):
    assert 'name="csrfmiddlewaretoken"' in as_lead.get(page(consultation)).text


def made(consultation, browser):
    browser.post(page(consultation))
    run_jobs()
    return consultation.kits.first()


def test_a_kit_is_asked_for_made_and_downloaded(consultation, as_lead):
    answer = as_lead.post(page(consultation), follow=True)
    assert "attend son tour" in answer.text

    run_jobs()

    assert "Le dossier est prêt" in as_lead.get(page(consultation)).text
    response = as_lead.get(zip_of(consultation))
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"].startswith('attachment; filename="dossier-')
    with zipfile.ZipFile(BytesIO(b"".join(response.streaming_content))) as archive:
        assert "02-presentation-de-la-cooperative.pdf" in archive.namelist()
    kit = consultation.kits.get()
    assert (kit.state, kit.made, kit.total) == (State.DONE, 3, 3)


def test_only_who_may_change_the_consultation_asks_and_its_team_downloads(quick):
    consultation, people = everyone()
    asked = {who for who, one in people.items() if browser_of(one).post(page(consultation)).status_code == 302}
    run_jobs()
    kit = consultation.kits.first()
    addresses = [page(consultation), zip_of(consultation), zip_of(consultation, kit.pk)]

    reached = [{who for who, one in people.items() if reaches(one, address)} for address in addresses]

    assert asked == {"lead", "opener", "referent of the lead", "administrator"}
    assert reached == [asked | {"invited", "accepted", "concerned referent"}] * 3


def test_a_kit_is_not_reached_through_another_consultation(consultation, as_lead, quick):
    kit = made(consultation, as_lead)
    other = led(by=lead_of(consultation))

    assert as_lead.get(zip_of(other, kit.pk)).status_code == 404
    assert as_lead.get(zip_of(other)).status_code == 404


def test_a_second_click_waits_for_the_first(consultation, as_lead, quick):
    as_lead.post(page(consultation))
    as_lead.post(page(consultation))

    assert consultation.kits.count() == 1
    run_jobs()
    as_lead.post(page(consultation))
    assert consultation.kits.count() == 2


def test_the_page_shows_how_far_it_is_and_asks_again_by_itself(consultation, as_lead):
    kit = ask_for_kit(consultation=consultation, by=viewer_of(lead_of(consultation)))
    Kit.objects.filter(pk=kit.pk).update(state=State.RUNNING, made=3, total=12)

    whole = as_lead.get(page(consultation)).text
    part = as_lead.get(page(consultation), headers={"HX-Request": "true"}).text

    assert "3 documents faits sur 12" in part
    assert "data-dit" in part
    assert 'data-hx-trigger="every 1s"' in part
    assert "<html" not in part
    assert part.strip() in whole
    assert ">Actualiser</a>" in whole


def test_once_it_is_ready_the_page_asks_no_more(consultation, as_lead, quick):
    made(consultation, as_lead)

    part = as_lead.get(page(consultation), headers={"HX-Request": "true"}).text

    assert "hx-get" not in part
    assert "Télécharger le dossier" in part


def test_progress_can_be_read_while_the_kit_is_made(consultation, as_lead, monkeypatch):
    seen = []

    def make(_consultation, *, progress):
        progress(2, 7)
        seen.append(Kit.objects.values_list("state", "made", "total").get())
        return maker.Made(files=[maker.MadeFile("01-essai.pdf", b"%PDF-")])

    monkeypatch.setattr(maker, "make", make)

    made(consultation, as_lead)

    assert seen == [(State.RUNNING, 2, 7)]


def test_a_document_that_failed_is_named_and_the_rest_is_downloaded(consultation, as_lead, monkeypatch):
    problem = {"document": "CV de Zoé", "reason": "La photo est illisible."}
    some = maker.Made(files=[maker.MadeFile("01-essai.pdf", b"%PDF-")], problems=[problem])
    monkeypatch.setattr(maker, "make", lambda *_args, **_kwargs: some)

    made(consultation, as_lead)

    text = as_lead.get(page(consultation)).text
    assert "CV de Zoé" in text
    assert "La photo est illisible." in text
    assert "Télécharger le dossier" in text


@pytest.mark.parametrize("outcome", ["error", "nothing"])
def test_a_kit_that_fails_says_so_and_can_be_asked_for_again(consultation, as_lead, monkeypatch, outcome):
    def make(*_args, **_kwargs):
        if outcome == "error":
            raise OSError("disk full")
        return maker.Made()

    monkeypatch.setattr(maker, "make", make)

    kit = made(consultation, as_lead)

    text = as_lead.get(page(consultation)).text
    assert kit.state == State.FAILED
    assert "Le dossier n’a pas pu être préparé" in text
    assert "Préparer de nouveau" in text
    assert "disk full" not in text
    assert as_lead.get(zip_of(consultation)).status_code == 404


def test_a_kit_whose_worker_was_killed_is_made_by_the_next(consultation, as_lead, quick):
    as_lead.post(page(consultation))
    Kit.objects.update(state=State.RUNNING, made=1, total=9)

    run_jobs()

    assert Kit.objects.get().state == State.DONE


def test_a_kit_that_no_worker_takes_is_given_up_and_its_job_does_nothing_later(consultation, as_lead, quick):
    as_lead.post(page(consultation))
    lost = consultation.kits.get()
    Kit.objects.update(asked_at=timezone.now() - GIVEN_UP_AFTER - timedelta(minutes=1))
    assert "ne répond plus" in as_lead.get(page(consultation)).text

    as_lead.post(page(consultation))

    lost.refresh_from_db()
    assert (lost.state, lost.problems[0]["document"]) == (State.FAILED, "Dossier")
    tasks.make_kit(kit_pk=lost.pk)
    lost.refresh_from_db()
    assert lost.state == State.FAILED


def test_the_last_three_kits_stay_and_the_files_of_older_ones_go(
    consultation, as_lead, quick, django_capture_on_commit_callbacks
):
    first = made(consultation, as_lead).archive.name
    for _ in range(2):
        made(consultation, as_lead)
    assert default_storage.exists(first)

    with django_capture_on_commit_callbacks(execute=True):
        made(consultation, as_lead)

    assert consultation.kits.count() == 3
    assert not default_storage.exists(first)
    assert all(default_storage.exists(kit.archive.name) for kit in consultation.kits.all())
    assert as_lead.get(page(consultation)).text.count("Dossier du") == 2


def test_a_file_that_is_no_longer_on_the_disk_is_not_found(consultation, as_lead, quick):
    default_storage.delete(made(consultation, as_lead).archive.name)

    assert as_lead.get(zip_of(consultation)).status_code == 404


def test_no_kit_before_a_likely_duplicate_is_settled(consultation, as_lead):
    DuplicateNotice.objects.create(consultation=consultation, other=ConsultationFactory())

    answer = as_lead.post(page(consultation), follow=True)

    assert not consultation.kits.exists()
    assert 'class="panneau panneau-attention"' in answer.text


def test_the_page_tells_what_to_check_first(consultation, as_lead):
    text = as_lead.get(page(consultation)).text

    assert "À vérifier avant l’envoi" in text
    assert "Il n’est pas commencé." in text
