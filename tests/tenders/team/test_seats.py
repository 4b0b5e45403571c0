"""Who is in a team: asked, removed, given another role."""

from datetime import timedelta

import pytest
from django.utils import timezone

from directory.decisions import Refused
from directory.models import TeamMember
from directory.tenders.team import actions as team_actions
from directory.tenders.team.composition import compose
from tests.cast import browser_of, lead_of, led, seat
from tests.factories import (
    CoEntrepreneurFactory,
)
from tests.jobs import run_jobs
from tests.tenders.team.asking import listed, team_url

pytestmark = pytest.mark.django_db
Role, State = TeamMember.Role, TeamMember.State
DAY = timedelta(days=1)


def holes(consultation):
    return {row.need.label for row in compose(consultation).holes}


def invite(browser, consultation, fiche, **changed):
    data = {"co_entrepreneur": fiche.pk, "role": "member", "mission": "Animer"} | changed
    return browser.post(team_url(consultation, "inviter"), data)


def test_a_second_click_invites_once():
    consultation, fiche = led(), listed()
    browser = browser_of(lead_of(consultation))

    for _ in range(2):
        invite(browser, consultation, fiche)

    assert consultation.team.filter(co_entrepreneur=fiche).count() == 1
    assert len(run_jobs()) == 1


def test_an_invitation_that_lies_for_a_day_may_be_sent_again():
    consultation, fiche = led(), listed()
    old = seat(consultation, co_entrepreneur=fiche, state=State.INVITED, invited_at=timezone.now() - 2 * DAY)
    browser = browser_of(lead_of(consultation))

    assert "Renvoyer l’invitation" in browser.get(team_url(consultation)).text
    invite(browser, consultation, fiche)

    old.refresh_from_db()
    assert old.invited_at > timezone.now() - DAY
    assert len(run_jobs()) == 1


def test_who_declined_may_be_asked_again():
    consultation, fiche = led(), listed()
    seat(consultation, co_entrepreneur=fiche, state=State.DECLINED, answer_word="Pas libre")

    invite(browser_of(lead_of(consultation)), consultation, fiche)

    again = consultation.team.get(co_entrepreneur=fiche)
    assert (again.state, again.answer_word, again.answered_at) == (State.INVITED, "", None)


def test_a_stand_in_stands_in_for_someone():
    consultation, fiche = led(), listed()
    lead = consultation.team.get()

    invite(browser_of(lead_of(consultation)), consultation, fiche, role="stand_in", stands_in_for=lead.pk)

    [message] = run_jobs()
    assert consultation.team.get(co_entrepreneur=fiche).stands_in_for == lead
    assert f"Suppléant de {lead.co_entrepreneur.name}" in message.body


def test_a_member_stands_in_for_nobody_whatever_is_sent():
    consultation, fiche = led(), listed()

    invite(browser_of(lead_of(consultation)), consultation, fiche, stands_in_for=consultation.team.get().pk)

    assert consultation.team.get(co_entrepreneur=fiche).stands_in_for is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"co_entrepreneur": ""},
        {"co_entrepreneur": "\x00"},
        {"co_entrepreneur": "999999999999999999999"},
        {"role": "chef"},
        {"role": "lead"},
        {"mission": "x" * 201},
        {"mission": "a\x00"},
        {"message": "x" * 1001},
        {"answer_by": "hier"},
        {"answer_by": "2020-01-01"},
        {"answer_by": "2100-01-01"},
        {"role": "stand_in", "stands_in_for": "0"},
    ],
)
def test_a_wrong_invitation_is_given_back(wrong):
    consultation, fiche = led(), listed()

    response = invite(browser_of(lead_of(consultation)), consultation, fiche, **wrong)

    assert response.status_code == 200
    assert "à corriger" in response.text
    assert wrong.get("message", "") in response.text
    assert consultation.team.count() == 1


def test_who_is_not_listed_is_not_invited():
    consultation = led()

    response = invite(browser_of(lead_of(consultation)), consultation, CoEntrepreneurFactory())

    assert "n’est plus au catalogue" in response.text
    assert consultation.team.count() == 1


@pytest.mark.parametrize(
    "over", [{"deadline": timezone.now() - DAY}, {"outcome": "won", "outcome_on": timezone.localdate()}]
)
def test_once_it_is_over_the_team_stays(over):
    consultation, fiche = led(**over), listed()
    browser = browser_of(lead_of(consultation))
    there = seat(consultation, co_entrepreneur=listed())

    response = invite(browser, consultation, fiche)
    browser.post(team_url(consultation, there.pk, "retirer"))

    assert response.status_code == 409
    assert "l’équipe ne change plus" in response.text
    assert consultation.team.count() == 2


def change(browser, consultation, place, **changed):
    data = {"role": place.role, "mission": place.mission} | changed
    return browser.post(
        team_url(consultation, place.pk), {f"place-{place.pk}-{name}": value for name, value in data.items()}
    )


def test_a_role_changes_and_the_person_knows():
    consultation = led()
    place = seat(consultation, co_entrepreneur=listed())

    change(browser_of(lead_of(consultation)), consultation, place, role="stand_in", mission="Relire")

    place.refresh_from_db()
    assert (place.role, place.mission, place.state) == (Role.STAND_IN, "Relire", State.ACCEPTED)
    [message] = run_jobs()
    assert message.to == [place.co_entrepreneur.email]
    assert "Rôle\N{NO-BREAK SPACE}: Suppléant" in message.body


def test_handing_over_the_lead_makes_a_member_of_the_former_one():
    opener = CoEntrepreneurFactory()
    consultation = led(by=opener)
    former, place = consultation.team.get(), seat(consultation, co_entrepreneur=listed())

    response = change(browser_of(opener), consultation, place, role="lead")

    former.refresh_from_db()
    place.refresh_from_db()
    assert (former.role, place.role) == (Role.MEMBER, Role.LEAD)
    assert response.url == team_url(consultation)
    assert {message.to[0] for message in run_jobs()} == {opener.email, place.co_entrepreneur.email}


def test_a_lead_who_did_not_open_it_hands_over_and_reads_on():
    consultation = led()
    former = consultation.team.get()
    former.co_entrepreneur = listed()
    former.save()
    place = seat(consultation, co_entrepreneur=listed())

    response = change(browser_of(former.co_entrepreneur), consultation, place, role="lead")

    assert response.url == f"/consultations/{consultation.pk}/"
    assert browser_of(former.co_entrepreneur).get(response.url).status_code == 200


def test_one_leads_only_once_one_has_accepted():
    consultation = led()
    place = seat(consultation, co_entrepreneur=listed(), state=State.INVITED)

    response = change(browser_of(lead_of(consultation)), consultation, place, role="lead")

    assert response.status_code == 200
    with pytest.raises(Refused, match="pas encore accepté"):
        team_actions.change_role(seat_pk=place.pk, role=Role.LEAD, mission="")


def test_the_lead_does_not_step_down_or_leave_without_a_successor():
    consultation = led()
    lead = consultation.team.get()
    browser = browser_of(lead.co_entrepreneur)

    change(browser, consultation, lead, role="member")
    browser.post(team_url(consultation, lead.pk, "retirer"))

    with pytest.raises(Refused, match="Une équipe a un pilote"):
        team_actions.change_role(seat_pk=lead.pk, role=Role.MEMBER, mission="")
    lead.refresh_from_db()
    assert lead.role == Role.LEAD


def test_there_is_no_second_lead():
    consultation = led()

    with pytest.raises(Refused, match="pilote déjà"):
        team_actions.invite(consultation_pk=consultation.pk, co_entrepreneur=listed(), role=Role.LEAD)


def test_when_the_lead_declined_another_is_asked():
    consultation, fiche = led(), listed()
    consultation.team.update(state=State.DECLINED)

    invite(browser_of(consultation.author_member), consultation, fiche, role="lead")

    assert consultation.team.get(co_entrepreneur=fiche).role == Role.LEAD


def test_someone_removed_knows_and_their_stand_in_stays():
    consultation = led()
    place = seat(consultation, co_entrepreneur=listed())
    stand_in = seat(consultation, co_entrepreneur=listed(), role=Role.STAND_IN, stands_in_for=place)

    browser_of(lead_of(consultation)).post(team_url(consultation, place.pk, "retirer"))

    stand_in.refresh_from_db()
    assert not consultation.team.filter(pk=place.pk).exists()
    assert stand_in.stands_in_for is None
    [message] = run_jobs()
    assert message.to == [place.co_entrepreneur.email]


def test_a_page_says_what_removing_does_before_anything_is_done():
    consultation = led()
    place = seat(consultation, co_entrepreneur=listed())
    browser = browser_of(lead_of(consultation))

    page = browser.get(team_url(consultation, place.pk, "retirer"))

    assert place.co_entrepreneur.name in page.text
    assert "un courriel l’en prévient" in page.text
    assert consultation.team.filter(pk=place.pk).exists()


def test_who_declined_is_removed_without_a_mail():
    consultation = led()
    place = seat(consultation, co_entrepreneur=listed(), state=State.DECLINED)

    browser_of(lead_of(consultation)).post(team_url(consultation, place.pk, "retirer"))

    assert consultation.team.count() == 1
    assert run_jobs() == []


def test_a_seat_of_another_team_is_not_found():
    consultation, other = led(), led()
    place = seat(other, co_entrepreneur=listed())
    browser = browser_of(lead_of(consultation))

    answers = [change(browser, consultation, place), browser.post(team_url(consultation, place.pk, "retirer"))]

    assert [response.status_code for response in answers] == [404, 404]
    assert other.team.filter(pk=place.pk).exists()
