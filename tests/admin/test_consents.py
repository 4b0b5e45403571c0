"""Consents in the back office: read, recorded with their paper, taken back; never changed, by whatever way."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader, PdfWriter

from directory.models import Consent, ConsentText
from directory.models.consent import CONSENT_TEXT_VERSION, CONSENT_TEXTS
from tests.admin.fiche_form import filled, row, url_of
from tests.cast import admin_url, messages_of
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def disk(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def fiche(referent):
    return CoEntrepreneurFactory(referent=referent, listed=True, phone="04 67 00 00 00")


def pdf():
    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": "Zyglotrax", "/Title": "Zyglotrax"})
    writer.write(out)
    return SimpleUploadedFile("zyglotrax.pdf", out.getvalue(), "application/pdf")


def jpeg():
    out, exif = BytesIO(), Image.Exif()
    exif[0x010F] = "Zyglotrax"
    Image.new("RGB", (900, 1200), "white").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("zyglotrax.jpg", out.getvalue(), "image/jpeg")


def record(browser, fiche, **changes):
    typed = {"item": "phone", "text": CONSENT_TEXT_VERSION, "signed_on": timezone.localdate().isoformat()}
    typed = typed | {"scan": pdf()} | changes
    url = admin_url("coentrepreneur_paper_consent", fiche.pk)
    return browser.post(url, {name: value for name, value in typed.items() if value is not None}, follow=True)


@pytest.mark.parametrize("scan", [pdf, jpeg])
def test_a_paper_is_recorded_with_its_author_its_date_its_words_and_the_scan_alone(
    as_referent, referent, fiche, client, scan
):
    assert fiche.phone not in client.get(fiche.get_absolute_url()).text

    response = record(as_referent, fiche, scan=scan())

    assert messages_of(response) == [f"Accord noté : téléphone. Un courriel le dit à {fiche.email}."]
    consent = fiche.consents.get()
    assert (consent.given_by, consent.signed_on) == (referent.user, timezone.localdate())
    assert fiche.phone in client.get(fiche.get_absolute_url()).text
    kept = as_referent.get(admin_url("consent_scan", consent.pk))
    content = b"".join(kept)
    assert b"yglotrax" not in content
    assert "yglotrax" not in kept["Content-Disposition"] + consent.scan.name
    if scan is pdf:
        assert len(PdfReader(BytesIO(content)).pages) == 1
    [message] = run_jobs()
    assert message.to == [fiche.email]
    assert CONSENT_TEXTS["phone"] in message.body
    page = as_referent.get(url_of(fiche)).text
    assert CONSENT_TEXTS["phone"] in page
    assert "sur papier" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    {
        "no paper": ({"scan": None}, "Sans le papier signé"),
        "another file": ({"scan": SimpleUploadedFile("x.pdf", b"MZ")}, "ni un PDF, ni une image"),
        "a broken file": ({"scan": SimpleUploadedFile("x.pdf", b"%PDF-1.7 non")}, "Ce PDF ne se lit pas"),
        "tomorrow": ({"signed_on": (date.today() + timedelta(days=2)).isoformat()}, "pas encore venu"),  # noqa: DTZ011
        "before the words": ({"signed_on": "2026-11-01"}, "ne peut pas être signé avant"),
        "no such words": ({"text": "2019-1"}, "Sélectionnez un choix valide"),
    }.values(),
)
def test_what_isnt_a_signed_paper_is_refused(as_referent, fiche, changes, words):
    response = record(as_referent, fiche, **changes)

    assert words in response.text
    assert not Consent.objects.exists()


def test_a_paper_revives_no_consent_that_was_withdrawn_since(as_referent, fiche):
    fiche.consents.create(item="phone", withdrawn_at=timezone.now())

    response = record(as_referent, fiche)

    assert "Cet accord a été retiré le" in response.text
    assert not fiche.consents.active().exists()


def test_only_who_follows_the_fiche_records_reads_and_withdraws(as_other_referent, as_referent, fiche):
    assert record(as_other_referent, fiche).status_code == 404
    record(as_referent, fiche)
    consent = fiche.consents.get()

    for name in ("consent_scan", "consent_withdraw"):
        assert as_other_referent.get(admin_url(name, consent.pk)).status_code == 404
    assert "Le papier" not in as_other_referent.get(url_of(fiche)).text


def test_a_consent_is_taken_back_at_the_asking_of_the_person(as_referent, referent, fiche, client):
    consent = fiche.consents.create(item="phone")
    url = admin_url("consent_withdraw", consent.pk)
    assert CONSENT_TEXTS["phone"] in as_referent.get(url).text

    as_referent.post(url)

    consent.refresh_from_db()
    assert (consent.withdrawn_by, bool(consent.withdrawn_at)) == (referent.user, True)
    assert fiche.phone not in client.get(fiche.get_absolute_url()).text
    assert "cet accord est retiré" in run_jobs()[0].body
    assert as_referent.get(url).status_code == 404


def test_the_form_of_the_fiche_revives_adds_and_erases_nothing(as_referent, fiche):
    withdrawn = fiche.consents.create(item="phone", withdrawn_at=timezone.now())
    typed = {"id": withdrawn.pk, "item": "phone", "withdrawn_at": "", "DELETE": "on", "text_version": "2026-11"}

    as_referent.post(url_of(fiche), filled(as_referent, fiche) | row("consents", 2, **typed))
    as_referent.post(
        url_of(fiche), filled(as_referent, fiche) | {"consents-1-item": "photo", "consents-TOTAL_FORMS": 2}
    )

    assert [*Consent.objects.values_list("pk", "withdrawn_at")] == [(withdrawn.pk, withdrawn.withdrawn_at)]


@pytest.mark.parametrize(
    "change",
    [
        "withdrawn_at = NULL",
        "withdrawn_at = now()",
        "text_version = '2026-11'",
        "given_at = now()",
        "item = 'photo'",
        "scan = ''",
        "given_by_id = NULL, signed_on = NULL, scan = ''",
    ],
)
def test_sql_changes_nothing_of_a_consent_that_ended(as_referent, fiche, change):
    record(as_referent, fiche)
    fiche.consents.update(withdrawn_at=timezone.now() - timedelta(minutes=1))

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE directory_consent SET {change}")


@pytest.mark.parametrize("change", ["text_version = '2026-11'", "given_at = now()", "item = 'photo'"])
def test_sql_only_ends_a_consent_that_holds(fiche, change):
    fiche.consents.create(item="phone", given_at=timezone.now() - timedelta(days=2))

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE directory_consent SET {change}")
    assert fiche.consents.update(withdrawn_at=timezone.now()) == 1


def test_a_consent_is_erased_with_its_fiche_alone(fiche):
    fiche.consents.create(item="phone")

    with pytest.raises(ProgrammingError), transaction.atomic():
        fiche.consents.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    fiche.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not Consent.objects.exists()


def test_the_words_are_kept_version_by_version_and_never_change():
    assert ConsentText.objects.last().words == CONSENT_TEXTS
    assert ConsentText.objects.last().version == CONSENT_TEXT_VERSION
    with pytest.raises(ProgrammingError), transaction.atomic():
        ConsentText.objects.update(words={})


def test_versions_are_compared_as_dates(fiche):
    ConsentText.objects.create(version="2026-11-10", since=date(2026, 12, 10), words=CONSENT_TEXTS)
    fiche.consents.create(item="photo", text_version="2026-11-10")

    assert fiche.consents.of_photo_on_cards().exists()
    assert fiche.consents.of_photo_on_cv().exists()
