import json
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from directory import documents
from directory.documents import cv, sheet
from directory.documents.typesetting import fitted
from directory.models import Consent
from tests.documents.conftest import picture
from tests.documents.pdf import opened
from tests.documents.words import HOSTILE
from tests.factories import (
    CoEntrepreneurFactory,
    PublicClientFactory,
    ReferenceFactory,
)

pytestmark = pytest.mark.django_db


def test_a_cv_says_what_qualifies_and_nothing_private(camille):
    data = documents.cv_data(camille)

    text = opened(data, documents.render_cv).text
    for said in (
        "Camille Durand", "Atelier des Garrigues", "Formatrice", "Quinze ans d’accueil", "Responsable de l’accueil",
        "2015–2019", "un premier point", "Master", "Facilitation", "Occitan", "Klaxoon", "Accueil du public",
        "Qualiopi", "31/01/2099", "Hérault (34)", "Commune de Lunas", "contact@example.org",
    ):  # fmt: skip
        assert said in text
    for private in ("06 11 22", "camille.privee", "CAPE", "cape", "18 400", "18400", "Contact Privé"):
        assert private not in text + json.dumps(data, ensure_ascii=False)
    assert (data["missing"], data["clipped"]) == ([], [])


def test_a_cv_is_a_tagged_file_that_a_validator_accepts(camille):
    found = opened(documents.cv_data(camille), documents.render_cv)

    assert found.failures == []
    assert found.untitled == []
    assert found.root["/Lang"] == "fr-FR"
    assert found.root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert found.reader.metadata.title == "CV de Camille Durand"
    assert found.tags.count("/H1") == 1
    assert found.alternatives == ["Logo de Crealead", "Photo de Camille Durand"]
    assert {"/H2", "/H3", "/P", "/L", "/LI", "/Table", "/TH", "/TD", "/Link"} <= set(found.tags)


def test_a_cv_shows_the_works_that_the_person_chose(camille):
    for rank, on_cv in enumerate((True, False, True, True, True)):
        camille.portfolio_images.create(
            photo=picture(), alternative_text=f"Plan {rank}", caption=f"Ville {rank}", on_cv=on_cv, position=rank
        )
    assert "Réalisations" not in opened(documents.cv_data(camille), documents.render_cv).text

    Consent.objects.create(co_entrepreneur=camille, item="portfolio")
    found = opened(documents.cv_data(camille), documents.render_cv)

    assert found.failures == []
    assert found.untitled == []
    assert found.alternatives[2:] == ["Plan 0", "Plan 2", "Plan 3"]
    assert "Ville 2" in found.text


@pytest.mark.parametrize(
    "without", ["consent", "consent to the CV", "file", "readable file", "whole file", "path of ours"]
)
def test_a_cv_has_no_photo_without(camille, caplog, without):
    if without == "consent":
        camille.consents.update(withdrawn_at=timezone.now())
    elif without == "consent to the CV":
        camille.consents.filter(item="photo").update(withdrawn_at=timezone.now())
        camille.consents.create(item="photo", text_version="2026-11")
    elif without == "file":
        camille.photo.storage.delete(camille.photo.name)
    elif without == "readable file":
        camille.photo.save("x.webp", ContentFile(b"RIFF"))
    elif without == "whole file":
        out = BytesIO()
        Image.effect_noise((200, 200), 50).save(out, "PNG")
        start, _, rest = out.getvalue().rpartition(b"IDAT")
        camille.photo.save("x.webp", ContentFile(start + b"\xff\xff\xff\xff" + rest))
    data = documents.cv_data(camille)
    if without == "path of ours":
        data["photo"] = "../../secret.png"

    found = opened(data, documents.render_cv)

    assert "Photo de Camille Durand" not in found.alternatives
    assert found.failures == []
    assert found.untitled == []
    assert {record.getMessage() for record in caplog.records} <= {"a photo can't be read"}


def test_a_cv_lists_the_latest_references_first_and_counts_the_others(camille):
    client = PublicClientFactory(name="Commune d’Avant")
    for number in range(39):
        day = date(2020, 1, 1) + timedelta(days=number)
        ReferenceFactory(co_entrepreneur=camille, client=client, starts_on=day, ends_on=day, subject=f"N{number}.")
    ReferenceFactory(co_entrepreneur=camille, subject="Tue.", publishable=False)
    ReferenceFactory(co_entrepreneur=camille, subject="Tue.", state="to_validate")

    data = documents.cv_data(camille)

    assert [row["client"] for row in data["references"][:2]] == ["Commune de Lunas", "Commune d’Avant"]
    assert [row["subject"] for row in data["references"][1:4]] == ["N38.", "N37.", "N36."]
    assert data["more_references"] == f"et {40 - len(data['references'])} autres références."
    assert data["clipped"] == [f"Références : {len(data['references'])} sur 40."]
    found = opened(data, documents.render_cv)
    assert found.pages <= 2
    assert "Tue." not in found.text


def test_a_cv_of_someone_who_wrote_nothing_yet_says_what_their_fiche_says():
    newcomer = CoEntrepreneurFactory(listed=True)

    data = documents.cv_data(newcomer)

    found = opened(data, documents.render_cv)
    assert newcomer.headline in found.text
    assert "Des sessions courtes" in found.text
    assert "Références" not in found.text
    assert data["missing"][0] == "le métier"
    assert found.failures == []
    assert found.untitled == []


def test_a_cv_reads_the_database_in_as_many_queries_whatever_it_holds(camille, django_assert_num_queries):
    for _ in range(5):
        ReferenceFactory(co_entrepreneur=camille)

    with django_assert_num_queries(8):
        documents.cv_data(camille)


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_cv_takes_two_pages_whatever_is_written_in_it(camille, words):
    line = sheet.typeset(words[:300])
    entry = {"title": line, "organisation": line, "years": "2019–2023", "description": cv.blocks(words)}
    content = cv.content(camille) | {
        "name": line,
        "job": line,
        "trade_name": line,
        "summary": cv.blocks(words),
        "experiences": [entry] * 12,
        "sections": [{"title": "Diplômes", "entries": [entry] * 12}],
        "languages": [line] * 12,
        "tools": [line] * 12,
        "labels": [line] * 12,
        "skills": [{"name": line[:80], "skills": [line[:100]] * 4}] * 8,
        "zone": line,
        "references": [{"client": line, "subject": line, "period": "2024", "amount": "", "part": line}] * 40,
        "works": [{"image": "", "alternative_text": line or "Une image", "caption": line}] * cv.MOST_WORKS,
    }

    data = fitted("cv", content, cv.ROOMS, cv.shape)

    found = opened(data, documents.render_cv)
    assert found.pages <= 2
    assert found.failures == []
    assert found.untitled == []
    assert data["clipped"]
