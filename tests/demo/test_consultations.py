"""The consultations of the cooperative: an open one to work on, twins, and two that ended."""

from hashlib import sha256

import pytest

from directory.models import (
    Answer,
    AnswerFile,
    CoEntrepreneur,
    Consultation,
    Cv,
    MemoTrame,
    Skill,
    TeamMember,
)
from directory.rights import Viewer, consultations_read_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_demonstration")]


def test_the_open_team_of_four_has_one_hole_and_a_lead_whose_cape_ends():
    consultation = Consultation.objects.get(reference="CAEC-26-047")
    team = CoEntrepreneur.objects.filter(team_seats__consultation=consultation)

    assert consultation.team.count() == team.published().count() == 4
    assert consultation.team.filter(state=TeamMember.State.INVITED).count() == 1
    held = Skill.objects.filter(co_entrepreneurs__in=team)
    assert [skill.slug for skill in consultation.skills.exclude(pk__in=held)] == ["facile-a-lire"]
    assert CoEntrepreneur.objects.published().filter(skills__slug="facile-a-lire").exists()
    lead = consultation.team.get(role=TeamMember.Role.LEAD).co_entrepreneur
    assert lead.contract_ends_on < consultation.contract_ends_on
    assert [cv.is_fresh for cv in Cv.objects.filter(co_entrepreneur__in=team)].count(False) == 1


def test_the_open_memo_is_its_trame_with_what_was_written():
    consultation = Consultation.objects.get(reference="CAEC-26-047")

    parts = consultation.memo_parts.all()

    sections = MemoTrame.objects.get(name="Communication et création").sections.all()
    assert [part.kind for part in parts] == [section.kind for section in sections]
    assert {part.kind for part in parts if part.version > 1} == {"understanding", "team"}
    assert all("[[" in part.body for part in parts if part.version > 1)


def test_two_teams_must_say_whether_theirs_is_the_same_consultation():
    twins = Consultation.objects.filter(reference="PS-2026-18")

    for consultation in Consultation.objects.all():
        alike = set(Consultation.objects.likely_same_as(consultation))
        assert alike == (set(twins) - {consultation} if consultation in twins else set())
        assert {notice.other for notice in consultation.duplicate_notices.all()} == alike
        assert not consultation.duplicate_notices.filter(settled_at__isnull=False).exists()


def test_one_was_won_one_lost_and_the_memos_were_marked():
    past = Consultation.objects.exclude(outcome="")

    assert sorted(past.values_list("outcome", flat=True)) == ["lost", "won"]
    for consultation in past:
        parts = consultation.memo_parts.all()
        assert sum(part.score for part in parts) == consultation.technical_score
        assert sum(part.score_out_of for part in parts) == consultation.technical_score_out_of
        assert all(part.criterion and "[[" not in part.body for part in parts)


def test_what_was_sent_is_kept_as_it_was():
    assert Answer.objects.count() == 2
    for sent in AnswerFile.objects.select_related("answer__consultation"):
        with sent.file.open() as file:
            content = file.read()
        assert (sent.size, sent.sha256) == (len(content), sha256(content).hexdigest())
        assert sent.answer.sent_at < sent.answer.consultation.deadline


def test_a_consultation_is_its_team_s_own():
    consultation = Consultation.objects.get(reference="CAEC-26-047")
    lead = Viewer(member=consultation.author_member)
    stranger = Viewer(member=CoEntrepreneur.objects.published().filter(team_seats__isnull=True).first())

    assert consultation in consultations_read_by(lead)
    assert not consultations_read_by(stranger).exists()
