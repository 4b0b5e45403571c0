"""What was sent stays as it was."""

import hashlib
import json
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from directory.models import Answer, AnswerFile, Cv, MemoPart, PublicClient, Reference
from directory.tenders.memo import start_memo
from tests.cast import body_of, browser_of, lead_of, led, seat
from tests.factories import CoEntrepreneurFactory, CvFactory, MemoTrameFactory, ReferenceFactory
from tests.tenders.answers.sending import DC1, files_in, pdf, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


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
    before = [body_of(browser.get(url)) for url in [*files, archive]]

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

    assert [body_of(browser.get(url)) for url in [*files, archive]] == before
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

    with zipfile.ZipFile(BytesIO(body_of(response))) as archive:
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

    assert body_of(response) == DC1
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


def test_a_file_that_is_no_longer_on_the_disk_is_not_found(made, media):
    consultation = led()
    send(consultation)
    for path in files_in(media):
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
