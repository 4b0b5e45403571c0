"""What isn't ready is counted before an answer is kept, and an unfinished memo doesn't go with it by itself."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from directory.models import Answer, Insurance, TeamMember
from directory.tenders.answers import kit
from directory.tenders.answers.readiness import readiness_of
from tests.cast import browser_of, lead_of, led, seat

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 le memoire relu"


@pytest.fixture(autouse=True)
def made(settings, tmp_path, monkeypatch):
    """What was asked of the kit: its documents are one file each, without typesetting."""
    settings.MEDIA_ROOT = tmp_path
    asked = []

    def make(_consultation, *, with_memo=True, with_others=True):
        asked.append((with_memo, with_others))
        memo = [kit.MadeFile("01-memoire-technique.docx", b"ecrit ici")] if with_memo else []
        return kit.Made(files=[*memo, *([kit.MadeFile("03-cv.pdf", b"CV")] if with_others else [])])

    monkeypatch.setattr(kit, "make", make)
    return asked


def unready():
    consultation = led()
    consultation.memo_parts.create(title="Méthode", body="Nous viendrons [[quand]] avec [[qui]].")
    invited = seat(consultation, state=TeamMember.State.INVITED)
    yesterday = timezone.localdate() - timedelta(days=1)
    Insurance.objects.create(co_entrepreneur=lead_of(consultation), kind="decennale", insurer="A", expires_on=yesterday)
    return consultation, invited.co_entrepreneur


def post(consultation, **sent):
    return browser_of(lead_of(consultation)).post(
        f"/consultations/{consultation.pk}/envoi/", {"after": "0", "is_sure": "on"} | sent
    )


def names():
    return set(Answer.objects.get().files.values_list("name", flat=True))


def test_what_is_not_ready_is_counted():
    consultation, invited = unready()

    readiness = readiness_of(consultation)

    assert [title for title, _ in readiness.told] == [
        "2 passages du mémoire restent à adapter",
        "1 invitation est sans réponse",
        "1 papier est échu",
    ]
    assert readiness.invited == [invited.name]


def test_it_is_said_in_numbers_before_the_form_and_on_it():
    consultation, invited = unready()
    browser = browser_of(lead_of(consultation))

    step = browser.get(f"/consultations/{consultation.pk}/envoi/")
    form = browser.get(f"/consultations/{consultation.pk}/envoi/?suite=1")

    assert "Garder cette réponse" not in step.text
    assert "?suite=1" in step.text
    assert "Garder cette réponse" in form.text
    for page in (step, form):
        assert "2 passages du mémoire restent à adapter" in page.text
        assert invited.name in page.text
        assert "1 papier est échu" in page.text
    assert "Mémoire technique" not in step.context["contents"]


def test_a_ready_answer_comes_straight_to_the_form_with_its_memo():
    consultation = led()
    consultation.memo_parts.create(title="Méthode", body="Nous viendrons lundi.")

    page = browser_of(lead_of(consultation)).get(f"/consultations/{consultation.pk}/envoi/")

    assert "Garder cette réponse" in page.text
    assert page.context["form"]["with_memo"].value() is True
    assert page.context["contents"][0] == "Mémoire technique"


def test_an_unfinished_memo_goes_only_when_it_is_asked_for(made):
    consultation, _ = unready()
    page = browser_of(lead_of(consultation)).get(f"/consultations/{consultation.pk}/envoi/?suite=1")

    post(consultation, with_kit="on")
    post(consultation, with_kit="on", with_memo="on", after="1")

    assert page.context["form"]["with_memo"].value() is False
    assert made == [(False, True), (True, True)]


def test_the_final_memo_replaces_the_one_written_here(made):
    consultation, _ = unready()

    post(consultation, with_kit="on", with_memo="on", final_memo=SimpleUploadedFile("Mémoire v3 FINAL.pdf", PDF))

    assert names() == {"01-memoire-technique.pdf", "03-cv.pdf"}
    assert made == [(False, True)]


def test_the_final_memo_may_go_alone(made):
    post(led(), final_memo=SimpleUploadedFile("memoire.pdf", PDF))

    assert names() == {"01-memoire-technique.pdf"}
    assert made == []


@pytest.mark.parametrize("content", [b"MZ", b"", b"PK\x03\x04"])
def test_a_final_memo_that_is_no_text_is_refused(content):
    response = post(led(), final_memo=SimpleUploadedFile("memoire.pdf", content), with_kit="on")

    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"final_memo"}
    assert not Answer.objects.exists()
