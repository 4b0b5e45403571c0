"""What people send as a proof is kept without what it says of who made it, where and with what."""

import stat
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models import FileField
from pghistory.models import Event
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Text
from pypdf.generic import DecodedStreamObject, NameObject, NumberObject, StreamObject, TextStringObject

from directory.models import Certification, Insurance, Label, Paper, Reference
from directory.models.bare_files import bare
from directory.models.files import BareFileField, validate_paper, validate_proof
from tests.cast import PDF, content_of
from tests.factories import CoEntrepreneurFactory, ReferenceFactory

NAME = "Zyglotrax"
ARTIST, ORIENTATION, GPS = 0x013B, 0x0112, 0x8825


def jpeg(*, orientation=None, progressive=False, mode="RGB"):
    exif = Image.Exif()
    exif[ARTIST] = NAME
    exif.get_ifd(GPS)[1] = "N"
    if orientation:
        exif[ORIENTATION] = orientation
    out = BytesIO()
    image = Image.effect_noise((90, 60), 60).convert(mode)
    image.save(
        out,
        "JPEG",
        exif=exif,
        comment=NAME.encode(),
        xmp=f"<x>{NAME}</x>".encode(),
        progressive=progressive,
        quality=90,
    )
    # As phones do: a second picture after the first one's end.
    return out.getvalue() + NAME.encode()


def png():
    told = PngInfo()
    told.add_text("Author", NAME)
    told.add_itxt("XML:com.adobe.xmp", f"<x>{NAME}</x>")
    exif = Image.Exif()
    exif[ARTIST] = NAME
    out = BytesIO()
    Image.effect_noise((90, 60), 60).save(out, "PNG", pnginfo=told, exif=exif)
    return out.getvalue() + NAME.encode()


def pdf(*, encrypted=False, author=True, comment=False, xmp=False, image=False):
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    writer.metadata = {"/Author": NAME, "/Producer": f"La machine de {NAME}"} if author else None
    if comment:
        annotation = Text(rect=(10, 10, 50, 50), text="Vu")
        annotation[NameObject("/T")] = TextStringObject(NAME)
        writer.add_annotation(0, annotation)
    if xmp:
        for holder in (writer.root_object, page):
            stream = DecodedStreamObject()
            stream.set_data(f"<x>{NAME}</x>".encode())
            holder[NameObject("/Metadata")] = writer._add_object(stream)
    if image:
        stream = StreamObject()
        stream._data = jpeg()
        for name, value in {"/Type": "/XObject", "/Subtype": "/Image", "/Filter": "/DCTDecode"}.items():
            stream[NameObject(name)] = NameObject(value)
        for name, value in {"/Width": 90, "/Height": 60, "/BitsPerComponent": 8}.items():
            stream[NameObject(name)] = NumberObject(value)
        stream[NameObject("/ColorSpace")] = NameObject("/DeviceRGB")
        page[NameObject("/Resources")][NameObject("/XObject")] = writer._add_object(stream)
    if encrypted:
        writer.encrypt("", "secret")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("orientation", [None, 1, 6])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_keeps_its_pixels_and_which_way_up_it_stands(orientation, progressive, mode):
    sent = jpeg(orientation=orientation, progressive=progressive, mode=mode)

    kept = bare(sent)

    assert NAME.encode() in sent
    assert NAME.encode() not in kept
    with Image.open(BytesIO(sent)) as before, Image.open(BytesIO(kept)) as after:
        assert before.tobytes() == after.tobytes()
        assert dict(after.getexif()) == ({ORIENTATION: 6} if orientation == 6 else {})
    assert bare(kept) == kept


def test_a_png_keeps_its_pixels():
    sent = png()
    kept = bare(sent)

    assert NAME.encode() not in kept
    with Image.open(BytesIO(sent)) as before, Image.open(BytesIO(kept)) as after:
        assert before.tobytes() == after.tobytes()
        assert not after.info.keys() & {"Author", "exif", "XML:com.adobe.xmp"}
    assert bare(kept) == kept


@pytest.mark.parametrize("told", ["author", "comment", "xmp", "image"])
def test_a_pdf_keeps_its_pages(told):
    sent = pdf(**{"author": False} | {told: True})

    kept = bare(sent)

    assert NAME.encode() in sent
    assert NAME.encode() not in kept
    assert b"pypdf" not in kept
    assert len(PdfReader(BytesIO(kept)).pages) == 1
    assert bare(kept) == kept


def test_a_pdf_loses_its_former_versions():
    writer = PdfWriter(BytesIO(pdf()), incremental=True)
    writer.metadata = {"/Author": "personne"}
    out = BytesIO()
    writer.write(out)

    assert NAME.encode() in out.getvalue()
    assert NAME.encode() not in bare(out.getvalue())


def test_what_says_nothing_is_kept_as_it_is():
    assert bare(PDF) == PDF


def test_a_signed_pdf_is_kept_as_it_is():
    signed = pdf() + b"%/ByteRange [0 1 2 3]"

    assert bare(signed) == signed


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (pdf(encrypted=True), "protégé"),
        (b"%PDF-1.7 rien", "abîmé"),
        (jpeg()[:200], "abîmé"),
        (b"\xff\xd8\xff", "abîmé"),
        (png()[:100], "abîmé"),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "abîmé"),
    ],
)
def test_what_is_protected_or_damaged_is_refused(content, sentence):
    with pytest.raises(ValidationError, match=sentence):
        bare(content)


def test_every_column_that_holds_a_proof_keeps_it_bare():
    holding = {
        field
        for model in apps.get_models()
        if not issubclass(model, Event)
        for field in model._meta.local_concrete_fields
        if isinstance(field, FileField) and {validate_proof, validate_paper} & set(field.validators)
    }

    assert {str(field) for field in holding} == {
        "directory.Certification.proof",
        "directory.Insurance.proof",
        "directory.Paper.file",
        "directory.Reference.attestation",
    }
    assert all(isinstance(field, BareFileField) for field in holding)


@pytest.mark.django_db
@pytest.mark.usefixtures("media")
@pytest.mark.parametrize("content", [pdf(), jpeg(), png()], ids=["pdf", "jpeg", "png"])
@pytest.mark.parametrize("model", [Certification, Insurance, Paper, Reference])
def test_whatever_form_brings_it_it_is_stored_bare(model, content):
    if model is Paper and not content.startswith(b"%PDF"):
        pytest.skip("a paper is a PDF")
    [field] = [field for field in model._meta.local_concrete_fields if isinstance(field, BareFileField)]
    row = model()

    field.save_form_data(row, ContentFile(content, name="scan"))
    setattr(row, field.name, field.clean(getattr(row, field.name), row))
    getattr(row, field.name).save("scan", getattr(row, field.name).file, save=False)

    assert NAME.encode() not in content_of(getattr(row, field.name))
    assert not getattr(row, field.name).name.endswith(".bin")


# --- Those of earlier versions --------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("media")
def test_the_command_strips_what_is_kept_already_and_closes_it():
    fiche = CoEntrepreneurFactory()
    told = Certification.objects.create(
        co_entrepreneur=fiche, label=Label.objects.first(), proof=ContentFile(pdf(), name="x.pdf")
    )
    scan = ReferenceFactory(attestation=ContentFile(jpeg(), name="x.jpg"))
    locked = Insurance.objects.create(insurer="X", proof=ContentFile(pdf(encrypted=True), name="x.pdf"))
    before = content_of(locked.proof)
    path = Path(default_storage.path(told.proof.name))
    path.chmod(0o644)
    events = scan.events.count()

    counted = run("--dry-run")
    untouched = content_of(Certification.objects.get().proof)
    done = run()

    assert counted.splitlines()[:2] == done.splitlines()[:2]
    assert "Rien n’a été changé" in counted
    assert "     2 fichiers qui disaient" in done
    assert "     1 protégés" in done
    assert NAME.encode() in untouched
    assert NAME.encode() not in content_of(Certification.objects.get().proof)
    assert NAME.encode() not in content_of(Reference.objects.get().attestation)
    assert content_of(Insurance.objects.get().proof) == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert scan.events.count() == events, "the row is the same"
    assert run().startswith("     0 ")
    assert not [name for name in default_storage.listdir("proofs")[1] if ".new" in name]


def run(*options):
    out = StringIO()
    call_command("strip_files", *options, stdout=out)
    return out.getvalue()
