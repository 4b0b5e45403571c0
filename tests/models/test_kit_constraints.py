"""What the database refuses of references, proposals, consultations and answers, whatever path writes."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from directory.models import (
    Answer,
    AnswerFile,
    Consultation,
    ContractSuggestion,
    CvEntry,
    DuplicateNotice,
    FicheProposal,
    Kit,
    MemoPart,
    Participation,
    PublicClient,
    Reference,
    TeamMember,
)
from directory.models.answer import UNFROZEN_BY
from tests.factories import (
    AdministratorFactory,
    CoEntrepreneurFactory,
    ConsultationFactory,
    CvFactory,
    FicheProposalFactory,
    PublicClientFactory,
    ReferenceFactory,
    TeamMemberFactory,
)

from .test_constraints import refuses

pytestmark = pytest.mark.django_db


# --- References --------------------------------------------------------------------------------------------------


def test_who_keeps_a_reference_takes_part_in_it():
    reference = ReferenceFactory()
    heir = CoEntrepreneurFactory()

    Reference.objects.filter(pk=reference.pk).update(co_entrepreneur=heir)

    assert {reference.co_entrepreneur, heir} == set(reference.participants.all())


def test_one_takes_part_once():
    reference = ReferenceFactory()

    with refuses("participation_unique"), transaction.atomic():
        Participation.objects.create(reference=reference, co_entrepreneur=reference.co_entrepreneur)


def test_a_reference_outlives_the_fiche_of_who_kept_it():
    reference = ReferenceFactory()
    colleague = CoEntrepreneurFactory()
    Participation.objects.create(reference=reference, co_entrepreneur=colleague)

    reference.co_entrepreneur.delete()

    reference.refresh_from_db()
    assert reference.co_entrepreneur is None
    assert list(reference.participants.all()) == [colleague]


@pytest.mark.parametrize("state", ["validated", "changes_asked"])
def test_a_decision_on_a_reference_has_a_date(state):
    with refuses("reference_decision_has_date"), transaction.atomic():
        ReferenceFactory(state=state, decided_at=None, comment="À compléter")


def test_changes_asked_of_a_reference_are_told():
    with refuses("reference_changes_are_told"), transaction.atomic():
        ReferenceFactory(state="changes_asked", comment=" ")


def test_a_siret_has_14_digits():
    with refuses("public_client_siret_has_14_digits"), transaction.atomic():
        PublicClientFactory(siret="2134017200017")


def test_a_siret_is_of_one_client():
    PublicClientFactory(siret="21340172201787")

    with refuses("public_client_siret_unique"), transaction.atomic():
        PublicClientFactory(siret="21340172201787")


def test_clients_without_a_siret_are_many():
    PublicClientFactory.create_batch(2)

    assert PublicClient.objects.filter(siret="").count() >= 2


def suggestion(**values):
    return ContractSuggestion.objects.create(
        **{
            "contract_id": "2025-01",
            "buyer_siret": "21340172201787",
            "holder_siret": "73282932000074",
            "subject": "Formation",
            "notified_on": date(2025, 3, 1),
            "source": "decp.json",
        }
        | values
    )


def test_a_contract_is_suggested_once():
    suggestion()

    with refuses("contract_suggestion_unique"), transaction.atomic():
        suggestion()
    suggestion(lot=2)


@pytest.mark.parametrize("lacking", ["decided_by", "decided_at"])
@pytest.mark.parametrize("state", ["attributed", "dismissed"])
def test_what_becomes_of_a_suggestion_has_an_author_and_a_date(state, lacking):
    decision = {"decided_by": AdministratorFactory(), "decided_at": timezone.now()}

    with refuses("contract_suggestion_has_author_and_date"), transaction.atomic():
        suggestion(state=state, **(decision | {lacking: None}))


# --- My space ----------------------------------------------------------------------------------------------------


def test_one_open_proposal_per_fiche():
    proposal = FicheProposalFactory()

    with refuses("proposal_one_open_per_fiche"), transaction.atomic():
        FicheProposalFactory(co_entrepreneur=proposal.co_entrepreneur)


@pytest.mark.parametrize("lacking", ["decided_by", "decided_at"])
@pytest.mark.parametrize("state", ["accepted", "partly", "refused"])
def test_a_decision_on_a_proposal_has_an_author_and_a_date(state, lacking):
    decision = {"decided_by": AdministratorFactory(), "decided_at": timezone.now(), "comment": "Non."}

    with refuses("proposal_decision_has_author_and_date"), transaction.atomic():
        FicheProposalFactory(state=state, **(decision | {lacking: None}))


@pytest.mark.parametrize("state", [FicheProposal.State.PARTLY, FicheProposal.State.REFUSED])
def test_what_is_refused_of_a_proposal_has_a_reason(state):
    with refuses("proposal_refusal_has_reason"), transaction.atomic():
        FicheProposalFactory(state=state, decided_by=AdministratorFactory(), decided_at=timezone.now())


def test_a_line_of_a_cv_ends_after_it_starts():
    with refuses("cv_entry_ends_after_it_starts"), transaction.atomic():
        CvEntry.objects.create(cv=CvFactory(), kind="experience", title="Cheffe", starts_year=2020, ends_year=2019)


# --- Consultations and teams -------------------------------------------------------------------------------------


@pytest.mark.parametrize("both", [True, False])
def test_a_consultation_has_one_author(both):
    author_user = AdministratorFactory() if both else None

    with refuses("consultation_has_one_author"), transaction.atomic():
        ConsultationFactory(author_user=author_user, author_member=CoEntrepreneurFactory() if both else None)


def test_an_outcome_has_a_date():
    with refuses("consultation_outcome_has_date"), transaction.atomic():
        ConsultationFactory(outcome=Consultation.Outcome.WON)


@pytest.mark.parametrize("name", ["price_score", "technical_score"])
@pytest.mark.parametrize(("score", "out_of"), [(41, 40), (-1, 40)])
def test_a_score_lies_within_its_bounds(name, score, out_of):
    with refuses(f"consultation_{name}_within_bounds"), transaction.atomic():
        ConsultationFactory(**{name: score, f"{name}_out_of": out_of})


def test_the_score_of_a_section_lies_within_its_bounds():
    with refuses("memo_part_score_within_bounds"), transaction.atomic():
        MemoPart.objects.create(consultation=ConsultationFactory(), title="Méthode", score=11, score_out_of=10)


def test_one_sits_once_in_a_team():
    seat = TeamMemberFactory()

    with refuses("team_member_unique"), transaction.atomic():
        TeamMemberFactory(consultation=seat.consultation, co_entrepreneur=seat.co_entrepreneur)


def test_a_team_has_one_lead():
    lead = TeamMemberFactory(role=TeamMember.Role.LEAD)

    with refuses("team_has_one_lead"), transaction.atomic():
        TeamMemberFactory(consultation=lead.consultation, role=TeamMember.Role.LEAD)


def test_a_lead_who_declined_leaves_room_for_another():
    lead = TeamMemberFactory(role=TeamMember.Role.LEAD, state=TeamMember.State.DECLINED)

    assert TeamMemberFactory(consultation=lead.consultation, role=TeamMember.Role.LEAD).pk


@pytest.mark.parametrize("state", [TeamMember.State.ACCEPTED, TeamMember.State.DECLINED])
def test_an_answer_to_an_invitation_has_a_date(state):
    with refuses("team_answer_has_date"), transaction.atomic():
        TeamMemberFactory(state=state, answered_at=None)


def test_only_stand_ins_stand_in_for_someone():
    seat = TeamMemberFactory()

    with refuses("only_stand_ins_stand_in"), transaction.atomic():
        TeamMemberFactory(consultation=seat.consultation, stands_in_for=seat)


def test_a_pair_is_noticed_once_and_made_of_two():
    one, other = ConsultationFactory.create_batch(2)
    DuplicateNotice.objects.create(consultation=one, other=other)

    with refuses("duplicate_notice_unique"), transaction.atomic():
        DuplicateNotice.objects.create(consultation=one, other=other)
    with refuses("duplicate_notice_of_two"), transaction.atomic():
        DuplicateNotice.objects.create(consultation=one, other=one)


def test_what_was_agreed_of_a_duplicate_is_told():
    one, other = ConsultationFactory.create_batch(2)

    with refuses("duplicate_settlement_is_told"), transaction.atomic():
        DuplicateNotice.objects.create(consultation=one, other=other, settled_at=timezone.now())


# --- Answers -----------------------------------------------------------------------------------------------------


def test_one_kit_is_made_at_a_time():
    consultation = ConsultationFactory()
    author = {"author_member": consultation.author_member}
    Kit.objects.create(consultation=consultation, state=Kit.State.RUNNING, **author)

    with refuses("kit_one_under_way"), transaction.atomic():
        Kit.objects.create(consultation=consultation, **author)


@pytest.fixture
def frozen():
    consultation = ConsultationFactory()
    answer = Answer.objects.create(consultation=consultation, author_member=consultation.author_member, data={})
    return AnswerFile.objects.create(answer=answer, name="cv.pdf", file="answers/x", size=3, sha256="0" * 64)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE directory_answer SET data = '{}'",
        "DELETE FROM directory_answerfile",
        "UPDATE directory_answerfile SET file = 'answers/y'",
    ],
)
def test_nothing_changes_what_was_sent(frozen, statement):
    with (
        pytest.raises(ProgrammingError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


FROZEN = [
    model
    for model in apps.get_models()
    if any(UNFROZEN_BY in str(trigger.func) for trigger in getattr(model._meta, "triggers", []))
]


@pytest.mark.parametrize("model", FROZEN, ids=lambda model: model.__name__)
@pytest.mark.parametrize("purpose", ["", "purge:", "erasure:"])
def test_what_is_frozen_is_never_emptied_at_once(frozen, model, purpose):
    with (
        pytest.raises(ProgrammingError, match=f"rows from {model._meta.db_table} table"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT set_config(%s, %s, true)", [UNFROZEN_BY, purpose])
        cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")


def test_answers_are_numbered(frozen):
    consultation = frozen.answer.consultation

    with refuses("answer_number_unique"), transaction.atomic():
        Answer.objects.create(consultation=consultation, author_member=consultation.author_member, data={})


# --- Words of the models -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_ago", "recent"),
    [(None, True), (0, True), (3 * 365 - 1, True), (3 * 366, False)],
)
def test_recent_is_less_than_three_years_old(days_ago, recent):
    today = timezone.localdate()
    ended = None if days_ago is None else today - timedelta(days=days_ago)
    reference = ReferenceFactory(starts_on=today - timedelta(days=2000), ends_on=ended)

    assert reference.is_recent is recent
    assert Reference.objects.recent().filter(pk=reference.pk).exists() is recent


def test_names_of_clients_that_look_alike_are_found():
    near = PublicClientFactory(name="Communauté de communes du Pic Saint-Loup")
    PublicClientFactory(name="Département de la Lozère")

    assert list(PublicClient.objects.near("communaute de communes Pic St Loup")) == [near]


def test_a_consultation_is_told_from_its_likely_double():
    one = ConsultationFactory(reference="2026-014", lot="2")
    same = ConsultationFactory(
        buyer=one.buyer, reference="2026-014", lot="", deadline=one.deadline + timedelta(days=90)
    )
    near = ConsultationFactory(buyer=one.buyer, lot="2", deadline=one.deadline + timedelta(days=3))
    ConsultationFactory(buyer=one.buyer, reference="2026-014", lot="3")
    ConsultationFactory(reference="2026-014", lot="2")
    ConsultationFactory(
        buyer=one.buyer, lot="2", deadline=one.deadline, outcome="dropped", outcome_on=timezone.localdate()
    )

    assert set(Consultation.objects.likely_same_as(one)) == {same, near}
