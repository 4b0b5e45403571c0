"""The small photo of the lists: by consent to them, withdrawn at once, sent once to who has it."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from directory.catalogue.portraits import SIDE
from directory.demo.portraits import portrait
from directory.models import CoEntrepreneur, Consent
from tests.factories import CoEntrepreneurFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def fiche(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    fiche = CoEntrepreneurFactory(listed=True)
    fiche.photo.save("x.webp", portrait(1))
    return fiche


@pytest.fixture
def consent(fiche):
    return Consent.objects.create(co_entrepreneur=fiche, item="photo")


def ask(fiche, **headers):
    return Client().get(f"{fiche.get_absolute_url()}portrait.webp", headers=headers)


def test_it_is_a_square_of_a_few_kilobytes(fiche, consent):
    response = ask(fiche)

    assert response.headers["Content-Type"] == "image/webp"
    assert Image.open(ContentFile(response.content)).size == (SIDE, SIDE)
    assert len(response.content) < 4000


def test_a_cache_may_hold_it_if_it_asks_each_time(fiche, consent):
    first = ask(fiche)
    again = ask(fiche, if_none_match=first["ETag"])

    assert first["Cache-Control"] == again["Cache-Control"] == "public, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert fiche.photo.name.rpartition("/")[2].removesuffix(".webp") not in first["ETag"]


def test_a_withdrawal_is_seen_at_the_next_request_whatever_was_kept(fiche, consent):
    etag = ask(fiche)["ETag"]

    Consent.objects.update(withdrawn_at=consent.given_at)

    assert ask(fiche, if_none_match=etag).status_code == 404
    assert ask(fiche).status_code == 404


def test_another_photo_is_another_answer(fiche, consent):
    etag = ask(fiche)["ETag"]

    fiche.photo.save("x.webp", portrait(2))

    assert ask(fiche, if_none_match=etag).status_code == 200


def given_instead(fiche, item="photo", **kwargs):
    """Another consent than the one that is given, which ends."""
    fiche.consents.active().update(withdrawn_at=timezone.now())
    fiche.consents.create(item=item, **kwargs)


@pytest.mark.parametrize(
    "change",
    [
        lambda fiche: given_instead(fiche, text_version="2026-11-2"),
        lambda fiche: given_instead(fiche, item="website"),
        lambda fiche: CoEntrepreneur.objects.update(client_public=False),
        lambda fiche: CoEntrepreneur.objects.update(departed_on="2020-01-01"),
        lambda fiche: CoEntrepreneur.objects.update(photo=""),
        lambda fiche: CoEntrepreneur.objects.update(photo="photos/gone.webp"),
        lambda fiche: fiche.photo.storage.delete(fiche.photo.name),
    ],
)
def test_it_is_not_found_when_it_may_not_show_or_is_not_there(fiche, consent, change):
    change(fiche)

    assert ask(fiche).status_code == 404


def test_what_is_not_an_image_is_not_found(fiche, consent):
    fiche.photo.save("x.webp", ContentFile(b"RIFF"))

    assert ask(fiche).status_code == 404
