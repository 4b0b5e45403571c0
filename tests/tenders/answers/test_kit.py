import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from directory import documents
from directory.models import Certification, Insurance, Label, TeamMember
from directory.tenders.answers import kit
from directory.tenders.memo import start_memo
from directory.tenders.team.selection import references_of, team_of
from tests.documents.pdf import Pdf
from tests.factories import (
    CoEntrepreneurFactory,
    ConsultationFactory,
    CvFactory,
    MemoTrameFactory,
    PublicClientFactory,
    ReferenceFactory,
    TeamMemberFactory,
)

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.localdate() - timedelta(days=5 * 365)


@pytest.fixture
def consultation():
    """A team of two with a reference and a memo, nothing lacking."""
    consultation = ConsultationFactory(buyer__type="commune")
    for name in ("Zoé", "Noé"):
        seat = TeamMemberFactory(consultation=consultation, co_entrepreneur__first_name=name)
        cv = CvFactory(co_entrepreneur=seat.co_entrepreneur, summary="Quinze ans.")
        cv.entries.create(kind="experience", title="Formatrice")
        cv.entries.create(kind="qualification", title="Licence")
    consultation.team.filter(pk=seat.pk).update(role=TeamMember.Role.LEAD)
    ReferenceFactory(co_entrepreneur=seat.co_entrepreneur, client__name="Ville d’Été")
    Insurance.objects.create(insurer="Mutuelle d’essai", expires_on=timezone.localdate() + timedelta(days=300))
    trame = MemoTrameFactory()
    trame.sections.create(kind="other", title="Préambule", body="Tout est dit.")
    start_memo(consultation, trame)
    return consultation


def reasons(consultation):
    return {one["document"]: one["reason"] for one in kit.warnings_of(consultation)}


def names(made):
    return [file.name for file in made.files]


# --- What is made ------------------------------------------------------------------------------------------------


def test_the_archive_holds_every_document_and_a_summary(consultation):
    made = kit.make(consultation)

    with zipfile.ZipFile(BytesIO(kit.archive(made))) as archive:
        assert archive.testzip() is None
        found = archive.namelist()
        summary = Pdf(archive.read("00-sommaire.pdf"))
        memo = Document(BytesIO(archive.read("01-memoire-technique.docx")))
    surnames = [seat.co_entrepreneur.last_name.lower() for seat in team_of(consultation)]
    assert found == [
        "00-sommaire.pdf",
        "01-memoire-technique.docx",
        "02-presentation-de-la-cooperative.pdf",
        f"03-cv-noe-{surnames[0]}.pdf",
        f"03-cv-zoe-{surnames[1]}.pdf",
        "04-reference-01-ville-dete.pdf",
    ]
    assert "Préambule" in [one.text for one in memo.paragraphs]
    assert "04-reference-01" in summary.text
    assert "ne la remettez pas" in summary.text
    assert (summary.failures, summary.untitled) == ([], [])
    assert made.problems == []


def test_the_summary_is_not_among_the_files_for_the_buyer(consultation):
    made = kit.make(consultation)

    assert made.summary.name not in names(made)
    assert set(made.data) == set(names(made))
    json.dumps(made.data)


def test_the_same_content_makes_the_same_archive(consultation):
    assert kit.archive(kit.make(consultation)) == kit.archive(kit.make(consultation))


def test_progress_is_told_from_nothing_to_all(consultation):
    steps = []

    kit.make(consultation, progress=lambda made, total: steps.append((made, total)))

    assert steps == [(0, 6), (1, 6), (2, 6), (3, 6), (4, 6), (5, 6), (6, 6)]


def test_two_of_the_same_name_have_a_file_each_and_odd_names_are_safe():
    consultation = ConsultationFactory()
    for first, last in [("Ana", "Ruiz"), ("Ana", "Ruiz"), ("../..", "/etc"), ("李", "小龙"), ("x" * 80, "y" * 80)]:
        TeamMemberFactory(consultation=consultation, co_entrepreneur__first_name=first, co_entrepreneur__last_name=last)

    found = [name for name in names(kit.make(consultation)) if "cv" in name]

    assert found[:4] == ["03-cv-ana-ruiz.pdf", "03-cv-ana-ruiz-2.pdf", "03-cv-etc.pdf", "03-cv-sans-nom.pdf"]
    assert all(name.isascii() and len(name) < 80 for name in found)


@pytest.mark.parametrize(
    ("error", "reason"),
    [(documents.DocumentError("Le CV est trop lourd."), "Le CV est trop lourd."), (ValueError("x"), kit.UNEXPECTED)],
)
def test_a_document_that_fails_is_named_with_why_and_the_others_are_there(
    consultation, monkeypatch, caplog, error, reason
):
    real = documents.render_cv

    def render(data):
        if data["name"].startswith("Zoé"):
            raise error
        return real(data)

    monkeypatch.setattr(documents, "render_cv", render)

    made = kit.make(consultation)

    [problem] = made.problems
    assert problem["document"].startswith("CV de Zoé")
    assert problem["reason"] == reason
    assert [name for name in names(made) if "zoe" in name] == []
    assert len(made.files) == 4
    assert "Zoé" not in "".join(record.getMessage() for record in caplog.records)
    assert reason[:20] in PdfReader(BytesIO(made.summary.content)).pages[0].extract_text().replace("\xa0", " ")


# --- Which references ----------------------------------------------------------------------------------------------


def test_recent_references_come_first_then_those_alike():
    consultation = ConsultationFactory(buyer=PublicClientFactory(type="commune"))
    consultation.cpv_codes.set(["80511000"])
    person = TeamMemberFactory(consultation=consultation).co_entrepreneur
    region = PublicClientFactory(type="region")
    other = ReferenceFactory(co_entrepreneur=person, client=region)
    same_type = ReferenceFactory(co_entrepreneur=person, client=PublicClientFactory(type="commune"))
    same_class = ReferenceFactory(co_entrepreneur=person, client=region)
    same_class.cpv_codes.set(["80510000"])
    old = ReferenceFactory(co_entrepreneur=person, starts_on=LONG_AGO, ends_on=LONG_AGO)
    old.cpv_codes.set(["80511000"])

    assert references_of(consultation, team_of(consultation)) == [same_class, same_type, other, old]


def test_a_reference_of_two_members_comes_once_and_twenty_at_most():
    consultation = ConsultationFactory()
    first, second = (TeamMemberFactory(consultation=consultation).co_entrepreneur for _ in range(2))
    shared = ReferenceFactory(co_entrepreneur=first, starts_on=timezone.localdate() + timedelta(days=1))
    shared.participations.create(co_entrepreneur=second)
    ReferenceFactory.create_batch(22, co_entrepreneur=second)

    found = references_of(consultation, team_of(consultation))

    assert len(found) == 20
    assert found.count(shared) == 1


def test_what_is_not_validated_or_belongs_to_no_member_is_left_out():
    consultation = ConsultationFactory()
    person = TeamMemberFactory(consultation=consultation).co_entrepreneur
    ReferenceFactory(co_entrepreneur=person, state="to_validate", decided_at=None)
    ReferenceFactory()

    assert references_of(consultation, team_of(consultation)) == []


# --- What is missing or out of date --------------------------------------------------------------------------------


def test_a_complete_kit_warns_of_nothing(consultation):
    assert kit.warnings_of(consultation) == []


def test_what_is_out_of_date_is_told(consultation):
    lead, member = (seat.co_entrepreneur for seat in team_of(consultation))
    lead.cv.updated_at = timezone.now() - timedelta(days=400)
    lead.cv.save()
    member.cv.delete()
    Certification.objects.create(
        co_entrepreneur=lead, label=Label.objects.get(slug="qualiopi"), proof="proofs/x.pdf", expires_on=LONG_AGO
    )
    ReferenceFactory(co_entrepreneur=lead, subject="Vieille mission", starts_on=LONG_AGO, ends_on=LONG_AGO)
    Insurance.objects.update(expires_on=LONG_AGO)
    consultation.memo_parts.update(body="À [[lieu]] et [[date]].")

    told = reasons(consultation)

    assert "plus d’un an" in told[f"CV de {lead.name}"]
    assert "pas rempli" in told[f"CV de {member.name}"]
    assert "Expiré depuis" in told[f"Qualiopi de {lead.name}"]
    assert any("Vieille mission" in name and "trois ans" in reason for name, reason in told.items())
    assert "en cours de validité" in told["Assurance"]
    assert told["Mémoire technique"] == "Il reste 2 passages à adapter."


def test_an_insurance_that_ends_before_the_contract_is_told(consultation):
    consultation.contract_ends_on = timezone.localdate() + timedelta(days=700)

    [warning] = kit.warnings_of(consultation)

    assert "avant la fin du marché" in warning["reason"]


def test_an_insurance_that_has_not_begun_is_told(consultation):
    tomorrow = timezone.localdate() + timedelta(days=1)
    Insurance.objects.create(insurer="À venir", starts_on=tomorrow)

    assert any("ne commence que" in warning["reason"] for warning in kit.warnings_of(consultation))


def test_who_has_not_answered_or_left_is_told(consultation):
    TeamMemberFactory(consultation=consultation, state="invited", answered_at=None)
    gone = CoEntrepreneurFactory(departed_on=timezone.localdate())
    TeamMemberFactory(consultation=consultation, co_entrepreneur=gone)

    told = [one["reason"] for one in kit.warnings_of(consultation) if one["document"] == "Équipe"]

    assert len(told) == 2
    assert "pas encore répondu" in told[0]
    assert told[1] == f"{gone.name} a quitté la coopérative."


def test_a_consultation_without_anything_makes_what_it_can():
    consultation = ConsultationFactory()

    made = kit.make(consultation)

    assert names(made) == ["02-presentation-de-la-cooperative.pdf"]
    assert reasons(consultation)["Équipe"].startswith("Personne")
    assert reasons(consultation)["Mémoire technique"] == "Il n’est pas commencé."
