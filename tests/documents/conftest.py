"""Someone of whom everything is known, and what they did, described to the end."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from directory.models import Certification, Consent, CpvCode, CvEntry, Department, Label, Participation
from tests.factories import (
    CoEntrepreneurFactory,
    CvFactory,
    PublicClientFactory,
    ReferenceFactory,
    SkillFactory,
)


def picture():
    out = BytesIO()
    Image.new("RGB", (640, 480), "#bf0e38").save(out, "WEBP")
    return ContentFile(out.getvalue(), name="photo.webp")


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
