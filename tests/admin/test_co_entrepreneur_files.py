"""The photo and the proofs of a fiche, as référents send them."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from directory.models import Certification, CoEntrepreneur, Insurance, Label
from tests.admin.fiche_form import errors_of, filled, row, url_of
from tests.cast import PDF, admin_url, browser_of, photo
from tests.factories import AdministratorFactory, CoEntrepreneurFactory, FicheProposalFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def test_a_photo_is_encoded_again_and_the_former_one_deleted(referent, as_referent, django_capture_on_commit_callbacks):
    fiche = CoEntrepreneurFactory(referent=referent)
    as_referent.post(url_of(fiche), filled(as_referent, fiche, photo=photo(kind="PNG")))
    fiche.refresh_from_db()
    storage, former = fiche.photo.storage, fiche.photo.name

    with django_capture_on_commit_callbacks(execute=True):
        as_referent.post(url_of(fiche), filled(as_referent, fiche, photo=photo("blue", kind="PNG")))

    fiche.refresh_from_db()
    with fiche.photo.open() as file, Image.open(file) as image:
        assert (image.format, max(image.size)) == ("WEBP", 640)
    assert fiche.photo.name != former
    assert not storage.exists(former)


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", photo(kind="PNG").read()[:1000]])
def test_a_photo_that_does_not_decode_is_refused(referent, as_referent, content):
    fiche = CoEntrepreneurFactory(referent=referent)

    response = as_referent.post(
        url_of(fiche), filled(as_referent, fiche, photo=SimpleUploadedFile("photo.png", content, "image/png"))
    )

    assert "photo" in errors_of(response)


def test_a_photo_whose_exif_is_damaged_is_refused(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    # Turning the photo upright rewrites its EXIF, where a text in a table of numbers can't be written back.
    exif = (
        b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x03"
        b"\x01\x06\x00\x02\x00\x00\x00\x06\x00\x00\x002"
        b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"
        b"\x87i\x00\x04\x00\x00\x00\x01\x00\x00\x008"
        b"\x00\x00\x00\x00maker\x00\x00\x01\x90\x03\x00\x02\x00\x00\x00\x05\x00\x00\x00J\x00\x00\x00\x002020\x00\x00"
    )
    out = BytesIO()
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif)
    photo = SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")

    response = as_referent.post(url_of(fiche), filled(as_referent, fiche, photo=photo))

    assert "abîmée" in str(errors_of(response)["photo"])


def test_a_fiche_whose_photo_is_lost_can_still_be_saved(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    as_referent.post(url_of(fiche), filled(as_referent, fiche, photo=photo(kind="PNG")))
    fiche.refresh_from_db()
    fiche.photo.storage.delete(fiche.photo.name)

    as_referent.post(url_of(fiche), filled(as_referent, fiche, headline="Sans la photo"))

    fiche.refresh_from_db()
    assert fiche.headline == "Sans la photo"


def proof(content=PDF):
    return SimpleUploadedFile("preuve.exe", content, "application/x-msdownload")


def test_a_proof_is_kept_under_a_name_of_ours_and_deleted_with_its_row(
    referent, as_referent, django_capture_on_commit_callbacks
):
    fiche = CoEntrepreneurFactory(referent=referent)
    label = Label.objects.first()
    added = row("certifications", 1, label=label.pk, proof=proof())
    as_referent.post(url_of(fiche), filled(as_referent, fiche) | added)
    kept = Certification.objects.get()
    storage, name = kept.proof.storage, kept.proof.name

    with django_capture_on_commit_callbacks(execute=True):
        as_referent.post(url_of(fiche), filled(as_referent, fiche) | {"certifications-0-DELETE": "on"})

    assert name.startswith("proofs/")
    assert name.endswith(".pdf")
    assert not Certification.objects.exists()
    assert not storage.exists(name)


def test_a_proof_that_is_none_is_refused(referent, as_referent):
    fiche = CoEntrepreneurFactory(referent=referent)
    added = row("certifications", 1, label=Label.objects.first().pk, proof=proof(b"MZ un programme"))

    response = as_referent.post(url_of(fiche), filled(as_referent, fiche) | added)

    assert "ni un PDF" in response.content.decode()
    assert not Certification.objects.exists()


def test_the_files_of_a_deleted_fiche_go_with_it(referent, as_referent, django_capture_on_commit_callbacks):
    fiche = CoEntrepreneurFactory(referent=referent)
    added = row("certifications", 1, label=Label.objects.first().pk, proof=proof())
    as_referent.post(url_of(fiche), filled(as_referent, fiche, photo=photo(kind="PNG")) | added)
    fiche.refresh_from_db()
    proposal = FicheProposalFactory(co_entrepreneur=fiche, photo=photo(kind="PNG"))
    insurance = Insurance.objects.create(co_entrepreneur=fiche, insurer="Assureur", proof=proof())
    files = [fiche.photo, fiche.certifications.get().proof, proposal.photo, insurance.proof]

    with django_capture_on_commit_callbacks(execute=True):
        browser_of(AdministratorFactory()).post(admin_url("coentrepreneur_delete", fiche.pk), {"post": "yes"})

    assert not CoEntrepreneur.objects.exists()
    assert not any(file.storage.exists(file.name) for file in files)
