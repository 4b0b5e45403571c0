import json
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from directory import documents
from directory.documents import cv, sheet
from directory.documents.typesetting import fitted
from directory.models import Certification, Consent, CpvCode, CvEntry, Department, Insurance, Label, Page, Participation
from tests.documents.pdf import Pdf
from tests.factories import (
    CoEntrepreneurFactory,
    CvFactory,
    PublicClientFactory,
    ReferenceFactory,
    SkillFactory,
)

pytestmark = pytest.mark.django_db

INJECTION = '#panic("x") $x$ \\u{41} @cible *gras* _mou_ `code` <label> // rien /* rien */ [[à adapter]] = titre'
PROSE = "Un texte vraiment long, avec des mots de toutes les tailles et des phrases qui se suivent. "
HOSTILE = {
    "prose": PROSE * 115,
    "one word": "W" * 10_000,
    "right to left": "مرحبا بالعالم שלום עולם هذا نص طويل " * 280,
    "emoji and scripts without a font": "😀👩🏽‍🚀🇫🇷 漢字 हिन्दी " * 500,
    "lines and controls": "- \x07a\u202e\n\ue000\n" * 1500,
    "typst": INJECTION * 100,
}


def picture():
    out = BytesIO()
    Image.new("RGB", (640, 480), "#bf0e38").save(out, "WEBP")
    return ContentFile(out.getvalue(), name="photo.webp")


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def camille(media):
    """A co-entrepreneur of whom everything is known."""
    camille = CoEntrepreneurFactory(
        listed=True,
        last_name="Durand",
        trade_name="Atelier des Garrigues",
        phone="06 11 22 33 44",
        email="camille.privee@example.org",
        contract_stage="cape",
        skills=[SkillFactory(name="Accueil du public", domain__name="Formation d’essai")],
        departments=[Department.objects.get(code="34")],
        photo=picture(),
    )
    Consent.objects.create(co_entrepreneur=camille, item="photo")
    Certification.objects.create(
        co_entrepreneur=camille, label=Label.objects.get(slug="qualiopi"), proof="x.pdf", expires_on=date(2099, 1, 31)
    )
    resume = CvFactory(
        co_entrepreneur=camille, title="Formatrice", summary="Quinze ans d'accueil : du guichet au bilan."
    )
    for kind, title in [
        (CvEntry.Kind.EXPERIENCE, "Responsable de l’accueil"),
        (CvEntry.Kind.QUALIFICATION, "Master Ingénierie de la formation"),
        (CvEntry.Kind.TRAINING, "Facilitation graphique"),
        (CvEntry.Kind.LANGUAGE, "Occitan"),
        (CvEntry.Kind.TOOL, "Klaxoon"),
    ]:
        CvEntry.objects.create(
            cv=resume, kind=kind, title=title, organisation="Ville de Sète", starts_year=2015, ends_year=2019,
            description="- un premier point\n- un second",
        )  # fmt: skip
    ReferenceFactory(
        co_entrepreneur=camille,
        client=PublicClientFactory(name="Commune de Lunas"),
        amount=18_400,
        contact_name="Mme Contact Privé",
    )
    return camille


@pytest.fixture
def reference(camille):
    """A reference described to the end by two, one of whom has left since."""
    reference = ReferenceFactory(
        co_entrepreneur=camille,
        client=PublicClientFactory(
            name="Ville de Lodève", siret="21340142800018", department=Department.objects.get(code="34")
        ),
        subject="Former les agents d'accueil",
        context="Trois services réunis.",
        mission="Observer.\nFormer.",
        deliverables="Un livret\nUn bilan",
        results="48 agents formés.",
        starts_on=date(2020, 3, 1),
        ends_on=timezone.localdate() - timedelta(days=30),
        place="Lodève",
        amount=18_400,
        attestation="attestations/x.pdf",
        contact_name="Mme Contact Privé",
        contact_email="contact.prive@example.org",
        contact_phone="04 99 99 99 99",
        contact_role="Directrice privée",
    )
    reference.cpv_codes.set(CpvCode.objects.filter(pk="80500000"))
    gone = CoEntrepreneurFactory(first_name="Partie", last_name="Depuis", departed_on=timezone.localdate())
    Participation.objects.create(reference=reference, co_entrepreneur=gone)
    Participation.objects.filter(co_entrepreneur=camille, reference=reference).update(part="Animatrice")
    return reference


def opened(data, render):
    """The PDF of what JSON keeps of data."""
    return Pdf(render(json.loads(json.dumps(data))))


class TestCv:
    def test_says_what_qualifies_and_nothing_private(self, camille):
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

    def test_is_a_tagged_file_that_a_validator_accepts(self, camille):
        found = opened(documents.cv_data(camille), documents.render_cv)

        assert found.failures == []
        assert found.root["/Lang"] == "fr-FR"
        assert found.root["/ViewerPreferences"]["/DisplayDocTitle"]
        assert found.reader.metadata.title == "CV de Camille Durand"
        assert found.tags.count("/H1") == 1
        assert found.alternatives == ["Logo de Crealead", "Photo de Camille Durand"]
        assert {"/H2", "/H3", "/P", "/L", "/LI", "/Table", "/TH", "/TD", "/Link"} <= set(found.tags)

    @pytest.mark.parametrize(
        "without", ["consent", "consent to the CV", "file", "readable file", "whole file", "path of ours"]
    )
    def test_has_no_photo_without(self, camille, without):
        if without == "consent":
            camille.consents.update(withdrawn_at=timezone.now())
        elif without == "consent to the CV":
            camille.consents.update(text_version="2026-11")
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

    def test_lists_the_latest_references_first_and_counts_the_others(self, camille):
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
        assert data["clipped"] == [f"Références : {len(data['references'])} sur 40."]
        found = opened(data, documents.render_cv)
        assert found.pages <= 2
        assert "Tue." not in found.text

    def test_of_someone_who_wrote_nothing_yet_says_what_their_fiche_says(self):
        newcomer = CoEntrepreneurFactory(listed=True)

        data = documents.cv_data(newcomer)

        found = opened(data, documents.render_cv)
        assert newcomer.headline in found.text
        assert "Des sessions courtes" in found.text
        assert "Références" not in found.text
        assert data["missing"][0] == "le métier"
        assert found.failures == []

    def test_reads_the_database_in_as_many_queries_whatever_it_holds(self, camille, django_assert_num_queries):
        for _ in range(5):
            ReferenceFactory(co_entrepreneur=camille)

        with django_assert_num_queries(7):
            documents.cv_data(camille)

    @pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE.keys())
    def test_takes_two_pages_whatever_is_written_in_it(self, camille, words):
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
        }

        data = fitted("cv", content, cv.ROOMS, cv.shape)

        found = opened(data, documents.render_cv)
        assert found.pages <= 2
        assert found.failures == []
        assert data["clipped"]


class TestSheet:
    def test_is_one_page_that_follows_the_charter_and_says_nothing_private(self, reference):
        data = documents.sheet_data(reference)

        found = opened(data, documents.render_sheet)
        for said in (
            "Former les agents d’accueil", "Ville de Lodève", "Commune", "Hérault (34)", "SIRET 213 401 428 00018",
            "mars 2020", "Titulaire", "de 15 000 à 40 000 € HT", "80500000", "Trois services réunis.", "Observer.",
            "Un livret", "48 agents formés.", "Camille Durand", "Animatrice", "Référence de moins de trois ans",
            "Attestation du client fournie sur demande",
        ):  # fmt: skip
            assert said in found.text
        for private in ("18 400", "18400", "Contact Privé", "contact.prive", "04 99", "privée", "Partie"):
            assert private not in found.text + json.dumps(data, ensure_ascii=False)
        assert found.pages == 1
        assert (data["missing"], data["clipped"]) == ([], [])

    def test_is_a_tagged_file_that_a_validator_accepts(self, reference):
        found = opened(documents.sheet_data(reference), documents.render_sheet)

        assert found.failures == []
        assert found.reader.metadata.title == "Référence\xa0: Former les agents d’accueil"
        assert found.tags.count("/H1") == 1
        assert found.tags.count("/TH") == 7
        assert found.alternatives == ["Logo de Crealead"]

    def test_of_a_bare_reference_says_what_it_lacks(self):
        reference = ReferenceFactory(amount=18_400, amount_shown="hidden", state="to_validate", decided_at=None)

        data = documents.sheet_data(reference)

        found = opened(data, documents.render_sheet)
        assert data["missing"] == ["le contexte", "la mission", "les livrables", "les résultats", "un code CPV"]
        assert "Reste à valider" in found.text
        assert "Montant" not in found.text
        assert found.failures == []

    def test_reads_the_database_in_as_many_queries_whatever_it_holds(self, reference, django_assert_num_queries):
        for _ in range(3):
            Participation.objects.create(reference=reference, co_entrepreneur=CoEntrepreneurFactory())
        reference.refresh_from_db()

        with django_assert_num_queries(4):
            documents.sheet_data(reference)

    def test_a_form_filled_to_the_limit_shrinks_before_it_is_cut(self, reference):
        reference.context = reference.mission = reference.results = (PROSE * 11)[:900]

        data = documents.sheet_data(reference)

        assert data["clipped"] == []
        assert data["size"] < sheet.ROOMS[0].size
        assert opened(data, documents.render_sheet).pages == 1

    @pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE.keys())
    def test_takes_one_page_whatever_is_written_in_it(self, reference, words):
        line = sheet.typeset(words[:300])
        content = sheet.content(reference) | {
            "subject": line,
            "client": line,
            "standing": line,
            "facts": [{"name": "Lieu", "value": line}] * 4,
            "parts": [{"title": f"Partie {number}", "content": sheet.blocks(words)} for number in range(4)],
            "codes": [line] * 20,
            "participants": [{"name": line, "trade_name": line, "part": line}] * 40,
        }

        data = fitted("sheet", content, sheet.ROOMS, sheet.shape)

        found = opened(data, documents.render_sheet)
        assert found.pages == 1
        assert found.failures == []
        assert data["clipped"]


class TestPresentation:
    @pytest.fixture
    def page(self):
        return Page.objects.update_or_create(
            slug=Page.Slug.COOPERATIVE,
            defaults={"title": "Une coopérative d'entrepreneurs", "body": "Des **métiers** divers.\n\n## Suivi\n\n- un\n- deux"},
        )[0]  # fmt: skip

    def test_counts_what_is_listed_and_says_who_the_cooperative_is(self, camille, reference, page):
        CoEntrepreneurFactory(skills=[camille.skills.get()])
        Insurance.objects.create(insurer="Mutuelle d’Essai", policy_number="C-12")
        Insurance.objects.create(insurer="Échue", expires_on=date(2020, 1, 1))

        data = documents.presentation_data()

        assert {figure["name"]: figure["value"] for figure in data["figures"]} == {
            "co-entrepreneur référencé": "1",
            "domaine de compétences": "1",
            "département couvert": "1",
            "références de moins de trois ans": "2",
            "type de client public servi": "1",
            "label ou certification": "1",
        }
        assert data["domains"] == [{"name": "Formation d’essai", "count": 1}]
        text = opened(data, documents.render_presentation).text
        for said in (
            "Une coopérative d’entrepreneurs", "Des métiers divers.", "Suivi", "SA Scop", "732 829 320 00074",
            "RCS Montpellier", "Mutuelle d’Essai, contrat n° C-12", "Hérault (34)", "Ville de Lodève",
        ):  # fmt: skip
            assert said in text
        assert "Échue" not in text

    def test_is_a_tagged_file_that_a_validator_accepts(self, camille, page):
        found = opened(documents.presentation_data(), documents.render_presentation)

        assert found.failures == []
        assert found.pages <= 2
        assert found.tags.count("/H1") == 1
        assert "/TH" in found.tags

    def test_of_a_cooperative_that_starts_is_made_all_the_same(self):
        Page.objects.filter(slug=Page.Slug.COOPERATIVE).delete()

        found = opened(documents.presentation_data(), documents.render_presentation)

        assert "SIRET" in found.text
        assert found.failures == []

    def test_a_long_text_of_the_cooperative_is_cut_and_said_to_be(self, camille, page):
        page.body = "## Titre\n\n" + PROSE * 200
        page.save()

        data = documents.presentation_data()

        assert data["clipped"] == ["Texte de présentation : abrégé."]
        assert opened(data, documents.render_presentation).pages <= 2

    def test_reads_the_database_in_a_fixed_number_of_queries(self, camille, reference, django_assert_num_queries):
        with django_assert_num_queries(11):
            documents.presentation_data()


def test_the_same_data_make_the_same_bytes(reference):
    data = documents.sheet_data(reference)

    assert documents.render_sheet(data) == documents.render_sheet(json.loads(json.dumps(data)))


def test_nothing_in_the_data_is_read_as_typst(reference):
    reference.subject, reference.mission, reference.place = INJECTION[:200], INJECTION, INJECTION[:120]

    found = opened(documents.sheet_data(reference), documents.render_sheet)

    assert found.text.count("#panic(« x ») $x$ \\u{41} @cible *gras* _mou_ `code` <label> // rien /* rien */") == 3
    assert found.reader.metadata.title.startswith("Référence")


@given(st.text(max_size=300), st.text(max_size=40))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_words_make_a_page_that_a_validator_accepts(reference, words, name):
    content = sheet.content(reference) | {
        "subject": sheet.typeset(name, otherwise="Sans objet"),
        "client": sheet.typeset(name),
        "parts": [{"title": "Mission", "content": sheet.blocks(words)}],
        "participants": [{"name": sheet.typeset(name), "trade_name": "", "part": sheet.typeset(words[:60])}],
    }

    found = Pdf(documents.render_sheet(fitted("sheet", content, sheet.ROOMS, sheet.shape)))

    assert found.pages == 1
    assert found.failures == []


@pytest.mark.parametrize("data", [{}, {"dated": "2026-01-01"}, {"dated": "jamais", "title": "Essai"}, {"dated": None}])
def test_data_that_make_no_document_are_refused_in_a_sentence(data):
    with pytest.raises(documents.DocumentError, match="n’a pas pu être composé") as refused:
        documents.render_cv(data)

    assert refused.value.reason == str(refused.value)
