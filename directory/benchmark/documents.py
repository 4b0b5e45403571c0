"""What the documents of an answer cost: a CV, a sheet, the presentation, and all of a team's in one ZIP."""

import tempfile
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from django.core.files.base import ContentFile
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from PIL import Image
from tqdm import tqdm

from directory import documents
from directory.models import (
    CoEntrepreneur,
    Consent,
    Consultation,
    CpvCode,
    Cv,
    CvEntry,
    MemoTrame,
    Participation,
    PublicClient,
    Reference,
    SectionKind,
    Skill,
    TeamMember,
    TrameSection,
)
from directory.tenders.answers import kit
from directory.tenders.memo import start_memo

from .measures import Times, elapsed

TEAM, REFERENCES = 5, 20
RUNS, KIT_RUNS = 100, 10
WARM_UP_RUNS = 3
# A co-entrepreneur who wrote a full CV: so many lines of each kind.
ENTRIES = {
    CvEntry.Kind.EXPERIENCE: 5,
    CvEntry.Kind.QUALIFICATION: 3,
    CvEntry.Kind.TRAINING: 3,
    CvEntry.Kind.LANGUAGE: 2,
    CvEntry.Kind.TOOL: 4,
}
WORDS = (
    "L’équipe observe d’abord les situations de travail, puis anime des sessions courtes, sur place, à partir de cas "
    "réels ; elle remet un livret et une évaluation à froid, trois mois après. "
)


@dataclass
class DocumentCosts:
    """Of each document, its data read from the database and its PDF made; of the kit, as many documents and bytes."""

    cv: Times
    sheet: Times
    presentation: Times
    kit: Times
    kit_documents: int
    kit_bytes: int


def measure(*, progress=True):
    """Measure on the database that `connection` leads to, which is left as it was."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-media-") as media,
        override_settings(MEDIA_ROOT=media),
        transaction.atomic(),
    ):
        costs = _measure(_consultation(), progress=progress)
        transaction.set_rollback(True)
    return costs


def _measure(consultation, *, progress):
    people = CoEntrepreneur.objects.filter(team_seats__consultation=consultation)
    references = Reference.objects.filter(co_entrepreneur__in=people).select_related("client")
    with tqdm(total=4, desc="Documents", disable=not progress) as bar:
        cv = _times([lambda one=one: documents.render_cv(documents.cv_data(one)) for one in people])
        bar.update()
        sheet = _times([lambda one=one: documents.render_sheet(documents.sheet_data(one)) for one in references])
        bar.update()
        presentation = _times([lambda: documents.render_presentation(documents.presentation_data())])
        bar.update()
        made = kit.make(consultation)
        if made.problems:
            raise RuntimeError(f"The kit lacks documents: {made.problems}")
        archive = kit.archive(made)
        whole = Times([elapsed(lambda: kit.archive(kit.make(consultation)))[0] for _ in range(KIT_RUNS)])
        bar.update()
    return DocumentCosts(cv, sheet, presentation, whole, len(made.files), len(archive))


def _times(makers):
    """Each in turn, so that none is helped by the one just made."""
    for maker in makers[:WARM_UP_RUNS]:
        maker()
    return Times([elapsed(makers[run % len(makers)])[0] for run in range(RUNS)])


def _consultation():
    """A tender that a team of five answers, with a memo, a photo on each CV, and twenty references to choose from."""
    now = timezone.now()
    buyer = PublicClient.objects.create(name="Communauté de communes du Banc d’essai", type="intercommunalite")
    people = [_person(number) for number in range(TEAM)]
    for number in range(REFERENCES):
        _reference(people, buyer, number)
    consultation = Consultation.objects.create(
        author_member=people[0],
        buyer=buyer,
        subject="Formation des agents d’accueil",
        deadline=now + timedelta(days=20),
    )
    for number, person in enumerate(people):
        TeamMember.objects.create(
            consultation=consultation,
            co_entrepreneur=person,
            role=TeamMember.Role.MEMBER if number else TeamMember.Role.LEAD,
            state=TeamMember.State.ACCEPTED,
            answered_at=now,
        )
    start_memo(consultation, _trame())
    return consultation


def _person(number):
    person = CoEntrepreneur.objects.create(
        first_name="Camille",
        last_name=f"Essai {number}",
        trade_name=f"Atelier du banc {number}",
        email=f"banc-{number}@example.org",
        headline="Formation des agents à l’accueil du public",
        public_offer=WORDS * 3,
        photo=_photo(),
    )
    Consent.objects.create(co_entrepreneur=person, item=Consent.Item.PHOTO)
    person.skills.set(Skill.objects.order_by("pk")[number : number + 6])
    resume = Cv.objects.create(co_entrepreneur=person, title="Formatrice et consultante", summary=WORDS * 2)
    CvEntry.objects.bulk_create(
        CvEntry(
            cv=resume,
            kind=kind,
            title=f"{kind.label} {line}",
            organisation="Communauté de communes du Banc d’essai",
            starts_year=2010 + line,
            ends_year=2012 + line,
            description=WORDS if kind == CvEntry.Kind.EXPERIENCE else "",
        )
        for kind, lines in ENTRIES.items()
        for line in range(lines)
    )
    return person


def _photo():
    """Of the size that photos are kept in, and about as hard to compress as one."""
    out = BytesIO()
    Image.effect_noise((80, 80), 60).resize((640, 640)).convert("RGB").save(out, "WEBP", quality=82)
    return ContentFile(out.getvalue(), name="photo.webp")


def _reference(people, buyer, number):
    today = timezone.localdate()
    reference = Reference.objects.create(
        co_entrepreneur=people[number % TEAM],
        client=buyer,
        subject=f"Formation des agents d’accueil, session {number}",
        context=WORDS * 2,
        mission=WORDS * 3,
        deliverables="Livret de l’agent\nFiches réflexes\nRapport d’évaluation",
        results=WORDS,
        starts_on=today - timedelta(days=400 + number),
        ends_on=today - timedelta(days=30 + number),
        amount=18_400,
        publishable=True,
        state=Reference.State.VALIDATED,
        decided_at=timezone.now(),
    )
    reference.cpv_codes.set(CpvCode.objects.order_by("pk")[number : number + 2])
    Participation.objects.create(reference=reference, co_entrepreneur=people[(number + 1) % TEAM], part="Animation")


def _trame():
    trame = MemoTrame.objects.create(name="Trame du banc d’essai", service="Formation")
    TrameSection.objects.bulk_create(
        TrameSection(trame=trame, position=position, kind=kind, title=label, body=WORDS * 5)
        for position, (kind, label) in enumerate(SectionKind.choices)
    )
    return trame
