"""A photo whose consent is withdrawn goes from what was sent too, and that it did is written beside."""

import hashlib
from io import BytesIO

import pgtrigger
import pytest
from django.core.files.storage import default_storage
from pypdf import PdfReader

from directory.models import Answer, AnswerFile, Consent, PortfolioImage
from directory.my_space.actions import withdraw_consent
from directory.tenders.answers import tasks
from tests.cast import body_of, browser_of, led, photo, text_of
from tests.factories import CoEntrepreneurFactory, CvFactory

from .sending import pdf, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def lead():
    fiche = CoEntrepreneurFactory(listed=True, first_name="Zoé", last_name="Astruc")
    fiche.photo.save("moi.webp", photo(), save=True)
    CvFactory(co_entrepreneur=fiche, summary="Quinze ans de métier.")
    image = PortfolioImage(co_entrepreneur=fiche, alternative_text="Une salle", on_cv=True, width=900, height=600)
    image.photo.save("oeuvre.webp", photo("red"), save=True)
    for item in (Consent.Item.PHOTO, Consent.Item.PORTFOLIO):
        Consent.objects.create(co_entrepreneur=fiche, item=item)
    return fiche


@pytest.fixture
def consultation(lead):
    consultation = led(by=lead)
    send(consultation)
    return consultation


def cv():
    return AnswerFile.objects.get(name="03-cv-zoe-astruc.pdf")


def images(file):
    with file.file.open("rb") as opened:
        return [image for page in PdfReader(BytesIO(opened.read())).pages for image in page.images]


def address(consultation):
    return f"/consultations/{consultation.pk}/envoi/fichiers/{cv().pk}/"


def test_a_withdrawn_photo_is_gone_at_the_next_request(consultation, lead, django_capture_on_commit_callbacks):
    sent = cv()
    before = len(images(sent))
    withdraw_consent(co_entrepreneur_pk=lead.pk, item=Consent.Item.PHOTO)

    with django_capture_on_commit_callbacks(execute=True):
        content = body_of(browser_of(lead).get(address(consultation)))

    kept = cv()
    shown = PdfReader(BytesIO(content))
    assert (before, len(images(kept))) == (2, 1)
    assert "Quinze ans de métier" in shown.pages[0].extract_text()
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert kept.size == len(content)
    assert not default_storage.exists(sent.file.name)
    assert lead.photo.name not in str(Answer.objects.get().data)


def test_what_was_taken_out_is_written_beside(consultation, lead):
    sent = cv()
    withdraw_consent(co_entrepreneur_pk=lead.pk, item=Consent.Item.PHOTO)
    withdraw_consent(co_entrepreneur_pk=lead.pk, item=Consent.Item.PORTFOLIO)

    assert (tasks.take_out_withdrawn(), tasks.take_out_withdrawn()) == (1, 0)

    page = text_of(browser_of(lead).get(f"/consultations/{consultation.pk}/"))
    assert images(cv()) == []
    assert "refait sans la photo et les réalisations" in page
    assert sent.sha256 in page
    assert cv().sha256 in page


def test_the_rest_stays_as_it_was_sent(consultation, lead):
    others = {file.name: file.sha256 for file in AnswerFile.objects.exclude(pk=cv().pk)}
    withdraw_consent(co_entrepreneur_pk=lead.pk, item=Consent.Item.PHOTO)

    tasks.take_out_withdrawn()

    assert {file.name: file.sha256 for file in AnswerFile.objects.exclude(pk=cv().pk)} == others
    assert len(others) >= 2


def test_as_long_as_it_is_agreed_to_nothing_moves(consultation):
    before = cv().sha256

    assert tasks.take_out_withdrawn() == 0
    assert cv().sha256 == before


def test_an_answer_of_before_is_found_by_the_name_of_its_file(consultation, lead):
    answer = Answer.objects.get()
    data = {name: value for name, value in answer.data.items() if name not in {"people", "attached"}}
    with pgtrigger.ignore("directory.Answer:frozen"):
        Answer.objects.update(data=data)
    withdraw_consent(co_entrepreneur_pk=lead.pk, item=Consent.Item.PHOTO)

    assert tasks.take_out_withdrawn() == 1


def test_a_file_that_the_team_put_in_its_place_is_the_team_s(lead):
    consultation = led(by=lead)
    send(consultation, attachments=[pdf("03-cv-zoe-astruc.pdf")])
    before = cv().sha256
    withdraw_consent(co_entrepreneur_pk=lead.pk, item=Consent.Item.PHOTO)

    assert tasks.take_out_withdrawn() == 0
    assert cv().sha256 == before
