import hashlib
import json
import re
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from directory.decisions import Refused
from directory.models import Answer, AnswerFile, Cv, MemoPart, PublicClient, Reference
from directory.tenders.answers import actions as answer_actions
from directory.tenders.answers import keeping as answers
from directory.tenders.answers import kit
from directory.tenders.consultations.duplicates import Unsettled
from directory.tenders.memo import start_memo
from tests.factories import CoEntrepreneurFactory, CvFactory, MemoTrameFactory, ReferenceFactory

from .cast import browser_of, lead_of, led, seat, viewer_of

pytestmark = pytest.mark.django_db
DC1 = b"%PDF-1.7 le DC1"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


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


def pdf(name="DC1.pdf", content=DC1):
    return SimpleUploadedFile(name, content)


def send(consultation, browser=None, **changed):
    data = {"with_kit": "on", "attachments": [pdf()], "after": "0"} | changed
    browser = browser or browser_of(lead_of(consultation))
    return browser.post(f"/consultations/{consultation.pk}/envoi/", {k: v for k, v in data.items() if v is not None})


def content_of(response):
    return b"".join(response.streaming_content)


def bytes_of(file):
    return Path(file.file.path).read_bytes()


def stored():
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


# --- Keeping ----------------------------------------------------------------------------------------------------------


def test_what_was_sent_is_kept_with_its_fingerprints_and_its_data(made):
    consultation = led()

    response = send(consultation)

    answer = Answer.objects.get()
    assert response.url == f"/consultations/{consultation.pk}/"
    assert (answer.number, answer.author_member) == (1, lead_of(consultation))
    assert answer.data == {"documents": made.data, "problems": [], "warnings": made.warnings}
    expected = {"01-memoire.docx": b"le memoire", "03-cv-nora.pdf": b"le CV", "DC1.pdf": DC1}
    assert {file.name: (file.size, file.sha256) for file in answer.files.all()} == {
        name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in expected.items()
    }
    assert {file.name: bytes_of(file) for file in answer.files.all()} == expected


def test_the_page_lists_each_file_with_its_size_and_fingerprint(made):
    consultation = led()
    send(consultation)

    page = browser_of(lead_of(consultation)).get(f"/consultations/{consultation.pk}/").text

    for file in AnswerFile.objects.all():
        assert file.name in page
        assert file.sha256 in page
        assert f"/consultations/{consultation.pk}/envoi/fichiers/{file.pk}/" in page
    assert f"{len(DC1)}\xa0octet" in page


def test_the_names_on_the_disk_say_nothing(made):
    send(led())

    assert all(re.fullmatch(r"[\w-]{22}", path.name) for path in stored())


def test_a_file_added_replaces_the_document_of_its_name(made):
    consultation = led()

    send(consultation, attachments=[pdf("03-CV-Nora.pdf", b"%PDF-1.7 le mien")])

    assert bytes_of(AnswerFile.objects.get(name__iexact="03-cv-nora.pdf")) == b"%PDF-1.7 le mien"
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


def test_a_second_click_keeps_nothing_more(made):
    consultation = led()
    send(consultation)
    before = stored()

    response = send(consultation)

    assert response.status_code == 409
    assert "vient d’être gardée" in response.text
    assert Answer.objects.count() == 1
    assert stored() == before


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"with_kit": None, "attachments": None}, "Joignez ce que vous avez envoyé"),
        ({"attachments": [SimpleUploadedFile("x.pdf", b"MZ")]}, "n’est ni un PDF"),
        ({"after": "x"}, "after"),
    ],
)
def test_what_can_not_be_kept_is_said(made, sent, said):
    response = send(led(), **sent)

    assert response.status_code == 200
    assert said in response.text.lower() or said in response.text
    assert not Answer.objects.exists()
    assert stored() == []


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


def test_no_file_stays_when_the_transaction_fails(made, monkeypatch):
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

    assert stored() == []
    assert not Answer.objects.exists()


def test_bytes_that_do_not_read_back_are_refused(made, monkeypatch):
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

    assert stored() == []


# --- For good ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["directory_answer", "directory_answerfile"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 1", "DELETE FROM {}"])
def test_nothing_changes_an_answer_not_even_by_sql(made, table, statement):
    send(led())

    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))

    assert AnswerFile.objects.count() == 3


def test_an_answer_is_the_same_byte_for_byte_after_every_source_was_changed():
    lead = CoEntrepreneurFactory(listed=True, first_name="Nora")
    consultation = led(by=lead)
    CvFactory(co_entrepreneur=lead)
    reference = ReferenceFactory(co_entrepreneur=lead, attestation=pdf("attestation.pdf"))
    trame = MemoTrameFactory(introduction="Pour former.")
    trame.sections.create(position=1, kind="method", title="Méthode", body="Notre méthode.")
    start_memo(consultation, trame)
    browser = browser_of(lead)
    send(consultation, browser, with_memo="on")
    files = [f"/consultations/{consultation.pk}/envoi/fichiers/{file.pk}/" for file in AnswerFile.objects.all()]
    archive = f"/consultations/{consultation.pk}/envoi/{Answer.objects.get().pk}.zip"
    before = [content_of(browser.get(url)) for url in [*files, archive]]

    sources = [Path(reference.attestation.path)]
    for source in sources:
        source.unlink()
    Reference.objects.all().delete()
    Cv.objects.all().delete()
    trame.sections.update(title="Une autre section", body="Un autre texte.")
    start_memo(consultation, trame)
    MemoPart.objects.filter(title="Une autre section").update(body="Encore un autre.")
    trame.delete()
    PublicClient.objects.filter(pk=consultation.buyer_id).update(name="Un autre nom")
    lead.first_name, lead.public_offer = "Un autre prénom", "Une autre offre"
    lead.save()
    consultation.subject, consultation.version = "Un autre objet", 7
    consultation.save()

    assert [content_of(browser.get(url)) for url in [*files, archive]] == before
    assert len(files) >= 5
    assert [hashlib.sha256(content).hexdigest() for content in before[:-1]] == [
        file.sha256 for file in AnswerFile.objects.all()
    ]


def test_the_data_kept_hold_nothing_private_of_a_client_or_a_member():
    lead = CoEntrepreneurFactory(listed=True)
    consultation = led(by=lead)
    MemoPart.objects.create(consultation=consultation, title="Méthode", body="Notre méthode.")
    ReferenceFactory(
        co_entrepreneur=lead,
        amount=Decimal("48123.45"),
        contact_name="Odile Contact",
        contact_email="odile@lodeve.example",
        contact_phone="0467000001",
    )

    send(consultation)

    kept = json.dumps(Answer.objects.get().data, ensure_ascii=False)
    assert "04-reference-01" in kept
    for private in ("48123", "48 123", "Odile", "odile@", "0467000001", lead.email):
        assert private not in kept


def test_the_archive_holds_each_file_under_its_name(made):
    consultation = led()
    send(consultation)
    answer = Answer.objects.get()

    response = browser_of(lead_of(consultation)).get(f"/consultations/{consultation.pk}/envoi/{answer.pk}.zip")

    with zipfile.ZipFile(BytesIO(content_of(response))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "01-memoire.docx": b"le memoire",
            "03-cv-nora.pdf": b"le CV",
            "DC1.pdf": DC1,
        }
    assert "formation-des-agents-daccueil-1.zip" in response["Content-Disposition"]


def test_a_file_comes_as_a_private_download(made):
    consultation = led()
    send(consultation, attachments=[pdf("Été « 1 ».pdf")])
    file = AnswerFile.objects.get(name__startswith="Été")

    response = browser_of(lead_of(consultation)).get(f"/consultations/{consultation.pk}/envoi/fichiers/{file.pk}/")

    assert content_of(response) == DC1
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_a_file_of_another_consultation_is_not_found(made):
    mine, other = led(), led()
    send(other)
    browser = browser_of(lead_of(mine))
    urls = [
        f"/consultations/{mine.pk}/envoi/fichiers/{AnswerFile.objects.first().pk}/",
        f"/consultations/{mine.pk}/envoi/{Answer.objects.get().pk}.zip",
    ]

    assert [browser.get(url).status_code for url in urls] == [404, 404]


def test_a_file_that_is_no_longer_on_the_disk_is_not_found(made):
    consultation = led()
    send(consultation)
    for path in stored():
        path.unlink()
    browser, file = browser_of(lead_of(consultation)), AnswerFile.objects.first()

    assert browser.get(f"/consultations/{consultation.pk}/envoi/fichiers/{file.pk}/").status_code == 404
    assert browser.get(f"/consultations/{consultation.pk}/envoi/{file.answer_id}.zip").status_code == 404


def test_a_member_of_the_team_reads_what_was_sent_and_keeps_nothing(made):
    consultation = led()
    member = seat(consultation).co_entrepreneur
    send(consultation)
    browser = browser_of(member)

    page = browser.get(f"/consultations/{consultation.pk}/")

    assert "Réponse 1" in page.text
    assert "J’ai envoyé la réponse" not in page.text
    assert send(consultation, browser, after="1").status_code == 404
