"""An answer is sent: what is kept of it, and what stops it."""

import hashlib
import re
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from crealead.words import file_told
from directory.decisions import Refused
from directory.models import Answer, AnswerFile
from directory.tenders.answers import actions as answer_actions
from directory.tenders.answers import keeping as answers
from directory.tenders.consultations.duplicates import Unsettled
from tests.cast import browser_of, content_of, lead_of, led, viewer_of
from tests.tenders.answers.sending import DC1, files_in, pdf, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def test_what_was_sent_is_kept_with_its_fingerprints_and_its_data(made):
    consultation = led()

    response = send(consultation)

    answer = Answer.objects.get()
    assert response.url == f"/consultations/{consultation.pk}/"
    assert (answer.number, answer.author_member) == (1, lead_of(consultation))
    assert answer.data == {
        "documents": made.data,
        "problems": [],
        "warnings": made.warnings,
        "people": {},
        "attached": ["DC1.pdf"],
    }
    expected = {"01-memoire.docx": b"le memoire", "03-cv-nora.pdf": b"le CV", "DC1.pdf": DC1}
    assert {file.name: (file.size, file.sha256) for file in answer.files.all()} == {
        name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in expected.items()
    }
    assert {file.name: content_of(file.file) for file in answer.files.all()} == expected


def test_the_page_lists_each_file_with_its_size_and_fingerprint(made):
    consultation = led()
    send(consultation)

    page = browser_of(lead_of(consultation)).get(f"/consultations/{consultation.pk}/").text

    for file in AnswerFile.objects.all():
        assert file.name in page
        assert file.sha256 in page
        assert f"/consultations/{consultation.pk}/envoi/fichiers/{file.pk}/" in page
        assert f"({file_told(file)})" in page


def test_the_names_on_the_disk_say_nothing(made, media):
    send(led())

    assert all(re.fullmatch(r"[\w-]{22}", path.name) for path in files_in(media))


def test_a_file_added_replaces_the_document_of_its_name(made):
    consultation = led()

    send(consultation, attachments=[pdf("03-CV-Nora.pdf", b"%PDF-1.7 le mien")])

    assert content_of(AnswerFile.objects.get(name__iexact="03-cv-nora.pdf").file) == b"%PDF-1.7 le mien"
    assert AnswerFile.objects.count() == 2


def test_only_what_was_added_is_kept_when_the_kit_was_not_sent(made):
    send(led(), with_kit=None)

    assert [file.name for file in AnswerFile.objects.all()] == ["DC1.pdf"]


def test_a_corrected_answer_gets_the_next_number_and_leaves_the_first(made):
    consultation = led()
    send(consultation)

    send(consultation, attachments=[pdf("DC1 corrigé.pdf")], after="1")

    first, second = Answer.objects.order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert first.files.filter(name="DC1.pdf").exists()
    assert second.files.filter(name="DC1 corrigé.pdf").exists()


def test_a_second_click_keeps_nothing_more(made, media):
    consultation = led()
    send(consultation)
    before = files_in(media)

    response = send(consultation)

    assert response.status_code == 409
    assert "vient d’être gardée" in response.text
    assert Answer.objects.count() == 1
    assert files_in(media) == before


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"with_kit": None, "attachments": None}, "Joignez ce que vous avez envoyé"),
        ({"attachments": [SimpleUploadedFile("x.pdf", b"MZ")]}, "n’est pas un PDF"),
        ({"after": "x"}, "after"),
    ],
)
def test_what_can_not_be_kept_is_said(made, sent, said, media):
    response = send(led(), **sent)

    assert response.status_code == 200
    assert said in response.text.lower() or said in response.text
    assert not Answer.objects.exists()
    assert files_in(media) == []


def test_a_document_that_could_not_be_made_is_said_and_one_may_go_on_without(made):
    made.problems.append({"document": "CV de Lou", "reason": "La photo est abîmée."})
    consultation = led()

    told = send(consultation)
    kept = Answer.objects.exists()
    send(consultation, despite="on")

    assert told.status_code == 409
    assert "CV de Lou" in told.text
    assert "La photo est abîmée." in told.text
    assert not kept
    assert Answer.objects.get().data["problems"] == made.problems


def test_nothing_is_kept_before_a_duplicate_is_settled(made):
    buyer_of = led(reference="26-07")
    consultation = led(reference="26-07", buyer=buyer_of.buyer)
    consultation.duplicate_notices.create(other=buyer_of)

    page, response = (
        browser_of(lead_of(consultation)).get(f"/consultations/{consultation.pk}/envoi/"),
        send(consultation),
    )

    assert "Garder cette réponse" not in page.text
    assert response.status_code == 409
    assert not Answer.objects.exists()
    with pytest.raises(Unsettled):
        answer_actions.send(
            consultation_pk=consultation.pk, by=viewer_of(lead_of(consultation)), made=made, attachments={}, after=0
        )


def test_two_teams_that_answer_together_send_one_answer(made):
    one, two = led(), led()
    for consultation, other in ((one, two), (two, one)):
        consultation.duplicate_notices.create(
            other=other, settled_at=consultation.opened_at, settled_by="X", settlement="together"
        )
    send(one)

    response = send(two)

    assert "La réponse commune est déjà partie" in response.text
    assert Answer.objects.get().consultation == one


def test_what_was_dropped_is_not_sent(made):
    consultation = led(outcome="dropped", outcome_on="2026-11-01")

    with pytest.raises(Refused, match="abandonnée"):
        answer_actions.send(
            consultation_pk=consultation.pk, by=viewer_of(lead_of(consultation)), made=made, attachments={}, after=0
        )


def test_no_file_stays_when_the_transaction_fails(made, monkeypatch, media):
    consultation = led()
    create = AnswerFile.objects.create

    def fail_at_the_last(**values):
        if values["name"] == "DC1.pdf":
            raise RuntimeError
        return create(**values)

    monkeypatch.setattr(answers.AnswerFile.objects, "create", fail_at_the_last)

    with pytest.raises(RuntimeError), transaction.atomic():
        answer_actions.send(
            consultation_pk=consultation.pk,
            by=viewer_of(lead_of(consultation)),
            made=made,
            attachments={"DC1.pdf": pdf()},
            after=0,
        )

    assert files_in(media) == []
    assert not Answer.objects.exists()


def test_bytes_that_do_not_read_back_are_refused(made, monkeypatch, media):
    consultation = led()
    save = default_storage.save

    def lose_bytes(name, content, max_length=None):
        path = save(name, content)
        Path(default_storage.path(path)).write_bytes(b"")
        return path

    monkeypatch.setattr(default_storage, "save", lose_bytes)

    with pytest.raises(answers.DamagedError):
        answer_actions.send(
            consultation_pk=consultation.pk, by=viewer_of(lead_of(consultation)), made=made, attachments={}, after=0
        )

    assert files_in(media) == []


def test_nothing_is_frozen_before_one_says_to_have_read_what_it_does():
    consultation = led()

    response = send(consultation, is_sure=None)

    assert "is_sure" in response.context["form"].errors
    assert not consultation.answers.exists()
